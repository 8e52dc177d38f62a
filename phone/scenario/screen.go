package scenario

import (
	"fmt"
	"strings"

	"github.com/flowserver/flowserver/phone"
)

// ScreenText returns a screen as a text of a few lines, for terminals and logs:
//
//	DETAILS  "About you"
//	  Name [Ada]  Email* [ada@]  (Continue)
func ScreenText(view phone.View) string {
	switch {
	case view.Ended != nil:
		return "ended: " + show(value(view.Ended.Params))
	case view.Failure != nil && !view.Failure.Overlay:
		return fmt.Sprintf("error page (%s): %s\n  %s", view.Failure.Kind, view.Failure.Text, view.Failure.Detail)
	case !view.Open:
		return "closed"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %q\n ", view.Screen, view.Title)
	for _, part := range view.Parts {
		if s := partText(part); s != "" {
			b.WriteString(" " + s + " ")
		}
	}
	if f := view.Footer; f != nil {
		label := "(" + f.Label + ")"
		if f.Enabled {
			label = "[" + f.Label + "]"
		}
		b.WriteString(" " + label)
		for _, why := range f.Why {
			b.WriteString("\n  the footer is disabled: " + why)
		}
	}
	if view.Snackbar != "" {
		b.WriteString("\n  message: " + view.Snackbar)
	}
	return b.String()
}

// maxText bounds a text of a screen, in bytes.
const maxText = 60

func partText(part phone.Part) string {
	mark := func(c phone.Common, value string) string {
		s := c.Label
		if c.Required {
			s += "*"
		}
		s += " [" + value + "]"
		if c.Error != "" {
			s += " !" + c.Error
		}
		return s
	}
	switch {
	case part.Text != nil:
		s := strings.Join(textsOf([]phone.Part{part}), " ")
		if len(s) > maxText {
			s = strings.ToValidUTF8(s[:maxText], "") + "…"
		}
		return s
	case part.Field != nil && (part.Field.Kind == "password" || part.Field.Kind == "passcode"):
		return mark(part.Field.Common, strings.Repeat("•", len(part.Field.Value)))
	case part.Field != nil:
		return mark(part.Field.Common, part.Field.Value)
	case part.Choice != nil:
		var titles []string
		for _, o := range part.Choice.Options {
			if o.Selected {
				titles = append(titles, o.Title)
			}
		}
		return mark(part.Choice.Common, strings.Join(titles, ", "))
	case part.OptIn != nil:
		box := " "
		if part.OptIn.Value {
			box = "x"
		}
		return mark(part.OptIn.Common, box)
	case part.Date != nil:
		return mark(part.Date.Common, part.Date.Value)
	case part.Range != nil:
		return mark(part.Range.Start.Common, part.Range.Start.Value) + " " + mark(part.Range.End.Common, part.Range.End.Value)
	case part.Link != nil:
		return "<" + part.Link.Text + ">"
	case part.List != nil:
		var items []string
		for _, item := range part.List.Items {
			items = append(items, "<"+item.Main.Title+">")
		}
		return strings.Join(items, " ")
	case part.Picker != nil:
		return mark(part.Picker.Common, fmt.Sprintf("%d files", len(part.Picker.Files)))
	}
	return part.Type
}
