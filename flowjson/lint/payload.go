package lint

import (
	"fmt"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// misfit returns the first value within a value of a payload that cannot be of the
// type that the model declares, and what is wrong with it; "" if there is none.
func (c *actionCheck) misfit(s *flowjson.Screen, n *jsontree.Node, declared *flowjson.Schema) (bad *jsontree.Node, problem string) {
	if declared == nil || declared.Type == "" {
		return nil, ""
	}
	if n.Is(jsontree.String) && c.flow.Replaces(n.Text) {
		return n, differ(c.flow.TypeOf(s, n), declared)
	}
	if got := kindTypes[n.Kind]; got != declared.BaseType() {
		return n, fmt.Sprintf("that is %s, and this is %s", expr.WithArticle(declared.Type), n.Kind)
	}
	for _, child := range n.Children {
		within := declared.Items
		if n.Kind == jsontree.Object {
			within = declared.Property(child.Key)
		}
		if bad, problem := c.misfit(s, child, within); problem != "" {
			return bad, problem
		}
	}
	return nil, ""
}

var kindTypes = map[jsontree.Kind]string{
	jsontree.Bool: expr.TypeBoolean, jsontree.Number: expr.TypeNumber, jsontree.String: expr.TypeString,
	jsontree.Array: expr.TypeArray, jsontree.Object: expr.TypeObject,
}

// differ says how the type of a value differs from the declared one; "" if it does
// not, or that cannot be told.
func differ(got, declared *flowjson.Schema) string {
	switch {
	case got == nil || declared == nil || got.Type == "" || declared.Type == "":
		return ""
	case got.BaseType() != declared.BaseType():
		return fmt.Sprintf("that is %s, and this gives %s", expr.WithArticle(declared.Type), expr.WithArticle(got.Type))
	}
	if found := differ(got.Items, declared.Items); found != "" {
		return "of each item, " + found
	}
	for _, p := range declared.Properties {
		if found := differ(got.Property(p.Key), p.Schema); found != "" {
			return fmt.Sprintf("of %q within, %s", jsontree.Clip(p.Key), found)
		}
	}
	return ""
}
