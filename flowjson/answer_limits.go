package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

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
