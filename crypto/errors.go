package crypto

import "errors"

var (
	// ErrMalformed means that the body is not an envelope: not JSON, a missing field, not
	// standard base64, or a size that the protocol does not allow.
	ErrMalformed = errors.New("malformed envelope")
	// ErrDecrypt means that none of the keys opens the envelope, or that the payload does
	// not authenticate.
	ErrDecrypt = errors.New("cannot decrypt envelope")
	// ErrSignature means that the signature is missing, malformed, or of another secret
	// or body.
	ErrSignature = errors.New("request signature does not verify")
	// ErrSealed means that this Sealer has already sealed its one answer.
	ErrSealed = errors.New("answer is already sealed: one request has one answer")
)
