package catalog

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// PatternProblem returns what is wrong with a pattern, which clients read as a regular
// expression of JavaScript without flags; "" if nothing is. (ECMA-262, with the lenience of
// its annex B: most escapes, and a { or ] that closes nothing, are literal.)
func PatternProblem(pattern string) string {
	p := &patternReader{units: utf16.Encode([]rune(pattern))}
	for p.at < len(p.units) && p.problem == "" {
		p.term()
	}
	switch {
	case p.problem != "":
	case len(p.groups) > 0:
		p.problem = "a ( is not closed"
	case p.twice && !strings.Contains(pattern, "|"): // alternatives may share a name since ECMAScript 2025
		p.problem = "two groups have the same name"
	case len(p.names) > 0:
		for _, name := range p.references {
			if !p.names[name] {
				p.problem = `a \k names no group`
			}
		}
	}
	return p.problem
}

// patternReader reads a pattern from left to right. Without flags, JavaScript takes it for
// UTF-16 units, so that an emoji is two characters.
type patternReader struct {
	units      []uint16
	at         int
	groups     []bool // the open groups, and whether they can be repeated
	repeatable bool   // what was read last can be repeated
	names      map[string]bool
	twice      bool     // two groups have the same name
	references []string // the names after \k
	problem    string
}

// longestToken exceeds the length of any count or name. It bounds how much of a long pattern
// is looked at for one.
const longestToken = 200

// rest returns the beginning of what comes some units later.
func (p *patternReader) rest(ahead int) string {
	from := min(p.at+ahead, len(p.units))
	return string(utf16.Decode(p.units[from:min(from+longestToken, len(p.units))]))
}

// peek returns a unit that comes later, 0 at the end.
func (p *patternReader) peek(ahead int) uint16 {
	if p.at+ahead < len(p.units) {
		return p.units[p.at+ahead]
	}
	return 0
}

// take reads some units, which can be repeated or not.
func (p *patternReader) take(count int, repeatable bool) {
	p.at, p.repeatable = p.at+count, repeatable
}

const unitEscape = `\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]+\}`

var (
	bracedCount = regexp.MustCompile(`^\{([0-9]+)(,([0-9]*))?\}`)
	modifiers   = regexp.MustCompile(`^\(\?[ims]*(?:-[ims]+)?:`) // since ECMAScript 2025
	groupName   = regexp.MustCompile(`^<((?:[\pL_$]|` + unitEscape + `)(?:[\pL\pN\pM_$]|` + unitEscape + `)*)>`)
	// foreignGroup matches enough of a group to name it in a message, for example (?i) or (?P<.
	foreignGroup = regexp.MustCompile(`(?s)^\(\?(?:[A-Za-z-]+[):]|P[<=>]|.)?`)
)

// term reads the next part of the pattern.
func (p *patternReader) term() {
	switch c := p.units[p.at]; c {
	case '|', '^', '$':
		p.take(1, false)
	case '*', '+', '?':
		p.repeat(string(rune(c)))
	case '{':
		if count := bracedCount.FindStringSubmatch(p.rest(0)); count == nil {
			p.take(1, true)
		} else if p.repeat(count[0]); isLess(count[3], count[1]) {
			p.problem = count[0] + " has a minimum above its maximum"
		}
	case '(':
		p.open()
	case ')':
		if len(p.groups) == 0 {
			p.problem = "a ) closes nothing"
			return
		}
		last := len(p.groups) - 1
		p.take(1, p.groups[last])
		p.groups = p.groups[:last]
	case '[':
		p.class()
	case '\\':
		p.escape()
	default:
		p.take(1, true)
	}
}

// isLess compares two counts of any length; an empty one is unlimited.
func isLess(a, b string) bool {
	a, b = strings.TrimLeft(a, "0")+a[:min(len(a), 1)], strings.TrimLeft(b, "0")+b[:min(len(b), 1)]
	return a != "" && (len(a) < len(b) || len(a) == len(b) && a < b)
}

// repeat reads a quantifier.
func (p *patternReader) repeat(quantifier string) {
	if !p.repeatable {
		p.problem = quantifier + " has nothing to repeat"
		return
	}
	p.take(len(quantifier), false)
	if p.peek(0) == '?' {
		p.take(1, false)
	}
}

// open reads the beginning of a group.
func (p *patternReader) open() {
	length, repeatable := 1, true
	if p.peek(1) == '?' {
		length = 3
		switch c := p.peek(2); {
		case c == ':', c == '=', c == '!':
		case c == '<' && (p.peek(3) == '=' || p.peek(3) == '!'):
			length, repeatable = 4, false
		case c == '<':
			name := p.name(2)
			if name == "" {
				p.problem = "a group has no valid name"
				return
			}
			if p.names == nil {
				p.names = map[string]bool{}
			}
			p.twice = p.twice || p.names[name]
			p.names[name] = true
			length = len(utf16.Encode([]rune(name))) + len("(?<>")
		default:
			rest := p.rest(0)
			if length = len(modifiers.FindString(rest)); length == 0 {
				p.problem = "JavaScript has no " + foreignGroup.FindString(rest)
				return
			}
		}
	}
	p.groups = append(p.groups, repeatable)
	p.take(length, false)
}

// name returns the name in angle brackets that begins some units ahead, "" if there is none.
func (p *patternReader) name(ahead int) string {
	if found := groupName.FindStringSubmatch(p.rest(ahead)); found != nil {
		return found[1]
	}
	return ""
}

// escape reads an escape outside of a class.
func (p *patternReader) escape() {
	switch p.peek(1) {
	case 0:
		if p.at+1 == len(p.units) {
			p.problem = `the \ at the end escapes nothing`
			return
		}
		p.take(2, true)
	case 'b', 'B':
		p.take(2, false)
	case 'k':
		p.references = append(p.references, p.name(2))
		p.take(2, true)
	default:
		p.take(2, true)
	}
}

// class reads the characters in brackets.
func (p *patternReader) class() {
	p.take(1, true)
	if p.peek(0) == '^' {
		p.take(1, true)
	}
	for p.at < len(p.units) && p.peek(0) != ']' {
		first := p.classUnit()
		if p.peek(0) != '-' || p.at+1 >= len(p.units) || p.peek(1) == ']' {
			continue
		}
		p.take(1, true)
		if last := p.classUnit(); last >= 0 && first > last {
			p.problem = "a range in brackets is in the wrong order"
			return
		}
	}
	if p.at >= len(p.units) {
		p.problem = "a [ is not closed"
		return
	}
	p.take(1, true)
}

var (
	controlEscapes = map[uint16]int{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}
	hexEscape      = regexp.MustCompile(`^\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))`)
	octalEscape    = regexp.MustCompile(`^\\([0-3][0-7]{0,2}|[4-7][0-7]?)`)
)

// classUnit reads one unit in brackets and returns it; -1 for several, such as \d.
func (p *patternReader) classUnit() int {
	c := int(p.peek(0))
	if c != '\\' {
		p.take(1, true)
		return c
	}
	next := p.peek(1)
	value, isControl := controlEscapes[next]
	switch {
	case isControl:
		p.take(2, true)
		return value
	case strings.ContainsRune("dDsSwW", rune(next)):
		p.take(2, true)
		return -1
	case next == 'c':
		return p.control()
	}
	base, found := 16, hexEscape.FindStringSubmatch(p.rest(0))
	if found == nil {
		base, found = 8, octalEscape.FindStringSubmatch(p.rest(0))
	}
	if found == nil {
		p.take(2, true)
		return int(next)
	}
	p.take(len(found[0]), true)
	unit, _ := strconv.ParseUint(strings.Join(found[1:], ""), base, 16)
	return int(unit)
}

// control reads \c in brackets: with a letter, a digit or _ a control character, else a \.
func (p *patternReader) control() int {
	c := p.peek(2)
	isWord := c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
	if !isWord {
		p.take(1, true)
		return '\\'
	}
	p.take(len(`\cX`), true)
	return int(c % 32)
}
