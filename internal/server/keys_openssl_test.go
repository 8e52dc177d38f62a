//go:build openssl

package server_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"log/slog"
	"testing"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/store"
)

// The keys of the configuration are OpenSSL's: they refuse what only crypto/rsa does.
func TestKeysAreOpenSSLs(t *testing.T) {
	t.Parallel()
	st := store.NewMemory(store.MemoryOptions{})
	t.Cleanup(func() { _ = st.Close() })
	numbers, err := server.OpenNumbers(setup{}.config(t), backend.Open(backend.Auto, nil), st, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := numbers[0].Ring.Decrypters(t.Context())
	if err != nil || len(keys) != 1 {
		t.Fatalf("got %d keys, %v; want one", len(keys), err)
	}
	label := []byte("label")
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, keys[0].Public().(*rsa.PublicKey), []byte("message"), label)
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys[0].Decrypt(rand.Reader, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256, Label: label})
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %q, %v; want that OpenSSL is not asked for labels", got, err)
	}
	if _, named := keys[0].(interface{ Fingerprint() string }); !named {
		t.Error("the log cannot name the key")
	}
}
