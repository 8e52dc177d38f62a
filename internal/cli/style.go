package cli

import (
	"fmt"
	"io"
)

// style colours words for a terminal. The zero style leaves them as they are.
type style struct{ colour bool }

// style returns the style for what is written to w.
func (p *Program) style(w io.Writer) style { return style{p.colourOn(w)} }

func (s style) paint(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string   { return s.paint("1", text) }
func (s style) dim(text string) string    { return s.paint("2", text) }
func (s style) red(text string) string    { return s.paint("31", text) }
func (s style) green(text string) string  { return s.paint("32", text) }
func (s style) yellow(text string) string { return s.paint("33", text) }

// warnf writes a warning, which changes no exit code.
func (p *Program) warnf(format string, args ...any) {
	s := p.style(p.Stderr)
	_, _ = fmt.Fprintf(p.Stderr, "flowserver: %s %s\n", s.yellow("warning:"), fmt.Sprintf(format, args...)) // nowhere to report an error to
}
