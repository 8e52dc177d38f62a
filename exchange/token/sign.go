package token

import (
	"github.com/golang-jwt/jwt/v5"

	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/secret"
)

// Sign returns the flow_token_signature that WhatsApp sends with a flow token in Data API
// 4.0: what [VerifySignature] verifies. It is for programs that play WhatsApp. It returns
// [ErrNoSecret] if the app secret is empty.
func Sign(appSecret secret.Bytes, flowToken string) (string, error) {
	if len(appSecret) == 0 {
		return "", ErrNoSecret
	}
	claims := jwt.MapClaims{protocol.KeyFlowToken: flowToken}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(appSecret))
}
