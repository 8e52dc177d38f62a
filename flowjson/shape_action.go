package flowjson

import "github.com/flowserver/flowserver/flowjson/jsontree"

// clickShape is what happens on a tap.
type clickShape struct {
	names []allowed
}

// selectShape is what happens when an input changes. It goes nowhere, so that it
// has a payload and nothing else.
type selectShape struct {
	names []allowed
}

// allowed is an action that may stand somewhere, from a version on.
type allowed struct {
	name  string
	since Version
}

var (
	navigateAction = allowed{name: ActionNavigate}
	exchangeAction = allowed{name: ActionDataExchange}
	completeAction = allowed{name: ActionComplete}
	updateAction   = allowed{ActionUpdateData, Version{6, 0}}
	openURLAction  = allowed{ActionOpenURL, Version{6, 0}}
)

var nextProperties = []property{
	need("type", plainShape{}),
	need("name", plainShape{}),
}

var clickProperties = []property{
	need("name", anyShape{}),
	may("payload", payloadShape{}),
	may("next", recordShape{"next", nextProperties}),
	from(6, 0, may("url", urlShape{https: true})),
}

var selectProperties = []property{
	need("name", anyShape{}),
	need("payload", payloadShape{}),
}

func (a clickShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with the name of an action")
		return
	}
	c.object(n, "an action", clickProperties)
	name := n.Get("name")
	if name == nil || !c.actionName(name, s, a.names) {
		return
	}
	c.goesWith(n, name.Text, "next", ActionNavigate)
	if c.version.AtLeast(Version{6, 0}) {
		c.goesWith(n, name.Text, "url", ActionOpenURL)
	}
	if next := n.Get("next").Get("type"); next.Is(jsontree.String) && next.Text != "" && next.Text != "screen" {
		c.at(next, Warning, "INVALID_ENUM_VALUE", `"type" of next must be "screen": Meta documents nothing else to navigate to`)
	}
	switch given := n.Get("payload"); {
	case name.Text == ActionOpenURL && given != nil:
		c.onKey(given, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", `open_url takes no payload: put what the page needs into its "url"`)
	case name.Text != ActionOpenURL && given == nil && !c.needsData(n):
		c.at(n, Note, "MISSING_REQUIRED_PROPERTY", `%s has no "payload", which older versions require: add one, {} if there is nothing to send`, name.Text)
	}
}

// needsData says whether a navigate action goes to a screen with data, for which a
// payloadShape is needed; that is then said elsewhere.
func (c *checker) needsData(n *Node) bool {
	screen := c.flow.Screen(n.Get("next").Get("name").Str())
	return n.Get("name").Str() == ActionNavigate && screen != nil && screen.Data != nil && len(screen.Data.Fields) > 0
}

// goesWith checks a key that one action needs and the others must not have.
func (c *checker) goesWith(n *Node, name, key, action string) {
	switch given := n.Get(key); {
	case name == action && given == nil:
		if !c.misspelt(n, key, clickProperties) {
			c.at(n, Error, "MISSING_REQUIRED_PROPERTY", "%s needs %q: add it", name, key)
		}
	case name != action && given != nil:
		c.onKey(given, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", "%q goes with %s only, and this action is %s: remove it", key, action, name)
	}
}

func (a selectShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object with the name of an action")
		return
	}
	c.object(n, "a select action", selectProperties)
	if name := n.Get("name"); name != nil {
		c.actionName(name, s, a.names)
	}
}

// actionName checks that the action may stand here.
func (c *checker) actionName(name *Node, s subject, names []allowed) bool {
	if name.Kind != jsontree.String {
		c.wrongType(name, subject{key: "name", owner: "an action"}, "a string")
		return false
	}
	var here []string
	for _, a := range names {
		switch {
		case !c.version.AtLeast(a.since):
			if a.name == name.Text {
				c.at(name, Error, "INVALID_ENUM_VALUE", "%s needs version %s, and this Flow has %s", a.name, a.since, c.version)
				return false
			}
		case a.name == name.Text:
			return true
		default:
			here = append(here, a.name)
		}
	}
	c.at(name, Error, "INVALID_ENUM_VALUE", "the action in %s must be %s", s, orList(here))
	return false
}

// payloadShape is what an action sends: an object with anything in it.
type payloadShape struct{}

func (payloadShape) check(c *checker, n *Node, s subject) {
	if n.Kind != jsontree.Object {
		c.wrongType(n, s, "an object")
	}
}
