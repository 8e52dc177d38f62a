package flowjson

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// template is a value of the file, with bindings in it.
type template struct {
	value any
	bound bool
}

// binding is a reference in a template.
type binding struct {
	screen string
	path   []string
}

// template returns a value of the file, with its references to data as bindings.
func (b *binder) template(n *Node) template {
	switch {
	case n.Is(jsontree.String):
		if to, ok := b.binding(n.Text); ok {
			return template{to, true}
		}
	case n.Is(jsontree.Array):
		items, bound := make([]any, len(n.Children)), false
		for i, child := range n.Children {
			item := b.template(child)
			items[i], bound = item.value, bound || item.bound
		}
		return template{items, bound}
	case n.Is(jsontree.Object):
		members, bound := make(map[string]any, len(n.Children)), false
		for _, child := range n.Children {
			member := b.template(child)
			members[child.Key], bound = member.value, bound || member.bound
		}
		return template{members, bound}
	}
	return template{b.flow.Value(n), false}
}

// resolve returns the value of a template when data of a screen arrives. What does not
// arrive is [catalog.Unknown].
func resolve(t template, screen string, data map[string]any) any {
	if !t.bound {
		return t.value
	}
	return fill(t.value, screen, data)
}

func fill(value any, screen string, data map[string]any) any {
	switch value := value.(type) {
	case binding:
		if value.screen == screen {
			if arrived := valueAt(data, value.path); arrived != nil {
				return arrived
			}
		}
		return catalog.Unknown{}
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = fill(item, screen, data)
		}
		return items
	case map[string]any:
		members := make(map[string]any, len(value))
		for key, member := range value {
			members[key] = fill(member, screen, data)
		}
		return members
	}
	return value
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
