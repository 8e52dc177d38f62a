package conformance

import "testing"

// The titles of cases name their requests, for the text about an endpoint that goes down.
func TestRequestOf(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"an error notification is acknowledged":                               "an error notification (x/y)",
		"an error notification about INIT, without a screen, is acknowledged": "an error notification about INIT, without a screen (x/y)",

		"refused: a GET request":                                  "a GET request (x/y)",
		"INIT is answered after all that":                         "INIT (x/y)",
		"deeply nested data does no harm":                         "deeply nested data (x/y)",
		"other methods than POST are refused":                     "other methods than POST (x/y)",
		"further keys in the payload are tolerated":               "further keys in the payload (x/y)",
		"a repeated INIT has the same bytes again, or is refused": "a repeated INIT (x/y)",
		"the answer is text/plain":                                "the requests of x/y",
	} {
		if got := requestOf(title, "x/y"); got != want {
			t.Errorf("%s: got %q, want %q", title, got, want)
		}
	}
}
