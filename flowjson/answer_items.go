package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// ItemLimits are what clients show of the items of a component, for items that arrive
// as data; those that stand in the file are for [Flow.Validate]. More items than Most
// are shown in part or not at all, longer texts are cut off.
type ItemLimits struct {
	Least, Most int
	// MostWithImage is the most if one of the items has an image; Most if that makes
	// no difference.
	MostWithImage int
	// IDs says that each item needs an id of its own.
	IDs   bool
	Texts []TextLimit
	Lists []ListLimit
	// Image is where an item has its image; nil if it has none that is limited.
	Image   []string
	ImageKB int // the size of the largest, in KiB of 1024 bytes
}

// TextLimit bounds a text within an item, in characters.
type TextLimit struct {
	Path []string
	Most int
}

// ListLimit bounds a list of texts within an item.
type ListLimit struct {
	Path       []string
	Most       int // texts
	Characters int // in each
}

// ItemLimits returns what the Flow's version says of the property of a component that
// holds a list of items: data-source, list-items or images. ok is false for all others.
func (f *Flow) ItemLimits(componentType, property string) (limits ItemLimits, ok bool) {
	p := catalog.ComponentOf(componentType).Property(property)
	if p == nil {
		return ItemLimits{}, false
	}
	list, isList := p.Value.(catalog.List)
	item, ofRecords := list.Item()
	if !isList || !ofRecords {
		return ItemLimits{}, false
	}
	limits = ItemLimits{Least: list.Min, Most: list.Max, MostWithImage: list.Max}
	if list.Shown > 0 {
		limits.Most, limits.MostWithImage = list.MostShown(false), list.MostShown(true)
	}
	limits.gather(f, nil, item)
	return limits, true
}

// gather adds the limits of everything below a path.
func (l *ItemLimits) gather(f *Flow, path []string, record catalog.Record) {
	for _, p := range record.Properties {
		at := append(slices.Clone(path), p.Key)
		switch v := p.Value.(type) {
		case catalog.Record:
			l.gather(f, at, v)
		case catalog.Text:
			if v.Limit > 0 {
				l.Texts = append(l.Texts, TextLimit{at, v.Limit})
			}
		case catalog.Image:
			if most := v.Most(f.RulesVersion()); most > 0 {
				l.Image, l.ImageKB = at, most
			}
		case catalog.List:
			if text, ok := v.Of.(catalog.Text); ok && v.Max > 0 && text.Limit > 0 {
				l.Lists = append(l.Lists, ListLimit{at, v.Max, text.Limit})
			}
		case catalog.Word:
			l.IDs = l.IDs || p.Key == "id" && len(path) == 0
		}
	}
}
