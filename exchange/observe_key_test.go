package exchange_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"testing"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// namedKey is a key that has a fingerprint.
type namedKey struct{ *rsa.PrivateKey }

func (namedKey) Fingerprint() string { return "75bbe211" }

type namedKeys []*namedKey

func (k namedKeys) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	var keys []crypto.Decrypter
	for _, key := range k {
		keys = append(keys, key)
	}
	return keys, nil
}

// An observer learns which key works, and whether a signature vouches for that.
func TestObserveKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		sealedFor string
		skip      bool // signatures are not checked
		key       string
		verified  bool
	}{
		"signed":              {sealedFor: "a", key: "75bbe211", verified: true},
		"signed, not checked": {sealedFor: "a", skip: true, key: "75bbe211"},
		"for another key":     {sealedFor: "b", verified: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got exchange.Exchange
			e := newEndpoint(t, func(c *exchange.Config) {
				c.Keys = namedKeys{{vectortest.Key(t, "a")}}
				c.Observe = func(_ context.Context, x exchange.Exchange) { got = x }
				if tt.skip {
					c.AppSecrets, c.InsecureSkipSignature = nil, true
				}
			})
			phone, err := client.New(client.Config{URL: "http://localhost", PublicKey: &vectortest.Key(t, tt.sealedFor).PublicKey, AppSecret: []byte(secret)})
			if err != nil {
				t.Fatal(err)
			}
			sealed, err := phone.Seal([]byte(`{"version":"3.0","action":"ping"}`))
			if err != nil {
				t.Fatal(err)
			}
			post(e, string(sealed.Body), sealed.Header.Get(flowcrypto.SignatureHeader))
			if got.Key != tt.key || got.Verified != tt.verified {
				t.Errorf("key %q, verified %t; want %q, %t", got.Key, got.Verified, tt.key, tt.verified)
			}
		})
	}
}
