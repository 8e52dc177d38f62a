package providers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/providers"
)

// TestTable checks what every row of the table must have.
func TestTable(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, p := range providers.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			if found, ok := providers.Lookup(p.Name); !ok || found.Title != p.Title || p.Title == "" {
				t.Errorf("Lookup: got %q, %v, want %q", found.Title, ok, p.Title)
			}
			seen := map[string]bool{}
			for _, k := range p.New().Keys() {
				switch {
				case k.Name == "" || seen[k.Name]:
					t.Errorf("key %q: has no name, or that of another key", k.Name)
				case k.Meaning == "" || strings.ContainsAny(k.Meaning, "\n|"):
					t.Errorf("key %s: has no meaning in one line", k.Name)
				case (k.Text == nil) == (k.Secret == nil):
					t.Errorf("key %s: must set either a text or a secret", k.Name)
				case k.File && k.Secret == nil:
					t.Errorf("key %s: is in a file, and not a secret", k.Name)
				case k.IsSet():
					t.Errorf("key %s: new settings have a value", k.Name)
				case k.Required && k.Default != "":
					t.Errorf("key %s: is required, and has a default", k.Name)
				case k.Required && k.Example == "":
					t.Errorf("key %s: is required, and has no example", k.Name)
				}
				seen[k.Name] = true
			}
			if !seen["base_url"] {
				t.Error("there is no base_url, which tests need")
			}
		})
		if names[p.Name] {
			t.Errorf("two rows have the name %s", p.Name)
		}
		names[p.Name] = true
	}
	if _, ok := providers.Lookup("none"); ok {
		t.Error("none is the name for no provider")
	}
}

// TestSettingsPrintNoSecret puts a secret into every field that is declared as one.
func TestSettingsPrintNoSecret(t *testing.T) {
	t.Parallel()
	for _, p := range providers.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			settings := p.New()
			for _, k := range settings.Keys() {
				switch {
				case k.Secret != nil:
					k.Set(token)
				case k.Name == "base_url":
					k.Set("https://" + token + "@a.example.com/" + token)
				default:
					k.Set("shown")
				}
			}
			inside := struct{ S providers.Settings }{settings}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
				wantNoSecret(t, verb, fmt.Sprintf(verb, settings))
				wantNoSecret(t, verb, fmt.Sprintf(verb, inside))
			}
			var logged bytes.Buffer
			slog.New(slog.NewTextHandler(&logged, nil)).Info("text", slog.Any("settings", settings), slog.Any("inside", inside))
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("JSON", slog.Any("settings", settings), slog.Any("inside", inside))
			wantNoSecret(t, "slog", logged.String())
			text, err := json.Marshal(inside)
			if err != nil {
				t.Fatal(err)
			}
			wantNoSecret(t, "JSON", string(text))
			if printed := fmt.Sprint(settings); !strings.Contains(printed, "https://a.example.com") || !strings.Contains(printed, "shown") {
				t.Errorf("got %s, want what is not secret in it", printed)
			}
		})
	}
}

// Defaults, forms and choices are applied once, for a configuration file as for a
// program.
func TestCheck(t *testing.T) {
	t.Parallel()
	cfg := providers.KaleyraConfig{Pod: "in", SID: []byte("HXAP16"), APIKey: []byte("key"), PhoneNumber: "0091 99000-00000"}
	if err := providers.Check(&cfg); err != nil {
		t.Fatal(err)
	}
	if cfg.PhoneNumber != "+919900000000" || cfg.GetMethod != providers.GetAuto || cfg.BaseURL != "" {
		t.Errorf("got %v, want the number as +E.164, and defaults", cfg)
	}
	err := providers.Check(&providers.KaleyraConfig{Pod: "us", PhoneNumber: "x"})
	const want = `pod: is not one of eu, in, na, sg
sid: is missing
  hint: add sid
api_key: has no api_key
  hint: add api_key or api_key_file
phone_number: is not a phone number
  hint: write it with its country code, for example +919900000000`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// The example of a row names all that is required.
func TestExample(t *testing.T) {
	t.Parallel()
	for _, p := range providers.All() {
		lines := strings.Split(p.Example(), "\n")
		for _, k := range p.New().Keys() {
			if k.Required && !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "  "+k.Name) }) {
				t.Errorf("the example of %s has no %s:\n%s", p.Name, k.Name, p.Example())
			}
		}
	}
}
