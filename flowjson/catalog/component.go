package catalog

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Component is a row of the catalog: all that is known of one type of component.
type Component struct {
	Type string
	// Since is the first version that has the component.
	Since      Version
	Properties []Property
	// Input describes the value that the component adds to the form; nil if it adds
	// none.
	Input *Input
	// Placement describes where the component may be, and how often.
	Placement *Placement
	// Bounds are two properties that bound the value; nil if there are none.
	Bounds *Bounds
	// Days are the properties that bound the days of the value; nil if there are none.
	Days *Days
	// Branches means that a user sees one of several lists of children.
	Branches bool
	// Source is where Meta describes the component: the page and its date.
	Source string

	lists     []Property // those that are lists of records
	perDay    bool       // a property depends on the mode
	navigates bool       // items of a list can navigate
}

// Property describes one key of an object.
type Property struct {
	Key   string
	Value Value
	// Required means that the key must exist, from RequiredFrom on if that is set.
	Required     bool
	RequiredFrom Version
	// Since is the first version that has the key; zero means that of the component.
	Since Version
	// OutsideForm means that only inputs outside a Form have the key.
	OutsideForm bool
	// Mode is the only mode of a CalendarPicker that has the key; empty is all.
	Mode string
	// OnlyOne says of a key of list items that one item at most may have it, AllItems
	// that all items have it or none.
	OnlyOne, AllItems bool
	// Bound is the type of the data that a reference or an expression may put in place
	// of the value. It is nil if the value is static, or if BoundUnchecked is set.
	Bound *Type
	// BoundUnchecked means that a reference is accepted, and that Meta's page does not
	// list the property among the dynamic ones, so that what it refers to is not checked.
	BoundUnchecked bool
}

// Input is the value that a component adds to the form.
type Input struct {
	// Type is the type of the value.
	Type *Type
	// By is a property that changes the type: to that in Types, or to Otherwise if its
	// value is not among them, such as a reference. A nil type is one that is not known.
	By        string
	Types     map[string]*Type
	Otherwise *Type
	// Items is the property with the items whose ids the value consists of; empty if the
	// user does not choose among items.
	Items string
	// Files means that the value is a list of files, which a Form cannot provide.
	Files bool
}

// TypeOf returns the type of the value that the component n adds to the form; nil if it
// cannot be known.
func (i *Input) TypeOf(n *jsontree.Node) *Type {
	by := n.Get(i.By)
	if i.By == "" || by == nil {
		return i.Type
	}
	if t, ok := i.Types[by.Str()]; ok {
		return t
	}
	return i.Otherwise
}

// Bounds are two properties that bound the same thing. Their values are numbers; for
// characters, Meta's page has them as strings.
type Bounds struct {
	Least, Most string // the properties; Least is empty if there is none
	Of          Unit
	// Default is what the component accepts without Most; 0 if that is not known.
	Default int
	// Code is Meta's code for a Least that is greater than Most.
	Code string
}

// Unit is what [Bounds] count.
type Unit string

// The units.
const (
	Characters Unit = "characters"
	Choices    Unit = "choices"
	Files      Unit = "files"
	Dates      Unit = "days"
)

// Days are the properties that bound days: the first, the last, and days between that
// cannot be chosen.
type Days struct {
	First, Last, Unavailable string
}

// Placement describes where a component may be, and how often.
type Placement struct {
	// PerScreen limits the components of this type and of the types in CountedWith on a
	// screen.
	PerScreen   Limit
	CountedWith []string
	// PerFlow limits those in a Flow.
	PerFlow Limit
	// Alone lists the only components that may be on the same screen. The last entry whose
	// version is reached counts.
	Alone []Alone
	// NotTerminal means that the component cannot be on a terminal screen.
	NotTerminal bool
	// NotIn are the components that cannot contain this one.
	NotIn []NotIn
	// Nesting is how many components of this type can contain each other; 0 means no
	// limit.
	Nesting int
}

// Limit is the largest number, and the first version that has the limit. The zero Limit
// is none.
type Limit struct {
	Most  int
	Since Version
}

// Alone lists the only components that may be on the same screen as a component.
type Alone struct {
	Since Version
	With  []string
	// Code is Meta's code for anything else, Remedy the end of the message.
	Code, Remedy string
}

// NotIn lists what cannot contain a component.
type NotIn struct {
	Types []string // none are all
	// Since is the first version with the rule, Until the first version without it; zero
	// means no end.
	Since, Until Version
}

// Applies reports whether a version has the rule for a parent of that type.
func (b NotIn) Applies(parent string, v Version) bool {
	return v.AtLeast(b.Since) && (b.Until == Version{} || !v.AtLeast(b.Until)) &&
		(len(b.Types) == 0 || slices.Contains(b.Types, parent))
}

// AloneIn returns what a version says of components on the same screen; ok is false if
// it says nothing.
func (p *Placement) AloneIn(v Version) (rule Alone, ok bool) {
	for _, a := range p.Alone {
		if v.AtLeast(a.Since) {
			rule, ok = a, true
		}
	}
	return rule, ok
}

// first is a version before all others, for what all of them have.
var first = Version{0, 1}

var byType = index(components)

func index(rows []*Component) map[string]*Component {
	all := make(map[string]*Component, len(rows))
	for _, row := range rows {
		row.readLists()
		all[row.Type] = row
	}
	return all
}

// readLists finds the properties that are lists of records, or depend on the mode.
func (c *Component) readLists() {
	for _, p := range c.Properties {
		c.perDay = c.perDay || p.perDay()
		list, _ := p.Value.(List)
		item, ok := list.Item()
		if !ok {
			continue
		}
		c.lists = append(c.lists, p)
		if action := PropertyOf(item.Properties, OnClick); action != nil {
			click, _ := action.Value.(Click)
			c.navigates = c.navigates || slices.Contains(click.Actions, Navigate)
		}
	}
}

// ComponentOf returns the row of a type of component; nil if there is no such type.
func ComponentOf(componentType string) *Component { return byType[componentType] }

// Components returns all rows, in the order of the table.
func Components() []*Component { return components }

// perDay reports whether the value is one for each of two days in mode "range".
func (p Property) perDay() bool {
	each, ok := p.Value.(PerKey)
	return ok && len(each.Keys) > 0
}

// TypeInMode returns the type of a property that is one value or one for each of two days,
// by the mode of a CalendarPicker; nil if the mode is not known, or does not matter.
func (p Property) TypeInMode(mode *jsontree.Node) *Type {
	each, _ := p.Value.(PerKey)
	switch {
	case !p.perDay():
		return nil
	case mode == nil || mode.Str() == "single":
		return TypeOf(each.Of)
	case mode.Str() == "range":
		return &Type{Names: []string{expr.TypeObject}, Members: TypeOf(each).Members}
	}
	return nil
}

// IsInput reports whether the component adds a value to the form. A nil Component does
// not.
func (c *Component) IsInput() bool { return c != nil && c.Input != nil }

// Property returns a property; nil if there is none. A nil Component has none.
func (c *Component) Property(key string) *Property {
	if c == nil {
		return nil
	}
	return PropertyOf(c.Properties, key)
}

// Lists returns the properties that are lists of records, such as options. A nil
// Component has none.
func (c *Component) Lists() []Property {
	if c == nil {
		return nil
	}
	return c.lists
}

// Navigates reports whether items of the component can navigate to other screens. A nil
// Component does not.
func (c *Component) Navigates() bool { return c != nil && c.navigates }

// PropertyOf returns the property of that key; nil if there is none.
func PropertyOf(properties []Property, key string) *Property {
	for i := range properties {
		if properties[i].Key == key {
			return &properties[i]
		}
	}
	return nil
}

// ActionLists returns the properties, of any component, whose items can have an action
// of that trigger, or of any trigger if it is empty. They are sorted.
func ActionLists(trigger string) []string { return actionLists[trigger] }

var actionLists = func() map[string][]string {
	lists := map[string][]string{}
	for _, row := range byType {
		for _, p := range row.Lists() {
			item, _ := p.Value.(List).Item()
			for _, trigger := range Triggers() {
				if PropertyOf(item.Properties, trigger) != nil {
					lists[trigger] = append(lists[trigger], p.Key)
					lists[""] = append(lists[""], p.Key)
				}
			}
		}
	}
	for trigger, keys := range lists {
		slices.Sort(keys)
		lists[trigger] = slices.Compact(keys)
	}
	return lists
}()

// need is a property that must exist, may one that can.
func need(key string, v Value) Property { return Property{Key: key, Value: v, Required: true} }
func may(key string, v Value) Property  { return Property{Key: key, Value: v} }

// from sets the first version that has the property.
func (p Property) from(major, minor int) Property {
	p.Since = Version{major, minor}
	return p
}

// alone is for inputs outside a Form, which version 4.0 introduced.
func (p Property) alone() Property {
	p.Since, p.OutsideForm = Version{4, 0}, true
	return p
}

// bindable lets a reference take the place of the value, to data of the type that the
// value has.
func (p Property) bindable() Property { return p.bound(TypeOf(p.Value)) }

// bound lets a reference to data of another type take the place of the value.
func (p Property) bound(t *Type) Property {
	p.Bound = t
	return p
}

// unchecked lets a reference to anything take the place of the value.
func (p Property) unchecked() Property {
	p.BoundUnchecked = true
	return p
}

// rangeOnly is for the mode "range" of a CalendarPicker.
func (p Property) rangeOnly() Property {
	p.Mode = "range"
	return p
}

// onOneItem is for a key that one item of a list at most may have.
func (p Property) onOneItem() Property {
	p.OnlyOne = true
	return p
}

// onAllItems is for a key that all items of a list have, or none.
func (p Property) onAllItems() Property {
	p.AllItems = true
	return p
}
