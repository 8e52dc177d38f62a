package config_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/secret"
)

// holder keeps a secret where fmt does not call its methods.
type holder struct {
	hidden config.Secret
	nested config.Config
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	hidden := config.NewSecret(marker)
	kaleyra := &providers.KaleyraConfig{SID: secret.Bytes(marker), APIKey: secret.Bytes(marker)}
	cfg := config.Config{
		RedisURL: hidden,
		Numbers: []config.Number{{
			PrivateKeys: []config.PrivateKey{{PEM: hidden, Passphrase: hidden}},
			Provider:    config.NewProvider("kaleyra", kaleyra, nil),
		}},
		Flows: []config.Flow{{AppSecrets: []config.Secret{hidden}, Upstream: &config.Upstream{Secret: hidden}}},
	}
	values := map[string]any{
		"secret": hidden, "pointer": &hidden, "list": []config.Secret{hidden}, "map": map[string]config.Secret{"k": hidden},
		"config": cfg, "config pointer": &cfg, "unexported": holder{hidden: hidden, nested: cfg},
	}
	leaks := func(text string) bool {
		lower := strings.ToLower(text)
		return strings.Contains(text, marker) || strings.Contains(lower, fmt.Sprintf("%x", marker)) || strings.Contains(text, fmt.Sprintf("%d", []byte(marker)))
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%10.2s", "%U"} {
				got := fmt.Sprintf(verb, v)
				if leaks(got) {
					t.Errorf("%s leaks: %s", verb, got)
				}
				if name != "unexported" && name != "config pointer" && !strings.Contains(got, "[redacted]") {
					t.Errorf("%s got %s, want [redacted] in it", verb, got)
				}
			}
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("text", slog.Any("value", v))
			slog.New(slog.NewJSONHandler(&log, nil)).Info("json", slog.Any("value", v))
			encoded := map[string][]byte{"slog": log.Bytes()}
			var err error
			if encoded["json"], err = json.Marshal(v); err != nil {
				t.Error(err)
			}
			if encoded["yaml"], err = yaml.Marshal(v); err != nil {
				t.Error(err)
			}
			for format, got := range encoded {
				if leaks(string(got)) {
					t.Errorf("%s leaks: %s", format, got)
				}
				if name != "unexported" && !strings.Contains(string(got), "[redacted]") {
					t.Errorf("%s got %s, want [redacted] in it", format, got)
				}
			}
		})
	}
	if got := hidden.String() + fmt.Sprint(hidden.LogValue()); leaks(got) {
		t.Errorf("got %s", got)
	}
	if got, err := xml.Marshal(hidden); err != nil || leaks(string(got)) {
		t.Errorf("xml: got %s, %v", got, err)
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	a, unset := config.NewSecret("a"), config.NewSecret("")
	if got := a.Reveal(); got != "a" {
		t.Errorf("Reveal: got %q, want %q", got, "a")
	}
	if !a.IsSet() || unset.IsSet() || (config.Secret{}).IsSet() {
		t.Error("IsSet: got it wrong")
	}
	if got := unset.Bytes(); got != nil || unset.Reveal() != "" {
		t.Errorf("unset: got %v, %q, want nil and nothing", got, unset.Reveal())
	}
	for _, test := range []struct {
		a, b config.Secret
		want bool
	}{
		{a, config.NewSecret("a"), true},
		{a, config.NewSecret("b"), false},
		{a, config.NewSecret("aa"), false},
		{a, unset, false},
		{unset, config.Secret{}, true},
	} {
		if got := test.a.Equal(test.b); got != test.want {
			t.Errorf("%q.Equal(%q): got %v, want %v", test.a.Reveal(), test.b.Reveal(), got, test.want)
		}
	}
	b := a.Bytes()
	b[0] = 'x'
	if got := a.Reveal(); got != "a" {
		t.Errorf("after a change to Bytes: got %q, want %q", got, "a")
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0B", "1": "1B", "1000": "1000B", "1024": "1KiB", "1KiB": "1KiB", "1024KiB": "1MiB", "1536 KiB": "1536KiB",
		"1MiB": "1MiB", "2GiB": "2GiB", "7B": "7B", "9223372036854775807": "9223372036854775807B", "8589934591GiB": "8589934591GiB",
	} {
		var size config.Size
		if err := size.UnmarshalText([]byte(text)); err != nil || size.String() != want {
			t.Errorf("%q: got %v, %v, want %s", text, size, err, want)
		}
		if again, err := size.MarshalText(); err != nil || string(again) != want {
			t.Errorf("%q: MarshalText got %s, %v, want %s", text, again, err, want)
		}
	}
	for _, text := range []string{
		"", "B", "KiB", "-1", "+1", "1.5MiB", "1MB", "1M", "1kib", " 1", "1\tKiB", "0x10", "1_000", "9223372036854775808",
		"8589934592GiB", marker,
	} {
		size := config.Size(42)
		if err := size.UnmarshalText([]byte(text)); err == nil || size != 42 || strings.Contains(err.Error(), marker) {
			t.Errorf("%q: got %v, %v, want an error without the text, and no change", text, size, err)
		}
	}
}
