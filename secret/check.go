package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// assignment is a line of an env file or of YAML. The padding of base64 is not a
	// value.
	assignment = regexp.MustCompile(`^(?:export\s+)?[A-Za-z_][A-Za-z0-9_.-]*(?:\s*=\s*[^=\s]|\s+=|:\s)`)
	// pathForm is the beginning of a path that base64 cannot be, or hardly: a generated
	// secret may begin with a slash.
	pathForm = regexp.MustCompile(`^(?:\.{1,2}[\\/]|~[\\/]|[A-Za-z]:[\\/]|file:/|` +
		`/(?:run|etc|var|home|root|secrets?|mnt|opt|srv|usr|tmp|data|vault|app|workspace)/)`)
	secretForm = regexp.MustCompile(`BEGIN [A-Z]|\n.|^[0-9a-fA-F]{32}$|^EAA[A-Za-z0-9]{20}|^whsec_|^MI[GI][A-Za-z0-9+/]{60}`)
	unexpanded = regexp.MustCompile(`^(?:\$\{.*\}|\$\(.*\)|\$[A-Z_][A-Z0-9_]*|\{\{.*\}\}|%[A-Z_][A-Z0-9_]*%)$`)
	appSecret  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	hex32      = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
	comment    = regexp.MustCompile(`\s(?:#|//)`)
	appToken   = regexp.MustCompile(`^[0-9]+\|`) // of Graph: app id and app secret
	decimal    = regexp.MustCompile(`^[0-9]+$`)
)

// Check refuses text that copying or configuration has added to a generated secret such
// as an app secret, a token or a key. It returns [ErrEmpty], or an [ErrForm] that
// describes what was found and never contains the value. It is not suitable for
// passphrases, which may contain anything.
func Check(value []byte) error {
	text := string(value)
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	var found string
	switch {
	case text == "":
		return ErrEmpty
	case strings.TrimSpace(text) == "":
		found = "is blank"
	case strings.ContainsAny(strings.TrimSpace(text), "\r\n"):
		found = "has more than one line"
	case strings.HasPrefix(text, "\ufeff"):
		found = "begins with a byte order mark"
	case unicode.IsSpace(first):
		found = "begins with white space"
	case unicode.IsSpace(last):
		found = "ends with white space"
	case strings.ContainsFunc(text, isInvisible):
		found = "contains an invisible character"
	case strings.ContainsRune("\"'`“”‘’", first), strings.ContainsRune("\"'`“”‘’", last):
		found = "is in quotation marks"
	case isJSON(value):
		found = "is JSON"
	case strings.HasPrefix(text, "#"), strings.HasPrefix(text, "//"):
		found = "is a comment"
	case comment.MatchString(text):
		found = "ends with a comment"
	case strings.HasPrefix(text, "-----"):
		return &FormError{"is a key or a certificate (PEM)", "give the secret, and the key where a key is asked for"}
	case first == '<' && last == '>':
		found = "is in angle brackets"
	case assignment.MatchString(text):
		found = "is an assignment (NAME=value)"
	case LooksLikePath(value):
		return &FormError{"is the path of a file", "give the secret itself, or the path where a file is asked for"}
	case unexpanded.MatchString(text):
		found = "is a variable that was not expanded"
	default:
		return nil
	}
	return &FormError{found, "give the value alone"}
}

// LooksLikePath reports whether a text that should be a generated secret is the path of a
// file, for example "/run/secrets/app_secret". [Check] refuses such a text; a caller that
// knows its source can say where a path belongs.
func LooksLikePath(value []byte) bool { return pathForm.Match(value) }

// LooksSecret reports whether a text that should be something else, such as the path of a
// file, is probably a key or a secret: PEM, the base64 of a key, an app secret, an access
// token, the secret of an upstream. A caller must not print it then.
func LooksSecret(text string) bool { return secretForm.MatchString(text) }

// isJSON reports whether the text is, or begins like, a JSON object or list.
func isJSON(text []byte) bool {
	return len(text) == 1 && bytes.ContainsAny(text, "{[") || bytes.HasPrefix(text, []byte(`{"`)) || bytes.HasPrefix(text, []byte(`["`)) ||
		bytes.ContainsAny(text[:1], "{[") && json.Valid(text)
}

// CheckAppSecret checks the app secret of a Meta app, which signs requests. It returns
// the error of [Check]. The warning is empty for 32 lower-case hex digits, which is what
// the App Dashboard shows under App settings, Basic (2026-11). Otherwise it describes
// what was found, without the value: with such a secret, all requests are probably
// refused.
func CheckAppSecret(value []byte) (warning string, err error) {
	if err := Check(value); err != nil {
		return "", err
	}
	text := string(value)
	found := fmt.Sprintf("got %d characters", utf8.RuneCount(value))
	switch {
	case appSecret.Match(value):
		return "", nil
	case hex32.Match(value):
		found = "got upper-case hex digits"
	case strings.HasPrefix(text, "EAA"), appToken.MatchString(text):
		found = "got what looks like an access token"
	case strings.HasPrefix(text, "whsec_"):
		found = "got what looks like an upstream secret"
	case decimal.MatchString(text):
		found = "got digits only, like an app id"
	case utf8.RuneCountInString(text) == 32:
		found = "got other characters"
	}
	return "an app secret is expected to have 32 lower-case hex digits, " + found +
		": copy it from App settings, Basic, in Meta's App Dashboard", nil
}
