package providers

import "testing"

// Every kind of error has a remedy at every provider.
func TestRemediesAreComplete(t *testing.T) {
	t.Parallel()
	for provider, remedies := range map[string]map[error]string{
		"chakra": chakraRemedies, "kaleyra": kaleyraRemedies, "meta": metaRemedies,
	} {
		for kind := range outcomes {
			if remedies[kind] == "" {
				t.Errorf("%s: no remedy for %q", provider, kind)
			}
		}
	}
}
