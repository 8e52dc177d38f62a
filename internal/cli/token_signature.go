package cli

import (
	"github.com/golang-jwt/jwt/v5"

	"github.com/flowserver/flowserver/protocol"
)

// tokenSignature returns a function that makes the flow_token_signature of a token: a
// JWT that the app secret signs (Meta, "Implementing Endpoints for Flows", June 28, 2026).
// It returns nil without a secret.
func tokenSignature(appSecret []byte) func(token string) string {
	if len(appSecret) == 0 {
		return nil
	}
	return func(token string) string {
		signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{protocol.KeyFlowToken: token}).SignedString(appSecret)
		if err != nil {
			panic(err) // the claims are a text, and HMAC accepts every key
		}
		return signed
	}
}
