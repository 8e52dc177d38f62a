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

// A secret is read in the same way from a file and from a variable. Text that is not a
// secret is refused, in words that say what it is.
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

// A value in the place of a path, or the other way round, is said with the right place,
// and without the value.
func TestWrongPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	existing := filepath.Join(dir, "main")
	write(t, existing, "a key")
	const value = "is not the path of a file but the value itself"
	const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC\n-----END PRIVATE KEY-----\n"
	for name, c := range map[string]struct{ variable, value, text, hint string }{
		"key as a path":      {"FLOWSERVER_PRIVATE_KEY_FILE", pem, value, "set FLOWSERVER_PRIVATE_KEY instead; "},
		"secret as a path":   {"FLOWSERVER_APP_SECRET_FILE", appSecret, value, "set FLOWSERVER_APP_SECRET instead; "},
		"token as a path":    {"FLOWSERVER_UPSTREAM_SECRET_FILE", "whsec_x", value, "set FLOWSERVER_UPSTREAM_SECRET instead; "},
		"path as a key":      {"FLOWSERVER_PRIVATE_KEY", "./private.pem", "is the path of a file, not a key", "set FLOWSERVER_PRIVATE_KEY_FILE instead; "},
		"bare path as a key": {"FLOWSERVER_PRIVATE_KEY", existing, "is the path of a file, not a key", "set FLOWSERVER_PRIVATE_KEY_FILE instead; "},
		"path as a secret":   {"FLOWSERVER_APP_SECRET", "/run/secrets/app", "is the path of a file, not a secret", "set FLOWSERVER_APP_SECRET_FILE instead; "},
		"path as a token":    {"FLOWSERVER_UPSTREAM_SECRET", "./upstream", "is the path of a file, not a secret", "set FLOWSERVER_UPSTREAM_SECRET_FILE instead; "},
		"path as a URL":      {"FLOWSERVER_REDIS_URL", "/run/secrets/redis", "is the path of a file, not a secret", "set FLOWSERVER_REDIS_URL_FILE instead; "},
		"quoted path":        {"FLOWSERVER_PRIVATE_KEY_FILE", `"` + existing + `"`, "is in quotation marks", "give the value alone"},
		"quoted address":     {"FLOWSERVER_LISTEN", `":8080"`, "is in quotation marks", "give the value alone"},
		"quoted URL":         {"FLOWSERVER_UPSTREAM_URL", "'http://127.0.0.1/'", "is in quotation marks", "give the value alone"},
		"guard in capitals":  {"FLOWSERVER_GUARD", "Warn", "is not one of enforce, warn, off", "did you mean warn? "},
		"misspelt level":     {"FLOWSERVER_LOG_LEVEL", "DEBG", "is not one of debug, info, warn, error", "did you mean debug? "},
		"quoted boolean":     {"FLOWSERVER_PPROF", `"true"`, "is in quotation marks", "give the value alone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{
				"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": appSecret,
				"FLOWSERVER_UPSTREAM_URL": "http://127.0.0.1/",
			}
			delete(env, strings.TrimSuffix(c.variable, "_FILE"))
			env[c.variable] = c.value
			_, err := config.Builtin(lookup(env))
			got := problems(t, err)
			if len(got) != 1 || got[0].Text != c.text || !strings.HasPrefix(got[0].Hint, c.hint) || strings.Contains(err.Error(), c.value) {
				t.Errorf("got %v, want one problem, %q, with the hint %q and without the value", err, c.text, c.hint)
			}
		})
	}
}

// Where the file has the value itself, the keys of the file are named.
func TestWrongPlaceInFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "flowserver.yaml")
	write(t, path, `
numbers: [{id: main, private_keys: [{pem: ./private.pem}]}]
flows: [{id: f, app_secrets: [./app], upstream: {url: "http://127.0.0.1/"}}]
tls: {cert_file: whsec_x, key_file: whsec_y}
`)
	_, err := config.Load(path, lookup(nil))
	var hints []string
	for _, p := range problems(t, err) {
		hints = append(hints, p.Path+": "+p.Hint)
	}
	want := []string{
		"numbers[0].private_keys[0].pem: give it as file",
		"flows[0].app_secrets[0]: give it as app_secrets_file",
		"tls.cert_file: write it to a file, and give the path of that file",
		"tls.key_file: write it to a file, and give the path of that file",
	}
	if diff := cmp.Diff(want, hints); diff != "" {
		t.Errorf("hints (-want +got):\n%s", diff)
	}
}
