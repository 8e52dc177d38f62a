package phone

import (
	"time"

	"github.com/dlclark/regexp2/v2"
)

// patternTimeout bounds a pattern that backtracks. The matcher looks at a clock that ticks
// every 100 ms, so that it can go on for about 250 ms.
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

// patternText is a text to be tested against a pattern.
type patternText struct {
	pattern *regexp2.Regexp
	text    string
}

// matches reports whether the text contains what the pattern describes: it is a search, not
// a match of the whole text. A pattern that takes too long is ignored.
func (p patternText) matches() bool {
	found, err := p.pattern.MatchString(p.text)
	return err != nil || found
}
