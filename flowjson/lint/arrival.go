package lint

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// arrives checks a value that a screen sends to another, or to itself, for what Meta's
// validator accepts and phones refuse. path leads to the value within the data.
func (c *actionCheck) arrives(from, to *flowjson.Screen, value *jsontree.Node, declared *flowjson.Schema, path ...string) {
	key := jsontree.Clip(strings.Join(path, "."))
	if input := typedNumber(c.flow, from, value); input != nil && declared.BaseType() == expr.TypeNumber {
		c.report.at(value, Warning, "NUMBER_ARRIVES_AS_TEXT",
			"phones send the text typed into %q as a string, and refuse it for the number %q: calculate with it in backticks, for example `${form.%[1]s} * 1`",
			jsontree.Clip(input.Name), key)
	}
	for _, member := range value.Members() {
		c.arrives(from, to, member, declared.Property(member.Key), append(path, member.Key)...)
	}
	if !value.Is(jsontree.Array) {
		return
	}
	for _, item := range value.Children {
		if declared != nil {
			c.arrives(from, to, item, declared.Items, append(path, "#")...) // nothing can be bound to an item
		}
	}
	if list, least := c.shortest(to, path); len(value.Children) < least {
		c.report.at(value, Warning, "LIST_TOO_SHORT",
			"%s shows this list, and phones show an error instead of the screen if it has fewer than %s", list.Type, catalog.Items(least))
	}
}

// typedNumber returns the input for numbers that a value is the reference to; nil if it
// is none. Clients send what was typed as a string (reported for real phones in 2026:
// glific #4803).
func typedNumber(f *flowjson.Flow, s *flowjson.Screen, value *jsontree.Node) *flowjson.Component {
	ref, ok := f.Reference(value.Str())
	if !ok || ref.Source != "form" {
		return nil
	}
	if ref.Screen != "" {
		s = f.Screen(ref.Screen)
	}
	if s == nil {
		return nil
	}
	if input := s.Input(ref.Path[0]); input.ValueType().BaseType() == expr.TypeNumber {
		return input
	}
	return nil
}

// shortest returns the component of a screen that shows a list of its data and needs most
// items, and how many (WhatsApp's web client, 2026).
func (c *actionCheck) shortest(s *flowjson.Screen, path []string) (list *flowjson.Component, least int) {
	for component := range s.All() {
		for _, p := range component.Row().Lists() {
			of, _ := p.Value.(catalog.List)
			ref, bound := c.flow.Reference(component.Node.Get(p.Key).Str())
			if bound && isData(ref, s, path) && of.Needs(c.version) > least {
				list, least = component, of.Needs(c.version)
			}
		}
	}
	return list, least
}
