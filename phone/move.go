package phone

import (
	"fmt"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// move is a way to another screen that is to be checked.
type move struct {
	// action is what was asked: for an answer, that of the request.
	action   protocol.Action
	from, to string
	data     map[string]any
	erased   []string
	at       string
	// anywhere allows every screen, to look at it.
	anywhere bool
}

// move goes to a screen without asking the endpoint, by an action or by the message.
func (x *step) move(m move) {
	if m.to == protocol.ScreenSuccess && x.plan.screens[m.to] != nil {
		x.enter(entry{to: m.to, why: becauseNavigate, data: m.data, erased: m.erased}) // only an answer ends with it
		return
	}
	violations := x.violations(m, nil)
	findings, refusal := x.judge(m, violations)
	if refusal != nil {
		x.refuse(*refusal, m.action, m.from, 0, findings)
		x.form.findings = findings
		return
	}
	x.enter(entry{to: m.to, why: becauseNavigate, data: m.data, erased: m.erased})
	x.form.findings = findings
}

// violations returns what does not fit the Flow JSON. The answer is made of the data if it
// is nil.
func (x *step) violations(m move, answer []byte) []flowjson.Violation {
	if answer == nil {
		answer = encoded(map[string]any{protocol.KeyScreen: m.to, protocol.KeyData: sendable(m.data)})
	}
	action := m.action
	if m.from == "" {
		action = protocol.ActionInit // the rules for a first screen
	}
	found := x.plan.flow.CheckAnswer(flowjson.Move{Action: action, From: m.from, To: m.to, AllowMissing: true}, answer)
	var kept []flowjson.Violation
	for _, v := range found {
		switch {
		case m.anywhere && v.Rule == flowjson.RuleTransition:
		case v.Rule == flowjson.RuleMissing && v.Warning && x.has(m.to, strings.TrimPrefix(v.Pointer, "/data/")):
			// merged with what the screen had before
		default:
			kept = append(kept, v)
		}
	}
	return kept
}

// has reports whether the store has a key of a screen's data.
func (x *step) has(id, key string) bool {
	m := x.screens[id]
	if m == nil {
		return false
	}
	_, ok := m.data[key]
	return ok
}

// refusal is an answer, or a move, that WhatsApp does not follow.
type refusal struct {
	kind   FailureKind
	detail string
	rule   string
	// key is that of the error notification; notify says whether there is one.
	key    string
	notify bool
	// text is for the user, if it is not that of the kind.
	text  string
	retry *request
}

// judge decides whether violations refuse a move, and returns all of them as findings. A
// transition counts before data, and data before components that show.
func (x *step) judge(m move, violations []flowjson.Violation) ([]Finding, *refusal) {
	var findings []Finding
	var worst *refusal
	rank := 0
	for _, v := range violations {
		r, n := refusalOf(v)
		if r.kind == FailureComponent && !v.Warning && !x.reads(m, v.Pointer) {
			v.Warning, r.rule = true, ""
		}
		findings = append(findings, x.finding(v, m.to, r.rule))
		if x.ruleset == Draft && r.kind == FailureComponent {
			continue // a banner
		}
		if !v.Warning && n > rank {
			rank, worst = n, &r
		}
	}
	return findings, worst
}

func refusalOf(v flowjson.Violation) (r refusal, rank int) {
	r = refusal{detail: fmt.Sprintf("%s: %s: %s", v.Pointer, v.Problem, v.Remedy), notify: true}
	switch v.Rule {
	case flowjson.RuleScreen, flowjson.RuleTransition:
		r.kind, r.key, r.rule, rank = FailureTransition, protocol.ErrorScreenTransition, ruleTransition, 3
	case flowjson.RuleMissing:
		r.kind, r.key, r.rule, rank = FailureData, protocol.ErrorPayloadSchema, ruleMissing, 2
	case flowjson.RuleNoModel, flowjson.RuleType, flowjson.RuleNull, flowjson.RuleKeyword:
		r.kind, r.key, r.rule, rank = FailureData, protocol.ErrorPayloadSchema, ruleData, 2
	case flowjson.RuleBinding:
		r.kind, r.key, r.rule, rank = FailureComponent, protocol.ErrorComponents, ruleAnswerResolved, 1
	default:
		r.kind, r.key, r.rule, rank = FailureComponent, protocol.ErrorComponents, ruleComponent, 1
		if v.Warning {
			r.rule = "" // it shows, in part
		}
	}
	return r, rank
}

// finding returns a violation with its place in the Flow JSON.
func (x *step) finding(v flowjson.Violation, screen, rule string) Finding {
	f := Finding{
		Severity: severityError, Code: answerCode(v.Rule), Rule: rule,
		Pointer: v.Pointer, Problem: v.Problem, Remedy: v.Remedy,
	}
	if v.Warning && v.Rule != flowjson.RuleMissing {
		f.Severity = severityWarning
	}
	var place *flowjson.Node
	s := x.plan.screens[screen]
	switch {
	case v.Rule == flowjson.RuleTransition, v.Rule == flowjson.RuleScreen:
		place = x.plan.flow.Routing.Node
	case s != nil:
		place = s.Node
		key, _, _ := strings.Cut(strings.TrimPrefix(v.Pointer, "/data/"), "/")
		if field := s.Data.Field(key); field != nil {
			place = field.Node
		}
	}
	if place != nil {
		f.At, f.Line = x.plan.place(place)
	}
	return f
}

// refuse shows an error page, or an overlay in a draft, and notifies the endpoint.
func (x *step) refuse(r refusal, action protocol.Action, screen string, of int, findings []Finding) {
	x.fail(r)
	if r.kind == FailureComponent {
		action, screen = protocol.ActionDataExchange, "" // as the client reports all of them
	}
	if r.notify {
		x.notify(r.key, r.detail, action, screen, of)
	}
	x.judged = &judgement{x.refusedBy(r.rule), findings}
}

// refusedBy returns the verdict on an answer that led to the failure which shows.
func (x *step) refusedBy(rule string) Verdict {
	text := "shows an error page: "
	if x.failure.Overlay {
		text = "shows an error over the screen: "
	}
	return Verdict{Text: text + x.failure.Detail, Kind: verdictRefused, Rules: []string{rule}}
}

// fail shows an error page, or an overlay if the Flow is a draft with a screen to lay it
// over.
func (x *step) fail(r refusal) {
	text := r.text
	if text == "" {
		text = failureText(r.kind)
	}
	x.failure = &Failure{
		Kind: r.kind, Text: text, Detail: r.detail, Rule: r.rule, Retry: r.retry != nil,
		Overlay: x.ruleset == Draft && len(x.history) > 0 && r.kind != FailureOffline,
	}
	x.retry = r.retry
	x.todo = nil
	x.blur()
}

// failExpression shows that the client cannot read an expression.
func (x *step) failExpression(at string, err error) {
	x.fail(refusal{kind: FailureExpression, detail: fmt.Sprintf("%s: %v", at, err), rule: ruleExpression})
}

// failComponent shows that a visible component cannot be shown, and reports it.
func (x *step) failComponent(at, rule, problem string) {
	detail := at + ": " + problem
	x.fail(refusal{kind: FailureComponent, detail: detail, rule: rule})
	x.notify(protocol.ErrorComponents, detail, protocol.ActionDataExchange, "", x.last)
}

// notify sends an error notification, if the client does so for this Flow. It has no
// signature and is not repeated.
func (x *step) notify(key, message string, action protocol.Action, screen string, of int) {
	if !x.endpoint || !x.plan.notifies || !x.quirks.on(ruleNotices) {
		return
	}
	x.requests = append(x.requests, request{
		action: action, screen: screen, from: screen, generation: x.generation, notice: true, of: of,
		data: map[string]any{protocol.KeyError: key, protocol.KeyErrorMessage: message},
	})
}

// resolved replaces references and expressions within the data of an answer, as the
// client does. Keys that begin with "on-" stay as they are.
func (x *step) resolved(data map[string]any, screen string) (map[string]any, error) {
	result, _, err := x.plan.prepare(data).resolve(x.scope(x.plan, screen))
	out, _ := result.(map[string]any)
	return out, err
}

// dynamic reports whether the value depends on the state: it is bound, or was part of a
// bound object.
func (v value) dynamic() bool {
	return v.bound || v.ref != nil || v.text != "" || v.list != nil || v.object != nil
}
