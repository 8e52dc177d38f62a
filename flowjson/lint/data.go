package lint

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/protocol"
)

// checkData checks the data models of the screens, and compares their examples with the
// models (Meta, page "Error codes", 2025-04, Screen data model).
func checkData(f *flowjson.Flow, r *report) {
	for _, s := range f.Screens {
		if s.Data == nil {
			continue
		}
		if isWrapped(s.Data) {
			r.at(s.Data.Node, Error, "INVALID_SCREEN_DATA", "the keys of the data belong directly in %q, without type and properties around them", "data")
			continue
		}
		checkRequired(s.Data, r)
		for _, field := range s.Data.Fields {
			if r.full() {
				return
			}
			c := &fieldCheck{field: field, report: r, sound: true}
			c.check()
		}
	}
}

// isWrapped reports whether the data is described as a whole, by one JSON Schema, so
// that none of its keys can be found.
func isWrapped(m *flowjson.Model) bool {
	return m != nil && m.Node.Get("type").Is(jsontree.String) && m.Node.Get("properties").Is(jsontree.Object)
}

// checkRequired checks the entry that names the keys that must be there.
func checkRequired(m *flowjson.Model, r *report) {
	n := m.Node.Get(flowjson.RequiredKey)
	if !n.Is(jsontree.Array) {
		return
	}
	r.onKey(n, MayRefuse, "UNDOCUMENTED_SCHEMA",
		"Meta does not document the list %q, but WhatsApp's web client requires the keys in it", flowjson.RequiredKey)
	for _, key := range n.Items() {
		if key.Is(jsontree.String) && m.Field(key.Text) == nil {
			r.at(key, Warning, "INVALID_SCREEN_DATA", "data without the key %q is refused, but the screen does not declare it", jsontree.Clip(key.Text))
		}
	}
}

// documented are the types that Meta names.
var documented = []string{expr.TypeString, expr.TypeNumber, expr.TypeBoolean, expr.TypeObject, expr.TypeArray}

// fieldCheck checks a field of a data model.
type fieldCheck struct {
	field  *flowjson.Field
	report *report
	sound  bool // the example can be compared with the schema
}

func (c *fieldCheck) check() {
	n, r := c.field.Node, c.report
	switch {
	case c.field.Key == flowjson.RequiredKey:
		r.onKey(n, Error, "INVALID_SCREEN_DATA",
			"%q is not a field but the list of required keys: give the field another name", flowjson.RequiredKey)
		return
	case !n.Is(jsontree.Object):
		r.at(n, Error, "INVALID_PROPERTY_TYPE", "a field must be an object with type and %s, got %s", flowjson.ExampleKey, n.Kind)
		return
	case protocol.RemovedBeforeCheck(c.field.Key):
		r.onKey(n, Warning, "RESERVED_DATA_KEY", "WhatsApp removes %q from the data before the screen receives it: give the field another name", c.field.Key)
	}
	if lacks(n, "type") {
		r.onKey(n, Error, "MISSING_REQUIRED_PROPERTY", "the field %q has no type: one of string, number, boolean, object, array", jsontree.Clip(c.field.Key))
	}
	c.schema(n, true)
	switch {
	case c.field.Example == nil && !lacks(n, flowjson.ExampleKey): // misspelt
	case c.field.Example == nil:
		r.onKey(n, Error, "MISSING_REQUIRED_PROPERTY", "the field %q has no %s, which Meta's preview shows", jsontree.Clip(c.field.Key), flowjson.ExampleKey)
	case c.sound:
		c.example()
	}
}

func (c *fieldCheck) wrong(n *jsontree.Node, format string, args ...any) {
	c.sound = false
	c.report.at(n, Error, "INVALID_SCREEN_DATA", format, args...)
}

// schema checks a schema and those within it; top is that of the field itself.
func (c *fieldCheck) schema(n *jsontree.Node, top bool) {
	c.schemaType(n, top)
	if n.Get("type").Str() == expr.TypeArray && lacks(n, "items") {
		c.wrong(n, "an array needs items, which is the type of its contents")
	}
	for _, child := range n.Members() {
		switch child.Key {
		case "type":
		case "items":
			c.items(child)
		case "properties":
			c.properties(child)
		case flowjson.ExampleKey:
			if !top {
				c.deepExample(child)
			}
		default:
			if meant := meantFor(n, child); meant == "" || meant == flowjson.ExampleKey && !top {
				c.keyword(child)
			} else {
				c.misspelt(child, meant, top)
			}
		}
	}
}

// misspelt reports a misspelt key, and which documented key was meant.
func (c *fieldCheck) misspelt(n *jsontree.Node, meant string, top bool) {
	severity, code := Error, "INVALID_SCREEN_DATA"
	switch {
	case meant == "properties": // which are not required
		severity, code = MayRefuse, "UNDOCUMENTED_SCHEMA"
	case top && meant != "items":
		code = "MISSING_REQUIRED_PROPERTY"
	}
	c.sound = false
	c.report.onKey(n, severity, code, "data models have no key %q: use %q", jsontree.Clip(n.Key), meant)
}

// schemaKeys are the keys of a data model that Meta documents.
var schemaKeys = []string{"type", "items", "properties", flowjson.ExampleKey}

// lacks reports whether a schema has neither a key nor a misspelling of it.
func lacks(n *jsontree.Node, key string) bool {
	return n.Get(key) == nil && !slices.ContainsFunc(n.Members(), func(child *jsontree.Node) bool { return meantFor(n, child) == key })
}

// meantFor returns the missing key of a schema that was most likely meant by child, or "".
func meantFor(n, child *jsontree.Node) string {
	if slices.Contains(schemaKeys, child.Key) || len(child.Key) > 20 {
		return ""
	}
	plain := func(key string) string { return strings.Trim(kebab(key), "-") }
	for _, key := range schemaKeys {
		if n.Get(key) == nil && nearest.Distance(plain(child.Key), plain(key)) <= 1 {
			return key
		}
	}
	return ""
}

// keyword checks what Meta does not document.
func (c *fieldCheck) keyword(n *jsontree.Node) {
	switch known, sound := flowjson.CheckKeyword(n); {
	case known && !sound:
		c.wrong(n, "%q cannot have this value in JSON Schema draft 7", n.Key)
	case known:
		c.report.onKey(n, MayRefuse, "UNDOCUMENTED_SCHEMA",
			"Meta documents type, items, properties and %s for data models, not %q: it applies as in JSON Schema draft 7", flowjson.ExampleKey, n.Key)
	default:
		c.report.onKey(n, MayRefuse, "UNDOCUMENTED_SCHEMA",
			"Meta documents type, items, properties and %s for data models, not %q: it is not checked here", flowjson.ExampleKey, jsontree.Clip(n.Key))
	}
}

func (c *fieldCheck) deepExample(n *jsontree.Node) {
	c.sound = false
	c.report.onKey(n, Error, "INVALID_SCREEN_DATA", "%s belongs next to the type of a whole field, not within it", flowjson.ExampleKey)
}

func (c *fieldCheck) schemaType(n *jsontree.Node, top bool) {
	t := n.Get("type")
	switch {
	case t == nil && (top || !lacks(n, "type")): // said of the field, or of the key
		c.sound = false
	case t == nil:
		c.wrong(n, "the type is missing: one of string, number, boolean, object, array")
	case !t.Is(jsontree.String):
		c.wrong(t, "the type must be a single string, got %s", t.Kind)
	case t.Text == expr.TypeInteger:
		c.report.at(t, MayRefuse, "UNDOCUMENTED_SCHEMA", "Meta documents number, not integer, although integer works too")
	case !slices.Contains(documented, t.Text):
		c.wrong(t, "there is no type %q: use one of string, number, boolean, object, array", jsontree.Clip(t.Text))
	}
}

func (c *fieldCheck) items(n *jsontree.Node) {
	switch n.Kind {
	case jsontree.Object:
		c.schema(n, false)
	case jsontree.Bool:
	default:
		c.wrong(n, "items must be an object with the type of the array's items, or a boolean, got %s", n.Kind)
	}
}

func (c *fieldCheck) properties(n *jsontree.Node) {
	if !n.Is(jsontree.Object) {
		c.wrong(n, "properties must be an object with a type for each key, got %s", n.Kind)
		return
	}
	for _, child := range n.Members() {
		switch {
		case child.Key == flowjson.ExampleKey:
			c.deepExample(child)
		case !child.Is(jsontree.Object):
			c.wrong(child, "a property must be an object with its type, got %s", child.Kind)
		default:
			c.schema(child, false)
		}
	}
}

// example compares the example with the schema.
func (c *fieldCheck) example() {
	for _, v := range c.field.CheckExample() {
		c.unfit(c.field.Example.Follow(v.Pointer), v.Problem)
	}
}

func (c *fieldCheck) unfit(n *jsontree.Node, problem string) {
	c.report.at(n, Error, "INVALID_SCREEN_DATA", "the example of %q does not match its field: %s", jsontree.Clip(c.field.Key), problem)
}
