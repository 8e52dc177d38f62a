package protocol

// The HTTP statuses to which Meta gives a special meaning (Meta, "Flows error
// codes", July 2026).
const (
	// StatusKeyMismatch means that the endpoint cannot decrypt the request. The
	// client fetches the business public key again and retries once.
	StatusKeyMismatch = 421
	// StatusTokenExpired means that the flow token is no longer valid. The client
	// closes the Flow and disables the button of the message that opened it.
	StatusTokenExpired = 427
	// StatusBadSignature means that the signature of the request does not verify.
	StatusBadSignature = 432
)
