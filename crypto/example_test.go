package crypto_test

import (
	"fmt"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/vectortest"
)

func ExampleOpen() {
	key, body := exampleKey, exampleBody // an RSA private key and the body of a request

	env, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		fmt.Println("answer 400:", err)
		return
	}
	plaintext, reply, err := flowcrypto.Open(env, key)
	if err != nil {
		fmt.Println("answer 421:", err)
		return
	}
	fmt.Printf("%s\n", plaintext)
	answer, err := reply.Seal([]byte(`{"data":{"status":"active"}}`))
	if err != nil {
		fmt.Println("answer 500:", err)
		return
	}
	fmt.Println(len(answer), "bytes to send as text/plain")
	// Output:
	// {"version":"3.0","action":"ping"}
	// 60 bytes to send as text/plain
}

// With a key of backend.New, several envelopes take hardly longer than one. Results come as
// they are known, those that no key opens last.
func ExampleOpenBatch() {
	env, err := flowcrypto.ParseEnvelope(exampleBody)
	if err != nil {
		fmt.Println("answer 400:", err)
		return
	}
	key, err := backend.New(exampleKey)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, opened := range flowcrypto.OpenBatch([]*flowcrypto.Envelope{env, env}, key) {
		fmt.Printf("%d: %s\n", i, opened.Plaintext)
	}
	// Unordered output:
	// 0: {"version":"3.0","action":"ping"}
	// 1: {"version":"3.0","action":"ping"}
}

func ExampleVerifySignature() {
	body := []byte(`{"encrypted_flow_data":"…"}`)
	current, old := []byte("secret-of-2026"), []byte("secret-of-2025")

	header := flowcrypto.Sign(body, old) // Meta still signs with the old one
	fmt.Println(flowcrypto.VerifySignature(body, header, current, old))
	fmt.Println(flowcrypto.VerifySignature(body, header, current))
	// Output:
	// <nil>
	// request signature does not verify: made with another app secret, or for another body
}

var (
	exampleKey  = vectortest.Key(&testing.B{}, "a")
	exampleBody = []byte(vectortest.Named(&testing.B{}, "ping").Body)
)
