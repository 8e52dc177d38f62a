package keystore_test

import (
	"errors"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

func FuzzParsePrivate(f *testing.F) {
	passphrase := testPassphrase(f)
	for _, name := range keyFiles(f) {
		f.Add(readFile(f, keysDir, name), passphrase)
		f.Add(readFile(f, keysDir, name), []byte("wrong"))
	}
	for _, name := range pastedFiles(f) {
		f.Add(readFile(f, pastedDir, name), []byte("geheim"))
	}
	for _, text := range damages(f, string(readFile(f, keysDir, "a.pkcs1.pem"))) {
		f.Add([]byte(text), passphrase)
	}
	for _, form := range []string{`{"kty":"RSA"}`, "ssh-rsa AAAA", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA", "./private.pem"} {
		f.Add([]byte(form), passphrase)
	}
	f.Fuzz(func(t *testing.T, text, passphrase []byte) {
		pair, err := keystore.ParsePrivate(text, passphrase)
		if err != nil {
			if pair != nil {
				t.Fatal("a pair and an error")
			}
			if !errors.Is(err, keystore.ErrPassphrase) && !errors.Is(err, keystore.ErrWeakKey) && !errors.Is(err, keystore.ErrKeyForm) {
				t.Fatalf("error without a sentinel: %v", err)
			}
			return
		}
		if pair.Bits() != keystore.KeyBits || len(pair.Fingerprint()) != 64 || pair.Form() == "" {
			t.Fatalf("pair of %d bits, fingerprint %q, form %q", pair.Bits(), pair.Fingerprint(), pair.Form())
		}
		out, err := pair.PrivatePEM(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := keystore.ParsePrivate(out, nil)
		if err != nil {
			t.Fatalf("cannot read our own PEM: %v", err)
		}
		if back.Fingerprint() != pair.Fingerprint() {
			t.Fatalf("Fingerprint = %s after a round trip, want %s", back.Fingerprint(), pair.Fingerprint())
		}
		if _, err := keystore.ParsePublic(text); err == nil {
			t.Fatal("a private key passes for a public one")
		}
	})
}

func FuzzParsePublic(f *testing.F) {
	for _, name := range keyFiles(f) {
		f.Add(readFile(f, keysDir, name))
	}
	for _, text := range damages(f, string(readFile(f, keysDir, "a.public.pem"))) {
		f.Add([]byte(text))
	}
	for _, name := range []string{"chakra-get-200.json", "kaleyra-get-200.json"} {
		f.Add([]byte(registered(f, name)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := keystore.ParsePublic(text)
		if err != nil {
			if key != nil {
				t.Fatal("a key and an error")
			}
			if !errors.Is(err, keystore.ErrNoPublicKey) && !errors.Is(err, keystore.ErrPublicKey) && !errors.Is(err, keystore.ErrPrivateKey) {
				t.Fatalf("error without a sentinel: %v", err)
			}
			return
		}
		back, err := keystore.ParsePublic(keystore.EncodePublic(key))
		if err != nil {
			t.Fatalf("cannot read our own PEM: %v", err)
		}
		if !back.Equal(key) || keystore.Fingerprint(back) != keystore.Fingerprint(key) {
			t.Fatal("another key after a round trip")
		}
	})
}
