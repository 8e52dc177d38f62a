package lint

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

// checkDocument checks everything outside the components: the top level, its
// versions, and the screens.
func checkDocument(f *flowjson.Flow, r *report) {
	if f.Root.Kind != jsontree.Object {
		r.at(f.Root, Error, "INVALID_FLOW_JSON", "a Flow JSON file must be an object, got %s", f.Root.Kind)
		return
	}
	c := newChecker(f, r)
	c.duplicateKeys(f.Root)
	c.object(f.Root, catalog.Document().Name, catalog.Document().Properties)
	c.versions()
	c.endpoint()
	c.screens()
}

// duplicateKeys reports keys that come again in their object.
func (c *checker) duplicateKeys(n *jsontree.Node) {
	for _, child := range n.Children {
		if n.Kind == jsontree.Object && n.Get(child.Key) != child {
			c.onKey(child, Warning, "DUPLICATE_KEY",
				"%q occurs twice in the same object, and only the last one counts: remove this one", jsontree.Clip(child.Key))
		}
		c.duplicateKeys(child)
	}
}

// versions checks version and data_api_version.
func (c *checker) versions() {
	n := c.flow.Root.Get("version")
	release, known := c.flow.Version.Release()
	switch {
	case n == nil && c.misspelt[member{c.flow.Root, "version"}]:
	case n == nil:
		c.at(c.flow.Root, Error, "MISSING_FLOW_JSON_VERSION", `the top level needs "version": add "version": %q`, catalog.Newest())
	case n.Kind != jsontree.String:
		c.at(n, Error, "INVALID_FLOW_JSON_VERSION", `"version" must be a string such as %q, got %s`, catalog.Newest(), n.Kind)
	case c.flow.Version == catalog.Version{}:
		c.at(n, Error, "INVALID_FLOW_JSON_VERSION", `"version" must be two numbers separated by a dot, such as %q`, catalog.Newest())
	case !known && c.flow.Version.AtLeast(catalog.Newest()):
		c.at(n, Warning, "INVALID_FLOW_JSON_VERSION", "version %s is not known here: the Flow is checked as %s", c.flow.Version, catalog.Newest())
	case !known:
		c.at(n, Error, "INVALID_FLOW_JSON_VERSION", "there is no version %s: use %s", c.flow.Version, catalog.Newest())
	case release.State == catalog.Frozen:
		c.at(n, Warning, "INVALID_FLOW_JSON_VERSION_STATE",
			"version %s is frozen (%s): published Flows still run, but new ones need a newer version, such as %s",
			c.flow.Version, release.Note, catalog.Newest())
	case release.State == catalog.Expired:
		c.at(n, Warning, "INVALID_FLOW_JSON_VERSION_STATE",
			"version %s has expired, and its Flows can neither be sent nor opened: use %s", c.flow.Version, catalog.Newest())
	}
	if api := c.flow.Root.Get("data_api_version"); api != nil {
		c.dataAPIVersion(api)
	}
}

func (c *checker) dataAPIVersion(n *jsontree.Node) {
	from := catalog.Version{Major: 7, Minor: 3} // the first version with data API 4.0
	switch {
	case n.Kind != jsontree.String:
		c.wrongType(n, subject{key: "data_api_version", owner: "the top level"}, "a string")
	case n.Text == "3.0":
	case n.Text == "4.0":
		if !c.version.AtLeast(from) {
			c.at(n, MayRefuse, "NO_SUPPORTED_DATA_API_VERSION",
				`Meta documents data_api_version "4.0" from version %s on, but this Flow has %s: use "3.0", or raise the version`, from, c.version)
		}
	case c.newer():
		c.unknownAt(n, "INVALID_DATA_API_VERSION", "the data_api_version %q", jsontree.Clip(n.Text))
	default:
		c.at(n, Error, "INVALID_DATA_API_VERSION", `"data_api_version" must be "3.0", or "4.0" from version %s on`, from)
	}
}

// endpoint checks the keys of Flows with an endpoint, and the two at the top level
// that are special.
func (c *checker) endpoint() {
	root := c.flow.Root
	if c.flow.HasEndpoint() && root.Get("routing_model") == nil && !c.misspelt[member{root, "routing_model"}] {
		c.at(root, Error, "MISSING_REQUIRED_PROPERTY", `a Flow with data_api_version needs "routing_model": list every screen with the screens that can follow it`)
	}
	if uri := root.Get("data_channel_uri"); uri != nil {
		if c.version.AtLeast(catalog.Version{Major: 3, Minor: 0}) {
			c.onKey(uri, Error, "INVALID_PROPERTY_KEY",
				"data_channel_uri no longer exists from version 3.0 on: remove it, and set endpoint_uri with the Flows API")
		} else {
			c.url(catalog.URL{Static: true}, uri, subject{key: "data_channel_uri", owner: "the top level"})
		}
	}
	if schema := root.Get(catalog.SchemaKey); schema != nil {
		c.onKey(schema, MayRefuse, "UNDOCUMENTED_PROPERTY",
			"editors use %q, but Meta does not document it: remove it before the upload", catalog.SchemaKey)
	}
	if meta := root.Get("meta"); meta.Is(jsontree.Object) && c.version.AtLeast(catalog.Version{Major: 5, Minor: 1}) {
		c.onKey(meta, MayRefuse, "UNDOCUMENTED_PROPERTY", `Meta's validator accepts "meta", but its pages do not mention it: do not rely on it`)
	}
	if c.flow.HasEndpoint() || c.misspelt[member{root, "data_api_version"}] {
		return
	}
	for _, s := range c.flow.Screens {
		for _, action := range s.Actions() {
			if action.Name == catalog.DataExchange {
				c.at(root, Error, "MISSING_REQUIRED_PROPERTY",
					`the data_exchange action on screen %q asks an endpoint, for which the top level needs "data_api_version": add it`, jsontree.Clip(s.ID))
				return
			}
		}
	}
}

// screens checks the list of screens, and each screen.
func (c *checker) screens() {
	n := c.flow.Root.Get("screens")
	subjectOf := subject{key: "screens", owner: "the top level"}
	switch {
	case n == nil:
		return
	case n.Kind != jsontree.Array:
		c.wrongType(n, subjectOf, "an array")
		return
	case len(n.Children) == 0:
		c.at(n, Error, "MIN_ITEMS_REQUIRED", "%s must have at least %s", subjectOf, catalog.Items(1))
		return
	case len(n.Children) > catalog.MaxScreens:
		c.onKey(n, Error, "MAX_SCREENS_NUMBER", "the Flow has %d screens, but only %d are allowed: split it", len(n.Children), catalog.MaxScreens)
	}
	seen := map[string]bool{}
	for _, s := range c.flow.Screens {
		if s.Node.Kind != jsontree.Object {
			c.at(s.Node, Error, "INVALID_PROPERTY_TYPE", "a screen must be an object, got %s", s.Node.Kind)
			continue
		}
		c.object(s.Node, catalog.Screen().Name, catalog.Screen().Properties)
		c.screenID(s, seen)
		c.screenKeys(s)
	}
	c.terminals(n)
}

func (c *checker) screenID(s *flowjson.Screen, seen map[string]bool) {
	n := s.Node.Get("id")
	switch {
	case n == nil:
		return
	case n.Kind != jsontree.String:
		c.wrongType(n, subject{key: "id", owner: "a screen"}, "a string")
		return
	case n.Text == "":
		c.at(n, Error, "MIN_CHARS_REQUIRED", `"id" of a screen must not be empty`)
		return
	case !catalog.ScreenID(c.version).MatchString(n.Text):
		c.at(n, Error, "PATTERN_MISMATCH",
			"the screen id %q must consist of letters and underscores, with at least one letter: digits, hyphens and spaces are refused", jsontree.Clip(n.Text))
	case n.Text == "success":
		c.at(n, Error, "SCREEN_ID_IS_RESERVED_KEYWORD", `the screen id "success" is reserved: choose another one`)
	case strings.EqualFold(n.Text, protocol.ScreenSuccess):
		c.at(n, Warning, "SCREEN_ID_IS_RESERVED_KEYWORD",
			`the endpoint's answer "SUCCESS" ends the Flow and never shows the screen %q: choose another id`, n.Text)
	}
	if seen[n.Text] {
		c.at(n, Error, "DUPLICATE_SCREEN_IDS", "another screen already has the id %q: choose another one", jsontree.Clip(n.Text))
	}
	seen[n.Text] = true
}

// screenKeys checks the keys of a screen that depend on others.
func (c *checker) screenKeys(s *flowjson.Screen) {
	terminal, success, refresh := s.Node.Get("terminal"), s.Node.Get("success"), s.Node.Get("refresh_on_back")
	if success != nil && !s.Terminal && (terminal == nil || terminal.Is(jsontree.Bool)) {
		c.onKey(success, Error, "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED",
			`"success" is for screens with "terminal": true: remove it, or make the screen terminal`)
	}
	if refresh.True() && !c.flow.HasEndpoint() {
		c.at(refresh, Error, "INVALID_PROPERTY_VALUE", `"refresh_on_back" sends a request, but this Flow has no endpoint: remove it, or add data_api_version`)
	}
	if !c.version.AtLeast(catalog.Version{Major: 5, Minor: 1}) {
		return
	}
	named := map[string]bool{}
	for part := range s.All() {
		named[part.Name] = true
	}
	for _, field := range s.Node.Get("sensitive").Items() {
		if field.Str() != "" && !named[field.Text] && !c.hidesInput(s, field.Text) {
			c.at(field, Error, "INVALID_SENSITIVE_FIELD", "the screen has no component named %q", jsontree.Clip(field.Text))
		}
	}
}

// terminals checks that the Flow can end, and can end well.
func (c *checker) terminals(screens *jsontree.Node) {
	var failed *jsontree.Node
	for _, s := range c.flow.Screens {
		success := s.Node.Get("success")
		switch {
		case s.Terminal && (!success.Is(jsontree.Bool) || success.True()):
			return
		case s.Terminal && failed == nil:
			failed = success
		case s.Node.Kind != jsontree.Object, c.isMemberUnclear(s.Node, "terminal"):
			return // it may be meant as one
		}
	}
	if failed != nil {
		c.at(failed, Error, "INVALID_PROPERTY_VALUE", `every terminal screen has "success": false: at least one must be a success`)
		return
	}
	c.onKey(screens, Error, "MISSING_TERMINAL_SCREEN", `no screen has "terminal": true: set it on the last screen of the Flow`)
}
