package exchange

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// boundList is a list of items that arrives as data.
type boundList struct {
	limits    flowjson.ItemLimits
	component string   // its type
	path      []string // of the list within the data
	on        *flowjson.Screen
}

// The properties that take a list of items.
var listProperties = []string{"data-source", "list-items", "images"}

// boundLists finds the lists of a Flow that arrive as data.
func boundLists(f *flowjson.Flow) map[string][]boundList {
	lists := map[string][]boundList{}
	for _, s := range f.Screens {
		for c := range s.All() {
			for _, property := range listProperties {
				limits, known := f.ItemLimits(c.Type, property)
				ref, bound := flowjson.ParseReference(c.Node.Get(property).Str())
				if !known || !bound || ref.Source != "data" {
					continue
				}
				owner := s.ID
				if ref.Screen != "" {
					owner = ref.Screen
				}
				lists[owner] = append(lists[owner], boundList{limits, c.Type, ref.Path, s})
			}
		}
	}
	return lists
}

// checkLists looks at the items that components get with the data of a screen.
func (g *guard) checkLists(vs *violations, target *flowjson.Screen, data map[string]any) {
	for _, list := range g.lists[target.ID] {
		if items, ok := valueAt(data, list.path).([]any); ok { // anything else is a wrong type, or missing
			g.checkItems(vs, list, items)
		}
	}
}

func (g *guard) checkItems(vs *violations, list boundList, items []any) {
	pointer := "/data/" + strings.Join(list.path, "/")
	warn := func(pointer, remedy, format string, args ...any) {
		vs.add(Violation{Rule: RuleItems, Pointer: pointer, Problem: fmt.Sprintf(format, args...), Remedy: remedy, Warning: true})
	}
	most := list.limits.Most
	ids := make(map[string]bool, len(items))
	for i, value := range items {
		item, ok := value.(map[string]any)
		if !ok {
			continue // a wrong type
		}
		at := func(path ...string) string { return pointer + "/" + strconv.Itoa(i) + "/" + strings.Join(path, "/") }
		if id, _ := item["id"].(string); list.limits.IDs && (strings.TrimSpace(id) == "" || ids[id]) {
			warn(at("id"), "give each item an id of its own", "an item of a %s has no id, or that of another one", list.component)
		} else {
			ids[id] = true
		}
		for _, limit := range list.limits.Texts {
			if text := inside(item, limit.Path); len(text) > limit.Most && utf8.RuneCountInString(text) > limit.Most {
				warn(at(limit.Path...), "shorten it", "a %s shows %d characters of this, and it has %d", list.component, limit.Most, utf8.RuneCountInString(text))
			}
		}
		if image := inside(item, list.limits.Image); image != "" {
			most = list.limits.MostWithImage
			if size := len(image) / 4 * 3 >> 10; size > list.limits.ImageKB {
				warn(at(list.limits.Image...), "send a smaller one", "an image of %d KB, and %d KB is the most", size, list.limits.ImageKB)
			}
		}
		for _, limit := range list.limits.Lists {
			if texts, ok := valueAt(item, limit.Path).([]any); ok {
				checkTexts(warn, at, list.component, limit, texts)
			}
		}
		g.checkItemActions(vs, list, item, at)
	}
	if n := len(items); n < list.limits.Least || n > most {
		warn(pointer, "send as many as it takes", "a %s takes %d to %d items, and gets %d", list.component, list.limits.Least, most, n)
	}
}

// checkTexts looks at a list of texts within an item, as tags are.
func checkTexts(warn func(pointer, remedy, format string, args ...any), at func(...string) string, component string, limit flowjson.ListLimit, texts []any) {
	if len(texts) > limit.Most {
		warn(at(limit.Path...), "send fewer", "a %s shows %d of these, and gets %d", component, limit.Most, len(texts))
	}
	for i, text := range texts {
		if text, _ := text.(string); utf8.RuneCountInString(text) > limit.Characters {
			warn(at(append(slices.Clone(limit.Path), strconv.Itoa(i))...), "shorten it", "a %s shows %d characters of this, and it has %d", component, limit.Characters, utf8.RuneCountInString(text))
		}
	}
}

// checkItemActions looks where items lead that bring actions of their own.
func (g *guard) checkItemActions(vs *violations, list boundList, item map[string]any, at func(...string) string) {
	action, _ := item["on-click-action"].(map[string]any)
	if name, _ := action["name"].(string); name != flowjson.ActionNavigate {
		return
	}
	next := inside(action, []string{"next", "name"})
	v := Violation{Rule: RuleTarget, Pointer: at("on-click-action", "next", "name")}
	switch {
	case next == protocol.ScreenSuccess || g.flow.Screen(next) == nil:
		v.Problem = "the item navigates to a screen that the Flow JSON does not have"
		v.Remedy = "name one that it has"
	case next == list.on.ID:
		v.Problem = "the item navigates to the screen that it is on"
		v.Remedy = "name another one"
	case g.flow.Move(list.on.ID, next) != nil:
		v.Problem = fmt.Sprintf("the item navigates to %s, and routing_model has no route between it and %s", next, list.on.ID)
		v.Remedy = fmt.Sprintf("add %s to the routes of %s", next, list.on.ID)
	default:
		return
	}
	vs.add(v)
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
