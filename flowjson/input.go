package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// InputOf returns the input of the screen whose whole value a value of a payload is, as
// in "${form.name}"; nil if it is anything else.
func (s *Screen) InputOf(value *Node) *Component {
	ref, ok := ParseReference(value.Str())
	if !ok || ref.Source != "form" || ref.Screen != "" || len(ref.Path) != 1 {
		return nil
	}
	return s.Input(ref.Path[0])
}

// Label returns the text that users see at an input. A CalendarPicker for a range has one
// for each of its days, start-date and end-date, and a title for both, which is its label
// if day is empty. Other inputs ignore day. The label is empty if there is none, or if it
// arrives as data.
func (c *Component) Label(day string) string {
	n := c.Node.Get("label")
	switch {
	case !n.Is(jsontree.Object):
	case day == "":
		n = c.Node.Get("title")
	default:
		n = n.Get(day)
	}
	if text := n.Str(); !IsDynamic(text) {
		return text
	}
	return ""
}

// ShowsError reports whether the input shows the text that an answer has for it in
// error_messages, under the input's name. The Form, or an input outside of one, has to
// bind them. An OptIn does not show such a text, a CalendarPicker for a range needs one
// for each of its dates, and inputs within an If or a Switch do not receive theirs
// (WhatsApp's web client, 2026).
func (c *Component) ShowsError() bool {
	if !c.IsInput() || c.Row().Property("error-message") == nil {
		return false
	}
	if t := c.ValueType(); t == nil || t.Type == TypeObject {
		return false
	}
	switch {
	case c.Parent == nil:
		return isErrorOf(c.Node.Get("error-message"), c.Name)
	case c.Parent.Type == "Form" && c.Parent.Parent == nil:
		messages := c.Parent.Node.Get("error-messages")
		return isErrorOf(messages) || isErrorOf(messages.Get(c.Name), c.Name)
	}
	return false
}

// isErrorOf reports whether a value is bound to error_messages, or to the keys below it.
func isErrorOf(value *Node, keys ...string) bool {
	ref, ok := ParseReference(value.Str())
	return ok && ref.Screen == "" && ref.Source == "data" && slices.Equal(ref.Path, append([]string{protocol.KeyErrorMessages}, keys...))
}
