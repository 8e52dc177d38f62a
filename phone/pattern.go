package phone

import (
	"time"

	"github.com/dlclark/regexp2/v2"
)

// patternTimeout bounds a pattern that backtracks.
const patternTimeout = 50 * time.Millisecond

// compile reads a regular expression as JavaScript does; nil if it is invalid, which the
// client ignores.
func compile(pattern string) *regexp2.Regexp {
	re, err := regexp2.Compile(pattern, regexp2.ECMAScript)
	if err != nil {
		return nil
	}
	re.MatchTimeout = patternTimeout
	return re
}

// matches reports whether a text contains what a pattern describes: it is a search, not a
// match of the whole text. A pattern that takes too long is ignored.
func matches(pattern *regexp2.Regexp, text string) bool {
	found, err := pattern.MatchString(text)
	return err != nil || found
}
