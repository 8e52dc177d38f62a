package server

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/config"
)

// NewLogger returns the logger that a configuration asks for. If w is a terminal,
// terminal says how people read the log there; otherwise it is nil.
//
// A value that is named like a secret, or that looks like a private key or a bearer
// token, is redacted. Nothing here logs such values: this is a second safeguard.
func NewLogger(cfg config.Log, w io.Writer, terminal *HumanLog) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo // config has checked it; an empty one means this
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: redact}
	switch {
	case cfg.Format == config.LogText:
		return slog.New(slog.NewTextHandler(w, options))
	case cfg.Format != config.LogJSON && terminal != nil:
		return slog.New(newHumanHandler(w, level, *terminal))
	default:
		return slog.New(slog.NewJSONHandler(w, options))
	}
}

const redacted = "[redacted]"

// redact replaces the value of an attribute that names or holds a secret. It is called
// for the message and for each attribute that is not a group, with its value resolved.
func redact(groups []string, a slog.Attr) slog.Attr {
	if namesSecret(a.Key) || slices.ContainsFunc(groups, namesSecret) {
		return slog.String(a.Key, redacted)
	}
	if !holdsSecret(a.Value) {
		return a
	}
	return slog.String(a.Key, maskBearer(a.Value))
}

var bearer = regexp.MustCompile(`(?i)\bbearer\s+\S+`)

// maskBearer returns the text of a message or an error without the bearer tokens in it:
// what a provider says around one is why it refused. Anything else goes as a whole.
func maskBearer(v slog.Value) string {
	text := v.String()
	_, isError := v.Any().(error)
	if v.Kind() != slog.KindString && !isError || strings.Contains(text, privateKeyMark) {
		return redacted
	}
	return bearer.ReplaceAllString(text, "Bearer "+redacted)
}

const privateKeyMark = "PRIVATE KEY-----"

// namesSecret reports whether a key names a secret. "token" does not: it is the short
// hash of a flow token.
func namesSecret(key string) bool {
	if strings.ContainsFunc(key, func(r rune) bool { return r >= 'A' && r <= 'Z' || r == '-' }) { // a header's name
		key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	}
	switch key {
	case "secret", "password", "passphrase", "authorization", "proxy_authorization", "cookie", "set_cookie", "pem", "redis_url":
		return true
	}
	for _, end := range []string{"_secret", "_token", "_key", "_password", "_passphrase"} {
		if strings.HasSuffix(key, end) {
			return key != "public_key"
		}
	}
	return false
}

// holdsSecret reports whether a value has a private key or a bearer token in its text.
func holdsSecret(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindString:
		return textHoldsSecret(v.String())
	case slog.KindAny:
		switch x := v.Any().(type) {
		case slog.Level: // of each record
			return false
		case []byte: // %+v would print numbers
			return textHoldsSecret(string(x))
		default:
			return textHoldsSecret(fmt.Sprintf("%+v", x))
		}
	default:
		return false
	}
}

func textHoldsSecret(text string) bool {
	if strings.Contains(text, "Bearer ") || strings.Contains(text, "bearer ") {
		return true
	}
	for {
		_, after, found := strings.Cut(text, privateKeyMark)
		if !found || after == "" {
			return false
		}
		if after[0] != '"' { // in quotes it is the advice on what a PEM begins with
			return true
		}
		text = after
	}
}
