package phones

import (
	"crypto/rsa"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/flowserver/flowserver/client"
)

// Supply seals messages, each under an AES key and IV of its own, since an endpoint
// may answer an envelope that it has seen before without any work. It keeps them:
// the next server under test gets the same ones. Make one with [NewSupply].
type Supply struct {
	PublicKey *rsa.PublicKey
	AppSecret []byte

	sealer  *client.Client
	message func(n int) client.Message

	mu     sync.Mutex
	sealed []*client.Request
}

// NewSupply returns a supply of the messages that message returns for 0, 1, 2 and so
// on. They are signed with appSecret, unless that is empty.
func NewSupply(publicKey *rsa.PublicKey, appSecret []byte, message func(n int) client.Message) (*Supply, error) {
	sealer, err := client.New(client.Config{URL: "http://nowhere.invalid", PublicKey: publicKey, AppSecret: appSecret})
	if err != nil {
		return nil, err
	}
	return &Supply{PublicKey: publicKey, AppSecret: appSecret, sealer: sealer, message: message}, nil
}

// Prepare seals the first n messages on all cores, so that a measurement does not.
func (s *Supply) Prepare(n int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := len(s.sealed)
	if n <= have {
		return nil
	}
	s.sealed = append(s.sealed, make([]*client.Request, n-have)...)
	var workers errgroup.Group
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		workers.Go(func() (err error) {
			for i := have + core; i < n && err == nil; i += cores {
				s.sealed[i], err = s.seal(i)
			}
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		s.sealed = s.sealed[:have]
		return err
	}
	return nil
}

// request returns message n. One that was not prepared is sealed now and not kept.
func (s *Supply) request(n int) (*client.Request, error) {
	s.mu.Lock()
	if n < len(s.sealed) {
		defer s.mu.Unlock()
		return s.sealed[n], nil
	}
	s.mu.Unlock()
	return s.seal(n)
}

func (s *Supply) seal(n int) (*client.Request, error) {
	plaintext, err := s.message(n).MarshalJSON()
	if err != nil {
		return nil, err
	}
	return s.sealer.Seal(plaintext)
}
