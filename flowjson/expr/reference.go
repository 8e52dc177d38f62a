package expr

import (
	"regexp"
	"strings"
)

// Reference is a reference to data or to an input, such as ${data.city},
// ${form.name} or ${screen.SLOT.form.date}.
type Reference struct {
	// Screen is the screen of a global reference; empty for the current one.
	Screen string
	// Source is "data" or "form".
	Source string
	// Path are the keys after the source: at least one.
	Path []string
}

var (
	referencePattern = regexp.MustCompile(`^\$\{(?:screen\.([a-zA-Z_,]*)\.)?(data|form)((?:\.[\w-]+)+)\}$`)
	embeddedPattern  = regexp.MustCompile(`\$\{(?:screen\.[a-zA-Z_,]*\.)?(?:data|form)(?:\.[\w-]+)+\}`)
)

// ParseReference reads a string that is one reference and nothing else. WhatsApp
// replaces such strings, and expressions in backticks, and no others.
func ParseReference(text string) (Reference, bool) {
	m := referencePattern.FindStringSubmatch(text)
	if m == nil {
		return Reference{}, false
	}
	return Reference{Screen: m[1], Source: m[2], Path: strings.Split(m[3][1:], ".")}, true
}

// ReferencePattern returns the regular expression of a string that is one reference.
func ReferencePattern() string { return referencePattern.String() }

// IsExpression reports whether a string is an expression in backticks, which WhatsApp
// computes from version 6.0 on.
func IsExpression(text string) bool {
	return len(text) > 2 && text[0] == '`' && text[len(text)-1] == '`'
}

// IsDynamic reports whether WhatsApp replaces a string: a reference, or an expression in
// backticks.
func IsDynamic(text string) bool {
	if IsExpression(text) {
		return true
	}
	_, ok := ParseReference(text)
	return ok
}

// ReadAsReference reports whether WhatsApp's web client (2026) reads a text as one
// reference: it begins with one and ends as one does. If it is more than one, it refers to
// nothing.
func ReadAsReference(text string) bool {
	_, dynamic := binding(text)
	return dynamic
}

// References returns all references within a text: the one that it is, or those of
// an expression or a condition.
func References(text string) []Reference {
	if !strings.Contains(text, "${") {
		return nil
	}
	var found []Reference
	for _, part := range embeddedPattern.FindAllString(text, -1) {
		if ref, ok := ParseReference(part); ok {
			found = append(found, ref)
		}
	}
	return found
}

// String returns the reference as it is written.
func (r Reference) String() string {
	var b strings.Builder
	b.WriteString("${")
	if r.Screen != "" {
		b.WriteString("screen." + r.Screen + ".")
	}
	b.WriteString(r.Source + "." + strings.Join(r.Path, ".") + "}")
	return b.String()
}
