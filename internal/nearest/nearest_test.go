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
		{"abc", "abc", 0},
		{"abc", "abd", 1},   // replaced
		{"abc", "abcd", 1},  // inserted
		{"abcd", "acd", 1},  // removed
		{"abcd", "bacd", 1}, // swapped
		{"chackra", "chakra", 1},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3}, // a swapped pair is not edited again
		{"é", "e", 2},    // bytes
	} {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := nearest.Distance(pair[0], pair[1]); got != test.want {
				t.Errorf("Distance(%q, %q): got %d, want %d", pair[0], pair[1], got, test.want)
			}
		}
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	known := []string{"chakra", "kaleyra", "meta", "none", "phone_number", "phone_number_id", "sid"}
	for word, want := range map[string]string{
		"chackra": "chakra", "CHAKRA": "chakra", "chakrahq": "chakra", "kalyera": "kaleyra", "mtea": "meta", "mata": "meta",
		"phone-number-id": "phone_number_id", "phonenumber": "phone_number", "sdi": "sid",
		"": "", "graph": "", "x": "", "twilio": "",
	} {
		if got := nearest.Word(word, known); got != want {
			t.Errorf("Word(%q): got %q, want %q", word, got, want)
		}
	}
	if got := nearest.Word("abd", []string{"abc", "abe"}); got != "abc" {
		t.Errorf("got %q, want the first of two that are equally close", got)
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	known := []string{"abc", "abe", "secret", "secret"}
	for word, want := range map[string]string{"abd": "", "abc": "abc", "secrt": "secret", "other": ""} {
		if got := nearest.Only(word, known); got != want {
			t.Errorf("Only(%q): got %q, want %q", word, got, want)
		}
	}
}
