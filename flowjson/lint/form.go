package lint

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkForms checks where inputs stand, what they are called, and what a Form gives
// them (Meta, pages "Flow JSON", 2026-03-24, "Error codes", 2025-04).
func checkForms(f *flowjson.Flow, r *report) {
	for _, s := range f.Screens {
		hasForm := s.Has("Form")
		named := map[string]bool{}
		for c := range s.All() {
			switch {
			case c.Type == "Form":
				checkFormValues(f, r, c)
				continue
			case !c.IsInput():
				continue
			}
			if c.Name != "" && named[c.Name] {
				r.at(c.Node.Get("name"), Error, "DUPLICATE_FORM_COMPONENT_NAMES",
					"another input of this screen has the name %q: names must be unique on a screen, across all branches", c.Name)
			}
			named[c.Name] = true
			checkInForm(f, r, c, hasForm)
			if visible := c.Node.Get("visible"); visible.Is(jsontree.Bool) && !visible.True() && c.Node.Get("required").True() {
				r.at(visible, Warning, "HIDDEN_REQUIRED_COMPONENT", "this input is required but never visible, so no user can fill it in")
			}
		}
	}
}

// checkInForm requires all inputs in the Form or none; before 4.0, all in a Form.
func checkInForm(f *flowjson.Flow, r *report, c *flowjson.Component, hasForm bool) {
	switch {
	case c.InForm() != nil || len(c.Row().Placement.Alone) > 0: // alone on its screen
	case !since(f, 4, 0):
		if !c.Row().Since.AtLeast(catalog.Version{Major: 4}) { // newer inputs are wrong for another reason
			r.at(c.Node, Error, "KEYWORD_ONE_OF", "before version 4.0, %s must be in a Form", c.Type)
		}
	case hasForm:
		r.at(c.Node, Error, "COMPONENTS_OUTSIDE_FORM", "%s cannot be outside of the Form of its screen: move it there, or remove the Form", c.Type)
	}
}

// checkFormValues checks init-values and error-messages where they are given key by
// key. From 7.0 on, Meta requires each key to be an input, and its value to fit.
func checkFormValues(f *flowjson.Flow, r *report, form *flowjson.Component) {
	inputs := map[string]*flowjson.Component{}
	for c := range form.All() {
		if c.IsInput() && inputs[c.Name] == nil {
			inputs[c.Name] = c
		}
	}
	for _, property := range []string{"init-values", "error-messages"} {
		for _, value := range form.Node.Get(property).Members() {
			c := inputs[value.Key]
			if c != nil && property == "init-values" && c.Row().Input.Files {
				r.onKey(value, Error, "NATIVE_COMPONENT_IN_FORM_INIT_VALUES", "a %s cannot have an initial value: remove it from init-values", c.Type)
				continue
			}
			switch wanted := wantedValue(c, property); {
			case !since(f, 7, 0):
			case c == nil && r.hidesInput(form.Screen, value.Key):
			case c == nil:
				r.onKey(value, Error, "INVALID_PROPERTY_VALUE", "no input of this Form is called %q", value.Key)
			case len(wanted) > 0 && !isBinding(value) && !slices.Contains(wanted, value.Kind):
				r.at(value, Error, "INVALID_PROPERTY_VALUE", "%s %q needs %s here, and this is %s", c.Type, c.Name, wanted[0], value.Kind)
				continue
			}
			if property == "init-values" && c != nil {
				checkFirstDay(f, r, c, value)
			}
		}
	}
}

// checkFirstDay checks the day that an input for dates begins with.
func checkFirstDay(f *flowjson.Flow, r *report, c *flowjson.Component, value *jsontree.Node) {
	if p := c.Row().Property("init-value"); p != nil && value.Is(jsontree.String) && !isBinding(value) {
		if day, ok := p.Value.(catalog.Date); ok {
			if fault := catalog.Check(day, value.Text, f.RulesVersion()); fault != nil {
				r.fault(value, "this ", *fault)
			}
		}
	}
}

// wantedValue returns the kinds of values that a Form can have for an input in one of
// its properties; none if any will do.
func wantedValue(c *flowjson.Component, property string) []jsontree.Kind {
	if c == nil {
		return nil
	}
	ofInput := c.Row().Property(formKeys[property])
	if ofInput != nil {
		if each, ok := ofInput.Value.(catalog.PerKey); ok && len(each.Keys) > 0 {
			return nil // depends on the mode: see checkRanges
		}
	}
	if property == "error-messages" {
		kinds := []jsontree.Kind{jsontree.String}
		if ofInput != nil && ofInput.Bound.Accepts(expr.TypeObject) {
			kinds = append(kinds, jsontree.Object) // by file
		}
		return kinds
	}
	switch t := c.ValueType(); t.BaseType() {
	case expr.TypeArray:
		return []jsontree.Kind{jsontree.Array}
	case expr.TypeBoolean:
		return []jsontree.Kind{jsontree.Bool}
	case expr.TypeNumber:
		return []jsontree.Kind{jsontree.Number, jsontree.String} // Meta documents a string for all text inputs
	}
	return []jsontree.Kind{jsontree.String}
}

// isBinding reports whether a value comes from elsewhere.
func isBinding(n *jsontree.Node) bool { return n.Is(jsontree.String) && expr.IsDynamic(n.Text) }
