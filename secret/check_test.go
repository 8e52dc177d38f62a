package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/secret"
)

const appSecret = "0123456789abcdef0123456789abcdef"

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value, found string // no found: accepted
	}{
		{"app secret", appSecret, ""},
		{"upstream secret", "whsec_ZmxvdyBleGFtcGxlcyBzZWNyZXQ+Pz8/", ""},
		{"base64 with padding", "c2VjcmV0IGtleQ==", ""},
		{"base64 with one =", "c2VjcmV0IGtleTE=", ""},
		{"token", "EAAGm0PX4ZCpsBAKZC-x_y.z|1", ""},
		{"# inside", "a#b", ""},
		{"in braces", "{abc", ""},
		{"double quotes", `"` + appSecret + `"`, "quotation marks"},
		{"single quotes", `'` + appSecret + `'`, "quotation marks"},
		{"one quote", appSecret + `"`, "quotation marks"},
		{"word processor", "“" + appSecret + "”", "quotation marks"},
		{"assignment", "APP_SECRET=" + appSecret, "NAME=value"},
		{"export", "export APP_SECRET=" + appSecret, "NAME=value"},
		{"quoted assignment", `APP_SECRET="` + appSecret, "NAME=value"},
		{"blanks around =", "app_secret = " + appSecret, "NAME=value"},
		{"YAML", "app_secret: " + appSecret, "NAME=value"},
		{"JSON", `{"app_secret":"` + appSecret + `"}`, "JSON"},
		{"JSON list", `["` + appSecret + `"]`, "JSON"},
		{"JSON in lines", "{", "JSON"},
		{"comment", "# from the dashboard", "a comment"},
		{"code comment", "// secret", "a comment"},
		{"comment behind it", appSecret + " # of production", "ends with a comment"},
		{"code comment behind it", appSecret + " // of production", "ends with a comment"},
		{"private key", "-----BEGIN PRIVATE KEY-----", "a key or a certificate (PEM)"},
		{"end of a key", "-----END PRIVATE KEY-----", "a key or a certificate (PEM)"},
		{"placeholder", "<app secret>", "angle brackets"},
		{"page", "<html><body></body></html>", "angle brackets"},
		{"blanks inside", "correct horse", ""},
		{"base64 with a slash first", "/runZ3JlYXQgc2VjcmV0IQ==", ""},
		{"path", "./" + appSecret, "the path of a file"},
		{"path of a mounted secret", "/run/secrets/" + appSecret, "the path of a file"},
		{"path of Windows", `C:\secrets\` + appSecret, "the path of a file"},
		{"path in the home folder", "~/" + appSecret, "the path of a file"},
		{"variable", "${APP_SECRET}", "not expanded"},
		{"Windows variable", "%APP_SECRET%", "not expanded"},
		{"template", "{{ .AppSecret }}", "not expanded"},
		{"leading blank", " " + appSecret, "begins with white space"},
		{"trailing blank", appSecret + "\u00a0", "ends with white space"},
		{"line end", appSecret + "\n", "ends with white space"},
		{"two lines", appSecret + "\n" + appSecret, "more than one line"},
		{"byte order mark", "\ufeff" + appSecret, "byte order mark"},
		{"zero-width space", appSecret[:16] + "\u200b" + appSecret[16:], "invisible"},
		{"control character", appSecret[:16] + "\x1b" + appSecret[16:], "invisible"},
		{"blank", " \t", "blank"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := secret.Check([]byte(c.value))
			if c.found == "" {
				if err != nil {
					t.Errorf("got %v, want no error", err)
				}
				return
			}
			if !errors.Is(err, secret.ErrForm) || !strings.Contains(err.Error(), c.found) || strings.Contains(err.Error(), appSecret[:8]) {
				t.Errorf("got %v, want ErrForm with %q and without the value", err, c.found)
			}
			if _, appErr := secret.CheckAppSecret([]byte(c.value)); !errors.Is(appErr, secret.ErrForm) {
				t.Errorf("CheckAppSecret: got %v, want ErrForm", appErr)
			}
		})
	}
	if err := secret.Check(nil); !errors.Is(err, secret.ErrEmpty) {
		t.Errorf("got %v for nothing, want ErrEmpty", err)
	}
}

func TestCheckAppSecret(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value, found string // no found: no warning
	}{
		{"app secret", appSecret, ""},
		{"upper case", strings.ToUpper(appSecret), "upper-case hex digits"},
		{"access token", "EAAGm0PX4ZCpsBAKZC", "access token"},
		{"app id", "1234567890123456", "digits only"},
		{"upstream secret", "whsec_ZmxvdyBleGFtcGxlcyBzZWNyZXQ", "upstream secret"},
		{"verify token", "my-verify-token", "15 characters"},
		{"cut off", appSecret[:31], "31 characters"},
		{"app access token", "1234567890123456|" + appSecret, "access token"},
		{"32 characters, not ASCII", strings.Repeat("а", 32), "other characters"},
		{"32 characters", strings.Repeat("z", 32), "other characters"},
		{"letters", "sécrét", "6 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			warning, err := secret.CheckAppSecret([]byte(c.value))
			switch {
			case err != nil, (warning == "") != (c.found == ""), !strings.Contains(warning, c.found):
				t.Errorf("got %q, %v; want a warning with %q", warning, err, c.found)
			case c.found != "" && (!strings.Contains(warning, "32 lower-case hex digits") || strings.Contains(warning, c.value)):
				t.Errorf("got %q, want what is expected, and not the value", warning)
			}
		})
	}
}

func TestLooksSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"-----BEGIN PRIVATE KEY-----":                                  true,
		"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBK" + strings.Repeat("a", 40): true,
		appSecret:                            true,
		strings.ToUpper(appSecret):           true,
		"EAAGm0PX4ZCpsBAKZC0PX4ZCpsBAKZC":    true,
		"whsec_ZmxvdyBleGFtcGxlcyBzZWNyZXQ+": true,
		"two\nlines":                         true,
		"":                                   false,
		"private.pem":                        false,
		"/run/secrets/app_secret\n":          false,
		"./MII.pem":                          false,
		`C:\keys\main.pem`:                   false,
	} {
		if got := secret.LooksSecret(text); got != want {
			t.Errorf("LooksSecret(%.20q) = %t, want %t", text, got, want)
		}
	}
}
