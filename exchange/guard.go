package exchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
)

// Guard says what an [Endpoint] does with an answer that does not fit the Flow
// JSON, which a phone would refuse: the user would see "Something went wrong",
// and the server hear of it later in an error notification, if at all.
type Guard string

// The modes of the guard. The zero value is GuardWarn.
const (
	// GuardEnforce refuses the answer: status 500, with the reason in the log.
	GuardEnforce Guard = "enforce"
	// GuardWarn lets the answer go out, with a line in the log.
	GuardWarn Guard = "warn"
	// GuardOff checks nothing.
	GuardOff Guard = "off"
)

func (g Guard) known() bool {
	return slices.Contains([]Guard{"", GuardEnforce, GuardWarn, GuardOff}, g)
}

// Rule is what an answer breaks.
type Rule string

// The rules, as WhatsApp's web client was seen to apply them (2026-09-30); what
// the last three say is on Meta's page "Components" (April 14, 2026).
const (
	RuleScreen     Rule = "screen"             // the Flow JSON has no such screen
	RuleTransition Rule = "transition"         // routing_model has no way there
	RuleNoModel    Rule = "no_model"           // data for a screen that declares none
	RuleType       Rule = flowjson.RuleType    // a value of another type than declared
	RuleNull       Rule = flowjson.RuleNull    // null, which fits no type
	RuleMissing    Rule = flowjson.RuleMissing // a declared key is not there
	RuleKeyword    Rule = flowjson.RuleKeyword // another keyword of JSON Schema, as enum
	RuleTarget     Rule = "target"             // an item navigates where it cannot
	RuleItems      Rule = "items"              // too many items, or what they hold is too long
	RuleSize       Rule = "size"               // the answer is over 1 MB
)

// Rules returns all rules.
func Rules() []Rule {
	return []Rule{RuleScreen, RuleTransition, RuleNoModel, RuleType, RuleNull, RuleMissing, RuleKeyword, RuleTarget, RuleItems, RuleSize}
}

// Violation is one way in which an answer does not fit the Flow JSON. It holds
// nothing of what the answer says.
type Violation struct {
	Rule Rule
	// Screen is the one that was answered with, or "other" if the Flow JSON does not
	// have it.
	Screen string
	// Pointer is the JSON pointer of the place within the clear answer, such as
	// /data/slots/0/title. Keys that the Flow JSON does not declare are *.
	Pointer string
	Problem string
	Remedy  string
	// Warning tells that phones do show the screen, if not all of it: the answer goes
	// out in every mode.
	Warning bool
}

// String returns "rule at pointer: problem: remedy".
func (v Violation) String() string {
	return fmt.Sprintf("%s at %s: %s: %s", v.Rule, v.Pointer, v.Problem, v.Remedy)
}

// AnswerError is an answer that the guard refuses. It is an [ErrAnswer].
type AnswerError struct {
	Violations []Violation // warnings among them
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%v: it does not fit the Flow JSON: %s", ErrAnswer, textOf(e.Violations))
}

// Unwrap returns [ErrAnswer].
func (e *AnswerError) Unwrap() error { return ErrAnswer }

// textOf is what logs say of violations. They are of few kinds, as equal ones are
// one, but keyed by places a wrong answer has many.
func textOf(violations []Violation) string {
	const most = 10
	texts := make([]string, 0, most+1)
	for _, v := range violations[:min(len(violations), most)] {
		texts = append(texts, v.String())
	}
	if more := len(violations) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "; ")
}

// guard holds answers to a Flow JSON. A nil guard takes them all.
type guard struct {
	flow         *flowjson.Flow
	refuse       bool
	allowMissing bool
	lists        map[string][]boundList // by the screen whose data they are bound to
	navigation   map[string]bool        // screens with a NavigationList
}

func newGuard(cfg Config) *guard {
	if cfg.FlowJSON == nil || cfg.Guard == GuardOff {
		return nil
	}
	g := &guard{
		flow: cfg.FlowJSON, refuse: cfg.Guard == GuardEnforce, allowMissing: cfg.AllowMissing,
		lists: boundLists(cfg.FlowJSON), navigation: map[string]bool{},
	}
	for _, s := range g.flow.Screens {
		g.navigation[s.ID] = s.Has("NavigationList")
	}
	return g
}

// admit checks the answer to a message, encoded as it is to be sent. The error is
// an [*AnswerError] if the answer must not go out.
func (g *guard) admit(msg *Message, screen string, answer []byte) ([]Violation, error) {
	if g == nil {
		return nil, nil
	}
	found := g.check(msg, screen, answer)
	if g.refuse && slices.ContainsFunc(found, func(v Violation) bool { return !v.Warning }) {
		return found, &AnswerError{Violations: found}
	}
	return found, nil
}
