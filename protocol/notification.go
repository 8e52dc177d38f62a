package protocol

// The keys of error notifications: what the client says is wrong with an answer, or
// with the encryption (Meta, "Flows error codes", July 2026).
const (
	ErrorPayloadSchema       = "payload-schema-error"
	ErrorScreenTransition    = "invalid-screen-transition"
	ErrorComponents          = "components-validation-error"
	ErrorResponseDecryption  = "response-decryption-error"
	ErrorRequestDecryption   = "business-decryption-error"
	ErrorPublicKeyMissing    = "public-key-missing"
	ErrorPublicKeySignature  = "public-key-signature-verification"
	ErrorTimeout             = "timeout_error"
	ErrorNoResponse          = "no_http_response_error"
	ErrorUnexpectedStatus    = "unexpected_http_status_code"
	ErrorMissingCapability   = "missing_capability"
	ErrorCannotBeServed      = "cannot_be_served"
	errorPublicKeyMisspelled = "public-key-signiture-verification" // Meta's page until 2026
)

// CanonicalError returns the documented error key for key, and whether there is one. It
// maps a spelling that Meta used until 2026 to the current one.
func CanonicalError(key string) (canonical string, known bool) {
	switch key {
	case errorPublicKeyMisspelled:
		return ErrorPublicKeySignature, true
	case ErrorPayloadSchema, ErrorScreenTransition, ErrorComponents, ErrorResponseDecryption, ErrorRequestDecryption,
		ErrorPublicKeyMissing, ErrorPublicKeySignature, ErrorTimeout, ErrorNoResponse, ErrorUnexpectedStatus,
		ErrorMissingCapability, ErrorCannotBeServed:
		return key, true
	default:
		return "", false
	}
}
