package providers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
)

// adapters has a row for each row of the table of providers.
func adapters() []providertest.Adapter {
	return []providertest.Adapter{chakra(), kaleyra(), meta(), graph()}
}

// TestConformance runs the suite, with the requests spelled out as the vendors
// document them.
func TestConformance(t *testing.T) {
	t.Parallel()
	var tested, table []string
	for _, adapter := range adapters() {
		tested = append(tested, adapter.Provider)
		t.Run(adapter.Provider, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, adapter)
		})
	}
	for _, p := range providers.All() {
		table = append(table, p.Name)
	}
	if diff := cmp.Diff(table, tested); diff != "" {
		t.Errorf("adapters of the suite (-providers +tested):\n%s", diff)
	}
}
