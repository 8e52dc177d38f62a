package conformance

import (
	"context"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/client/mistake"
)

// Severity is the importance of a case.
type Severity string

// The severities.
const (
	Must   Severity = "must"   // Meta documents it, or a phone cannot go on without it
	Should Severity = "should" // good practice, or flowserver's stricter contract
)

// Outcome is the outcome of a case.
type Outcome string

// The outcomes.
const (
	Pass Outcome = "pass"
	Warn Outcome = "warn" // a should that is not met, or a small flaw
	Fail Outcome = "fail"
	Skip Outcome = "skip" // could not be checked; the note says why
)

// Case describes one check.
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
	alone       bool       // its checks must not run at the same time
	needs       string     // what each of its checks needs, in addition to its own needs
	all         mistake.ID // the mistake if all of its checks find the same
	several     string     // the text, with a number, if more than one finds the same
	checks      []check
}

// What cases need, as [check] has it.
const (
	anAnswer = "reachability/answers"
	aPing    = "health/active"
	anInit   = "init/screen"
	aRequest = "health/active or init/screen" // any request that is answered well
)

// groups are in the order in which they run: what the rest relies on first,
// what looks back at the rest last.
func groups() []group {
	return []group{
		{name: "reachability", title: "Reachability", checks: reachabilityChecks()},
		{name: "health", title: "Health check", needs: "reachability/status", checks: healthChecks()},
		{name: "init", title: "Opening the flow", needs: anAnswer, checks: initChecks()},
		{name: "submit", title: "Submitting a screen", needs: anAnswer, checks: submitChecks()},
		{
			name: "notices", title: "Error notifications", needs: aRequest, all: mistake.NoticesUnanswered,
			several: "%d kinds of error notifications are not acknowledged", checks: noticeChecks(),
		},
		{name: "encodings", title: "Encodings", needs: aPing, checks: encodingChecks()},
		{
			name: "signature", title: "Signature", needs: aRequest, all: mistake.SignatureIgnored,
			several: "%d kinds of wrong signatures are accepted", checks: signatureChecks(),
		},
		{
			name: "decryption", title: "Undecryptable requests", needs: aRequest,
			several: "%d kinds of undecryptable requests are accepted", checks: decryptionChecks(),
		},
		{
			name: "malformed", title: "Malformed requests", needs: aRequest, all: mistake.MalformedAccepted,
			several: "%d kinds of malformed requests are accepted", checks: malformedChecks(),
		},
		{name: "replay", title: "Repeated requests", needs: anAnswer, checks: replayChecks()},
		{name: "hygiene", title: "Bodies of refusals", needs: aRequest, checks: hygieneChecks()},
		{name: "hostile", title: "Hostile input", alone: true, needs: aPing, checks: hostileChecks()},
		{name: "alive", title: "Still alive", alone: true, needs: aPing, checks: aliveChecks()},
		{name: "latency", title: "Latency", alone: true, needs: aPing, checks: latencyChecks()},
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

// risk says how likely it is that a fragile endpoint goes down at a case. Cases of less
// risk run first, so that as much as possible is known by then.
type risk int

const (
	sound   risk = iota // requests that WhatsApp sends
	refused             // requests of the right form that must be refused
	strange             // requests of another form
)

func risks() []risk { return []risk{sound, refused, strange} }

// check is a case and how to check it. Meta and fix are for when it is not met; where
// they are empty the finding brings its own.
type check struct {
	name, title string
	severity    Severity
	needs       string // the ID of a case without which this one means nothing; "A or B" is met by either
	risk        risk
	first       bool   // it needs no other case, but means nothing if it is known why a health check fails
	wrong       string // a clause that says what is wrong if it is not met
	opposite    bool   // an endpoint with the mistake of the group meets it
	symptom     bool   // that clause says what was seen, and not why
	meta, fix   string
	run         func(ctx context.Context, s *session) finding
}

func (c check) describe(g group) Case {
	return Case{ID: g.name + "/" + c.name, Group: g.name, Title: c.title, Severity: c.severity}
}

// result turns what the check found into the result of its case.
func (c check) result(known Case, f finding, took time.Duration) Result {
	r := Result{Case: known, Outcome: f.outcome, Note: f.note, Duration: took, strange: c.risk == strange, opposite: c.opposite}
	if f.outcome == unmetOutcome {
		r.Outcome = Fail
		if c.severity == Should {
			r.Outcome = Warn
		}
	}
	if r.unmet() {
		r.Got, r.Want = f.got, f.want
		r.Meta, r.Fix = f.meta, f.fix
		if c.meta != "" && !f.sure {
			r.Meta = c.meta
		}
		if c.fix != "" && !f.sure {
			r.Fix = c.fix
		}
		r.cause, r.general = c.cause(f, r), f.general
		if r.Fix == "" {
			r.Fix = r.cause.Fix
		}
	}
	return r
}

// cause is why the check is not met: what the finding has proved, or what the check
// itself says, which differs from a met one in a single thing.
func (c check) cause(f finding, r Result) *diagnosis.Cause {
	if f.cause != nil {
		return f.cause
	}
	cause := &diagnosis.Cause{ID: ownCause(r.ID), Text: c.wrong, Fix: r.Fix}
	if f.wrong != "" {
		cause.Text = f.wrong
	}
	if c.symptom {
		cause.ID = ""
	}
	return cause
}

// ownCause is the ID of the cause that a case itself is.
func ownCause(id string) string { return strings.ReplaceAll(id, "/", "-") }

// unmetOutcome becomes Fail or Warn by the severity of the check.
const unmetOutcome Outcome = ""

// finding is what a check found, in words.
type finding struct {
	outcome   Outcome
	got, want string
	note      string
	meta, fix string // general; those of the check come first
	sure      bool   // meta and fix are particular, and come before those of the check
	blocks    bool   // of a skip: what needs this case is skipped, too
	wrong     string // goes before that of the check
	general   bool   // this is what the mistake of the group comes to
	cause     *diagnosis.Cause
}

func passed() finding                     { return finding{outcome: Pass} }
func passedBut(note string) finding       { return finding{outcome: Pass, note: note} }
func skipped(reason string) finding       { return finding{outcome: Skip, note: reason} }
func absent(reason string) finding        { return finding{outcome: Skip, note: reason, blocks: true} }
func unmet(got, want string) finding      { return finding{got: got, want: want} }
func warned(got, want string) finding     { return finding{outcome: Warn, got: got, want: want} }
func failed(got, want string) finding     { return finding{outcome: Fail, got: got, want: want} }
func (f finding) met() bool               { return f.outcome == Pass }
func (f finding) wants(w string) finding  { f.want = w; return f }
func (f finding) saying(e reason) finding { f.meta, f.fix = e.meta, e.fix; return f }

// by names the cause, if it is known.
func (f finding) by(cause *diagnosis.Cause) finding {
	if cause != nil && cause.Known() {
		f.cause = cause
	}
	return f
}

// with names the cause, known or not.
func (f finding) with(cause *diagnosis.Cause) finding {
	if cause != nil {
		f.cause = cause
	}
	return f
}

// because explains this finding better than its check does.
func (f finding) because(e reason) finding {
	f = f.saying(e)
	f.sure = true
	return f
}

// reason says what Meta does about something, and how to fix it.
type reason struct{ meta, fix string }
