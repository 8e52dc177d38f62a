package exchange

import (
	"context"
	"log/slog"
)

// Logger returns the logger for a handler's own lines about the exchange of ctx. They go
// where those of the [Endpoint] go, with the attributes flow and request_id, by which they
// can be joined with the exchange's line; `flowserver dev` shows them on the phone's page,
// too. Outside of an exchange Logger returns [slog.Default].
//
//	exchange.Logger(ctx).Info("the appointment is booked", slog.String("reference", reference))
func Logger(ctx context.Context) *slog.Logger {
	x, ok := recordOf(ctx)
	if !ok {
		return slog.Default()
	}
	return slog.New(exchangeLog{x.endpoint.log.Handler(), ctx}).With(
		slog.String("flow", x.endpoint.cfg.Flow), slog.String("request_id", x.requestID))
}

// exchangeLog is a handler for the lines of one exchange. It gives their records the
// context of the exchange, which [slog.Logger.Info] and others leave out.
type exchangeLog struct {
	slog.Handler
	ctx context.Context //nolint:containedctx // of the exchange, for slog's methods without one
}

// Handle implements [slog.Handler].
func (h exchangeLog) Handle(ctx context.Context, r slog.Record) error { //nolint:contextcheck // see ctx
	if _, ok := recordOf(ctx); !ok {
		ctx = h.ctx
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (h exchangeLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return exchangeLog{h.Handler.WithAttrs(attrs), h.ctx}
}

// WithGroup implements [slog.Handler].
func (h exchangeLog) WithGroup(name string) slog.Handler {
	return exchangeLog{h.Handler.WithGroup(name), h.ctx}
}
