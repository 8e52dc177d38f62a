package token

import (
	"context"
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/exchange"
)

// Options configure what [Middleware] requires of tokens, and what the phone shows for an
// invalid one.
type Options struct {
	// Flow is the id that the tokens were minted for. Required.
	Flow string
	// Expired is shown for a token that has expired. Empty: WhatsApp's own text.
	Expired string
	// Invalid is shown for a token that is forged or for another Flow. Empty:
	// WhatsApp's own text.
	Invalid string
}

// Middleware answers requests whose flow token s does not verify with status 427, and
// passes the claims of the others to the handler, which reads them with [FromContext]. A
// request without a token, or with "unused", which WhatsApp sends for a message that had
// none, is not valid either.
//
// The token is verified with each request, so a token that expires while the user is in
// the Flow ends it. Add the time that users need to fill in the Flow to the lifetime of
// tokens.
//
// Middleware panics if s is nil or opts name no Flow.
func Middleware(s *Signer, opts Options) exchange.Middleware {
	switch {
	case s == nil:
		panic("token: Middleware: the signer is nil")
	case opts.Flow == "":
		panic("token: Middleware: Options.Flow is empty")
	}
	return func(next exchange.Handler) exchange.Handler {
		return exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
			claims, err := s.Verify(msg.FlowToken, opts.Flow)
			switch {
			case errors.Is(err, ErrExpired):
				return nil, end(err, opts.Expired)
			case err != nil:
				return nil, end(err, opts.Invalid)
			}
			return next.ServeFlow(context.WithValue(ctx, claimsKey{}, claims), msg)
		})
	}
}

type claimsKey struct{}

// FromContext returns the claims of the flow token of the request that ctx belongs
// to; ok is false if there was no [Middleware].
func FromContext(ctx context.Context) (claims Claims, ok bool) {
	claims, ok = ctx.Value(claimsKey{}).(Claims)
	return claims, ok
}

// end makes the error that ends the Flow for that reason.
func end(reason error, message string) error {
	return fmt.Errorf("%w: %w", reason, exchange.ExpireToken(message))
}
