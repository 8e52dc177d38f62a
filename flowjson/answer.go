package flowjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/protocol"
)

// Move is the step that an answer of an endpoint makes.
type Move struct {
	// Action is the action of the request.
	Action protocol.Action
	// From is the screen of the request, the one that the user is on. It does not
	// matter for INIT, and may be empty for BACK.
	From string
	// To is the screen of the answer.
	To string
	// AllowMissing makes a missing key a warning, unless the client requires it.
	AllowMissing bool
}

// Rule is a rule that an answer can violate.
type Rule string

// The rules, as WhatsApp's web client applied them on 2026-09-30; those of the last
// three are on Meta's page "Components" (April 14, 2026).
const (
	RuleScreen     Rule = "screen"     // the Flow JSON has no such screen
	RuleTransition Rule = "transition" // routing_model has no way there
	RuleNoModel    Rule = "no_model"   // data for a screen that declares none
	RuleType       Rule = "type"       // a value of another type than declared
	RuleNull       Rule = "null"       // null, which fits no type
	RuleMissing    Rule = "missing"    // a declared key does not exist
	RuleKeyword    Rule = "keyword"    // another keyword of JSON Schema, such as enum
	RuleTarget     Rule = "target"     // an action of an item leads where it cannot, or sends what the screen does not declare
	RuleComponent  Rule = "component"  // a value with which clients do not show the component, but an error
	RuleItems      Rule = "items"      // items that clients show in part or not at all
	RuleValue      Rule = "value"      // another value that clients show in part or not at all
	RuleInput      Rule = "input"      // a value or an error message for an input that does not exist
	RuleBinding    Rule = "binding"    // a text that clients replace
	RuleSize       Rule = "size"       // the answer is over 1 MB
)

// Rules returns all rules.
func Rules() []Rule {
	return []Rule{
		RuleScreen, RuleTransition, RuleNoModel, RuleType, RuleNull, RuleMissing, RuleKeyword,
		RuleTarget, RuleComponent, RuleItems, RuleValue, RuleInput, RuleBinding, RuleSize,
	}
}

// Violation is one way in which an answer does not fit the Flow JSON. It contains no value
// of the answer except the id of an unknown screen.
type Violation struct {
	Rule Rule
	// Screen is the screen of the answer, or "other" if the Flow JSON does not have it.
	Screen string
	// Pointer is the JSON pointer of the place within the clear answer, such as
	// /data/slots/0/title. Keys that the Flow JSON does not declare are *.
	Pointer string
	Problem string
	Remedy  string
	// Warning means that clients show the screen anyway, at least in part.
	Warning bool
}

// String returns "rule at pointer: problem: remedy".
func (v Violation) String() string {
	return fmt.Sprintf("%s at %s: %s: %s", v.Rule, v.Pointer, v.Problem, v.Remedy)
}

// CheckAnswer returns what WhatsApp would refuse in the clear answer to a request, a
// JSON object with screen and data, and what it would show in part only. Of a list,
// each kind of violation is reported once.
func (f *Flow) CheckAnswer(move Move, answer []byte) []Violation {
	c := &answerCheck{flow: f, version: f.RulesVersion(), move: move, label: move.To, steps: maxSteps}
	target := f.Screen(move.To)
	if target == nil && move.To != protocol.ScreenSuccess {
		c.label = "other"
	}
	if len(answer) > protocol.MaxAnswerBytes {
		c.add(Violation{
			Rule: RuleSize, Warning: true, Problem: fmt.Sprintf("the answer has %d bytes, but Meta allows 1 MB", len(answer)),
			Remedy: "send smaller images, or fewer items",
		})
	}
	switch {
	case move.To == protocol.ScreenSuccess:
		c.params(answer)
	case target == nil:
		c.add(Violation{
			Rule: RuleScreen, Pointer: "/screen", Problem: "the Flow JSON has no " + c.flow.unknownScreen(move.To),
			Remedy: "answer with one that it has, or give the server the Flow JSON that is published",
		})
	default:
		c.screen(target, answer)
	}
	return c.found
}

// screenID is what a Flow JSON may name a screen.
var screenID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)

// unknownScreen names a screen that the Flow does not have, and the one that was probably
// meant. What cannot be a screen's id is not repeated: anything may be in it.
func (f *Flow) unknownScreen(id string) string {
	ids := []string{protocol.ScreenSuccess}
	for _, s := range f.Screens {
		ids = append(ids, s.ID)
	}
	if trimmed := strings.TrimSpace(id); trimmed != id && slices.Contains(ids, trimmed) {
		return fmt.Sprintf("screen whose id has white space around it (did you mean %s?)", trimmed)
	}
	if !screenID.MatchString(id) {
		return "such screen"
	}
	if near := nearest.Word(id, ids); near != "" {
		return fmt.Sprintf("screen %s (did you mean %s?)", id, near)
	}
	return "screen " + id
}

// answerCheck checks one answer.
type answerCheck struct {
	flow    *Flow
	version Version
	move    Move
	label   string // of the screen, for violations
	steps   int    // what is left of maxSteps
	found   []Violation
}

// add reports a violation, unless the same one was reported for another item of the same
// list. An error replaces a warning.
func (c *answerCheck) add(v Violation) {
	v.Screen = c.label
	place := withoutIndices(v.Pointer)
	for i, other := range c.found {
		if other.Rule == v.Rule && withoutIndices(other.Pointer) == place {
			if other.Warning && !v.Warning {
				c.found[i] = v
			}
			return
		}
	}
	c.found = append(c.found, v)
}

// withoutIndices replaces the indices of a JSON pointer.
func withoutIndices(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if isIndex(part) {
			parts[i] = "#"
		}
	}
	return strings.Join(parts, "/")
}

// screen checks an answer with a screen that exists.
func (c *answerCheck) screen(target *Screen, answer []byte) {
	from := c.source()
	c.transition(from, target)
	var body struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(answer, &body); err != nil {
		c.add(Violation{Rule: RuleType, Pointer: "/data", Problem: "the data cannot be decoded", Remedy: "send plain JSON"})
		return
	}
	if mayBeReplaced(answer) {
		c.replaced(func(path string) string { return declaredPart(target.Data, path) }, "", body.Data)
	}
	c.removed(body.Data)
	c.data(from, target, body.Data)
	c.arriving(target, body.Data)
}

// params checks what an answer sends to the chat.
func (c *answerCheck) params(answer []byte) {
	var body struct {
		Data struct {
			Extension struct {
				Params map[string]any `json:"params"`
			} `json:"extension_message_response"`
		} `json:"data"`
	}
	if !mayBeReplaced(answer) || json.Unmarshal(answer, &body) != nil {
		return // what params are is not for the Flow JSON to say
	}
	within := "/" + protocol.KeyExtension + "/" + protocol.KeyParams + "/*"
	c.replaced(func(string) string { return within }, "", body.Data.Extension.Params)
}

// mayBeReplaced reports whether a text of an answer can be a reference or an expression.
// An escape may be any character.
func mayBeReplaced(answer []byte) bool {
	return bytes.Contains(answer, []byte("${")) || bytes.IndexByte(answer, '`') >= 0 || bytes.Contains(answer, []byte(`\u`))
}

// source returns the screen that the user is on: nil for INIT, and if the request names
// none that the Flow JSON has, as BACK may.
func (c *answerCheck) source() *Screen {
	if c.move.Action == protocol.ActionInit {
		return nil
	}
	return c.flow.Screen(c.move.From)
}

func (c *answerCheck) transition(from, target *Screen) {
	var err error
	switch {
	case from != nil:
		err = c.flow.Move(from.ID, target.ID)
	case c.move.Action == protocol.ActionInit:
		err = c.flow.Move("", target.ID)
	}
	v := Violation{Rule: RuleTransition, Pointer: "/screen"}
	switch {
	case err == nil:
		return
	case errors.Is(err, ErrNotEntry):
		v.Problem = "a Flow cannot begin with a screen that is the target of a route"
		v.Remedy = "answer INIT with " + anyOf(c.flow.entries())
	default:
		v.Problem = fmt.Sprintf("routing_model has no route from %s to %s, nor one back", from.ID, target.ID)
		v.Remedy = fmt.Sprintf("add %s to the routes of %s, or answer with a screen that has one", target.ID, from.ID)
	}
	c.add(v)
}

// entries returns the screens that a Flow can begin with.
func (f *Flow) entries() (ids []string) {
	for _, s := range f.Screens {
		if f.Routing.Entry(s.ID) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func anyOf(ids []string) string {
	if len(ids) == 0 {
		return "an entry screen, but the Flow JSON has none"
	}
	return strings.Join(ids, " or ")
}

// removed checks the keys that clients remove from the data before the screen gets it,
// and removes them.
func (c *answerCheck) removed(data map[string]any) {
	if message, given := data[protocol.KeyErrorMessage]; given {
		if _, ok := message.(string); !ok {
			c.add(Violation{
				Rule: RuleType, Pointer: "/data/" + protocol.KeyErrorMessage,
				Problem: "clients accept only a string", Remedy: "send a string, for example with WithError",
			})
		}
	}
	if extension, given := data[protocol.KeyExtension]; given {
		if _, ok := extension.(map[string]any); !ok {
			c.add(Violation{
				Rule: RuleType, Pointer: "/data/" + protocol.KeyExtension,
				Problem: "clients accept only an object", Remedy: "end the Flow with Complete",
			})
		}
	}
	delete(data, protocol.KeyErrorMessage)
	delete(data, protocol.KeyExtension)
}

// data checks the data against the screen's model.
func (c *answerCheck) data(from, target *Screen, data map[string]any) {
	if target.Data == nil {
		if len(data) > 0 {
			c.add(Violation{
				Rule: RuleNoModel, Pointer: "/data", Problem: "the screen declares no data, but the answer has some",
				Remedy: `declare it in the screen's "data" of the Flow JSON, or send none`,
			})
		}
		return
	}
	for _, m := range target.Data.Check(data, true) {
		v := Violation{Rule: m.Rule, Pointer: "/data" + declaredPart(target.Data, m.Pointer), Problem: m.Problem}
		switch v.Rule {
		case RuleMissing:
			if !c.missing(&v, from, target.Data, strings.TrimPrefix(m.Pointer, "/")) {
				continue
			}
		case RuleNull:
			v.Remedy = "omit the key, or send an empty value"
		case RuleType:
			v.Remedy = "send the declared type, or change the declaration"
		default:
			v.Remedy = "send what the data model allows, or change it"
		}
		c.add(v)
	}
}

// missing decides what a missing key means; it is false if it means nothing.
func (c *answerCheck) missing(v *Violation, from *Screen, model *Model, key string) bool {
	leavesList := from != nil && from.leadsAnywhere
	must := leavesList || slices.Contains(model.Required, key)
	if protocol.RemovedBeforeCheck(key) {
		v.Problem = "clients remove this key from every answer, so it is always missing"
		v.Remedy = "give it another name in the screen's data, or do not declare it"
		return must
	}
	v.Remedy = "send it, or do not declare it; the value may be empty"
	v.Warning = c.move.AllowMissing && !must
	if leavesList {
		v.Problem = fmt.Sprintf("the screen declares this key, and clients require it because the previous screen, %s, has a NavigationList", from.ID)
	}
	return true
}

// declaredPart replaces the keys of a pointer that the model does not declare, so that
// user input used as a key never reaches a log.
func declaredPart(model *Model, pointer string) string {
	var out strings.Builder
	var at *Schema
	for i, part := range strings.Split(pointer, "/")[1:] {
		if i == 0 && part == protocol.KeyErrorMessage {
			out.WriteString("/" + part)
			continue
		}
		key := jsontree.UnescapePointer(part)
		switch {
		case i == 0:
			if field := model.Field(key); field != nil {
				at = field.Schema
			} else {
				part = "*"
			}
		case at != nil && at.Type == TypeArray:
			at = at.Items
		default:
			if at = at.Property(key); at == nil {
				part = "*"
			}
		}
		out.WriteString("/" + part)
	}
	return out.String()
}
