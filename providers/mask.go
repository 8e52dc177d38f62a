package providers

import (
	"net/url"
	"strings"
	"unicode"
)

const (
	masked     = "[redacted]"
	maxMessage = 300 // runes of a provider's message that an error quotes
	maxLabel   = 64  // runes of a provider's code or trace id
	maskWindow = 8   // bytes of a credential in a row that are masked: servers shorten what they echo
)

// quoter makes text of a provider fit for an error: one line of printable
// characters, without pieces of the secrets given, of at most limit runes.
func quoter(secrets ...string) func(text string, limit int) string {
	windows := map[int]map[string]bool{} // pieces of the secrets by length
	for _, value := range secrets {
		for _, form := range []string{value, url.QueryEscape(value)} {
			form = lowerASCII(form)
			n := min(maskWindow, len(form))
			if windows[n] == nil {
				windows[n] = map[string]bool{}
			}
			for i := 0; i+n <= len(form); i++ {
				windows[n][form[i:i+n]] = true
			}
		}
	}
	return func(text string, limit int) string { return shorten(maskPieces(oneLine(text), windows), limit) }
}

// oneLine comes before masking: what it removes could have split a secret.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.Fields(text), " ")
}

func maskPieces(text string, windows map[int]map[string]bool) string {
	lower := lowerASCII(text)
	hidden := make([]bool, len(text))
	for n, pieces := range windows {
		for i := 0; n > 0 && i+n <= len(text); i++ {
			if pieces[lower[i:i+n]] {
				for j := i; j < i+n; j++ {
					hidden[j] = true
				}
			}
		}
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(masked)
		}
	}
	return b.String()
}

// shorten comes after masking: a cut secret would not be found.
func shorten(text string, limit int) string {
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

// lowerASCII keeps the length in bytes, which strings.ToLower does not.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
