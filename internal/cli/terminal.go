package cli

import (
	"io"
	"os"
	"runtime"

	"golang.org/x/term"
)

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colourOn reports whether texts for w have colours: w is a terminal that shows them,
// and NO_COLOR is not set (https://no-color.org, read 2026-11-27).
func (p *Program) colourOn(w io.Writer) bool {
	env := func(name string) string { value, _ := p.LookupEnv(name); return value }
	if !isTerminal(w) || env("NO_COLOR") != "" || env("TERM") == "dumb" {
		return false
	}
	return runtime.GOOS != "windows" || env("WT_SESSION") != "" // older consoles of Windows print the codes as they are
}
