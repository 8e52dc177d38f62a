package catalog

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// items checks options and list items. Those without an id are not chosen, so that
// nothing depends on the others.
func (t *together) items(key string, item Record, items []any) {
	t.ids(key, items)
	t.selects(key, items)
	if PropertyOf(item.Properties, OnClick) == nil {
		t.pictures(key, items)
		return
	}
	if !t.version.AtLeast(t.row.Since) {
		return
	}
	t.actions(key, items)
	for _, p := range item.Properties {
		if p.OnlyOne {
			t.onlyOne(key, p.Key, items)
		}
		if p.AllItems {
			t.allItems(key, p.Key, items)
		}
	}
	t.ends(key, items)
}

// selects requires select actions either on the component or on its items: the client shows
// an error instead of a component with both, also if one has only the action for selecting and
// the other the one for unselecting (WhatsApp's web client, 2026). Meta's page says so only of
// the same action.
func (t *together) selects(key string, items []any) {
	for _, triggers := range [][]string{{OnSelect, OnUnselect}, {OnUnselect, OnSelect}} {
		item := firstWith(items, triggers[0])
		own := slices.IndexFunc(triggers, func(trigger string) bool { return t.values(trigger) != nil })
		if item < 0 || own < 0 {
			continue
		}
		t.report(Fault{
			Code: "INVALID_UPDATE_DATA_ACTION_PAYLOAD", Published: own > 0, Refused: true, OnKey: true,
			Remedy: "set actions either on the component or on its items", Problem: "the component has " + triggers[own] + " too",
		}, key, strconv.Itoa(item), triggers[0])
	}
}

// ids finds ids that occur twice: the client shows an error instead of such a component
// (WhatsApp's web client, 2026).
func (t *together) ids(key string, items []any) {
	known := make(map[string]bool, len(items))
	for i, item := range items {
		id, _ := member(item, "id").(string)
		if known[id] && id != "" {
			t.report(Fault{
				Code: "DUPLICATE_OPTION_IDS", Published: true, Refused: true, Problem: "another option has the same id", Remedy: "give each item another id",
			}, key, strconv.Itoa(i), "id")
		}
		known[id] = true
	}
}

func (t *together) pictures(key string, items []any) {
	if t.version.AtLeast(Version{5, 0}) && firstWith(items, "color") >= 0 && firstWith(items, "image") >= 0 {
		t.report(Fault{
			Code: "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR", Problem: "a list of options can have images or colours, not both",
		}, key)
	}
}

const duplicatePropertyCode = "DUPLICATE_PROPETY_FOR_CONDITION" // spelt as Meta does

// actions requires an action for the list or one for each item. (Meta does not say which
// of its codes is for what; one of them is misspelt.)
func (t *together) actions(key string, items []any) {
	ofList, ofItem := t.values(OnClick) != nil, firstWith(items, OnClick)
	switch {
	case ofList && ofItem >= 0:
		t.report(Fault{
			Code: duplicatePropertyCode, Refused: true, OnKey: true, Remedy: "set it either for all items, or on each item",
			Problem: fmt.Sprintf("the %s already has an %s", t.row.Type, OnClick),
		}, key, strconv.Itoa(ofItem), OnClick)
	case ofList || len(items) == 0:
	case ofItem < 0:
		t.report(Fault{
			Code: missingPropertyCode, Problem: fmt.Sprintf("a %s needs an %s, either for all items or on each item", t.row.Type, OnClick), Remedy: "add it",
		}, "")
	default:
		if i := firstWithout(items, OnClick); i >= 0 {
			t.report(Fault{
				Code: missingPropertyCode, Problem: "another item has an " + OnClick, Remedy: "add one to each",
			}, key, strconv.Itoa(i))
		}
	}
}

const missingPropertyCode = "MISSING_REQUIRED_PROPERTY"

func (t *together) onlyOne(list, key string, items []any) {
	count := 0
	for i, item := range items {
		if member(item, key) == nil {
			continue
		}
		if count++; count == 2 {
			t.report(Fault{
				Code: duplicatePropertyCode, Problem: fmt.Sprintf("only one item of a %s can have a %s", t.row.Type, key),
			}, list, strconv.Itoa(i), key)
		}
	}
}

func (t *together) allItems(list, key string, items []any) {
	if firstWith(items, key) < 0 {
		return
	}
	if i := firstWithout(items, key); i >= 0 {
		t.report(Fault{
			Code: missingPropertyCode, Problem: "another item has an " + key, Remedy: "give one to all items, or to none",
		}, list, strconv.Itoa(i))
	}
}

// ends checks the ends of items.
func (t *together) ends(list string, items []any) {
	const end = "end"
	if firstWith(items, end) < 0 {
		return
	}
	if t.values("media-size") == "large" {
		t.report(Fault{
			Code: "INVALID_PROPERTY_VALUE_FOR_CONDITION", Problem: "media-size cannot be \"large\" if items have an end",
		}, "media-size")
	}
	for i, item := range items {
		texts, isObject := member(item, end).(map[string]any)
		count := 0
		for _, key := range []string{"title", "description", "metadata"} {
			if texts[key] != nil {
				count++
			}
		}
		if isObject && (count == 0 || count == 3) {
			t.report(Fault{
				Code: duplicatePropertyCode, Problem: "the end of an item can have only one or two of title, description and metadata",
			}, list, strconv.Itoa(i), end)
		}
	}
}

// chosen finds values that are given beforehand and are not among the options.
func (t *together) chosen(key string, options []any) {
	if t.row.Input == nil || t.row.Input.Items != key || len(options) == 0 {
		return
	}
	given := t.values(initValue)
	if given == nil {
		return
	}
	offered := make(map[string]bool, len(options))
	for _, option := range options {
		id, _ := member(option, "id").(string)
		if id == "" {
			return // the ids are not known
		}
		offered[id] = true
	}
	check := func(id any, path ...string) {
		text, _ := id.(string)
		if number, isNumber := id.(float64); isNumber {
			text = expr.ToText(number) // as clients do
		}
		if text != "" && !offered[text] {
			t.report(Fault{
				Code: "INIT_VALUE_NOT_OFFERED", Published: true, Problem: "no option has this id, so nothing is selected",
				Remedy: "use the id of an option",
			}, path...)
		}
	}
	check(given, initValue)
	several, _ := given.([]any)
	for i, id := range several {
		check(id, initValue, strconv.Itoa(i))
	}
}

// enough requires as many options as users must choose.
func (t *together) enough(options []any) {
	b := t.row.Bounds
	if b == nil || b.Of != Choices || len(options) == 0 {
		return
	}
	if least, ok := numberOf(t.values(b.Least)); ok && least > float64(len(options)) {
		t.report(Fault{
			Code: "FOOTER_BLOCKED", Published: true, Remedy: "require fewer",
			Problem: b.Least + " is greater than the number of options, so the Footer can never be tapped",
		}, b.Least)
	}
}

// member returns a member of an object; nil if there is none.
func member(object any, key string) any {
	members, _ := object.(map[string]any)
	return members[key]
}

// firstWith returns the index of the first item that has a key, firstWithout that of the
// first object without; -1 if there is none.
func firstWith(items []any, key string) int {
	return slices.IndexFunc(items, func(item any) bool { return member(item, key) != nil })
}

func firstWithout(items []any, key string) int {
	return slices.IndexFunc(items, func(item any) bool {
		members, isObject := item.(map[string]any)
		return isObject && members[key] == nil
	})
}
