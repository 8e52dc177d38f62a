package nearest_test

import (
	"testing"

	"github.com/flowserver/flowserver/internal/nearest"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"label", "label", 0},
		{"lable", "label", 1},    // swapped
		{"labl", "label", 1},     // inserted
		{"labels", "label", 1},   // removed
		{"lobel", "label", 1},    // replaced
		{"kitten", "sitting", 3}, // two replaced, one inserted
		{"ca", "abc", 3},         // no edits within a swap
		{"src", "alt-text", 8},   // none in common
		{"required", "reqiured", 1},
	} {
		if got := nearest.Distance(test.a, test.b); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
		if got := nearest.Distance(test.b, test.a); got != test.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", test.b, test.a, got, test.want)
		}
	}
}
