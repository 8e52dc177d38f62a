package lint

import (
	"fmt"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// problem says what is wrong with a reference itself; "" if nothing is.
func (c *referenceCheck) problem(at place, ref expr.Reference) string {
	s := at.screen
	if ref.Screen != "" {
		switch s = c.flow.Screen(ref.Screen); {
		case !c.version.AtLeast(globalSince):
			return "references to other screens need version 4.0"
		case s == nil && c.report.hasNameless():
			return "" // it may be meant
		case s == nil:
			return fmt.Sprintf("there is no screen %q", jsontree.Clip(ref.Screen))
		case s.ID == at.screen.ID && at.component:
			local := expr.Reference{Source: ref.Source, Path: ref.Path}
			return "that is this screen: write " + jsontree.Clip(local.String())
		}
	}
	if ref.Source == "form" {
		return c.inputProblem(s, ref.Path)
	}
	return c.dataProblem(s, ref.Path, at.component)
}

func (c *referenceCheck) inputProblem(s *flowjson.Screen, path []string) string {
	input := s.Input(path[0])
	switch {
	case input != nil:
		return stepProblem(input.ValueType(), path, false)
	case c.report.hidesInput(s, path[0]):
		return ""
	case c.isForm(s, path[0]):
		return fmt.Sprintf("%q is a Form, which does not have a value: name one of its inputs", jsontree.Clip(path[0]))
	}
	return fmt.Sprintf("screen %q has no input named %q", jsontree.Clip(s.ID), jsontree.Clip(path[0]))
}

func (c *referenceCheck) isForm(s *flowjson.Screen, name string) bool {
	names, ok := c.forms[s]
	if !ok {
		names = map[string]bool{}
		for component := range s.All() {
			if component.Type == "Form" {
				names[component.Name] = true
			}
		}
		c.forms[s] = names
	}
	return names[name]
}

func (c *referenceCheck) dataProblem(s *flowjson.Screen, path []string, component bool) string {
	field := s.Data.Field(path[0])
	if field == nil && c.report.isDataUnclear(s) {
		return ""
	}
	if field == nil {
		return fmt.Sprintf("screen %q does not declare %q in its data", jsontree.Clip(s.ID), jsontree.Clip(path[0]))
	}
	return stepProblem(field.Schema, path, component)
}

// hyphen returns a key with a hyphen in a reference to data that a component shows; ""
// if there is none. Meta's tables name such keys, and its validator refuses them.
func (c *referenceCheck) hyphen(at place, ref expr.Reference) string {
	if !at.component || ref.Source != "data" {
		return ""
	}
	for _, key := range ref.Path {
		if strings.Contains(key, "-") {
			return key
		}
	}
	return ""
}

// stepProblem follows a path into a value. Where a component is to show it, its type
// must be declared all the way.
func stepProblem(t *flowjson.Schema, path []string, declared bool) string {
	for i, key := range path[1:] {
		at := jsontree.Clip(strings.Join(path[:i+1], "."))
		switch {
		case t == nil || t.Type == "":
			return ""
		case t.Type == expr.TypeArray:
			return fmt.Sprintf("%q is an array, which a reference cannot step into", at)
		case t.Type != expr.TypeObject:
			return fmt.Sprintf("%q is %s, which has no properties", at, expr.WithArticle(t.Type))
		case len(t.Properties) == 0 && declared:
			return fmt.Sprintf("%q declares no properties, so the type of %q is unknown", at, jsontree.Clip(key))
		case len(t.Properties) > 0 && t.Property(key) == nil && !isReported(t, key):
			return fmt.Sprintf("%q declares no property %q", at, jsontree.Clip(key))
		}
		t = t.Property(key)
	}
	return ""
}

// isReported reports whether another finding already covers the key: what declares it is
// not a schema, or the properties of the data model are not an object.
func isReported(t *flowjson.Schema, key string) bool {
	properties := t.Node.Get("properties")
	return properties != nil && !properties.Is(jsontree.Object) || properties.Get(key) != nil
}

// misfit says how a type differs from what is wanted; "" if it does not, or that cannot
// be known.
func misfit(want *catalog.Type, got *flowjson.Schema, what string) string {
	if want == nil || got == nil || got.Type == "" {
		return ""
	}
	if !want.Accepts(got.Type) {
		return what + " is " + expr.WithArticle(got.Type) + " and must be " + want.String()
	}
	switch got.Type {
	case expr.TypeArray:
		return misfit(want.Items, got.Items, "each item of "+what)
	case expr.TypeObject:
		for _, m := range want.Members {
			if m.Required && got.Property(m.Key) == nil && !isReported(got, m.Key) {
				return what + " must have " + m.Key + " among its properties"
			}
		}
		for _, p := range got.Properties {
			if found := misfit(want.Member(p.Key), p.Schema, p.Key+" of "+what); found != "" {
				return found
			}
		}
	}
	return ""
}
