package protocol

// The keys of a decrypted request (Meta, "Implementing Endpoints for Flows", June
// 28, 2026).
const (
	KeyVersion            = "version"
	KeyAction             = "action"
	KeyScreen             = "screen"
	KeyData               = "data"
	KeyFlowToken          = "flow_token"
	KeyFlowTokenSignature = "flow_token_signature" // a JWT; Data API 4.0 only
)

// The keys of an answer (Meta, "Implementing Endpoints for Flows", June 28, 2026).
// An answer has KeyScreen and KeyData as well.
const (
	// KeyErrorMessage is a key of data: the client shows its text in a snackbar. In
	// an error notification, the same key holds the description of the error.
	KeyErrorMessage = "error_message"
	// KeyExtension is a key of data on [ScreenSuccess]; its value is an object with
	// [KeyParams].
	KeyExtension = "extension_message_response"
	// KeyParams contains what the webhook receives when the Flow ends.
	KeyParams = "params"
	// KeyErrorMsg is the only key in the body of a 427 (Meta, "Flows error codes",
	// July 2026).
	KeyErrorMsg = "error_msg"
	// KeyErrorMessages is the usual name of the data key that a Form binds its
	// error-messages to: a text for each input (Meta, "Components", April 14, 2026).
	// Meta does not reserve the name.
	KeyErrorMessages = "error_messages"
)

// The keys that distinguish an error notification from a request (Meta, "Implementing
// Endpoints for Flows", June 28, 2026). They occur together with [KeyErrorMessage].
const (
	KeyError    = "error"
	KeyErrorOld = "error_key" // what Meta's page said until May 2026
)

// ScreenSuccess is the reserved screen that ends the Flow (Meta, "Implementing
// Endpoints for Flows", June 28, 2026).
const ScreenSuccess = "SUCCESS"

// TokenUnused is the flow token of a message that was sent without one (Meta,
// "Sending a Flow", June 16, 2026). All such messages share it.
const TokenUnused = "unused"

// RemovedBeforeCheck reports whether the client removes key from the data of an answer
// before it checks the data against the screen's data model (WhatsApp's web
// client, 2026).
func RemovedBeforeCheck(key string) bool {
	return key == KeyErrorMessage || key == KeyExtension
}

// FilledByClient reports whether the client itself sets key in a payload, so that a value
// for it in the Flow JSON may be lost. This is certain only for "action", "screen" and
// "flow_token" (WhatsApp's web client, 2026).
func FilledByClient(key string) bool {
	switch key {
	case KeyAction, KeyScreen, KeyFlowToken, KeyData, KeyVersion:
		return true
	default:
		return false
	}
}
