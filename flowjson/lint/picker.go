package lint

import (
	"strconv"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

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
			files += mostFiles(picker)
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
		c.report.onKey(action.Payload, Error, clickPayloadCode, "before version 5.0 complete can send one file: allow the picker no more, and send one picker only")
	case files > mostFilesComplete:
		c.report.onKey(action.Payload, Warning, "TOO_MANY_FILES", "complete sends %d files at most, and the pickers allow %d: lower their maximum", mostFilesComplete, files)
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

func mostFiles(picker *flowjson.Component) int {
	bounds := picker.Row().Bounds
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
		c.report.at(n, Error, clickPayloadCode, "the files of a %s cannot go to another screen in a payload: refer to them there as in ${screen.ID.form.name}", picker.Type)
	case !top || !whole:
		c.report.at(n, Error, clickPayloadCode, "the files of a %s must be the value of a key of the payload itself, not within another value", picker.Type)
	default:
		return false
	}
	return true
}
