package token_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange/token"
)

// TestSecretsAreNotPrinted prints whatever holds a secret in every usual way.
func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	s := secrets(newSecret, oldSecret)
	signer := signerAt(t, issued, newSecret, oldSecret)
	cfg := token.Config{Secrets: s}
	signatures := token.SignatureConfig{Mode: token.Required, Secrets: s}
	for name, v := range map[string]any{
		"secrets":                         s,
		"config":                          cfg,
		"pointer to config":               &cfg,
		"signer":                          signer,
		"signer as value":                 *signer,
		"signature config":                signatures,
		"pointer to signature config":     &signatures,
		"in a struct":                     struct{ S *token.Signer }{signer},
		"in a field that is not exported": struct{ s *token.Signer }{signer},
		"in a map":                        map[string]any{"config": cfg, "signer": signer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var printed strings.Builder
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%o", "%b", "%c", "%U"} {
				fmt.Fprintf(&printed, verb+"\n", v)
			}
			asJSON, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			printed.Write(asJSON)
			for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
				slog.New(handler).Info("m", slog.Any("v", v))
			}
			for spelling, secret := range map[string]string{
				"as it is":   newSecret[:12],
				"hex":        hex.EncodeToString([]byte(newSecret[:12])),
				"base64":     "dGhlLW5ldy1zZWNyZXQ", // of its beginning
				"as numbers": "116 104 101 45 110 101 119",
				"as Go":      "0x74, 0x68, 0x65, 0x2d",
			} {
				if strings.Contains(strings.ToLower(printed.String()), strings.ToLower(secret)) {
					t.Errorf("a secret is printed %s: %s", spelling, printed.String())
				}
			}
		})
	}
}
