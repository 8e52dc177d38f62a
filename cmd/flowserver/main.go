// Command flowserver serves Flows whose handlers are servers in any language. Its command
// dev also serves the booking demo, the living example of package exchange: see
// booking.go. A program with compiled-in Flows looks the same, without DevOnly.
//
// The demo accepts any flow token, so that "flowserver call init --token demo-1" works.
// If the environment variable BOOKING_TOKEN_SECRET_FILE names a file with a secret of 32
// bytes or more, it accepts only tokens that "flowserver token mint --flow booking"
// signs with that secret.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"time"

	"github.com/flowserver/flowserver"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

// flowJSON is what is uploaded to Meta, and what every answer is checked against.
//
//go:embed booking.json
var flowJSON []byte

func main() {
	tokens, err := tokenSigner(os.Getenv("BOOKING_TOKEN_SECRET_FILE"))
	if err != nil {
		fmt.Fprintf(os.Stderr, "flowserver: error: BOOKING_TOKEN_SECRET_FILE: %v\n", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
	flowserver.Main(flowserver.Flow(flowID, newBooking(time.Now, tokens).Routes(), flowserver.DevOnly()))
}

// tokenSigner returns the signer with the secret in a file; nil without a file.
func tokenSigner(file string) (*token.Signer, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // documented: no file, no signer
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return token.NewSigner(token.Config{Secrets: secret.List{bytes.TrimRight(text, "\r\n")}})
}
