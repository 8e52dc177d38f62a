package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/config"
)

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
