package conformance

import (
	"context"
	"strings"
	"time"
)

// Severity tells how much depends on a case.
type Severity string

// The severities.
const (
	Must   Severity = "must"   // Meta documents it, or a phone cannot go on without it
	Should Severity = "should" // good practice, or flowserver's stricter contract
)

// Outcome of a case.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Warn Outcome = "warn" // a should that is not met, or a small flaw
	Fail Outcome = "fail"
	Skip Outcome = "skip" // could not be checked; the note says why
)

// Case describes one thing that is checked.
type Case struct {
	ID       string // "signature/missing", say: the group, then a name in kebab case
	Group    string
	Title    string // what is expected
	Severity Severity
}

// Cases returns all cases in the order in which a report has them.
func Cases() []Case {
	var cases []Case
	for _, g := range groups() {
		for _, c := range g.checks {
			cases = append(cases, c.describe(g))
		}
	}
	return cases
}

type group struct {
	name, title string
	alone       bool // its checks must not run at the same time
	checks      []check
}

// groups are in the order in which they run: what the rest relies on first,
// what looks back at the rest last.
func groups() []group {
	return []group{
		{"reachability", "Reachability", false, reachabilityChecks()},
		{"health", "Health check", false, healthChecks()},
		{"init", "Opening the flow", false, initChecks()},
		{"submit", "Submitting a screen", false, submitChecks()},
		{"notices", "Error notifications", false, noticeChecks()},
		{"encodings", "Encodings", false, encodingChecks()},
		{"signature", "Signature", false, signatureChecks()},
		{"decryption", "Undecryptable requests", false, decryptionChecks()},
		{"malformed", "Malformed requests", false, malformedChecks()},
		{"replay", "Repeated requests", false, replayChecks()},
		{"hygiene", "Bodies of refusals", false, hygieneChecks()},
		{"hostile", "Hostile input", true, hostileChecks()},
		{"alive", "Still alive", true, aliveChecks()},
		{"latency", "Latency", true, latencyChecks()},
	}
}

// groupNames lists the groups for a user who named none of them.
func groupNames() string {
	var names []string
	for _, g := range groups() {
		names = append(names, g.name)
	}
	return strings.Join(names, ", ")
}

// check is a case and how to check it. Meta and fix are for when it is not met; where
// they are empty the finding brings its own.
type check struct {
	name, title string
	severity    Severity
	meta, fix   string
	run         func(ctx context.Context, s *session) finding
}

func (c check) describe(g group) Case {
	return Case{ID: g.name + "/" + c.name, Group: g.name, Title: c.title, Severity: c.severity}
}

// result runs the check.
func (c check) result(ctx context.Context, s *session, g group) Result {
	start := time.Now()
	f := c.run(ctx, s)
	if ctx.Err() != nil {
		f = skipped("the run was ended before")
	}
	r := Result{Case: c.describe(g), Outcome: f.outcome, Note: f.note, Duration: time.Since(start)}
	if f.outcome == unmetOutcome {
		r.Outcome = Fail
		if c.severity == Should {
			r.Outcome = Warn
		}
	}
	if r.Outcome == Warn || r.Outcome == Fail {
		r.Got, r.Want = f.got, f.want
		r.Meta, r.Fix = f.meta, f.fix
		if c.meta != "" && !f.sure {
			r.Meta = c.meta
		}
		if c.fix != "" && !f.sure {
			r.Fix = c.fix
		}
	}
	return r
}

// skipAll returns the checks with the one outcome that they are skipped.
func skipAll(checks []check, reason string) []check {
	for i := range checks {
		checks[i].run = func(context.Context, *session) finding { return skipped(reason) }
	}
	return checks
}

// unmetOutcome becomes Fail or Warn by the severity of the check.
const unmetOutcome Outcome = ""

// finding is what a check found, in words.
type finding struct {
	outcome   Outcome
	got, want string
	note      string
	meta, fix string // general; those of the check come first
	sure      bool   // meta and fix are particular, and come before those of the check
}

func passed() finding                      { return finding{outcome: Pass} }
func passedBut(note string) finding        { return finding{outcome: Pass, note: note} }
func skipped(reason string) finding        { return finding{outcome: Skip, note: reason} }
func unmet(got, want string) finding       { return finding{got: got, want: want} }
func warned(got, want string) finding      { return finding{outcome: Warn, got: got, want: want} }
func failed(got, want string) finding      { return finding{outcome: Fail, got: got, want: want} }
func (f finding) met() bool                { return f.outcome == Pass }
func (f finding) wants(w string) finding   { f.want = w; return f }
func (f finding) general(e reason) finding { f.meta, f.fix = e.meta, e.fix; return f }

// because explains this finding better than its check does.
func (f finding) because(e reason) finding {
	f = f.general(e)
	f.sure = true
	return f
}

// reason says what Meta does about something, and how to fix it.
type reason struct{ meta, fix string }
