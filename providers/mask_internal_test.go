package providers

import (
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	const token = "EAAGqT7nXw|Zk0BA9/vLr2+u4=="
	quote := quoter(token, "AB12")
	for name, c := range map[string]struct{ text, want string }{
		"nothing to hide":     {"Invalid OAuth access token", "Invalid OAuth access token"},
		"empty":               {"", ""},
		"whole":               {"token " + token + " refused", "token [redacted] refused"},
		"twice":               {token + token + " " + token, "[redacted] [redacted]"},
		"beginning":           {"token " + token[:9] + "…", "token [redacted]…"},
		"middle":              {"token …" + token[5:20] + "…", "token …[redacted]…"},
		"less than a piece":   {"token " + token[:7], "token " + token[:7]},
		"other case":          {strings.ToUpper(token) + " " + strings.ToLower(token), "[redacted] [redacted]"},
		"escaped for a query": {"t=EAAGqT7nXw%7CZk0BA9%2FvLr2%2Bu4%3D%3D", "t=[redacted]"},
		"short secret":        {"sid ab12 of AB12x", "sid [redacted] of [redacted]x"},
		"lines":               {" a\r\nb\tc\x00d\x1b[31me ", "a b c d [31me"},
		"direction marks":     {"a\u202eb", "a b"},
		"not UTF-8":           {"a\xffb", "a b"},
		"split by a control":  {"EAAGqT7nXw\u200b|Zk0BA9/vLr2", "[redacted] [redacted]"},
		"other letters":       {"ÄÖÜ ẞ İ " + token + " ÄÖÜ", "ÄÖÜ ẞ İ [redacted] ÄÖÜ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := quote(c.text, 100); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// A secret across the limit is masked before the text is cut.
func TestQuoteCutsLast(t *testing.T) {
	t.Parallel()
	quote := quoter("0123456789abcdef")
	got := quote(strings.Repeat("ä", 20)+" 0123456789abcdef", 30)
	if want := strings.Repeat("ä", 20) + " [redacte…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuoteWithoutSecrets(t *testing.T) {
	t.Parallel()
	if got := quoter("")("text", 10); got != "text" {
		t.Errorf("got %q, want text", got)
	}
}
