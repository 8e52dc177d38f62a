package printable_test

import (
	"testing"

	"github.com/flowserver/flowserver/internal/printable"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	const sent = "a\x1b[31m\u009bé\n日"
	if got, want := printable.Text(sent), "a\uFFFD[31m\uFFFDé\n日"; got != want {
		t.Errorf("text: got %q, want %q", got, want)
	}
	if got, want := printable.Line(sent), "a\uFFFD[31m\uFFFDé\uFFFD日"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
}
