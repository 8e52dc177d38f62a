package crypto_test

import (
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func BenchmarkParseEnvelope(b *testing.B) {
	body := []byte(vectortest.Named(b, "data-exchange-unicode").Body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := flowcrypto.ParseEnvelope(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	env, err := flowcrypto.ParseEnvelope([]byte(vectortest.Named(b, "data-exchange-unicode").Body))
	if err != nil {
		b.Fatal(err)
	}
	key := vectortest.Key(b, "a")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := flowcrypto.Open(env, key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySignature(b *testing.B) {
	body, secret := []byte(vectortest.Named(b, "data-exchange-unicode").Body), []byte("app-secret")
	header := flowcrypto.Sign(body, secret)
	b.ReportAllocs()
	for b.Loop() {
		if err := flowcrypto.VerifySignature(body, header, secret); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifier(b *testing.B) {
	body, secret := []byte(vectortest.Named(b, "data-exchange-unicode").Body), []byte("app-secret")
	header, verifier := flowcrypto.Sign(body, secret), flowcrypto.NewVerifier(secret)
	b.ReportAllocs()
	for b.Loop() {
		if err := verifier.Verify(body, header); err != nil {
			b.Fatal(err)
		}
	}
}
