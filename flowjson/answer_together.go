package flowjson

import (
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// together checks the values of the component that depend on each other, and reports what
// this data has to do with.
func (a *arrival) together(target *Screen, data map[string]any) {
	var last *place // the one that was asked for last
	values := func(property string) any {
		t := a.bound.values[property]
		if t.bound {
			if at := a.placeOf(property); at != nil {
				last = at
			}
		}
		value := resolve(t, target.ID, data)
		if items, ok := value.([]any); ok {
			a.steps -= len(items)
		}
		return value
	}
	a.bound.component.row.CheckTogether(a.version, values, func(f catalog.Fault, path ...string) {
		if a.bound.inFile[faultKey(f, path)] || a.steps < 0 {
			return
		}
		at := a.origin(path, target.ID)
		if at == nil {
			at = last
		}
		if at != nil {
			a.place, a.path = at, a.path[:0]
			a.sentence(f)
		}
	})
}

// placeOf returns the first place of a property at which data arrives; nil if there is
// none.
func (a *arrival) placeOf(property string) *place {
	for i := range a.bound.places {
		if p := &a.bound.places[i]; p.property == property {
			return p
		}
	}
	return nil
}

// origin returns where a value of the component comes from; nil if it is in the file.
func (a *arrival) origin(path []string, screen string) *place {
	of := a.placeOf(path[0])
	value := a.bound.values[path[0]].value
	for i, key := range path {
		if i > 0 {
			switch within := value.(type) {
			case []any:
				n, _ := strconv.Atoi(key) // CheckTogether counted them
				value = within[n]
			case map[string]any:
				value = within[key]
			}
		}
		if to, ok := value.(binding); ok {
			if of == nil || to.screen != screen {
				return nil
			}
			at := *of
			at.path = slices.Concat(to.path, path[i+1:])
			return &at
		}
	}
	return nil
}

// faultKey identifies a fault.
func faultKey(f catalog.Fault, path []string) string { return f.Code + strings.Join(path, "/") }
