package client

import (
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/flowserver/flowserver/client/mistake"
)

// sentSeals are those of requests that a client has sent: the first ones, and the last.
type sentSeals struct {
	mu  sync.Mutex
	all []func() seal
	n   int
}

const maxSent = 64

func (s *sentSeals) add(r *Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) < maxSent {
		s.all = append(s.all, r.seal)
		return
	}
	s.all[maxSent/2+s.n%(maxSent/2)] = r.seal
	s.n++
}

// explain returns err, or a better error if body, the answer to r, is sealed for another
// request. It looks only if err names no mistake, or just an unknown IV.
func (s *sentSeals) explain(err error, r *Request, body []byte) error {
	found := Mistakes(err)
	if !errors.Is(err, ErrUndecryptable) || len(found) > 0 && !slices.Equal(found, []mistake.ID{mistake.IVOther}) {
		return err
	}
	sealed, decodeErr := base64.StdEncoding.DecodeString(string(body))
	if decodeErr != nil {
		return err
	}
	own := r.seal()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sent := range s.all {
		other := sent()
		if opens(other.block, own.iv, sealed) || opens(own.block, other.iv, sealed) || opens(other.block, other.iv, sealed) {
			return fmt.Errorf("%w: %w", ErrUndecryptable, &SealError{Mistakes: []mistake.ID{mistake.AnswerOfOther}})
		}
	}
	return err
}

// opens reports whether data is sealed with the key of block for the request with this IV.
func opens(block cipher.Block, iv, data []byte) bool {
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return false // a fault left no IV
	}
	_, err = gcm.Open(nil, inverted(iv), data, nil)
	return err == nil
}
