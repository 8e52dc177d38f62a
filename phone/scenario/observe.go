package scenario

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/phone"
)

// observations are what a step can expect, in the order of the documentation.
var observations = []string{
	"screen", "title", "history", "fields", "footer", "texts", "types", "snackbar", "failure", "ended", "message",
	"exchanges", "request", "answer", "status", "attempts", "verdict", "notice", "findings", "data", "form", "ping",
}

// observe returns what there is to see, by the names of observations.
func (r *run) observe() map[string]any {
	view := r.phone.View()
	o := map[string]any{
		"screen": view.Screen, "title": view.Title, "history": value(view.History), "fields": fields(view.Parts),
		"footer": value(view.Footer), "texts": textsOf(view.Parts), "types": typesOf(view.Parts), "snackbar": view.Snackbar,
		"failure": value(view.Failure), "ended": value(view.Ended), "message": value(view.Message),
		"exchanges": float64(r.asked), "findings": r.findings(view),
	}
	if x := r.sent; x != nil {
		o["request"], o["answer"] = value(x.Request), value(x.Answer)
		o["status"], o["attempts"], o["verdict"] = float64(x.Status), float64(len(x.Attempts)), value(x.Verdict)
	}
	if n := r.notice; n != nil {
		o["notice"] = value(noticed{n.Request, n.Acknowledged, n.Status})
	}
	screen := r.phone.Inspect().Screens[view.Screen]
	o["data"], o["form"] = value(screen.Data), value(screen.Form)
	if r.pinged {
		o["ping"] = value(pinged{r.pingStatus, r.pingActive})
	}
	return o
}

// noticed is what a step sees of an error notification.
type noticed struct {
	Request      json.RawMessage `json:"request"`
	Acknowledged bool            `json:"acknowledged"`
	Status       int             `json:"status"`
}

// pinged is what a step sees of a health check.
type pinged struct {
	Status int  `json:"status"`
	Active bool `json:"active"`
}

// findings returns those of the screen and of the exchange that the last step caused.
func (r *run) findings(view phone.View) any {
	found := allFindings(view)
	if r.sent != nil {
		found = append(found, r.sent.Findings...)
	}
	return value(found)
}

// allFindings returns the findings of a screen and of its parts.
func allFindings(view phone.View) []phone.Finding {
	found := slices.Clone(view.Findings)
	for _, part := range view.Parts {
		found = append(found, part.Findings...)
	}
	if view.Footer != nil {
		found = append(found, view.Footer.Findings...)
	}
	return found
}

// fields returns the inputs of a screen by name.
func fields(parts []phone.Part) map[string]any {
	all := map[string]any{}
	for _, part := range parts {
		var name string
		var f any
		switch {
		case part.Field != nil:
			name, f = part.Field.Name, value(part.Field)
		case part.Choice != nil:
			name, f = part.Choice.Name, value(part.Choice)
			f.(map[string]any)["value"] = chosen(part.Choice) //nolint:forcetypeassert // value of a struct
		case part.OptIn != nil:
			name, f = part.OptIn.Name, value(part.OptIn)
		case part.Date != nil:
			name, f = part.Date.Name, value(part.Date)
		case part.Range != nil:
			name, f = part.Range.Name, value(part.Range)
			f.(map[string]any)["value"] = span(part.Range) //nolint:forcetypeassert // value of a struct
		case part.List != nil:
			name, f = part.List.Name, value(part.List)
		case part.Picker != nil:
			name, f = part.Picker.Name, value(part.Picker)
		default:
			continue
		}
		f.(map[string]any)["type"] = part.Type //nolint:forcetypeassert // value of a struct
		all[name] = f
	}
	return all
}

// span returns the value of a range as payloads have it.
func span(d *phone.Range) map[string]any {
	return map[string]any{"start-date": d.Start.Value, "end-date": d.End.Value}
}

// chosen returns the id of the chosen option, or the ids where there can be several.
func chosen(c *phone.Choice) any {
	ids := []any{}
	for _, o := range c.Options {
		if o.Selected {
			ids = append(ids, o.ID)
		}
	}
	switch {
	case c.Multiple:
		return ids
	case len(ids) == 0:
		return ""
	}
	return ids[0]
}

// fieldKeys are the keys of all kinds of inputs.
func fieldKeys() []string {
	keys := []string{"type", "value"}
	for _, t := range []reflect.Type{
		reflect.TypeFor[phone.Field](), reflect.TypeFor[phone.Choice](), reflect.TypeFor[phone.OptIn](), reflect.TypeFor[phone.Date](),
		reflect.TypeFor[phone.Range](), reflect.TypeFor[phone.List](), reflect.TypeFor[phone.Picker](),
	} {
		keys = append(keys, jsonKeys(t)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func textsOf(parts []phone.Part) texts {
	all := texts{}
	for _, part := range parts {
		switch {
		case part.Text != nil:
			for _, b := range part.Text.Blocks {
				all = append(all, blockTexts(b)...)
			}
		case part.Link != nil:
			all = append(all, part.Link.Text)
		}
	}
	return all
}

func blockTexts(b phone.Block) []string {
	var all []string
	if s := runsText(b.Runs); s != "" {
		all = append(all, s)
	}
	for _, item := range b.Items {
		all = append(all, blockTexts(item)...)
	}
	for _, row := range b.Rows {
		for _, cell := range row {
			all = append(all, runsText(cell))
		}
	}
	return all
}

func runsText(runs []phone.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

func typesOf(parts []phone.Part) []any {
	all := []any{}
	for _, part := range parts {
		all = append(all, part.Type)
	}
	return all
}

// value converts data to what encoding/json would decode from it, with the keys that
// omitempty leaves out: a scenario can expect that something is false.
func value(v any) any {
	if raw, ok := v.(json.RawMessage); ok {
		var decoded any
		if len(raw) == 0 || json.Unmarshal(raw, &decoded) != nil {
			return nil
		}
		return decoded
	}
	return reflected(reflect.ValueOf(v))
}

func reflected(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return value(v.Elem().Interface())
	case reflect.Struct:
		members := map[string]any{}
		addMembers(members, v)
		return members
	case reflect.Slice:
		items := make([]any, v.Len())
		for i := range items {
			items[i] = value(v.Index(i).Interface())
		}
		return items
	case reflect.Map:
		members := map[string]any{}
		for key, member := range v.Seq2() {
			members[key.String()] = value(member.Interface())
		}
		return members
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	default:
	}
	if v.CanInt() {
		return float64(v.Int())
	}
	return v.Float()
}

func addMembers(members map[string]any, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			addMembers(members, v.Field(i))
			continue
		}
		members[jsonKey(field)] = value(v.Field(i).Interface())
	}
}

func jsonKey(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return key
}

// jsonKeys returns the keys of a struct.
func jsonKeys(t reflect.Type) []string {
	var keys []string
	for _, field := range reflect.VisibleFields(t) {
		if !field.Anonymous {
			keys = append(keys, jsonKey(field))
		}
	}
	return keys
}
