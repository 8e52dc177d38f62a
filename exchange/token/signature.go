package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/secret"
)

// ErrSignature means that the signature of a flow token is missing, or was not
// made with any of the app secrets for this token.
var ErrSignature = errors.New("flow token signature does not verify")

// ErrNoSecret means that there is no app secret to sign with.
var ErrNoSecret = errors.New("token: the app secret is empty")

// Mode determines what [VerifySignature] requires.
type Mode string

// The modes of [VerifySignature].
const (
	// Off requires nothing.
	Off Mode = "off"
	// Optional refuses wrong signatures and lets requests without one pass. It does not
	// keep out senders that omit the signature: use it to find out whether all requests
	// have one.
	Optional Mode = "optional"
	// Required refuses requests without a valid signature.
	Required Mode = "required"
)

// SignatureConfig configures [VerifySignature].
type SignatureConfig struct {
	// Mode is Off if empty.
	Mode Mode
	// Secrets are the Meta app secrets that may have signed: one, or two during a change.
	// Required, unless Mode is Off.
	Secrets secret.List
	// Message is shown to the user of the phone if the signature is not valid. Empty:
	// WhatsApp's own text.
	Message string
	// Now is the clock. Nil: time.Now.
	Now func() time.Time `json:"-"`
}

// VerifySignature returns middleware that verifies flow_token_signature, a JWT (HS256)
// signed with the Meta app secret, with the request's flow token in the claim flow_token.
// WhatsApp sends it with Data API 4.0 and Flow JSON 7.3 or later (Meta, "Implementing
// Endpoints for Flows", June 28, 2026). Meta documents no other claim: exp and nbf are
// checked if present, with a tolerance of 10 s, and the others are ignored.
//
// The signature stays the same throughout the Flow. It vouches for the token, not
// for the request: that is what X-Hub-Signature-256 does.
//
// An invalid request is answered with status 427, because Meta does not define a status
// for it; the error wraps [ErrSignature]. VerifySignature returns an error if the mode is
// unknown or a secret is missing.
func VerifySignature(cfg SignatureConfig) (exchange.Middleware, error) {
	switch cfg.Mode {
	case Off, "":
		return func(next exchange.Handler) exchange.Handler { return next }, nil
	case Optional, Required:
	default:
		return nil, errors.New("token: SignatureConfig.Mode is none of off, optional and required")
	}
	if len(cfg.Secrets) == 0 {
		return nil, errors.New("token: SignatureConfig.Secrets is empty: give the secret of the Meta app that the Flow is connected to, or switch Mode off")
	}
	for i, one := range cfg.Secrets {
		if len(one) == 0 {
			return nil, fmt.Errorf("token: SignatureConfig.Secrets[%d] is empty", i)
		}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	v := newVerifier(cfg.Secrets, cfg.Now)
	return func(next exchange.Handler) exchange.Handler {
		return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
			if msg.FlowTokenSignature != "" || cfg.Mode == Required {
				if err := v.signs(msg.FlowToken, msg.FlowTokenSignature); err != nil {
					return nil, end(err, cfg.Message)
				}
			}
			return next.ServeFlow(ctx, msg)
		})
	}, nil
}

// signs checks that signature was made for flowToken.
func (v verifier) signs(flowToken, signature string) error {
	if signature == "" {
		return fmt.Errorf("%w: there is none", ErrSignature)
	}
	claims := jwt.MapClaims{}
	err := v.parse(signature, claims)
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return fmt.Errorf("%w: it is not a JWT", ErrSignature)
	case errors.Is(err, jwt.ErrTokenInvalidClaims):
		return fmt.Errorf("%w: it has expired, or is not valid yet", ErrSignature)
	case err != nil:
		return fmt.Errorf("%w: it is not made with HS256 and any of the app secrets", ErrSignature)
	}
	if signed, ok := claims[protocol.KeyFlowToken].(string); !ok || signed == "" || signed != flowToken {
		return fmt.Errorf("%w: it is for another flow token", ErrSignature)
	}
	return nil
}
