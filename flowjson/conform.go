package flowjson

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// Violation is one way in which data does not conform to a data model.
type Violation struct {
	// Pointer is the JSON pointer of the place within the data.
	Pointer string
	// Rule is "type", "null", "missing", "unexpected", or "keyword" for another JSON
	// Schema keyword of the model.
	Rule string
	// Problem says in words what is wrong, and never holds a value of the data.
	Problem string
}

// The rules of a [Violation].
const (
	RuleType       = "type"
	RuleNull       = "null"
	RuleMissing    = "missing"
	RuleUnexpected = "unexpected" // the screen has no data model at all
	RuleKeyword    = "keyword"
)

// maxViolations bounds what is said of one piece of data.
const maxViolations = 100

// Check holds data, decoded by encoding/json, to the model, as WhatsApp does when
// data arrives: types must fit and null fits none, keys that the model does not
// declare are ignored. Keys that it declares may be missing unless its entry
// "required" names them; with all, every one must be there, which is what a client
// needs to show the whole screen, and what WhatsApp insists on when the user comes
// from a screen with a NavigationList. A nil Model, of a screen that declares no
// data, takes none.
//
// Of JSON Schema, beyond the types that Meta documents, it knows the keywords that
// bound single values; others, such as $ref and oneOf, are passed over. No more than
// a hundred violations are returned.
func (m *Model) Check(data map[string]any, all bool) []Violation {
	if m == nil {
		if len(data) > 0 {
			return []Violation{{Rule: RuleUnexpected, Problem: "the screen declares no data, and takes none"}}
		}
		return nil
	}
	c := &conformance{}
	wanted := m.required
	if all {
		wanted = m.wanted
	}
	for _, key := range wanted {
		if _, ok := data[key]; !ok {
			c.path = append(c.path[:0], key)
			c.add(RuleMissing, "the screen wants this key, and the data does not have it")
		}
	}
	c.path = c.path[:0]
	for _, f := range m.Fields {
		if value, ok := data[f.Key]; ok && m.byKey[f.Key] == f {
			c.within(f.Key, value, f.Schema)
		}
	}
	return c.found
}

// CheckExample holds the example of a field to its schema.
func (f *Field) CheckExample() []Violation {
	c := &conformance{}
	c.check(f.Example.Value(), f.Schema)
	return c.found
}

// conformance holds one piece of data to a schema.
type conformance struct {
	path  []string
	found []Violation
}

// within checks a value one step further down.
func (c *conformance) within(key string, value any, s *Schema) {
	c.path = append(c.path, key)
	c.check(value, s)
	c.path = c.path[:len(c.path)-1]
}

func (c *conformance) add(rule, format string, args ...any) {
	if len(c.found) >= maxViolations {
		return
	}
	var pointer strings.Builder
	for _, key := range c.path {
		pointer.WriteByte('/')
		pointer.WriteString(jsontree.EscapePointer(key))
	}
	c.found = append(c.found, Violation{Pointer: pointer.String(), Rule: rule, Problem: fmt.Sprintf(format, args...)})
}

func (c *conformance) check(value any, s *Schema) {
	if s == nil || len(c.found) >= maxViolations {
		return
	}
	switch got := typeOf(value); {
	case s.Type != "" && value == nil:
		c.add(RuleNull, "the model wants %s, and null fits no model: send an empty value, or nothing", s.Type)
		return
	case s.Type != "" && !conforms(value, got, s.Type):
		c.add(RuleType, "the model wants %s, and this is %s", s.Type, got)
		return
	}
	for _, k := range s.keywords {
		if !k.holds(value) {
			c.add(RuleKeyword, "this breaks %q of the model", k.name)
		}
	}
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			if s.Items != nil {
				c.within(strconv.Itoa(i), item, s.Items)
			}
		}
	case map[string]any:
		for _, p := range s.Properties {
			if member, ok := value[p.Key]; ok && s.Property(p.Key) == p.Schema {
				c.within(p.Key, member, p.Schema)
			}
		}
		c.additional(value, s)
	}
}

// additional checks what an object holds beyond its declared properties.
func (c *conformance) additional(object map[string]any, s *Schema) {
	if s.additional == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if s.Node.Get("properties").Get(key) == nil {
			c.within(key, object[key], s.additional)
		}
	}
}

// typeOf returns the type of a value that encoding/json decoded.
func typeOf(value any) string {
	switch value.(type) {
	case string:
		return TypeString
	case float64:
		return TypeNumber
	case bool:
		return TypeBoolean
	case []any:
		return TypeArray
	case map[string]any:
		return TypeObject
	}
	return "null"
}

func conforms(value any, got, want string) bool {
	if want == TypeInteger {
		number, ok := value.(float64)
		return ok && number == math.Trunc(number)
	}
	return got == want
}
