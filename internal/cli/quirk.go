package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/phone"
)

// quirkFlag switches rules of the phone on or off, for play, phone and dev.
type quirkFlag struct {
	Quirk map[string]bool `mapsep:"none" placeholder:"RULE=BOOL" help:"Switch a rule of the phone on or off, for example late-answer=true. docs/phone-semantics.md marks the rules with a switch: those for which sources conflict or do not exist."`
}

// check refuses rules that do not exist or have no switch.
func (f quirkFlag) check() error {
	switches := phone.Switches()
	for _, id := range slices.Sorted(maps.Keys(f.Quirk)) {
		if slices.Contains(switches, id) {
			continue
		}
		if near := nearest.Word(id, switches); near != "" {
			return usagef("--quirk: no rule with a switch is named %s; did you mean %s?", id, near)
		}
		return usagef("--quirk: no rule with a switch is named %s: expected one of %s", id, strings.Join(switches, ", "))
	}
	return nil
}
