package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/internal/config"
)

// tokenSecret is one that signs flow tokens.
const tokenSecret = "a-secret-of-32-bytes-for-tokens."

// The secrets of flow tokens are a list, or a file of lines, each of 32 bytes or more.
func TestTokenSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"one": tokenSecret + "\n", "two": tokenSecret + "\r\n" + tokenSecret + "2\n", "short": "x\n", "empty": "\n"} {
		write(t, filepath.Join(dir, name), text)
	}
	for name, c := range map[string]struct {
		variable, file string
		want           []config.Secret
		problem        string
	}{
		"none":        {"", "", nil, ""},
		"variable":    {tokenSecret, "", secrets(tokenSecret), ""},
		"file":        {"", "one", secrets(tokenSecret), ""},
		"two lines":   {"", "two", secrets(tokenSecret, tokenSecret+"2"), ""},
		"two in one":  {tokenSecret + "\r\n" + tokenSecret + "2\n", "", secrets(tokenSecret, tokenSecret+"2"), ""},
		"one bad":     {tokenSecret + "\n# old", "", nil, "is a comment"},
		"short":       {"x", "", nil, "has a secret of less than 32 bytes"},
		"short file":  {"", "short", nil, "has a secret of less than 32 bytes"},
		"empty file":  {"", "empty", nil, "names a file that is empty"},
		"no file":     {"", "none", nil, "names a file that cannot be read"},
		"both":        {tokenSecret, "one", nil, "conflicts with token_secrets"},
		"quotes":      {`"` + tokenSecret + `"`, "", nil, "is in quotation marks"},
		"white space": {tokenSecret + " ", "", nil, "ends with white space"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": appSecret, "FLOWSERVER_TOKEN_SECRET": c.variable}
			if c.file != "" {
				env["FLOWSERVER_TOKEN_SECRET_FILE"] = filepath.Join(dir, c.file)
			}
			cfg, err := config.Builtin(lookup(env))
			if c.problem != "" {
				if got := problems(t, err); len(got) != 1 || !strings.HasPrefix(got[0].Text, c.problem) || strings.Contains(err.Error(), tokenSecret) {
					t.Errorf("got %v, want one problem: %s", err, c.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, cfg.Flows[0].TokenSecrets, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("secrets (-want +got):\n%s", diff)
			}
		})
	}
}

// A secret is read in the same way from a file and from a variable. What is no secret
// is refused, in words that say what it is.
func TestAppSecretForms(t *testing.T) {
	t.Parallel()
	utf16 := "\xff\xfe" + strings.Join(strings.Split(appSecret, ""), "\x00") + "\x00"
	dir := t.TempDir()
	for _, c := range []struct{ name, text, problem string }{ // no problem: it is read
		{"as is", appSecret, ""},
		{"line end", appSecret + "\n", ""},
		{"Windows line end", appSecret + "\r\n", ""},
		{"env file of Windows", appSecret + "\r", ""},
		{"byte order mark", "\ufeff" + appSecret, ""},
		{"UTF-16", utf16, ""},
		{"quotes", `"` + appSecret + `"`, "is in quotation marks"},
		{"assignment", "APP_SECRET=" + appSecret, "is an assignment (NAME=value)"},
		{"JSON", `{"app_secret":"` + appSecret + `"}`, "is JSON"},
		{"comment", "# " + appSecret, "is a comment"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(dir, c.name)
			write(t, path, c.text)
			for source, env := range map[string]map[string]string{
				"file":     {"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET_FILE": path},
				"variable": {"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": c.text},
			} {
				cfg, err := config.Builtin(lookup(env))
				if c.problem != "" {
					if got := problems(t, err); len(got) != 1 || got[0].Text != c.problem || strings.Contains(err.Error(), appSecret) {
						t.Errorf("%s: got %v, want one problem: %s", source, err, c.problem)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", source, err)
					continue
				}
				if got := cfg.Flows[0].AppSecrets; len(got) != 1 || !got[0].Equal(config.NewSecret(appSecret)) {
					t.Errorf("%s: got another secret, or %d", source, len(got))
				}
			}
		})
	}
}
