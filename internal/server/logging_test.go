package server_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

const hidden = "what-nobody-may-read"

// credentials tells its secret to whoever logs it.
type credentials struct{ User, Password string }

func (c credentials) LogValue() slog.Value {
	return slog.GroupValue(slog.String("user", c.User), slog.Group("login", slog.String("password", c.Password)))
}

func TestLogHidesSecrets(t *testing.T) {
	t.Parallel()
	private := string(readFile(t, keyFile("a.pkcs8.pem")))
	var keyNames []slog.Attr
	for _, key := range []string{
		"secret", "app_secret", "token_secret", "access_token", "flow_token", "api_key", "private_key", "password", "redis_password",
		"passphrase", "key_passphrase", "authorization", "cookie", "Authorization", "Set-Cookie", "X-Api-Key", "redis_url",
	} {
		keyNames = append(keyNames, slog.String(key, hidden))
	}
	tests := []struct {
		name string
		log  func(context.Context, *slog.Logger)
	}{
		{"by key", func(ctx context.Context, l *slog.Logger) { l.LogAttrs(ctx, slog.LevelInfo, "m", keyNames...) }},
		{"no string", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Any("api_key", []string{hidden}), slog.Any("secret", credentials{Password: hidden}))
		}},
		{"in a group", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Group("a", slog.Group("b", slog.String("api_key", hidden))))
		}},
		{"group of that name", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Group("secret", slog.Group("b", slog.String("c", hidden))))
		}},
		{"LogValuer", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Any("as", credentials{"ada", hidden}))
		}},
		{"With", func(ctx context.Context, l *slog.Logger) {
			l.With(slog.String("password", hidden)).LogAttrs(ctx, slog.LevelInfo, "m")
		}},
		{"WithGroup", func(ctx context.Context, l *slog.Logger) {
			l.WithGroup("a").With(slog.String("password", hidden)).WithGroup("b").LogAttrs(ctx, slog.LevelInfo, "m", slog.String("secret", hidden))
		}},
		{"WithGroup of that name", func(ctx context.Context, l *slog.Logger) {
			l.WithGroup("cookie").LogAttrs(ctx, slog.LevelInfo, "m", slog.String("session", hidden))
		}},
		{"bearer token", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.String("reason", "the header was Authorization: Bearer "+hidden))
		}},
		{"bearer token in an error", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Any("error", errors.New("Bearer "+hidden)))
		}},
		{"bearer token in headers", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Any("header", http.Header{"X": {"Bearer " + hidden}}))
		}},
		{"private key", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.String("text", "it reads\n"+private))
		}},
		{"private key after the advice", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.String("text", `put "-----BEGIN PRIVATE KEY-----" before `+private))
		}},
		{"private key in bytes", func(ctx context.Context, l *slog.Logger) {
			l.LogAttrs(ctx, slog.LevelInfo, "m", slog.Any("text", []byte(private)))
		}},
		{"in the message", func(_ context.Context, l *slog.Logger) {
			slog.NewLogLogger(l.Handler(), slog.LevelInfo).Print("Bearer " + hidden)
		}},
	}
	for _, format := range []string{"json", "text", "auto"} {
		for _, tt := range tests {
			t.Run(format+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				tt.log(t.Context(), server.NewLogger(config.Log{Format: format}, &out, &server.HumanLog{Colour: true}))
				if !strings.Contains(out.String(), "[redacted]") {
					t.Errorf("nothing is redacted: %s", &out)
				}
				for _, secret := range []string{hidden, "BEGIN PRIVATE KEY-----\n", "MII", "TUlJ"} { // the last is base64 of MII
					if strings.Contains(out.String(), secret) {
						t.Errorf("the log has %q: %s", secret, &out)
					}
				}
			})
		}
	}
}

// What is said around a bearer token is why the provider refused it.
func TestLogMasksBearerTokens(t *testing.T) {
	t.Parallel()
	const said = "provider: 401: malformed: Authorization: Bearer S3CRET.x-y_z== (code 190): make a new token"
	const want = "provider: 401: malformed: Authorization: Bearer [redacted] (code 190): make a new token"
	var out bytes.Buffer
	server.NewLogger(config.Log{}, &out, nil).LogAttrs(t.Context(), slog.LevelWarn, "m",
		slog.String("error", said), slog.Any("cause", errors.New(strings.ReplaceAll(said, "Bearer", "bearer"))))
	if strings.Count(out.String(), want) != 2 || strings.Contains(out.String(), "S3CRET") {
		t.Errorf("got %s", &out)
	}
	out.Reset()
	server.NewLogger(config.Log{}, &out, nil).LogAttrs(t.Context(), slog.LevelWarn, "m", slog.String("error", said+" -----BEGIN PRIVATE KEY-----\nMIIE"))
	if strings.Contains(out.String(), "MIIE") || strings.Contains(out.String(), "S3CRET") {
		t.Errorf("got %s", &out)
	}
}

// What the server logs itself is there in full.
func TestLogShowsTheRest(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	server.NewLogger(config.Log{}, &out, nil).LogAttrs(t.Context(), slog.LevelWarn, "exchange", ordinary()...)
	for _, want := range []string{
		`"level":"WARN"`, `"msg":"exchange"`, `"flow":"booking"`, `"token":"1f2e3d4c"`, `"key":"a1b2c3d4"`, `"duration_ms":1.5`, `"status":421`,
		`"fingerprint":"a1b2"`, `"app_secrets":2`, `put \"-----BEGIN PRIVATE KEY-----\" before`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s: %s", want, &out)
		}
	}
	if strings.Contains(out.String(), "redacted") {
		t.Errorf("something is redacted: %s", &out)
	}
}

func ordinary() []slog.Attr {
	return []slog.Attr{
		slog.String("flow", "booking"), slog.String("action", "data_exchange"), slog.Int("status", 421), slog.Float64("duration_ms", 1.5),
		slog.String("request_id", "4f1c9a0be1d2c3b4"), slog.String("key", "a1b2c3d4"), slog.String("token", "1f2e3d4c"), slog.String("fingerprint", "a1b2"),
		slog.Group("config", slog.Int("app_secrets", 2)), slog.String("reason", `put "-----BEGIN PRIVATE KEY-----" before and "-----END PRIVATE KEY-----" after it`),
	}
}

// nowhere is written to after all the work, unlike slog.DiscardHandler.
type nowhere struct{}

func (nowhere) Write(line []byte) (int, error) { return len(line), nil }

var raceDetector bool // which empties pools at random

// Looking for secrets allocates nothing.
func TestLogAllocates(t *testing.T) { //nolint:paralleltest // AllocsPerRun must not run beside others
	if raceDetector {
		t.Skip("under the race detector")
	}
	attrs, ctx := ordinary(), t.Context()
	allocs := func(l *slog.Logger) float64 {
		return testing.AllocsPerRun(100, func() { l.LogAttrs(ctx, slog.LevelInfo, "exchange", attrs...) })
	}
	asIs := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return a }}
	slogs, ours := allocs(slog.New(slog.NewJSONHandler(nowhere{}, asIs))), allocs(server.NewLogger(config.Log{}, nowhere{}, nil))
	if ours > slogs {
		t.Errorf("%v allocations a line, want no more than slog's own %v", ours, slogs)
	}
}

func BenchmarkLog(b *testing.B) {
	attrs, ctx := ordinary(), b.Context()
	for name, log := range map[string]*slog.Logger{
		"plain":    slog.New(slog.NewJSONHandler(nowhere{}, nil)),
		"redacted": server.NewLogger(config.Log{}, nowhere{}, nil),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.LogAttrs(ctx, slog.LevelInfo, "exchange", attrs...)
			}
		})
	}
}
