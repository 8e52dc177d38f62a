package crypto

import "errors"

var (
	// ErrMalformed means that the body is not an envelope (not JSON, a field missing, not
	// standard base64, or of a size that the protocol does not know).
	ErrMalformed = errors.New("malformed envelope")
	// ErrDecrypt means that no key given opens the envelope, or the payload does not
	// authenticate.
	ErrDecrypt = errors.New("cannot decrypt envelope")
	// ErrSignature means that the signature is missing, malformed, or made with another
	// secret or for another body.
	ErrSignature = errors.New("request signature does not verify")
	// ErrSealed means that this Sealer has sealed its one answer.
	ErrSealed = errors.New("answer is already sealed: one request has one answer")
)
