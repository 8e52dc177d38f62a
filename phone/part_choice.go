package phone

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// searchFrom is the number of options from which on a Dropdown has a search field
// (WhatsApp's web client, 2026).
const searchFrom = 40

// choice draws an input with options.
func (i *item) choice() *Choice {
	value, has := i.stored()
	multiple := i.Type == typeCheckboxGroup || i.Type == typeChipsSelector
	list := i.list(keyDataSource)
	i.clearGone(value, list, multiple)
	c := &Choice{
		Common: i.common(value, has), Multiple: multiple, Options: i.options(list),
		Description: i.string("description"), LargeMedia: i.values["media-size"].raw == "large",
	}
	selected := chosen(value)
	full := false
	if most, ok := i.number("max-selected-items"); ok && multiple {
		full = len(selected) >= int(most)
	}
	if len(selected) > 0 || !c.Enabled || full {
		c.Options = slices.Clone(c.Options)
		for n := range c.Options {
			option := &c.Options[n]
			option.Selected = slices.Contains(selected, option.ID)
			option.Enabled = option.Enabled && c.Enabled && (option.Selected || !full)
		}
	}
	if i.Type == typeDropdown {
		c.Search = len(c.Options) >= searchFrom
		c.Clear = c.Enabled && len(selected) > 0
	}
	return c
}

// listings are the options of lists, by the pointer of the component. A keystroke changes
// none of them, so that they need not be made again.
type listings map[string]listing

// listing is what a list gave. A list never changes, so that its first item and its length
// identify it.
type listing struct {
	first   *any
	length  int
	options []Option
}

// options returns the options of a list, none of them selected. The caller must not change
// them.
func (i *item) options(list []any) []Option {
	if len(list) == 0 {
		return []Option{}
	}
	if made := i.savings.listings[i.at]; made.first == &list[0] && made.length == len(list) {
		return made.options
	}
	broken := len(i.broken)
	i.checkIDs(list)
	options := make([]Option, 0, len(list))
	for _, o := range list {
		if object, ok := o.(map[string]any); ok {
			options = append(options, i.option(object))
		}
	}
	if len(i.broken) == broken {
		i.savings.listings[i.at] = listing{&list[0], len(list), options}
	}
	return options
}

// option returns what an option shows.
func (i *item) option(object map[string]any) Option {
	text := func(key string) string { return i.textOf(object, key) }
	o := Option{
		ID: text("id"), Title: text("title"), Description: text("description"), Metadata: text("metadata"),
		Enabled: object["enabled"] != false, Color: text("color"),
	}
	if source := text("image"); source != "" {
		o.Image = &Image{Src: dataURL(source), Alt: text("alt-text")}
	}
	return o
}

// checkIDs reports options without an id of which there is only one.
func (i *item) checkIDs(list []any) {
	if i.lastIDs == nil {
		i.lastIDs = make(map[string]bool, len(list))
	}
	clear(i.lastIDs)
	for _, o := range list {
		id := idOf(o)
		if id == "" || i.lastIDs[id] {
			i.broke(ruleComponent, "an option has an empty or duplicate id")
			return
		}
		i.lastIDs[id] = true
	}
}

// clearGone clears a value that the options no longer contain: all of it, even if some of
// it is still there. An empty list clears nothing.
func (i *item) clearGone(value any, list []any, multiple bool) {
	if len(list) == 0 {
		return
	}
	for _, id := range chosen(value) {
		if slices.ContainsFunc(list, func(o any) bool { return idOf(o) == id }) {
			continue
		}
		empty := any("")
		if multiple {
			empty = []any{}
		}
		i.cleared = append(i.cleared, clearing{i.Name, empty})
		return
	}
}

// navigationList draws a list of cards.
func (i *item) navigationList() *List {
	value, _ := i.stored()
	l := &List{
		Name: i.Name, Label: i.string("label"), Description: i.string("description"), Enabled: true,
		LargeMedia: i.values["media-size"].raw == "large", Items: []ListItem{},
	}
	list := i.list(keyListItems)
	i.checkIDs(list)
	own := i.values[catalog.OnClick].raw != nil
	for n, o := range list {
		object, ok := o.(map[string]any)
		if !ok {
			continue
		}
		if own && object[catalog.OnClick] != nil {
			i.broke(ruleItemActions, "both the list and its items have an action")
			own = false
		}
		card := i.listItem(n, object)
		card.Selected = card.ID == value
		l.Items = append(l.Items, card)
	}
	i.checkAction(i.values[catalog.OnClick])
	return l
}

// listItem returns what the item with the index n shows.
func (i *item) listItem(n int, object map[string]any) ListItem {
	card := ListItem{
		ID: idOf(object), Main: i.listText(object["main-content"]), Badge: i.textOf(object, "badge"), Disabled: object["enabled"] == false,
	}
	if end, ok := object["end"].(map[string]any); ok {
		text := i.listText(end)
		card.End = &text
	}
	if start, ok := object["start"].(map[string]any); ok {
		card.Image = &Image{Src: i.picture(n, i.textOf(start, "image")), Alt: i.textOf(start, "alt-text")}
	}
	tags, _ := object["tags"].([]any)
	for _, tag := range tags {
		if text, ok := tag.(string); ok {
			card.Tags = append(card.Tags, text)
		}
	}
	return card
}

func (i *item) listText(v any) ListText {
	object, _ := v.(map[string]any)
	return ListText{Title: i.textOf(object, "title"), Description: i.textOf(object, "description"), Metadata: i.textOf(object, "metadata")}
}

// textOf returns a text of an option or list item. Anything but a text cannot be shown.
func (i *item) textOf(object map[string]any, key string) string {
	v := object[key]
	text, ok := v.(string)
	if !ok && v != nil {
		i.broke(ruleComponent, key+" of an item: expected a string, got "+kindOf(v))
	}
	return text
}
