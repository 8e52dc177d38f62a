package secret_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/secret"
)

// config is how other packages hold secrets.
type config struct {
	Token   secret.Bytes
	Secrets secret.List
	URL     secret.URL
	hidden  func() secret.Bytes
}

// Nothing that prints a struct prints the secrets in it, in any spelling of bytes.
func TestPrintsNothing(t *testing.T) {
	t.Parallel()
	const value = "s3cr3t-value"
	cfg := config{
		Token: secret.Bytes(value), Secrets: secret.List{[]byte(value)}, hidden: secret.Bytes(value).Hidden(),
		URL: "https://u:" + value + "@example.com/" + value + "?" + value,
	}
	var printed []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, one := range []any{cfg, &cfg, cfg.Token, cfg.Secrets, cfg.URL} {
			printed = append(printed, fmt.Sprintf(verb, one))
		}
	}
	if string(cfg.hidden()) != value {
		t.Error("Hidden returns something else")
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		slog.New(handler).Info("printed", slog.Any("config", cfg), slog.Any("token", cfg.Token), slog.Any("list", cfg.Secrets), slog.Any("url", cfg.URL))
	}
	printed = append(printed, string(text), log.String())
	for _, output := range printed {
		for _, leak := range []string{value, hex.EncodeToString([]byte(value)), "115 51 99", "czNjcjN0"} {
			if strings.Contains(output, leak) {
				t.Errorf("%q shows the secret", output)
			}
		}
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(secret.Bytes("x")); got != "[redacted]" {
		t.Errorf("a secret prints as %q", got)
	}
	if got := fmt.Sprint(secret.Bytes(nil)); got != "" {
		t.Errorf("an empty secret prints as %q", got)
	}
	if got := fmt.Sprint(secret.List{{1}, {2}}); got != "[2 redacted]" {
		t.Errorf("a list prints as %q", got)
	}
	for other, want := range map[string]bool{"a": true, "b": false, "": false} {
		if got := secret.Bytes("a").Equal(secret.Bytes(other)); got != want {
			t.Errorf("Equal(%q) = %v, want %v", other, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	t.Parallel()
	for u, want := range map[secret.URL]string{
		"": "", "https://example.com:8443/path?q=1#f": "https://example.com:8443", "redis://user:pass@host/0": "redis://host",
		"no URL": "[redacted]", "https://[broken": "[redacted]", "example.com/path": "[redacted]", "mailto:someone": "[redacted]",
	} {
		if got := fmt.Sprintf("%#v", u); got != want {
			t.Errorf("%q prints as %q, want %q", string(u), got, want)
		}
	}
}
