package providers

import "testing"

// Every kind of error has a remedy at every provider.
func TestRemediesAreComplete(t *testing.T) {
	t.Parallel()
	for _, p := range All() {
		for kind := range outcomes {
			if p.remedies[kind] == "" {
				t.Errorf("%s: no remedy for %q", p.Name, kind)
			}
		}
	}
}
