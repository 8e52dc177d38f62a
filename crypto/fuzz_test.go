package crypto_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func FuzzParseEnvelope(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		f.Add([]byte(c.Body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		env, err := flowcrypto.ParseEnvelope(body)
		if err != nil {
			if env != nil || !errors.Is(err, flowcrypto.ErrMalformed) {
				t.Fatalf("got %v, %v; want ErrMalformed alone", env, err)
			}
			return
		}
		again, err := json.Marshal(map[string]string{
			"encrypted_flow_data": base64.StdEncoding.EncodeToString(env.EncryptedFlowData),
			"encrypted_aes_key":   base64.StdEncoding.EncodeToString(env.EncryptedAESKey),
			"initial_vector":      base64.StdEncoding.EncodeToString(env.InitialVector),
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := flowcrypto.ParseEnvelope(again); err != nil {
			t.Fatalf("what was read is refused when written again: %v", err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		if env, err := flowcrypto.ParseEnvelope([]byte(c.Body)); err == nil {
			f.Add(env.EncryptedFlowData, env.EncryptedAESKey, env.InitialVector)
		}
	}
	key := vectortest.Key(f, "a")
	f.Fuzz(func(t *testing.T, data, wrapped, iv []byte) {
		plaintext, reply, err := flowcrypto.Open(&flowcrypto.Envelope{EncryptedFlowData: data, EncryptedAESKey: wrapped, InitialVector: iv}, key)
		switch {
		case err == nil:
			if _, err := reply.Seal(plaintext); err != nil {
				t.Fatalf("seal: %v", err)
			}
		case plaintext != nil || reply != nil:
			t.Fatal("results beside an error")
		case !errors.Is(err, flowcrypto.ErrMalformed) && !errors.Is(err, flowcrypto.ErrDecrypt):
			t.Fatalf("error of no known kind: %v", err)
		}
	})
}

func FuzzVerifySignature(f *testing.F) {
	for _, c := range vectortest.Signatures(f) {
		f.Add([]byte(c.Body), c.Header, []byte(c.Secrets[0]))
	}
	f.Fuzz(func(t *testing.T, body []byte, header string, secret []byte) {
		err := flowcrypto.VerifySignature(body, header, secret)
		if err != nil && !errors.Is(err, flowcrypto.ErrSignature) {
			t.Fatalf("error of no known kind: %v", err)
		}
		own := flowcrypto.VerifySignature(body, flowcrypto.Sign(body, secret), secret)
		if (own == nil) != (len(secret) > 0) {
			t.Fatalf("own signature under a secret of %d bytes: %v", len(secret), own)
		}
	})
}
