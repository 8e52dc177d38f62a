package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/client/mistake"
)

// Cause is a reason why cases are not met. Cases with one cause have one remedy.
type Cause struct {
	ID       string // of a mistake, or of the first case; empty if the cause is not known
	Text     string // what is wrong, a clause; of an unknown cause what was seen
	Evidence string // how it is known; may be empty
	Got      string // by the first of the cases
	Want     string
	Meta     string // what Meta and the phone do then
	Fix      string
	Code     []mistake.Code // does it right, in several languages; may be nil
	Outcome  Outcome        // Fail if any of the cases fails, else Warn
	Cases    []string       // the IDs of the cases that it explains

	strange bool // the first of the cases is a request that WhatsApp does not send
}

// Known reports whether the evidence for the cause is conclusive.
func (c *Cause) Known() bool { return c.ID != "" }

// compareCauses puts failures before warnings, then what explains more cases first. Of
// equals, those that users would meet come before what strange requests do.
func compareCauses(a, b Cause) int {
	return cmp.Or(
		boolCompare(a.Outcome == Warn, b.Outcome == Warn),
		cmp.Compare(len(b.Cases), len(a.Cases)),
		boolCompare(a.strange, b.strange),
		boolCompare(a.ID == endpointDown, b.ID == endpointDown),
	)
}

// boolCompare puts false before true.
func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// causesOf finds the causes behind results, the one that explains the most failures first.
func causesOf(results []Result) []Cause {
	results = slices.Clone(results)
	several := map[string]string{} // by group
	for _, g := range groups() {
		generalise(results, g)
		several[g.name] = g.several
	}
	explainTag(results)
	explainVersion(results)
	explainPing(results)
	var (
		causes []Cause
		kinds  []kind
	)
	for _, r := range results {
		if !r.unmet() || r.cause == nil {
			continue
		}
		of := kindOf(r, several[r.Group])
		i := slices.Index(kinds, of)
		if i < 0 {
			i = len(causes)
			kinds = append(kinds, of)
			causes = append(causes, Cause{
				ID: r.cause.ID, Text: r.cause.Text, Evidence: r.cause.Evidence, Fix: cmp.Or(r.cause.Fix, r.Fix), Code: r.cause.Code,
				Got: r.Got, Want: r.Want, Meta: r.Meta, Outcome: Warn, strange: r.strange,
			})
		}
		causes[i].Cases = append(causes[i].Cases, r.ID)
		if r.Outcome == Fail {
			causes[i].Outcome = Fail
		}
	}
	for i, of := range kinds {
		switch c, n := &causes[i], len(causes[i].Cases); {
		case n == 1:
		case of.several != "":
			c.ID, c.Text = of.id, fmt.Sprintf(of.several, n)
		case of.id == endpointDown:
			c.Text = fmt.Sprintf("%s%s, and %d more", goesDownAtSeveral, strings.TrimPrefix(c.Text, goesDownAt), n-1)
		}
	}
	slices.SortStableFunc(causes, compareCauses)
	return causes
}

// kind is what results of one cause have in common.
type kind struct {
	id, text string
	several  string // a format for the text if it explains several cases
	outcome  Outcome
}

// kindOf returns the kind of a result. Cases of a group that find the same thing have one
// remedy, and so have all that end the endpoint. Several is the text of the group.
func kindOf(r Result, several string) kind {
	if r.cause.ID == endpointDown {
		return kind{id: endpointDown}
	}
	if r.general && several != "" && r.cause.ID == ownCause(r.ID) {
		return kind{id: r.Group + "-several", several: several, outcome: r.Outcome}
	}
	return kind{id: r.cause.ID, text: r.cause.Text}
}

// generalise replaces the causes of single cases by the mistake of their group, if all
// cases of the group that were judged find it.
func generalise(results []Result, g group) {
	var found []*Result
	for i := range results {
		r := &results[i]
		switch {
		case r.Group != g.name || r.Outcome == Skip:
		case r.general:
			found = append(found, r)
		case !r.opposite:
			return
		}
	}
	const enough = 3 // of fewer, with filters, the cases themselves say more
	if g.all == "" || len(found) < enough {
		return
	}
	for _, r := range found {
		r.cause = diagnosis.OfMistake(g.all, "")
	}
}

// explainTag gives one cause to what follows from a tag that is not verified: spoilt
// data decrypts to garbage, which fails in another place.
func explainTag(results []Result) {
	ignored := slices.ContainsFunc(results, func(r Result) bool {
		return r.cause != nil && r.cause.ID == string(mistake.TagIgnored)
	})
	for i := range results {
		r := &results[i]
		if ignored && r.unmet() && (r.ID == "decryption/bad-ciphertext" || r.ID == "decryption/bad-iv-bit") {
			r.cause = diagnosis.OfMistake(mistake.TagIgnored, "")
		}
	}
}

// explainVersion gives one cause to what an endpoint that knows one version only refuses.
func explainVersion(results []Result) {
	var found []*Result
	for i := range results {
		if r := &results[i]; r.unmet() && r.cause.ID == ownCause(r.ID) && (r.ID == "health/version-4" || r.ID == "init/version-4") {
			found = append(found, r)
		}
	}
	if len(found) < 2 {
		return
	}
	for _, r := range found {
		r.cause = diagnosis.OfMistake(mistake.VersionRefused, "")
	}
}

// explainPing names the cause if other requests than health checks are answered.
func explainPing(results []Result) {
	opened := slices.ContainsFunc(results, func(r Result) bool { return r.ID == anInit && r.Outcome == Pass })
	for i := range results {
		r := &results[i]
		if opened && r.ID == "reachability/status" && r.unmet() && r.cause.ID == "" {
			r.cause = diagnosis.OfMistake(mistake.PingUnanswered, "INIT is answered, and a health check has "+r.Got)
			r.Fix, r.Meta = r.cause.Fix, pingReason.meta
		}
	}
}
