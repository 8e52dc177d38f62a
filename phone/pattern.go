package phone

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/dlclark/regexp2/v2"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// patternTimeout bounds how long a keystroke waits for a pattern that backtracks.
const patternTimeout = 50 * time.Millisecond

// tickOften makes the clock of the matcher, one for the whole process, tick often enough for
// patternTimeout. By default it ticks every 100 ms, and a match can last two ticks longer
// than its timeout.
var tickOften = sync.OnceFunc(func() { regexp2.SetTimeoutCheckPeriod(patternTimeout / 5) })

// compile reads a regular expression as JavaScript does; nil if it is invalid, which the
// client ignores. regexp2 also accepts what JavaScript refuses, such as ^* and (?i).
func compile(pattern string) *regexp2.Regexp {
	if catalog.PatternProblem(pattern) != "" {
		return nil
	}
	re, err := regexp2.Compile(escaped(pattern), regexp2.ECMAScript)
	if err != nil {
		return nil
	}
	tickOften()
	re.MatchTimeout = patternTimeout
	return re
}

// units returns the UTF-16 units of a text, which are what JavaScript matches: an emoji
// consists of two, and "." matches one of them.
func units(text string) []rune {
	var out []rune
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, rune(unit))
	}
	return out
}

// escaped returns a pattern with its characters of two units written as escapes.
func escaped(pattern string) string {
	var b strings.Builder
	for _, c := range pattern {
		if high, low := utf16.EncodeRune(c); utf16.RuneLen(c) == 2 {
			fmt.Fprintf(&b, `\u%04X\u%04X`, high, low)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
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
	found, err := p.pattern.MatchRunes(units(p.text))
	switch {
	case err != nil:
		return patternSlow
	case found:
		return patternFound
	default:
		return patternNotFound
	}
}
