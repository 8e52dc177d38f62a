package flowjson

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// wanted is what a property takes when a reference or an expression gives its value.
type wanted struct {
	types []string // the first is what messages name
	// items are those of an array, members those of an object, of which it must have
	// needed.
	items   *wanted
	members map[string]*wanted
	needed  []string
}

func want(types ...string) *wanted { return &wanted{types: types} }

var (
	wantText    = want(TypeString)
	wantBool    = want(TypeBoolean)
	wantNumber  = want(TypeNumber)
	wantCount   = want(TypeNumber, TypeString) // Meta's page says string, its schema number
	wantTexts   = &wanted{types: []string{TypeArray}, items: wantText}
	wantTextual = &wanted{types: []string{TypeString, TypeArray}, items: wantText}
	wantObject  = want(TypeObject)
	// wantPerFile is the error of a picker: one text, or one for each file.
	wantPerFile = want(TypeString, TypeObject)

	// A CalendarPicker for a range has these for its two dates.
	wantTextPerDate = &wanted{types: []string{TypeString, TypeObject}, members: map[string]*wanted{"start-date": wantText, "end-date": wantText}}
	wantBoolPerDate = &wanted{types: []string{TypeBoolean, TypeObject}, members: map[string]*wanted{"start-date": wantBool, "end-date": wantBool}}

	wantOptions = listOf([]string{"id", "title"}, map[string]*wanted{
		"id": wantText, "title": wantText, "description": wantText, "metadata": wantText, "enabled": wantBool,
		"image": wantText, "alt-text": wantText, "color": wantText,
	})
	wantListItems = listOf([]string{"id", "main-content"}, map[string]*wanted{
		"id": wantText, "badge": wantText, "tags": wantTexts, "enabled": wantBool,
		"main-content": {
			types: []string{TypeObject}, needed: []string{"title"},
			members: map[string]*wanted{"title": wantText, "description": wantText, "metadata": wantText},
		},
	})
	wantImages = listOf([]string{"src", "alt-text"}, map[string]*wanted{"src": wantText, "alt-text": wantText})
)

func listOf(needed []string, members map[string]*wanted) *wanted {
	return &wanted{types: []string{TypeArray}, items: &wanted{types: []string{TypeObject}, members: members, needed: needed}}
}

// bindable are the properties that take a reference or an expression, by component
// (Meta, page "Components", 2026-04-14).
var bindable = map[string]map[string]*wanted{
	"TextHeading":    {"text": wantText, "visible": wantBool},
	"TextSubheading": {"text": wantText, "visible": wantBool},
	"TextBody":       {"text": wantTextual, "font-weight": wantText, "strikethrough": wantBool, "visible": wantBool},
	"TextCaption":    {"text": wantTextual, "font-weight": wantText, "strikethrough": wantBool, "visible": wantBool},
	"RichText":       {"text": wantTextual, "visible": wantBool},
	"TextInput": input(wantText, map[string]*wanted{
		"helper-text": wantText, "min-chars": wantCount, "max-chars": wantCount,
	}),
	"TextArea": input(wantText, map[string]*wanted{"helper-text": wantText, "max-length": wantCount}),
	"CheckboxGroup": input(wantTexts, map[string]*wanted{
		"description": wantText, "data-source": wantOptions, "min-selected-items": wantNumber, "max-selected-items": wantNumber,
	}),
	"ChipsSelector": input(wantTexts, map[string]*wanted{
		"description": wantText, "data-source": wantOptions, "min-selected-items": wantNumber, "max-selected-items": wantNumber,
	}),
	"RadioButtonsGroup": input(wantText, map[string]*wanted{"description": wantText, "data-source": wantOptions}),
	"Dropdown":          input(wantText, map[string]*wanted{"data-source": wantOptions}),
	"DatePicker": input(wantText, map[string]*wanted{
		"helper-text": wantText, "min-date": wantText, "max-date": wantText, "unavailable-dates": wantTexts,
	}),
	"CalendarPicker": input(wantTextPerDate, map[string]*wanted{
		"label": wantTextPerDate, "helper-text": wantTextPerDate, "error-message": wantTextPerDate, "required": wantBoolPerDate,
		"title": wantText, "description": wantText, "mode": wantText, "min-days": wantNumber, "max-days": wantNumber,
		"min-date": wantText, "max-date": wantText, "unavailable-dates": wantTexts, "include-days": wantTexts,
	}),
	"OptIn":          {"label": wantText, "required": wantBool, "init-value": wantBool, "visible": wantBool},
	"Image":          {"src": wantText, "width": wantNumber, "height": wantNumber, "aspect-ratio": wantNumber, "alt-text": wantText, "scale-type": wantText, "visible": wantBool},
	"ImageCarousel":  {"images": wantImages, "aspect-ratio": wantText, "scale-type": wantText, "visible": wantBool},
	"EmbeddedLink":   {"text": wantText, "visible": wantBool},
	"Footer":         {"label": wantText, "left-caption": wantText, "center-caption": wantText, "right-caption": wantText, "enabled": wantBool},
	"Form":           {"init-values": wantObject, "error-messages": wantObject},
	"NavigationList": {"label": wantText, "description": wantText, "list-items": wantListItems},
	"PhotoPicker":    {"label": wantText, "description": wantText, "enabled": wantBool, "visible": wantBool, "error-message": wantPerFile},
	"DocumentPicker": {"label": wantText, "description": wantText, "enabled": wantBool, "visible": wantBool, "error-message": wantPerFile},
}

// input returns what all inputs have, and what one of them has in addition.
func input(value *wanted, more map[string]*wanted) map[string]*wanted {
	all := map[string]*wanted{
		"label": wantText, "required": wantBool, "enabled": wantBool, "visible": wantBool,
		"init-value": value, "error-message": wantText,
	}
	for property, w := range more {
		all[property] = w
	}
	return all
}

// takes says whether a value of the type is one that is wanted.
func (w *wanted) takes(kind string) bool {
	if w == nil || kind == "" {
		return true
	}
	for _, t := range w.types {
		if t == kind || t == TypeNumber && kind == TypeInteger {
			return true
		}
	}
	return false
}

// misfit says in words how a type differs from what is wanted; "" if it does not, or
// that cannot be told.
func (w *wanted) misfit(got *Schema) string { return w.misfitAt(got, "the value") }

func (w *wanted) misfitAt(got *Schema, what string) string {
	if w == nil || got == nil || got.Type == "" {
		return ""
	}
	if !w.takes(got.Type) {
		return what + " is " + expr.WithArticle(got.Type) + " and must be " + w.String()
	}
	switch got.Type {
	case TypeArray:
		return w.items.misfitAt(got.Items, "each item of "+what)
	case TypeObject:
		for _, key := range w.needed {
			if got.Property(key) == nil {
				return what + " must have " + key + " among its properties"
			}
		}
		for _, p := range got.Properties {
			if found := w.members[p.Key].misfitAt(p.Schema, p.Key+" of "+what); found != "" {
				return found
			}
		}
	}
	return ""
}

// String returns the types with their articles, as in "a string or an array".
func (w *wanted) String() string {
	names := make([]string, len(w.types))
	for i, t := range w.types {
		names[i] = expr.WithArticle(t)
	}
	return strings.Join(names, " or ")
}
