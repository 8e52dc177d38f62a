package lint

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// click checks the action that follows a tap.
func (c *checker) click(a catalog.Click, n *jsontree.Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with the name of an action")
		return
	}
	c.object(n, "an action", a.Properties())
	name := n.Get("name")
	if name == nil || !c.actionName(name, s, a.Actions) {
		return
	}
	for _, row := range catalog.Actions() {
		if row.Key != "" && c.version.AtLeast(row.Since) {
			c.goesWith(n, name.Text, row.Key, row.Name)
		}
	}
	if next := n.Get("next").Get("type"); next.Is(jsontree.String) && next.Text != "" && next.Text != "screen" && !c.newer() {
		c.at(next, Warning, "INVALID_ENUM_VALUE", `"type" of next must be "screen": Meta documents no other target`)
	}
	row, _ := catalog.ActionOf(name.Text)
	switch given := n.Get("payload"); {
	case row.NoPayload && given != nil:
		c.onKey(given, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "%s does not send a payload: put the values into its %q", row.Name, row.Key)
	case !row.NoPayload && given == nil && !c.misspelt[member{n, "payload"}] && !c.needsData(n):
		c.at(n, MayRefuse, "MISSING_REQUIRED_PROPERTY", `%s has no "payload", which older versions require: add one, {} if there is nothing to send`, name.Text)
	}
}

// needsData reports whether a navigate action goes to a screen with data, which needs a
// payload. A missing one is reported with the payloads.
func (c *checker) needsData(n *jsontree.Node) bool {
	screen := c.flow.Screen(n.Get("next").Get("name").Str())
	return n.Get("name").Str() == catalog.Navigate && screen != nil && screen.Data != nil && len(screen.Data.Fields) > 0
}

// goesWith checks a key that one action needs and the others must not have.
func (c *checker) goesWith(n *jsontree.Node, name, key, action string) {
	switch given := n.Get(key); {
	case name == action && given == nil:
		if !c.misspelt[member{n, key}] {
			c.at(n, Error, "MISSING_REQUIRED_PROPERTY", "%s needs %q: add it", name, key)
		}
	case name != action && given != nil:
		c.onKey(given, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "%q is only for %s, but this action is %s: remove it", key, action, name)
	}
}

// selection checks the action that follows a change of an input.
func (c *checker) selection(a catalog.Select, n *jsontree.Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with the name of an action")
		return
	}
	name := n.Get("name")
	fits := name == nil || c.actionName(name, s, a.Actions)
	if row, isAction := catalog.ActionOf(name.Str()); !fits && isAction && row.Key != "" {
		c.object(n, "an action", catalog.Click{}.Properties()) // the key belongs to the action that cannot be here
		return
	}
	c.object(n, "a select action", a.Properties())
}

// actionName checks that the property can have the action.
func (c *checker) actionName(name *jsontree.Node, s subject, names []string) bool {
	if name.Kind != jsontree.String {
		c.wrongType(name, subject{key: "name", owner: "an action"}, "a string")
		return false
	}
	var here []string
	for _, allowed := range names {
		row, _ := catalog.ActionOf(allowed)
		switch {
		case !c.version.AtLeast(row.Since):
			if row.Name == name.Text {
				c.at(name, Error, "INVALID_ENUM_VALUE", "%s requires version %s, but this Flow has %s", row.Name, row.Since, c.version)
				return false
			}
		case row.Name == name.Text:
			return true
		default:
			here = append(here, row.Name)
		}
	}
	if c.newer() {
		c.unknownAt(name, "INVALID_ENUM_VALUE", "the action %q in %s", jsontree.Clip(name.Text), s)
		return false
	}
	c.at(name, Error, "INVALID_ENUM_VALUE", "the action in %s must be %s", s, catalog.OneOf(here))
	return false
}
