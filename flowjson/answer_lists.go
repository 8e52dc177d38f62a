package flowjson

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/protocol"
)

// boundList is a list of items that arrives as data.
type boundList struct {
	limits    itemLimits
	component string   // its type
	path      []string // of the list within the data
	on        *Screen
}

// boundLists finds the lists of a Flow that arrive as data, by the screen whose data
// they are bound to.
func boundLists(f *Flow) map[string][]boundList {
	lists := map[string][]boundList{}
	for _, s := range f.Screens {
		for c := range s.All() {
			for _, p := range c.Row().Lists() {
				ref, bound := expr.ParseReference(c.Node.Get(p.Key).Str())
				if !bound || ref.Source != "data" {
					continue
				}
				owner := s.ID
				if ref.Screen != "" {
					owner = ref.Screen
				}
				lists[owner] = append(lists[owner], boundList{limitsOf(p.Value.(catalog.List), f.RulesVersion()), c.Type, ref.Path, s})
			}
		}
	}
	return lists
}

// lists checks the items that components get with the data of a screen.
func (c *answerCheck) lists(target *Screen, data map[string]any) {
	for _, list := range c.flow.boundLists[target.ID] {
		if items, ok := valueAt(data, list.path).([]any); ok { // anything else is a wrong type, or missing
			c.items(list, items)
		}
	}
}

func (c *answerCheck) items(list boundList, items []any) {
	pointer := "/data/" + strings.Join(list.path, "/")
	warn := func(pointer, remedy, format string, args ...any) {
		c.add(Violation{Rule: RuleItems, Pointer: pointer, Problem: fmt.Sprintf(format, args...), Remedy: remedy, Warning: true})
	}
	most := list.limits.most
	ids := make(map[string]bool, len(items))
	for i, value := range items {
		item, ok := value.(map[string]any)
		if !ok {
			continue // a wrong type
		}
		at := func(path ...string) string { return pointer + "/" + strconv.Itoa(i) + "/" + strings.Join(path, "/") }
		if id, _ := item["id"].(string); list.limits.ids && (strings.TrimSpace(id) == "" || ids[id]) {
			warn(at("id"), "give each item another id", "an item of a %s has a missing or duplicate id", list.component)
		} else {
			ids[id] = true
		}
		for _, limit := range list.limits.texts {
			if text := inside(item, limit.path); len(text) > limit.most && utf8.RuneCountInString(text) > limit.most {
				warn(at(limit.path...), "shorten it",
					"a %s shows %d characters of this, and it has %d", list.component, limit.most, utf8.RuneCountInString(text))
			}
		}
		if image := inside(item, list.limits.image); image != "" {
			most = list.limits.mostWithImage
			if size := len(image) / 4 * 3 >> 10; size > list.limits.imageKB {
				warn(at(list.limits.image...), "send a smaller one", "an image of %d KB, and %d KB is the most", size, list.limits.imageKB)
			}
		}
		for _, limit := range list.limits.lists {
			if texts, ok := valueAt(item, limit.path).([]any); ok {
				checkTexts(warn, at, list.component, limit, texts)
			}
		}
		c.itemAction(list, item, at)
	}
	if n := len(items); n < list.limits.least || n > most {
		warn(pointer, "send as many as it accepts", "a %s accepts %d to %d items, and gets %d", list.component, list.limits.least, most, n)
	}
}

// checkTexts checks a list of texts within an item, such as tags.
func checkTexts(warn func(pointer, remedy, format string, args ...any), at func(...string) string, component string, limit listLimit, texts []any) {
	if len(texts) > limit.most {
		warn(at(limit.path...), "send fewer", "a %s shows %d of these, and gets %d", component, limit.most, len(texts))
	}
	for i, text := range texts {
		if text, _ := text.(string); utf8.RuneCountInString(text) > limit.characters {
			warn(at(append(slices.Clone(limit.path), strconv.Itoa(i))...), "shorten it",
				"a %s shows %d characters of this, and it has %d", component, limit.characters, utf8.RuneCountInString(text))
		}
	}
}

// itemAction checks where an item leads that brings an action.
func (c *answerCheck) itemAction(list boundList, item map[string]any, at func(...string) string) {
	action, _ := item[catalog.OnClick].(map[string]any)
	if name, _ := action["name"].(string); name != catalog.Navigate {
		return
	}
	next := inside(action, []string{"next", "name"})
	v := Violation{Rule: RuleTarget, Pointer: at(catalog.OnClick, "next", "name")}
	switch {
	case next == protocol.ScreenSuccess || c.flow.Screen(next) == nil:
		v.Problem = "the item navigates to a screen that the Flow JSON does not have"
		v.Remedy = "name one that it has"
	case next == list.on.ID:
		v.Problem = "the item navigates to the screen that it is on"
		v.Remedy = "name another one"
	case c.flow.Move(list.on.ID, next) != nil:
		v.Problem = fmt.Sprintf("the item navigates to %s, and routing_model has no route between it and %s", next, list.on.ID)
		v.Remedy = fmt.Sprintf("add %s to the routes of %s", next, list.on.ID)
	default:
		return
	}
	c.add(v)
}

// inside returns the string at a path of an item; empty if there is none.
func inside(item map[string]any, path []string) string {
	text, _ := valueAt(item, path).(string)
	return text
}

// valueAt follows a path of keys into an object; nil if it leads nowhere.
func valueAt(object map[string]any, path []string) any {
	var value any = object
	for _, key := range path {
		members, _ := value.(map[string]any)
		value = members[key]
	}
	return value
}

// itemLimits are what clients show of the items of a list that arrives as data. They
// show further items in part or not at all, and cut longer texts off.
type itemLimits struct {
	least, most int
	// mostWithImage is the most if one of the items has an image.
	mostWithImage int
	// ids says that each item needs an id that no other has.
	ids   bool
	texts []textLimit
	lists []listLimit
	// image is where an item has its image; nil if it has none that is limited.
	image   []string
	imageKB int // the size of the largest, in KiB
}

// textLimit bounds a text within an item, in characters.
type textLimit struct {
	path []string
	most int
}

// listLimit bounds a list of texts within an item.
type listLimit struct {
	path       []string
	most       int // texts
	characters int // in each
}

// limitsOf returns what a version says of a list of records.
func limitsOf(list catalog.List, v Version) itemLimits {
	limits := itemLimits{least: list.Min, most: list.Max, mostWithImage: list.Max}
	if list.Shown > 0 {
		limits.most, limits.mostWithImage = list.MostShown(false), list.MostShown(true)
	}
	item, _ := list.Item()
	limits.gather(v, nil, item)
	return limits
}

// gather adds the limits of everything below a path.
func (l *itemLimits) gather(version Version, path []string, record catalog.Record) {
	for _, p := range record.Properties {
		at := append(slices.Clone(path), p.Key)
		switch v := p.Value.(type) {
		case catalog.Record:
			l.gather(version, at, v)
		case catalog.Text:
			if v.Limit > 0 {
				l.texts = append(l.texts, textLimit{at, v.Limit})
			}
		case catalog.Image:
			if most := v.Most(version); most > 0 {
				l.image, l.imageKB = at, most
			}
		case catalog.List:
			if text, ok := v.Of.(catalog.Text); ok && v.Max > 0 && text.Limit > 0 {
				l.lists = append(l.lists, listLimit{at, v.Max, text.Limit})
			}
		case catalog.Word:
			l.ids = l.ids || p.Key == "id" && len(path) == 0
		}
	}
}
