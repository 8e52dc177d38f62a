package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/protocol"
)

// What a handler logs is in the log of the server, and in its answer only if that was
// asked for.
func TestExposeLog(t *testing.T) {
	t.Parallel()
	many := make([]string, 0, 21)
	for i := range 20 {
		many = append(many, fmt.Sprintf("line n=%d", i))
	}
	for name, c := range map[string]struct {
		expose bool
		listen string
		log    func(context.Context, *slog.Logger)
		want   []string
	}{
		"serve":          {false, "127.0.0.1:0", func(_ context.Context, l *slog.Logger) { l.Info("here") }, nil},
		"all interfaces": {true, "0.0.0.0:0", func(_ context.Context, l *slog.Logger) { l.Info("here") }, nil},
		"nothing":        {true, "127.0.0.1:0", func(context.Context, *slog.Logger) {}, nil},
		"lines": {true, "127.0.0.1:0", func(ctx context.Context, l *slog.Logger) {
			l.InfoContext(ctx, "booked", slog.String("reference", "F-7"))
			l.With(slog.Int("a", 1)).WithGroup("g").Warn("odd", slog.String("b", "two\nlines"), slog.Int("c", 3))
		}, []string{"booked reference=F-7", "warn odd a=1 g.c=3\n  g.b: two\n  lines"}},
		"a secret": {true, "127.0.0.1:0", func(_ context.Context, l *slog.Logger) {
			l.Error("refused with Bearer abcdef", slog.String("api_key", hidden))
		}, []string{"error refused with Bearer [redacted] api_key=[redacted]"}},
		"too many": {true, "127.0.0.1:0", func(_ context.Context, l *slog.Logger) {
			for i := range 25 {
				l.Info("line", slog.Int("n", i))
			}
		}, append(many, "… 5 more in the terminal")},
		"too long": {true, "127.0.0.1:0", func(_ context.Context, l *slog.Logger) {
			l.Info("m", slog.String("a", strings.Repeat("é", 501)))
		}, []string{"m a=" + strings.Repeat("é", 498) + "…"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup{handler: exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				c.log(ctx, exchange.Logger(ctx))
				return greet(ctx, msg)
			}))}
			cfg, log := s.config(t), &logged{}
			cfg.Listen = c.listen
			srv, err := server.New(server.Options{Config: cfg, Flows: s.flows(), Logger: log.logger(), ExposeReasons: c.expose})
			if err != nil {
				t.Fatal(err)
			}
			reply, err := run(t, srv, log).phone("a").Send(t.Context(), client.Message{Action: protocol.ActionInit})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, reply.Log()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
