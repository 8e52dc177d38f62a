package scenario

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/phone"
)

func (f fill) run(ctx context.Context, r *run) error {
	for _, input := range f.inputs {
		want, err := r.variables().expand(input.value)
		if err != nil {
			return err
		}
		if err := r.fillOne(ctx, input.key, want); err != nil {
			return fmt.Errorf("%s: %w", input.key, err)
		}
	}
	return nil
}

// fillOne changes one input as a user does: it gets the focus, changes, and loses the
// focus.
func (r *run) fillOne(ctx context.Context, field string, want *node) error {
	part, err := inputNamed(r.phone.View(), field)
	if err != nil {
		return err
	}
	v, err := inputValue(part, want)
	if err != nil {
		return err
	}
	if err := r.phone.Do(ctx, phone.Event{Type: phone.EventInput, Field: field, Value: v}); err != nil {
		return err
	}
	if view := r.phone.View(); view.Failure == nil && focused(view, field) { // not if the change leads elsewhere
		return r.phone.Do(ctx, phone.Event{Type: phone.EventBlur, Field: field})
	}
	return nil
}

// focused reports whether an input has the focus.
func focused(view phone.View, name string) bool {
	part, err := inputNamed(view, name)
	return err == nil && inputsOf(part)[0].Focused
}

// inputNamed returns the input of that name on the screen.
func inputNamed(view phone.View, name string) (phone.Part, error) {
	var names []string
	for _, part := range view.Parts {
		inputs := inputsOf(part)
		if len(inputs) == 0 {
			continue
		}
		if inputs[0].Name == name {
			return part, nil
		}
		names = append(names, inputs[0].Name)
	}
	if len(names) == 0 {
		return phone.Part{}, fmt.Errorf("the screen %s shows no input", orNone(view.Screen))
	}
	return phone.Part{}, fmt.Errorf("the screen %s shows no input with that name; it has %s", view.Screen, strings.Join(names, ", "))
}

func orNone(screen string) string {
	if screen == "" {
		return "(none is open)"
	}
	return screen
}

// inputValue returns what a node gives to an input.
func inputValue(part phone.Part, want *node) (any, error) {
	pick := want.get("pick")
	switch {
	case want.kind == null:
		return nil, nil //nolint:nilnil // it clears the input
	case part.Choice != nil && pick != nil:
		id, err := pickOption(part.Choice, pick)
		if part.Choice.Multiple {
			return []any{id}, err
		}
		return id, err
	case part.Choice != nil && part.Choice.Multiple:
		return ids(want)
	case part.OptIn != nil:
		if want.kind != boolean {
			return nil, fmt.Errorf("an OptIn is filled with true or false, not %s", want.kind)
		}
		return want.text == "true", nil
	case part.Date != nil && pick != nil:
		return pickDay(part.Date.Calendar, pick)
	case part.Range != nil:
		if want.kind != mapping {
			return nil, fmt.Errorf("expected a mapping with start-date and end-date, got %s", want.kind)
		}
		return plainValue(want), nil
	case part.Picker != nil:
		return nil, errors.New("use upload to give files to a picker")
	case !want.scalar():
		return nil, fmt.Errorf("expected a text, got %s", want.kind)
	}
	return want.text, nil
}

// ids returns the ids of a list, or the one that stands alone.
func ids(n *node) ([]any, error) {
	items := n.items
	switch {
	case n.kind == mapping:
		return nil, fmt.Errorf("expected a list of ids, got %s", n.kind)
	case n.scalar():
		items = []*node{n}
	}
	all := []any{}
	for _, item := range items {
		if !item.scalar() {
			return nil, fmt.Errorf("expected a list of ids, got one with %s", item.kind)
		}
		all = append(all, item.text)
	}
	return all, nil
}

// pickOption returns the id of the first or the last option that can be chosen, or of the
// one with a title.
func pickOption(c *phone.Choice, pick *node) (string, error) {
	options := slices.DeleteFunc(slices.Clone(c.Options), func(o phone.Option) bool { return !o.Enabled })
	if len(options) == 0 {
		return "", errors.New("no option can be chosen")
	}
	switch {
	case pick.is("first"):
		return options[0].ID, nil
	case pick.is("last"):
		return options[len(options)-1].ID, nil
	}
	var titles []string
	for _, o := range options {
		if matchScalar(pick.get("title"), o.Title) {
			return o.ID, nil
		}
		titles = append(titles, strconv.Quote(o.Title))
	}
	return "", fmt.Errorf("no option that can be chosen has that title; there are %s", strings.Join(titles, ", "))
}

// maxDays bounds the days that pickDay looks at.
const maxDays = 366 * 10

// pickDay returns the first or the last day that can be picked, from today on if today is
// among the days.
func pickDay(c phone.Calendar, pick *node) (string, error) {
	if pick.kind == mapping {
		return "", errors.New("a day has no title: write pick: first or pick: last, or the date")
	}
	from, errFrom := time.Parse(time.DateOnly, c.Min)
	to, errTo := time.Parse(time.DateOnly, c.Max)
	if err := errors.Join(errFrom, errTo); err != nil {
		return "", err
	}
	step := 1
	if today, err := time.Parse(time.DateOnly, c.Today); err == nil && today.After(from) && !today.After(to) {
		from = today
	}
	if pick.is("last") {
		from, to, step = to, from, -1
	}
	for range maxDays {
		day := from.Format(time.DateOnly)
		if !slices.Contains(c.Unavailable, day) && (len(c.Weekdays) == 0 || slices.Contains(c.Weekdays, from.Format("Mon"))) {
			return day, nil
		}
		if from.Equal(to) {
			break
		}
		from = from.AddDate(0, 0, step)
	}
	return "", errors.New("no day can be picked")
}

// plainValue returns a node as encoding/json would decode it.
func plainValue(n *node) any {
	switch n.kind {
	case boolean:
		return n.text == "true"
	case number:
		if f, ok := n.float(); ok {
			return f
		}
		return n.text
	case text:
		return n.text
	case list:
		items := []any{}
		for _, item := range n.items {
			items = append(items, plainValue(item))
		}
		return items
	case mapping:
		members := map[string]any{}
		for _, e := range n.entries {
			members[e.key] = plainValue(e.value)
		}
		return members
	default:
		return nil
	}
}

// target is what a tap could mean.
type target struct {
	event phone.Event
	text  string
}

func (t tap) run(ctx context.Context, r *run) error {
	view := r.phone.View()
	if t.at != nil {
		at, err := r.text(t.at)
		if err != nil {
			return err
		}
		item, err := r.text(t.item)
		if err != nil {
			return err
		}
		return r.phone.Do(ctx, phone.Event{Type: phone.EventTap, At: at, Item: item})
	}
	want, err := r.matching().expand(t.wanted())
	if err != nil {
		return err
	}
	var found []target
	var names []string
	for _, candidate := range targets(view, t.of) {
		value := candidate.text
		if t.text == nil {
			value = candidate.event.Item
		}
		if value != "" && matchScalar(asText(want), value) {
			found = append(found, candidate)
		}
		if value != "" {
			names = append(names, strconv.Quote(value))
		}
	}
	switch {
	case len(found) == 0 && len(names) == 0:
		return fmt.Errorf("nothing on the screen %s can be tapped", orNone(view.Screen))
	case len(found) == 0:
		return fmt.Errorf("the screen %s has no %s; it has %s", view.Screen, want, strings.Join(names, ", "))
	case len(found) > 1:
		return fmt.Errorf("%d things on the screen %s are %s: name the place with at, such as %s", len(found), view.Screen, want, found[0].event.At)
	}
	return r.phone.Do(ctx, found[0].event)
}

func (t tap) wanted() *node {
	if t.text != nil {
		return t.text
	}
	return t.item
}

// asText returns a scalar as a text: a button can say 12.
func asText(n *node) *node {
	same := *n
	same.kind = text
	return &same
}

// targets returns what can be tapped on a screen, with what it says. of is the name of a
// list, to which it is then limited.
func targets(view phone.View, of *node) []target {
	var all []target
	add := func(at, item, says string) {
		all = append(all, target{phone.Event{Type: phone.EventTap, At: at, Item: item}, says})
	}
	for _, part := range view.Parts {
		if part.List != nil && (of == nil || of.text == part.List.Name) {
			for _, item := range part.List.Items {
				add(part.At, item.ID, item.Main.Title)
			}
		}
		if of != nil {
			continue
		}
		switch {
		case part.Link != nil:
			add(part.At, "", part.Link.Text)
		case part.OptIn != nil && part.OptIn.ReadMore:
			add(part.At, "", part.OptIn.Label)
		}
	}
	if view.Footer != nil && of == nil {
		add(view.Footer.At, "", view.Footer.Label)
	}
	return all
}

// maxUpload bounds a file, in bytes: the largest that Meta accepts.
const maxUpload = 25 << 20

func (u upload) run(ctx context.Context, r *run) error {
	for _, n := range u.files {
		name, err := r.text(n)
		if err != nil {
			return err
		}
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(r.scenario.File), path)
		}
		content, err := files.Read(path, maxUpload)
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("there is no file %s in the folder of the scenario", name)
		}
		if err != nil {
			return err
		}
		if err := r.phone.Upload(ctx, u.field, filepath.Base(path), content); err != nil {
			return err
		}
	}
	return nil
}

func (m remove) run(ctx context.Context, r *run) error {
	name, err := r.text(m.file)
	if err != nil {
		return err
	}
	part, err := inputNamed(r.phone.View(), m.field)
	if err != nil {
		return err
	}
	if part.Picker != nil {
		for _, f := range part.Picker.Files {
			if f.Name == name {
				return r.phone.Do(ctx, phone.Event{Type: phone.EventRemove, Field: m.field, Item: f.ID})
			}
		}
	}
	return fmt.Errorf("%s has no file of that name", m.field)
}
