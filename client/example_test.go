package client_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// Any endpoint will do; this one answers by the contract.
func startEndpoint() (*httptest.Server, *rsa.PublicKey) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	return httptest.NewServer(&endpoint{key: key, secret: []byte("app-secret"), answer: func([]byte) (int, string) {
		return 200, `{"screen":"SLOT","data":{"slots":["09:00","10:00"]}}`
	}}), &key.PublicKey
}

func Example() {
	server, publicKey := startEndpoint()
	defer server.Close()

	c, err := client.New(client.Config{URL: server.URL, PublicKey: publicKey, AppSecret: []byte("app-secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	reply, err := c.Submit(ctx, "token-1", "DETAILS", map[string]string{"name": "Ada"})
	switch {
	case errors.Is(err, client.ErrUndecryptable):
		fmt.Println("a phone could not read this:", err)
		return
	case err != nil:
		fmt.Println(err)
		return
	}
	var data struct {
		Slots []string `json:"slots"`
	}
	if err := reply.Decode(&data); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(reply.Status, reply.Screen, data.Slots)
	// Output: 200 SLOT [09:00 10:00]
}

func ExampleFaults() {
	server, publicKey := startEndpoint()
	defer server.Close()

	c, err := client.New(client.Config{URL: server.URL, PublicKey: publicKey, AppSecret: []byte("app-secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, fault := range client.Faults() {
		if fault.Stage() != client.StageKey {
			continue
		}
		reply, err := c.Send(context.Background(), client.Message{Action: protocol.ActionPing}, fault)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-16s got %d, want %d\n", fault, reply.Status, fault.Want())
	}
	// Output:
	// other-rsa-key    got 421, want 421
	// oaep-sha1        got 421, want 421
	// oaep-label       got 421, want 421
	// rsa-pkcs1v15     got 421, want 421
	// aes-key-5-bytes  got 421, want 421
	// aes-key-32-bytes got 421, want 421
	// iv-12-bytes      got 400, want 400
	// iv-17-bytes      got 400, want 400
}
