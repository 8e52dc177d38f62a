// Package printable keeps text that another program sent from steering a terminal.
package printable

import (
	"strings"
	"unicode"
)

// Line returns text with every character that is not printable replaced by U+FFFD.
func Line(text string) string { return strings.Map(replaced, text) }

// Text is [Line], except that line feeds stay.
func Text(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' {
			return c
		}
		return replaced(c)
	}, text)
}

func replaced(c rune) rune {
	if unicode.IsPrint(c) {
		return c
	}
	return unicode.ReplacementChar
}
