package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
)

// providerSays is what the stand-in provider says of our key.
type providerSays string

const (
	saysValid    providerSays = "VALID"
	saysMismatch providerSays = "MISMATCH"
	saysForeign  providerSays = "foreign"
	saysMissing  providerSays = "missing"
	saysDown     providerSays = "down"
)

// UnmarshalText accepts the names in any case. Others are left for the enum of the
// flag to refuse.
func (s *providerSays) UnmarshalText(text []byte) error {
	*s = providerSays(text)
	for _, known := range []providerSays{saysValid, saysMismatch, saysForeign, saysMissing, saysDown} {
		if strings.EqualFold(string(known), string(text)) {
			*s = known
		}
	}
	return nil
}

// devAccount is what our made-up customer of ChakraHQ has.
var devAccount = standin.Account{"access_token": "made-up", "phone_number_id": "100000000000001"}

// devProvider is a stand-in for ChakraHQ on this machine.
type devProvider struct {
	says   providerSays
	ours   *keystore.Pair
	stand  *standin.Server
	url    string
	server *http.Server
	served chan error
}

// startDevProvider makes a provider that says what it is told to of our key.
func startDevProvider(ctx context.Context, says providerSays, ours *keystore.Pair) (*devProvider, error) {
	stand := standin.New(standin.Chakra, devAccount)
	switch says {
	case saysValid, saysMismatch:
		stand.Register(string(ours.PublicPEM()), string(says))
	case saysForeign:
		other, err := keystore.Generate()
		if err != nil {
			return nil, err
		}
		stand.Register(string(other.PublicPEM()), string(saysValid))
	case saysDown:
		stand.Fail(standin.ServerError)
	case saysMissing: // as it begins
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("stand-in provider: %w", err)
	}
	p := &devProvider{
		says: says, ours: ours, stand: stand,
		url:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: stand, ReadHeaderTimeout: 5 * time.Second},
		served: make(chan error, 1),
	}
	go func() { p.served <- p.server.Serve(listener) }()
	return p, nil
}

// stop ends the provider and reports why it ended, if it did so earlier.
func (p *devProvider) stop() error {
	err := p.server.Close()
	if served := <-p.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("stand-in provider: %w", served))
	}
	return err
}
