package generate

import (
	"strings"
	"testing"
)

// A comment stays short if many screens share a type.
func TestPartDoc(t *testing.T) {
	t.Parallel()
	for screens, want := range map[string]string{
		"A":             "is part of what screen A shows.",
		"A B":           "is part of what screens A and B show.",
		"A B C D E F":   "is part of what screens A, B, C, D, E and F show.",
		"A B C D E F G": "is part of what screens A, B, C, D, E and 2 others show.",
	} {
		if got := partDoc(strings.Fields(screens), "show"); got != want {
			t.Errorf("%s: got %q, want %q", screens, got, want)
		}
	}
}
