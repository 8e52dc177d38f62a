package exchange

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson"
)

// boundList is a list of items that arrives as data.
type boundList struct {
	limits    listLimits
	component string   // its type
	path      []string // of the list within the data
	on        *flowjson.Screen
	maxImage  int // bytes
}

// listLimits are those of a component's items (Meta, "Components", April 14,
// 2026). Texts that are too long are cut; lists that are too long are shown in
// part, or not at all.
type listLimits struct {
	least, most int
	ids         bool // each item needs an id of its own
	texts       []textLimit
	image       []string // the path of an image within an item
}

type textLimit struct {
	path []string
	most int // characters
}

var optionTexts = []textLimit{{[]string{"title"}, 30}, {[]string{"description"}, 300}, {[]string{"metadata"}, 20}}

var listsOf = map[string]listLimits{
	"CheckboxGroup":     {1, 20, true, optionTexts, []string{"image"}},
	"RadioButtonsGroup": {1, 20, true, optionTexts, []string{"image"}},
	"Dropdown":          {1, 200, true, optionTexts, []string{"image"}},
	"ChipsSelector":     {2, 20, true, nil, nil},
	"ImageCarousel":     {1, 3, false, nil, nil},
	"NavigationList": {1, 20, true, []textLimit{
		{[]string{"main-content", "title"}, 30},
		{[]string{"main-content", "description"}, 20},
		{[]string{"main-content", "metadata"}, 80},
		{[]string{"end", "title"}, 10},
		{[]string{"end", "description"}, 10},
		{[]string{"end", "metadata"}, 10},
		{[]string{"badge"}, 15},
	}, []string{"start", "image"}},
}

const (
	mostWithImages = 100 // items of a Dropdown, if one has an image
	mostTags       = 3
	longestTag     = 15 // characters
)

// The properties that take a list of items.
var listProperties = []string{"data-source", "list-items", "images"}

// boundLists finds the lists of a Flow that arrive as data.
func boundLists(f *flowjson.Flow) map[string][]boundList {
	lists := map[string][]boundList{}
	maxImage := 300 << 10
	if f.Version.AtLeast(flowjson.Version{Major: 6}) {
		maxImage = 100 << 10
	}
	for _, s := range f.Screens {
		for c := range s.All() {
			limits, known := listsOf[c.Type]
			for _, property := range listProperties {
				ref, bound := flowjson.ParseReference(c.Node.Get(property).Str())
				if !known || !bound || ref.Source != "data" {
					continue
				}
				owner := s.ID
				if ref.Screen != "" {
					owner = ref.Screen
				}
				lists[owner] = append(lists[owner], boundList{limits, c.Type, ref.Path, s, maxImage})
			}
		}
	}
	return lists
}

// checkLists looks at the items that components get with the data of a screen.
func (g *guard) checkLists(vs *violations, target *flowjson.Screen, data map[string]any) {
	for _, list := range g.lists[target.ID] {
		var value any = data
		for _, key := range list.path {
			members, _ := value.(map[string]any)
			value = members[key]
		}
		if items, ok := value.([]any); ok { // anything else is a wrong type, or missing
			g.checkItems(vs, list, items)
		}
	}
}

func (g *guard) checkItems(vs *violations, list boundList, items []any) {
	pointer := "/data/" + strings.Join(list.path, "/")
	warn := func(pointer, remedy, format string, args ...any) {
		vs.add(Violation{Rule: RuleItems, Pointer: pointer, Problem: fmt.Sprintf(format, args...), Remedy: remedy, Warning: true})
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
			warn(at("id"), "give each item an id of its own", "an item of a %s has no id, or that of another one", list.component)
		} else {
			ids[id] = true
		}
		for _, limit := range list.limits.texts {
			if text := inside(item, limit.path); len(text) > limit.most && utf8.RuneCountInString(text) > limit.most {
				warn(at(limit.path...), "shorten it", "a %s shows %d characters of this, and it has %d", list.component, limit.most, utf8.RuneCountInString(text))
			}
		}
		if image := inside(item, list.limits.image); image != "" {
			if list.component == "Dropdown" {
				most = mostWithImages
			}
			if size := len(image) / 4 * 3; size > list.maxImage {
				warn(at(list.limits.image...), "send a smaller one", "an image of %d KB, and %d KB is the most", size>>10, list.maxImage>>10)
			}
		}
		if tags, ok := item["tags"].([]any); ok {
			checkTags(warn, at, tags)
		}
		g.checkItemActions(vs, list, item, at)
	}
	if n := len(items); n < list.limits.least || n > most {
		warn(pointer, "send as many as it takes", "a %s takes %d to %d items, and gets %d", list.component, list.limits.least, most, n)
	}
}

func checkTags(warn func(pointer, remedy, format string, args ...any), at func(...string) string, tags []any) {
	if len(tags) > mostTags {
		warn(at("tags"), "send fewer", "a NavigationList shows %d tags, and gets %d", mostTags, len(tags))
	}
	for i, tag := range tags {
		if text, _ := tag.(string); utf8.RuneCountInString(text) > longestTag {
			warn(at("tags", strconv.Itoa(i)), "shorten it", "a NavigationList shows %d characters of this, and it has %d", longestTag, utf8.RuneCountInString(text))
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
	case next == screenSuccess || g.flow.Screen(next) == nil:
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
	var value any = item
	for _, key := range path {
		members, _ := value.(map[string]any)
		value = members[key]
	}
	text, _ := value.(string)
	return text
}
