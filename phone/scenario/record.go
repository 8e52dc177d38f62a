package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

// Recorder turns what a user does on a phone into a scenario. It is not safe for
// concurrent use.
type Recorder struct {
	message phone.Message
	ruleset phone.Ruleset // of the last view
	quirks  map[string]bool
	lines   []string
	// fills are the inputs since the last other step, in order of their first change.
	fills []recorded
	// hidden reports fields whose values are not recorded; may be nil.
	hidden func(screen, field string) bool
}

// recorded is the last value of an input.
type recorded struct{ field, value string }

// NewRecorder returns a recorder of the phone that opens m. The recorded scenario has a
// different token in each run.
func NewRecorder(m phone.Message) *Recorder { return &Recorder{message: m} }

// Hide records a variable, with the name of the field, instead of the values of the fields
// for which hidden is true, so that the scenario does not contain them. When the scenario
// is played, --set provides the values.
func (r *Recorder) Hide(hidden func(screen, field string) bool) { r.hidden = hidden }

// Switch records that the phone switches rules on or off: see [phone.Config].
func (r *Recorder) Switch(quirks map[string]bool) { r.quirks = quirks }

// Event records an event; before is the view that the user saw. Events that a scenario
// cannot express, such as a focus, are ignored.
func (r *Recorder) Event(e phone.Event, before phone.View) {
	r.ruleset = before.Ruleset
	switch e.Type {
	case phone.EventInput:
		r.input(e, before)
	case phone.EventTap:
		r.add("tap: " + tapText(e, before))
	case phone.EventBack, phone.EventClose, phone.EventRetry, phone.EventDismiss:
		r.add(string(e.Type))
	case phone.EventReopen:
		r.add("open")
	case phone.EventRemove:
		r.add("remove: " + r.file(e.Field, fileName(e, before), before))
	default:
	}
}

// Upload records that the user gave a file to a picker; before is the view that the user
// saw. The scenario needs a file of that name in its folder.
func (r *Recorder) Upload(field, name string, before phone.View) {
	r.add("upload: " + r.file(field, name, before))
}

// file writes a picker with one of its files.
func (r *Recorder) file(field, name string, before phone.View) string {
	name = yamlText(name)
	if r.hidden != nil && r.hidden(before.Screen, field) {
		name = variable(field)
	}
	return "{" + yamlText(field) + ": " + name + "}"
}

// fileName returns the name of the file that an event takes out of a picker.
func fileName(e phone.Event, before phone.View) string {
	for _, part := range before.Parts {
		if part.Picker == nil || part.Picker.Name != e.Field {
			continue
		}
		for _, f := range part.Picker.Files {
			if f.ID == e.Item {
				return f.Name
			}
		}
	}
	return ""
}

// variable writes the variable that stands for a value which is not recorded.
func variable(field string) string { return strconv.Quote("${" + field + "}") }

func (r *Recorder) add(line string) {
	r.flush()
	r.lines = append(r.lines, "- "+line)
}

func (r *Recorder) flush() {
	if len(r.fills) == 0 {
		return
	}
	parts := make([]string, len(r.fills))
	for i, f := range r.fills {
		parts[i] = yamlText(f.field) + ": " + f.value
	}
	r.lines = append(r.lines, "- fill: {"+strings.Join(parts, ", ")+"}")
	r.fills = nil
}

func (r *Recorder) input(e phone.Event, before phone.View) {
	v := yamlValue(e.Value)
	if r.hidden != nil && r.hidden(before.Screen, e.Field) {
		v = variable(e.Field)
	} else if part, err := inputNamed(before, e.Field); err == nil && part.Choice != nil && !part.Choice.Multiple {
		if id, ok := e.Value.(string); ok {
			v = picked(part.Choice, id)
		}
	}
	for i, f := range r.fills {
		if f.field == e.Field {
			r.fills[i].value = v
			return
		}
	}
	r.fills = append(r.fills, recorded{e.Field, v})
}

// picked writes the choice of an option so that it works on another day: ids of days
// and times change.
func picked(c *phone.Choice, id string) string {
	options := slices.DeleteFunc(slices.Clone(c.Options), func(o phone.Option) bool { return !o.Enabled })
	switch n := len(options); {
	case n > 0 && options[0].ID == id:
		return "{pick: first}"
	case n > 0 && options[n-1].ID == id:
		return "{pick: last}"
	}
	return yamlText(id)
}

// tapText writes what is tapped: its text if nothing else on the screen says the same.
func tapText(e phone.Event, before phone.View) string {
	says := map[string]int{}
	text, list := "", ""
	for _, t := range targets(before, nil) {
		says[t.text]++
		if t.event.At == e.At && t.event.Item == e.Item {
			text = t.text
		}
	}
	for _, part := range before.Parts {
		if part.At == e.At && part.List != nil {
			list = part.List.Name
		}
	}
	switch {
	case text != "" && says[text] == 1:
		return yamlText(text)
	case list != "":
		return "{item: " + yamlText(e.Item) + ", of: " + yamlText(list) + "}"
	}
	return "{at: " + yamlText(e.At) + "}"
}

// Expect records what is on the screen: its name, its messages, and whether the footer
// can be tapped.
func (r *Recorder) Expect(view phone.View) {
	r.ruleset = view.Ruleset
	var parts []string
	switch {
	case view.Ended != nil:
		parts = append(parts, "ended: any")
	case view.Failure != nil:
		parts = append(parts, "failure: {kind: "+string(view.Failure.Kind)+"}")
	default:
		parts = append(parts, "screen: "+yamlText(view.Screen))
	}
	if view.Snackbar != "" {
		parts = append(parts, "snackbar: "+exactly(view.Snackbar))
	}
	wrong := map[string]string{}
	for _, part := range view.Parts {
		for _, input := range inputsOf(part) {
			if input.Error != "" {
				wrong[input.Name] = yamlText(input.Name) + ": {error: " + exactly(input.Error) + "}"
			}
		}
	}
	if len(wrong) > 0 {
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(wrong)) {
			fields = append(fields, wrong[name])
		}
		parts = append(parts, "fields: {"+strings.Join(fields, ", ")+"}")
	}
	if view.Footer != nil && view.Ended == nil && view.Failure == nil {
		parts = append(parts, fmt.Sprintf("footer: {label: %s, enabled: %t}", yamlText(view.Footer.Label), view.Footer.Enabled))
	}
	r.add("expect: {" + strings.Join(parts, ", ") + "}")
}

// YAML returns the scenario so far. flow is the value of its key flow, which is omitted if
// flow is empty.
func (r *Recorder) YAML(name, flow string) string {
	var b strings.Builder
	if flow != "" {
		fmt.Fprintln(&b, "flow:", yamlText(flow))
	}
	fmt.Fprintln(&b, "name:", yamlText(name))
	if r.ruleset == phone.Draft {
		fmt.Fprintln(&b, "rules:", r.ruleset)
	}
	if len(r.quirks) > 0 {
		quirks := make([]string, 0, len(r.quirks))
		for _, id := range slices.Sorted(maps.Keys(r.quirks)) {
			quirks = append(quirks, fmt.Sprintf("%s: %t", id, r.quirks[id]))
		}
		fmt.Fprintf(&b, "quirks: {%s}\n", strings.Join(quirks, ", "))
	}
	open := []string{}
	if r.message.Action != "" {
		open = append(open, "action: "+r.message.Action)
	}
	open = append(open, `token: "test-${random}"`)
	shows := r.message.Action != string(protocol.ActionDataExchange) // otherwise the endpoint decides
	if shows && r.message.Screen != "" {
		open = append(open, "screen: "+yamlText(r.message.Screen))
	}
	if shows && len(r.message.Data) > 0 {
		open = append(open, "data: "+yamlValue(r.message.Data))
	}
	fmt.Fprintf(&b, "open: {%s}\n", strings.Join(open, ", "))
	fmt.Fprintln(&b, "steps:")
	copied := *r
	copied.lines = slices.Clone(r.lines)
	copied.flush()
	for _, line := range copied.lines {
		fmt.Fprintln(&b, "  "+line)
	}
	return b.String()
}

// Empty reports whether nothing was recorded.
func (r *Recorder) Empty() bool { return len(r.lines) == 0 && len(r.fills) == 0 }

// yamlText writes a text without quotes where no reader could mistake it.
func yamlText(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		return !letter && !strings.ContainsRune("_-. ", c)
	}) && (s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z') && s == strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "any", "none", "true", "false", "yes", "no", "on", "off", "null", "first", "last", "y", "n":
		plain = false
	}
	if plain {
		return s
	}
	return quoted(s)
}

// exactly writes a text that is expected, even one that looks like a pattern.
func exactly(s string) string {
	if strings.HasPrefix(s, "/") {
		return "{is: " + yamlText(s) + "}"
	}
	return yamlText(s)
}

// quoted writes a text in quotes: JSON is YAML. A dollar sign is doubled, since ${ begins
// a variable.
func quoted(s string) string {
	return strings.ReplaceAll(strconv.Quote(s), "$", "$$")
}

// yamlValue writes a value on one line.
func yamlValue(v any) string {
	switch v := v.(type) {
	case string:
		return yamlText(v)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = yamlValue(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var members []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			members = append(members, yamlText(key)+": "+yamlValue(v[key]))
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(encoded)
}
