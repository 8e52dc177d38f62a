package exchange

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// languages has the texts of every language. English is the original. The others are
// translations that no native speaker has reviewed yet; docs/customer-texts.md says so.
func languages() map[string]func() *texts {
	return map[string]func() *texts{
		"ar":    arabic,
		"de":    german,
		"en":    english,
		"es":    spanish,
		"fa":    persian,
		"fr":    french,
		"hy":    armenian,
		"id":    indonesian,
		"it":    italian,
		"ja":    japanese,
		"ko":    korean,
		"lv":    latvian,
		"nl":    dutch,
		"pl":    polish,
		"pt":    portuguese,
		"pt_BR": brazilian,
		"ru":    russian,
		"th":    thai,
		"tr":    turkish,
		"uk":    ukrainian,
		"vi":    vietnamese,
		"zh":    chinese,
		"zh_tw": taiwanese,
	}
}

// textsOf returns the texts of a language; it panics on one that is unknown, as that is a
// mistake in the program.
func textsOf(name string) *texts {
	known := languages()
	language, ok := known[name]
	if !ok {
		panic(fmt.Sprintf("exchange: WithLanguage(%q): unknown; there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
	}
	return language()
}
