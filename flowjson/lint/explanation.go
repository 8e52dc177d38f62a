package lint

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// Explanation explains a code. The examples are parts of a Flow: a component, some keys of
// a screen or of the top level, or a few components in an array. They belong to a screen
// whose data has city (a string), count (a number), open (a boolean) and slots (a list of
// options). An ellipsis replaces what is too long to show.
type Explanation struct {
	Code    string
	Meaning string
	// Wrong is an example with the finding, Right the same example without it.
	Wrong, Right string
	// Version is the version of the examples if it is not the newest.
	Version catalog.Version
	// Since is the first version that has the rule; zero means all versions.
	Since catalog.Version
	// Source is the page that has the rule, with the date on which it was read.
	Source string
	// Unreported is the reason why this package does not report a code of Meta's; empty if
	// it does.
	Unreported string
}

// Explain returns the explanation of a code; ok is false if there is no such code.
func Explain(code string) (e Explanation, ok bool) {
	for _, e := range Explanations() {
		if e.Code == code {
			return e, true
		}
	}
	return Explanation{}, false
}

// Explanations returns the explanations of all codes, sorted by code.
func Explanations() []Explanation {
	all := slices.Concat(documentCodes, componentCodes, dataCodes, ownCodes, unreportedCodes)
	slices.SortFunc(all, func(a, b Explanation) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// The pages that have the rules. Rules of the client are what WhatsApp's web client did.
const (
	codesPage      = `Meta, "Error codes", 2025-04`
	flowPage       = `Meta, "Flow JSON", 2026-03-24`
	componentsPage = `Meta, "Components", 2026-04-14`
	mediaPage      = `Meta, "Media upload", 2026-04-15`
	versionsPage   = `Meta, "Versioning", 2026-03-15`
	endpointPage   = `Meta, "Implementing your Flow endpoint", 2026-02-26`
	clientRule     = "WhatsApp's web client, 2026"
	jsonRule       = "RFC 8259, JSON"
)

// Versions returns the versions that have the rule, in words.
func (e Explanation) Versions() string {
	words := "all"
	if e.Since != (catalog.Version{}) {
		words = "from " + e.Since.String() + " on"
	}
	if e.Version != (catalog.Version{}) {
		words += "; the examples are of " + e.Version.String()
	}
	return words
}
