package providertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"testing"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
)

// testRefusedKeys checks that what must not leave the house does not.
func testRefusedKeys(t *testing.T, adapter Adapter) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, keystore.KeyBits)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	privatePEM := string(block("PRIVATE KEY", pkcs8))
	publicPEM := string(keystore.EncodePublic(&private.PublicKey))
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"private key, PKCS #8":           {privatePEM, keystore.ErrPrivateKey},
		"private key, PKCS #1":           {string(block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private))), keystore.ErrPrivateKey},
		"private key, encrypted":         {string(block("ENCRYPTED PRIVATE KEY", pkcs8)), keystore.ErrPrivateKey},
		"private key after a public key": {publicPEM + privatePEM, keystore.ErrPrivateKey},
		"private key in bare base64":     {base64.StdEncoding.EncodeToString(pkcs8), keystore.ErrPrivateKey},
		"private key under a wrong name": {string(block("PUBLIC KEY", pkcs8)), keystore.ErrPrivateKey},
		"elliptic curve":                 {ellipticPEM(t), keystore.ErrPublicKey},
		"RSA 3072":                       {rsaPEM(t, 3072), keystore.ErrWeakKey},
		"no key":                         {" \n", keystore.ErrNoPublicKey},
		"no PEM":                         {"a key", keystore.ErrPublicKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, adapter, providers.Transport{})
			if err := s.SetPublicKey(t.Context(), []byte(c.text)); !errors.Is(err, c.want) {
				t.Errorf("got error %v, want %v", err, c.want)
			}
			s.wantRequests(t)
			s.wantObserved(t)
		})
	}
}

func block(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func rsaPEM(t *testing.T, bits int) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return string(keystore.EncodePublic(&key.PublicKey))
}

func ellipticPEM(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(block("PUBLIC KEY", der))
}
