package flowjson

import (
	"strconv"

	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Limits of the files that a Flow sends at its end (Meta, pages "Components",
// 2026-04-14, and "Error codes", 2025-04).
const (
	defaultMostFiles  = 30
	mostFilesComplete = 10
)

// severalFilesSince is from when complete sends more than one file.
var severalFilesSince = Version{5, 0}

// pickers checks where the payload of an action has files: only in what goes to an
// endpoint or ends the Flow, and there not within other values.
func (c *actionCheck) pickers(s *Screen, action *Action) {
	files, found := 0, 0
	eachText(action.Payload, func(n *Node, top bool) {
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
	if action.Name != ActionComplete {
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
func (c *actionCheck) picker(s *Screen, ref Reference) *Component {
	if ref.Screen != "" {
		s = c.flow.Screen(ref.Screen)
	}
	if s == nil || ref.Source != "form" {
		return nil
	}
	if input := s.Input(ref.Path[0]); input != nil && maxFilesProperty[input.Type] != "" {
		return input
	}
	return nil
}

var maxFilesProperty = map[string]string{"PhotoPicker": "max-uploaded-photos", "DocumentPicker": "max-uploaded-documents"}

func mostFiles(picker *Component) int {
	if n := picker.Node.Get(maxFilesProperty[picker.Type]); n.Is(jsontree.Number) {
		if most, err := strconv.Atoi(n.Text); err == nil && most <= defaultMostFiles {
			return most
		}
	}
	return defaultMostFiles
}

func (c *actionCheck) misplacedPicker(action *Action, n *Node, picker *Component, top bool) bool {
	_, whole := expr.ParseReference(n.Text)
	switch {
	case action.Name == ActionNavigate:
		c.report.at(n, Error, clickPayloadCode, "the files of a %s cannot go to another screen in a payload: refer to them there as in ${screen.ID.form.name}", picker.Type)
	case !top || !whole:
		c.report.at(n, Error, clickPayloadCode, "the files of a %s must be the value of a key of the payload itself, not within another value", picker.Type)
	default:
		return false
	}
	return true
}
