package lint

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
)

// ValidateOnly runs the checks of these names alone, so that a snippet of a Flow can
// be about one thing and lack the rest.
func ValidateOnly(f *flowjson.Flow, names ...string) []Finding {
	var chosen []check
	for _, c := range checks {
		if slices.Contains(names, c.name) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) != len(names) {
		panic("no such check")
	}
	return run(f, chosen)
}
