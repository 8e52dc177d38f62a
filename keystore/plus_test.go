package keystore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// lostPlus is what a web form or a URL does to a key that was not encoded for it.
func lostPlus(pem string) map[string]string {
	lost := strings.ReplaceAll(pem, "+", " ")
	body := pemBody(pem)
	wide := strings.Replace(pem, body, wrap(strings.ReplaceAll(body, "\n", ""), 76), 1)
	return map[string]string{
		"lines kept":             lost,
		"CRLF":                   strings.ReplaceAll(lost, "\n", "\r\n"),
		"escaped":                strings.ReplaceAll(lost, "\n", `\n`),
		"blanks at line ends":    strings.ReplaceAll(lost, "\n", " \n"),
		"line ends trimmed":      trimLines(lost),
		"no line ends":           strings.ReplaceAll(lost, "\n", ""),
		"blanks for line ends":   strings.ReplaceAll(strings.TrimSpace(lost), "\n", " "),
		"blanks for CRLF":        strings.ReplaceAll(lost, "\n", "  "),
		"76 columns":             strings.ReplaceAll(wide, "+", " "),
		"76 columns, blanks":     strings.NewReplacer("+", " ", "\n", " ").Replace(wide),
		"bare":                   strings.ReplaceAll(body, "+", " "),
		"bare, one line":         strings.NewReplacer("+", " ", "\n", "").Replace(body),
		"bare, blanks":           strings.NewReplacer("+", " ", "\n", " ").Replace(body),
		"bare, variable, blanks": "KEY=" + strings.NewReplacer("+", " ", "\n", " ").Replace(body),
	}
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// A registered key without its plus signs is of no use to phones: it is named.
func TestParsePublicLostPlus(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"a.public.pem", "a.public.pkcs1.pem", "b.public.pem"} {
		for name, text := range lostPlus(string(readFile(t, keysDir, file))) {
			key, err := keystore.ParsePublic([]byte(text))
			if !errors.Is(err, keystore.ErrLostPlus) || !errors.Is(err, keystore.ErrPublicKey) || key != nil {
				t.Errorf("%s, %s: %v, %v; want %v", file, name, key, err, keystore.ErrLostPlus)
			}
		}
	}
	cut := strings.ReplaceAll(string(readFile(t, keysDir, "a.public.pem")), "+", "")
	if _, err := keystore.ParsePublic([]byte(cut)); errors.Is(err, keystore.ErrLostPlus) || err == nil {
		t.Errorf("key without plus signs: %v", err)
	}
}

// A private key can be restored, which its length proves.
func TestParsePrivateLostPlus(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"a.pkcs8.pem", "a.pkcs1.pem", "a.pkcs8.pbes2-aes256.pem"} {
		for name, text := range lostPlus(string(readFile(t, keysDir, file))) {
			pair, err := keystore.ParsePrivate([]byte(text), testPassphrase(t))
			if err != nil {
				t.Errorf("%s, %s: %v", file, name, err)
				continue
			}
			if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
				t.Errorf("%s, %s: Fingerprint = %s, want %s", file, name, got, want)
			}
			if key, err := keystore.ParsePublic([]byte(text)); key != nil || err == nil {
				t.Errorf("%s, %s: ParsePublic takes it for a public key", file, name)
			}
		}
	}
}
