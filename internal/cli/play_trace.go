package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/flowserver/flowserver/phone/scenario"
)

// traceFolder is the folder of --trace. Each scenario has one name in it, so that a trace
// of an earlier run is replaced, or removed when the scenario passes.
type traceFolder struct {
	dir     string // empty if no traces are wanted
	taken   map[string]bool
	written int
}

// keep writes the trace of a scenario that failed.
func (f *traceFolder) keep(r *scenario.Result) error {
	if f.dir == "" {
		return nil
	}
	path := filepath.Join(f.dir, f.name(r.Scenario))
	if r.Trace == nil {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--trace: %w", err)
		}
		return nil
	}
	text, err := json.Marshal(r.Trace)
	if err == nil {
		err = os.MkdirAll(f.dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o600) // it has what the scenario typed
	}
	if err != nil {
		return fmt.Errorf("--trace: %w", err)
	}
	f.written++
	return nil
}

// traceSuffix is that of the files of traces.
const traceSuffix = ".trace.json"

// name returns the name of a scenario's file: booking-a-haircut-on-the-first-day.trace.json.
func (f *traceFolder) name(s *scenario.Scenario) string {
	base := strings.TrimSuffix(filepath.Base(s.File), filepath.Ext(s.File))
	if f.taken == nil {
		f.taken = map[string]bool{}
	}
	stem := fileWord(base + "-" + s.Name)
	name := stem
	for n := 2; f.taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", stem, n)
	}
	f.taken[name] = true
	return name + traceSuffix
}

// maxFileWord bounds the name of a file, in bytes.
const maxFileWord = 120

// fileWord makes a text a name for files of every system: letters and digits, with single
// dashes between them.
func fileWord(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word := strings.Join(words, "-")
	if len(word) > maxFileWord {
		word = strings.Trim(strings.ToValidUTF8(word[:maxFileWord], ""), "-")
	}
	return word
}

// note says where the traces are, and what is in them; empty if there are none.
func (f *traceFolder) note() string {
	if f.written == 0 {
		return ""
	}
	return fmt.Sprintf("%s in %s, with what the scenarios typed, sensitive values masked. See them: %s phone --trace %s\n",
		counted(f.written, "trace"), quoted(f.dir), ourName(), quoted(f.dir))
}
