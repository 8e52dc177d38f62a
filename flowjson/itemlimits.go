package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/jsontree"
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
	p := propertyOf(components[componentType].properties, property)
	if p == nil {
		return ItemLimits{}, false
	}
	list, isList := p.shape.(listShape)
	item, ofRecords := list.of.(recordShape)
	if !isList || !ofRecords {
		return ItemLimits{}, false
	}
	limits = ItemLimits{Least: list.min, Most: list.max, MostWithImage: list.max}
	if list.shown != nil {
		plain, pictured := &Node{Kind: jsontree.Object}, &Node{Kind: jsontree.Object, Children: []*Node{{Kind: jsontree.String, Key: "image"}}}
		limits.Most, limits.MostWithImage = list.shown([]*Node{plain}), list.shown([]*Node{pictured})
	}
	limits.gather(f, nil, item)
	return limits, true
}

// gather adds the limits of what stands below a path.
func (l *ItemLimits) gather(f *Flow, path []string, record recordShape) {
	for _, p := range record.properties {
		at := append(slices.Clone(path), p.key)
		switch s := p.shape.(type) {
		case recordShape:
			l.gather(f, at, s)
		case textShape:
			if s.limit > 0 {
				l.Texts = append(l.Texts, TextLimit{at, s.limit})
			}
		case imageShape:
			if most := s.most(f); most > 0 {
				l.Image, l.ImageKB = at, most
			}
		case listShape:
			if text, ok := s.of.(textShape); ok && s.max > 0 && text.limit > 0 {
				l.Lists = append(l.Lists, ListLimit{at, s.max, text.limit})
			}
		case plainShape:
			l.IDs = l.IDs || p.key == "id" && len(path) == 0
		}
	}
}
