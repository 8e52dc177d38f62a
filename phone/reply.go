package phone

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/protocol"
)

// mask is what the reply in the chat shows of a sensitive value.
var mask = strings.Repeat("•", 12)

// complete ends the Flow on the phone, without a request.
func (x *step) complete(payload map[string]any) {
	s := x.plan.screens[x.top()]
	params := map[string]any{}
	for key, v := range payload {
		if picked, ok := v.(files); ok {
			v = picked.completed()
		}
		params[key] = v
	}
	if x.quirks.on(ruleCompleteToken) {
		params[protocol.KeyFlowToken] = x.message.Token
	}
	x.end(s.success, params)
}

// succeed ends the Flow because the endpoint says so.
func (x *step) succeed(a arrived, data map[string]any, findings []Finding) {
	extension, _ := data[protocol.KeyExtension].(map[string]any)
	params, _ := extension[protocol.KeyParams].(map[string]any)
	params, err := x.resolved(params, a.request.from)
	if err != nil {
		x.failExpression("/data/"+protocol.KeyExtension, err)
		x.judged = &judgement{x.refusedBy(ruleAnswerResolved), findings}
		return
	}
	verdict := Verdict{Text: "ends the Flow", Kind: verdictEnded, Rules: []string{ruleSuccess}}
	if params == nil {
		verdict.Text = "closes the Flow without a message in the chat"
		verdict.Rules = append(verdict.Rules, ruleSilentEnd)
	}
	for _, flaw := range a.reply.Flaws() {
		if flaw.Kind == client.FlawCompletion {
			findings = append(findings, Finding{Severity: severityWarning, Code: codeCompletion, Rule: ruleSuccess, Pointer: "/data", Problem: flaw.Text})
		}
	}
	x.end(true, params)
	x.judged = &judgement{verdict, findings}
}

// end closes the Flow for good; params are nil if no message follows.
func (x *step) end(success bool, params map[string]any) {
	x.blur()
	x.saved = nil
	if x.quirks.on(ruleCompletionKeeps) && len(x.history) > 0 {
		x.keep()
	}
	ended := &Ended{Success: success, Params: json.RawMessage("null"), Summary: x.summary()}
	if params != nil {
		ended.Params = encoded(sendable(params))
		ended.Webhook = webhook(ended.Params)
	}
	x.ended = ended
	x.open, x.flying, x.todo, x.snackbar, x.opening = false, 0, nil, "", ""
	x.generation++
}

// webhook returns the message that the business receives: response_json is a string.
func webhook(params json.RawMessage) json.RawMessage {
	return encoded(map[string]any{
		"type": "interactive",
		"interactive": map[string]any{
			"type":      "nfm_reply",
			"nfm_reply": map[string]any{"name": "flow", "body": "Sent", "response_json": string(params)},
		},
	})
}

// summary returns what the reply in the chat shows: fields with a value, of the screens
// in the history.
func (x *step) summary() []SummaryRow {
	if !x.plan.version.AtLeast(catalog.Version{Major: 5, Minor: 1}) {
		return nil
	}
	var rows []SummaryRow
	for _, id := range x.history {
		s, memory := x.plan.screens[id], x.screens[id]
		if s == nil || memory == nil {
			continue
		}
		sc := x.scope(x.plan, id)
		for _, c := range s.inputs {
			v, ok := memory.form[c.Name]
			if !ok || blank(v) || c.secret() || c.Type == typeNavigationList {
				continue
			}
			row := SummaryRow{Label: c.summaryLabel(sc), Value: x.summaryOf(c, v)}
			switch {
			case !s.sensitive[c.Name]:
			case c.Type == typePhotoPicker, c.Type == typeDocumentPicker:
				continue
			case c.Type != typeOptIn:
				row.Value = mask
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// summaryLabel returns the label of an input. A range has a title and a label for each of its
// days.
func (c *component) summaryLabel(sc scope) string {
	label, _, _ := c.values["label"].resolve(sc)
	days, isRange := label.(map[string]any)
	if !isRange {
		return expr.ToText(label)
	}
	if title, _, _ := c.values["title"].resolve(sc); !blank(title) {
		return expr.ToText(title)
	}
	return expr.ToText(days[catalog.StartDate]) + " – " + expr.ToText(days[catalog.EndDate])
}

// summaryOf returns a value as a user reads it.
func (x *step) summaryOf(c *component, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "Yes"
		}
		return "No"
	case files:
		var names []string
		for _, f := range v {
			names = append(names, f.Name)
		}
		return strings.Join(names, ", ")
	case map[string]any:
		return expr.ToText(v[catalog.StartDate]) + " – " + expr.ToText(v[catalog.EndDate])
	}
	if c.Row().Input.Items == "" {
		return expr.ToText(v)
	}
	titles := map[string]string{}
	resolved, _, _ := c.values[c.Row().Input.Items].resolve(x.scope(x.plan, c.Screen.ID))
	list, _ := resolved.([]any)
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			titles[expr.ToText(object["id"])] = expr.ToText(object["title"])
		}
	}
	var out []string
	for _, id := range chosen(v) {
		if titles[id] != "" {
			id = titles[id]
		}
		out = append(out, id)
	}
	return strings.Join(out, ", ")
}

// sendable returns a payload as JSON has it: with what the endpoint gets of files, and null
// for what is not a number, as JavaScript writes it.
func sendable(data map[string]any) map[string]any {
	out, _ := jsonable(data).(map[string]any)
	return out
}

func jsonable(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	case files:
		return v.media()
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = jsonable(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, member := range v {
			out[key] = jsonable(member)
		}
		return out
	}
	return v
}

// encoded returns decoded JSON as text, without the escapes for HTML.
func encoded(v any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("phone: decoded JSON encodes: %v", err))
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
