package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// maxAnswer is what Meta allows the data channel (page "Components", April 14,
// 2026: 1 MB in total).
const maxAnswer = 1_000_000

// The keys that clients take out of an answer's data before they look at it.
const (
	keyErrorMessage = "error_message"
	keyExtension    = "extension_message_response"
)

func isTakenOut(key string) bool { return key == keyErrorMessage || key == keyExtension }

// violations gathers what is wrong with one answer.
type violations struct {
	screen string
	found  []Violation
}

// add reports a violation, unless it was reported already for another item of the
// same list.
func (vs *violations) add(v Violation) {
	v.Screen = vs.screen
	place := withoutIndices(v.Pointer)
	for _, other := range vs.found {
		if other.Rule == v.Rule && withoutIndices(other.Pointer) == place {
			return
		}
	}
	vs.found = append(vs.found, v)
}

// withoutIndices replaces the indices of a JSON pointer.
func withoutIndices(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "#"
		}
	}
	return strings.Join(parts, "/")
}

// check says what is wrong with the answer to a message, with the client's own
// rules.
func (g *guard) check(msg *Message, screen string, answer []byte) []Violation {
	vs := &violations{screen: screen}
	if g.flow.Screen(screen) == nil && screen != protocol.ScreenSuccess {
		vs.screen = "other"
	}
	if len(answer) > maxAnswer {
		vs.add(Violation{
			Rule: RuleSize, Pointer: "", Warning: true,
			Problem: fmt.Sprintf("the answer has %d bytes, and Meta allows 1 MB", len(answer)), Remedy: "send smaller images, or fewer items",
		})
	}
	if screen == protocol.ScreenSuccess {
		return vs.found
	}
	target := g.flow.Screen(screen)
	if target == nil {
		vs.add(Violation{
			Rule: RuleScreen, Pointer: "/screen", Problem: "the Flow JSON has no such screen",
			Remedy: "answer with one that it has, or give the server the Flow JSON that is published",
		})
		return vs.found
	}
	from := g.source(msg)
	g.checkTransition(vs, msg, from, target)
	var body struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal(answer, &body); err != nil { // it was encoded just now
		vs.add(Violation{Rule: RuleType, Pointer: "/data", Problem: "the data cannot be decoded", Remedy: "send plain JSON"})
		return vs.found
	}
	g.checkTakenOut(vs, body.Data)
	g.checkData(vs, from, target, body.Data)
	g.checkLists(vs, target, body.Data)
	return vs.found
}

// source returns the screen that the user is on: nil for INIT, and if the request
// names none that the Flow JSON has, as on BACK it may.
func (g *guard) source(msg *Message) *flowjson.Screen {
	if msg.Action == ActionInit {
		return nil
	}
	return g.flow.Screen(msg.Screen)
}

func (g *guard) checkTransition(vs *violations, msg *Message, from, target *flowjson.Screen) {
	var err error
	switch {
	case from != nil:
		err = g.flow.Move(from.ID, target.ID)
	case msg.Action == ActionInit:
		err = g.flow.Move("", target.ID)
	}
	v := Violation{Rule: RuleTransition, Pointer: "/screen"}
	switch {
	case err == nil:
		return
	case errors.Is(err, flowjson.ErrNotEntry):
		v.Problem = "a Flow cannot begin with a screen that routes lead to"
		v.Remedy = "answer INIT with " + anyOf(g.entries())
	default:
		v.Problem = fmt.Sprintf("routing_model has no route from %s to %s, nor one back", from.ID, target.ID)
		v.Remedy = fmt.Sprintf("add %s to the routes of %s, or answer with a screen that has one", target.ID, from.ID)
	}
	vs.add(v)
}

func (g *guard) entries() (ids []string) {
	for _, s := range g.flow.Screens {
		if g.flow.Routing.Entry(s.ID) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func anyOf(ids []string) string {
	if len(ids) == 0 {
		return "an entry screen, of which the Flow JSON has none"
	}
	return strings.Join(ids, " or ")
}

// checkTakenOut looks at what is not the screen's, and takes it out.
func (g *guard) checkTakenOut(vs *violations, data map[string]any) {
	if message, given := data[keyErrorMessage]; given {
		if _, ok := message.(string); !ok {
			vs.add(Violation{Rule: RuleType, Pointer: "/data/" + keyErrorMessage, Problem: "clients take a string", Remedy: "send a string, as WithError does"})
		}
	}
	if extension, given := data[keyExtension]; given {
		if _, ok := extension.(map[string]any); !ok {
			vs.add(Violation{Rule: RuleType, Pointer: "/data/" + keyExtension, Problem: "clients take an object", Remedy: "end the Flow with Complete"})
		}
	}
	delete(data, keyErrorMessage)
	delete(data, keyExtension)
}

// checkData holds the data to the screen's model.
func (g *guard) checkData(vs *violations, from, target *flowjson.Screen, data map[string]any) {
	if target.Data == nil {
		if len(data) > 0 {
			vs.add(Violation{
				Rule: RuleNoModel, Pointer: "/data", Problem: "the screen declares no data, and the answer has some",
				Remedy: `declare it in the screen's "data" of the Flow JSON, or send none`,
			})
		}
		return
	}
	for _, one := range target.Data.Check(data, true) {
		v := Violation{Rule: Rule(one.Rule), Pointer: "/data" + declaredPart(target.Data, one.Pointer), Problem: one.Problem}
		switch v.Rule {
		case RuleMissing:
			if !g.missing(&v, from, target.Data, strings.TrimPrefix(one.Pointer, "/")) {
				continue
			}
		case RuleNull:
			v.Remedy = "leave the key out, or send an empty value"
		case RuleType:
			v.Remedy = "send that type, or declare the other one"
		default:
			v.Remedy = "send what the data model allows, or change it"
		}
		vs.add(v)
	}
}

// missing settles what a missing key means; it is false if it means nothing.
func (g *guard) missing(v *Violation, from *flowjson.Screen, model *flowjson.Model, key string) bool {
	leavesList := from != nil && g.navigation[from.ID]
	must := leavesList || slices.Contains(model.Required, key)
	if isTakenOut(key) {
		v.Problem = "clients take this key out of every answer, and miss it then"
		v.Remedy = "give it another name in the screen's data, or do not declare it"
		return must
	}
	v.Remedy = "send it, empty if need be, or do not declare it"
	v.Warning = g.allowMissing && !must
	if leavesList {
		v.Problem = fmt.Sprintf("the screen declares this key, and clients insist on it because %s, where the user comes from, has a NavigationList", from.ID)
	}
	return true
}

// declaredPart replaces the keys of a pointer that the model does not declare: who
// keys an object by what users typed does not find it in the log.
func declaredPart(model *flowjson.Model, pointer string) string {
	var out strings.Builder
	var at *flowjson.Schema
	for i, part := range strings.Split(pointer, "/")[1:] {
		key := pointerUnescaper.Replace(part)
		switch {
		case i == 0:
			if field := model.Field(key); field != nil {
				at = field.Schema
			} else {
				part = "*"
			}
		case at != nil && at.Type == flowjson.TypeArray:
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

var pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
