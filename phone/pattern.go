package phone

import (
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// patternPatience bounds how long a keystroke waits for a pattern that backtracks.
const patternPatience = 50 * time.Millisecond

// patternTimeout ends the work on such a pattern, for which nothing waits any more. The
// matcher looks at a clock that ticks every 100 ms, one for the whole process, so that it
// can go on for about 250 ms: at most five texts are tested at a time.
const patternTimeout = 50 * time.Millisecond

// compile reads a regular expression as JavaScript does; nil if it is invalid, which the
// client ignores. regexp2 also knows groups of other languages.
func compile(pattern string) *regexp2.Regexp {
	if catalog.ForeignGroup(pattern) != "" {
		return nil
	}
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

// patternResult says whether a text contains what a pattern describes.
type patternResult uint8

const (
	patternFound patternResult = iota
	patternNotFound
	patternSlow // it was not found out in time
)

// test searches the text for the pattern: it is a search, not a match of the whole text.
func (p patternText) test() patternResult {
	started, result := make(chan struct{}), make(chan patternResult, 1)
	go func() {
		close(started)
		found, err := p.pattern.MatchString(p.text)
		switch {
		case err != nil:
			result <- patternSlow
		case found:
			result <- patternFound
		default:
			result <- patternNotFound
		}
	}()
	<-started // on a busy machine that alone can take longer
	patience := time.NewTimer(patternPatience)
	defer patience.Stop()
	select {
	case r := <-result:
		return r
	case <-patience.C:
		return patternSlow
	}
}
