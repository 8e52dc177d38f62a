package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
)

// TestVariablesCannotInject puts values that mean something in YAML, or in this
// package, into variables, and wants them back as they are, with nothing else changed.
func TestVariablesCannotInject(t *testing.T) {
	t.Parallel()
	values := []string{
		"x\nadmin: \":1\"", "x\r\nadmin: x", "x\n  provider: {name: meta}", "x # not a comment", "# not a comment", "a: b", ": b", "a:", "- a", "? a",
		`"`, `'`, `\`, `\n`, `\"`, "''", `"a" b`, "{a: b}", "[a, b]", "{", "}", "[", "]", ",", "&a", "*a", "!a", "!!int 3", "|", ">", "%", "@", "`",
		"---", "...", "<<", "null", "~", "true", "false", "yes", "0x10", "0123", "1_000", "1e3", ".inf", "8s",
		"${OTHER}", "${UNSET}", "${", "$", "$$", "$${OTHER}", "${OTHER:-x}", "\t", "a\ufeff", "\u2028", "é", "\xff",
	}
	forms := map[string]string{
		"plain": "      passphrase: ${VALUE}\n", "double quoted": "      passphrase: \"${VALUE}\"\n", "single quoted": "      passphrase: '${VALUE}'\n",
		"literal": "      passphrase: |-\n        ${VALUE}\n", "folded": "      passphrase: >-\n        ${VALUE}\n", "default": "      passphrase: ${VALUE:-no}\n",
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "flowserver.yaml")
			write(t, file, "admin: :9090\nnumbers:\n  - id: main\n    private_keys:\n    - pem: key\n"+form+"flows:\n  - {id: booking, app_secrets: [secret]}\n")
			for _, value := range values {
				got, err := config.Load(file, lookup(map[string]string{"VALUE": value, "OTHER": "other"}))
				if err != nil {
					t.Errorf("%q: %v", value, err)
					continue
				}
				want, err := config.Load(file, lookup(map[string]string{"VALUE": "harmless"}))
				if err != nil {
					t.Fatal(err)
				}
				want.Numbers[0].PrivateKeys[0].Passphrase = config.NewSecret(value)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%q (-want +got):\n%s\npassphrase %q", value, diff, got.Numbers[0].PrivateKeys[0].Passphrase.Reveal())
				}
			}
		})
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	env := lookup(map[string]string{"A": "a", "EMPTY": "", "_B2": "b"})
	for text, want := range map[string]string{
		"${A}": "a", "${A}${_B2}": "ab", "x${A}y": "xay", "${EMPTY}": "", "${EMPTY:-d}": "d", "${UNSET:-d}": "d", "${UNSET:-}": "", "${A:-d}": "a",
		"${UNSET:-a: b # c}": "a: b # c", "${UNSET:-:-}": ":-", "${UNSET:-$$}": "$", "$$": "$", "$$$$": "$$", "$${A}": "${A}", "$$${A}": "$a",
		"$A": "$A", "a$": "a$", "$": "$", "$ {A}": "$ {A}", "5$ and 6$": "5$ and 6$",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "flowserver.yaml")
			write(t, file, "numbers: [{id: main, private_keys: [{pem: key, passphrase: '"+text+"'}]}]\nflows: [{id: booking, app_secrets: [secret]}]\n")
			cfg, err := config.Load(file, env)
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.Numbers[0].PrivateKeys[0].Passphrase.Reveal(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestFileForms loads a file as other systems write it.
func TestFileForms(t *testing.T) {
	t.Parallel()
	const text = "numbers:\n  - id: main\n    private_keys:\n      - pem: |\n          one\n          two\nflows:\n  - id: booking\n    app_secrets: [secret]\n"
	for name, data := range map[string]string{
		"as is": text, "byte order mark": "\ufeff" + text, "CR LF": strings.ReplaceAll(text, "\n", "\r\n"),
		"directive": "%YAML 1.2\n---\n" + text, "document end": "---\n" + text + "...\n", "comments": "# a\n\n" + text + "# b\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "flowserver.yaml")
			write(t, file, data)
			cfg, err := config.Load(file, lookup(nil))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := cfg.Numbers[0].PrivateKeys[0].PEM.Reveal(), "one\ntwo\n"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if got := cfg.Flows[0].AppSecrets[0].Reveal(); got != "secret" {
				t.Errorf("got %q, want %q", got, "secret")
			}
		})
	}
}
