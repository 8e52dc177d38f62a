package cli

import (
	"bytes"
	"os"
	"testing"
)

// Only a terminal gets colour; that it does is for the eye.
func TestStyle(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	p := &Program{LookupEnv: func(string) (string, bool) { return "", false }}
	if s := p.style(file); s.red("x") != "x" {
		t.Errorf("file: got %q, want no colour", s.red("x"))
	}
	if s := p.style(&bytes.Buffer{}); s.bold("x") != "x" {
		t.Errorf("buffer: got %q, want no colour", s.bold("x"))
	}
	coloured := style{colour: true}
	if got, want := coloured.green("x"), "\x1b[32mx\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := coloured.dim(""); got != "" {
		t.Errorf("no text: got %q, want nothing", got)
	}
}
