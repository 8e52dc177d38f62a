package lint

import (
	"fmt"
	"strconv"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
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
		return n, fmt.Sprintf("expected %s, got %s", expr.WithArticle(declared.Type), n.Kind)
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
// not, or that is unknown.
func differ(got, declared *flowjson.Schema) string {
	switch {
	case got == nil || declared == nil || got.Type == "" || declared.Type == "":
		return ""
	case got.BaseType() != declared.BaseType():
		return fmt.Sprintf("expected %s, got %s", expr.WithArticle(declared.Type), expr.WithArticle(got.Type))
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

// mostFilesComplete is how many files complete can send (Meta, page "Components",
// 2026-04-14).
const mostFilesComplete = 10

// severalFilesSince is from when complete sends more than one file.
var severalFilesSince = catalog.Version{Major: 5, Minor: 0}

// pickers checks where the payload of an action has files: only in what goes to an
// endpoint or ends the Flow, and there not within other values.
func (c *actionCheck) pickers(s *flowjson.Screen, action *flowjson.Action) {
	files, found := 0, 0
	eachText(action.Payload, func(n *jsontree.Node, top bool) {
		for _, ref := range expr.References(n.Text) {
			picker := c.picker(s, ref)
			if picker == nil {
				continue
			}
			found++
			files += c.mostFiles(picker)
			if c.misplacedPicker(action, n, picker, top) {
				return
			}
		}
	})
	if action.Name != catalog.Complete {
		return
	}
	switch {
	case !c.version.AtLeast(severalFilesSince) && (found > 1 || files > 1):
		c.report.onKey(action.Payload, Error, clickPayloadCode,
			"before version 5.0, complete can send only one file: limit the picker to one, and send only one picker")
	case files > mostFilesComplete:
		c.report.onKey(action.Payload, Warning, "TOO_MANY_FILES",
			"complete sends at most %d files, but the pickers allow %d: lower their maximum", mostFilesComplete, files)
	}
}

// picker returns the picker that a reference names, and nil if it names none.
func (c *actionCheck) picker(s *flowjson.Screen, ref expr.Reference) *flowjson.Component {
	if ref.Screen != "" {
		s = c.flow.Screen(ref.Screen)
	}
	if s == nil || ref.Source != "form" {
		return nil
	}
	if input := s.Input(ref.Path[0]); input != nil && input.Row().Input.Files {
		return input
	}
	return nil
}

func (c *actionCheck) mostFiles(picker *flowjson.Component) int {
	bounds := picker.Row().Bounds
	if c.report.isMemberUnclear(picker.Node, bounds.Most) {
		return 0
	}
	if n := picker.Node.Get(bounds.Most); n.Is(jsontree.Number) {
		if most, err := strconv.Atoi(n.Text); err == nil && most <= bounds.Default {
			return most
		}
	}
	return bounds.Default
}

func (c *actionCheck) misplacedPicker(action *flowjson.Action, n *jsontree.Node, picker *flowjson.Component, top bool) bool {
	_, whole := expr.ParseReference(n.Text)
	switch {
	case action.Name == catalog.Navigate:
		c.report.at(n, Error, clickPayloadCode,
			"the files of a %s cannot go to another screen in a payload: refer to them there with ${screen.ID.form.name}", picker.Type)
	case !top || !whole:
		c.report.at(n, Error, clickPayloadCode, "the files of a %s must be the direct value of a key of the payload, not part of another value", picker.Type)
	default:
		return false
	}
	return true
}
