package client

import "fmt"

// ReadClear takes apart an answer that was never sealed, as a handler test
// without cryptography has it. plaintext is nil where the body would be empty. The
// error is [ErrMalformed]; the reply is there all the same.
func ReadClear(status int, plaintext []byte) (*Reply, error) {
	reply := &Reply{Status: status, Clear: plaintext, Attempts: 1}
	if plaintext == nil {
		return reply, nil
	}
	if err := reply.parse(); err != nil {
		return reply, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return reply, nil
}
