// Command unbounded serves the Flow of the benchmark without the pool that refuses
// what cannot be opened in time. It shows what that bound costs, and what it saves:
// nobody should serve like this.
package main

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/flowserver/flowserver/bench/internal/flow"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/store"
)

func main() {
	err := serve(os.Getenv("FLOWSERVER_LISTEN"), os.Getenv("FLOWSERVER_PRIVATE_KEY_FILE"), os.Getenv("FLOWSERVER_APP_SECRET"))
	fmt.Fprintln(os.Stderr, "unbounded:", err)
	os.Exit(1) //nolint:forbidigo // this is main
}

const noBound = 1 << 20 // more than ever wait

func serve(address, keyFile, appSecret string) error {
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	endpoint, err := exchange.NewEndpoint(exchange.Config{
		Flow: "bench", Handler: flow.Routes(), Keys: keys{key}, AppSecrets: [][]byte{[]byte(appSecret)},
		Pool: exchange.NewPool(exchange.PoolConfig{Workers: noBound}), MaxInFlight: noBound,
		Store: store.NewMemory(store.MemoryOptions{}), Logger: slog.New(slog.NewJSONHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/flows/bench", endpoint)
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

type keys []crypto.Decrypter

func (k keys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return k, nil }

func readKey(file string) (crypto.Decrypter, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("FLOWSERVER_PRIVATE_KEY_FILE: no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("FLOWSERVER_PRIVATE_KEY_FILE: no RSA key")
	}
	return backend.New(key)
}
