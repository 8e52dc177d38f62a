package flowjson

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// form checks the inputs that an object names for which a Form gets values or error
// messages.
func (c *answerCheck) form(form *boundForm, data map[string]any) {
	given, _ := valueAt(data, form.path).(map[string]any)
	pointer := "/data/" + strings.Join(form.path, "/") + "/"
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if c.steps--; c.steps < 0 {
			return
		}
		v := Violation{Rule: RuleInput, Pointer: pointer + jsontree.EscapePointer(name), Warning: true}
		input := form.inputs[name]
		switch {
		case input == nil && form.partial:
			continue
		case input == nil:
			v.Pointer = pointer + "*" // what a user typed may be a key
			v.Problem = fmt.Sprintf("this key of %s is not the name of an input of the Form", form.property)
			v.Remedy = "use the names of its inputs, such as " + anyOf(form.names())
		case form.property == initValues && input.row.Input.Files:
			v.Problem = fmt.Sprintf("a %s cannot have an initial value", input.Type)
			v.Remedy = "remove it from " + initValues
		case form.property == errorMessages && input.inBranch():
			v.Problem = "clients do not show error messages of inputs inside an If or a Switch, and the Footer is not disabled"
			v.Remedy = "move the input out and use visible, or answer with error_message"
		case form.property == errorMessages && given[name] != "" && input.row.Property(errorMessage) == nil:
			v.Problem = "clients do not show error messages at inputs of type " + input.Type
			v.Remedy = "answer with error_message"
		default:
			continue
		}
		c.add(v)
	}
}

// names returns the names of some inputs of the Form.
func (f *boundForm) names() []string {
	const most = 3
	names := slices.Sorted(maps.Keys(f.inputs))
	return names[:min(len(names), most)]
}

// inBranch reports whether an If or a Switch contains the component.
func (c *Component) inBranch() bool {
	for at := c.Parent; at != nil; at = at.Parent {
		if at.row != nil && at.row.Branches {
			return true
		}
	}
	return false
}

// replaced finds strings that WhatsApp reads as a reference or an expression and replaces, in data and in the params of SUCCESS (web client, 2026).
func (c *answerCheck) replaced(pointer func(string) string, path string, value any) {
	switch value := value.(type) {
	case string:
		if catalog.IsReplaced(value, c.version) {
			c.add(Violation{
				Rule: RuleBinding, Pointer: "/data" + pointer(path), Warning: true,
				Problem: "WhatsApp reads this text as a reference or an expression, and does not show it as it is",
				Remedy:  "begin the text with a character other than $ and a backtick",
			})
		}
	case []any:
		for i, item := range value {
			c.replaced(pointer, path+"/"+strconv.Itoa(i), item)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if !strings.HasPrefix(key, "on-") { // actions, whose references are for later
				c.replaced(pointer, path+"/"+jsontree.EscapePointer(key), value[key])
			}
		}
	}
}
