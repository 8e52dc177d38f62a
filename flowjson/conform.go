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

// Mismatch is one way in which data does not conform to a data model.
type Mismatch struct {
	// Pointer is the JSON pointer of the place within the data.
	Pointer string
	// Rule is RuleType, RuleNull, RuleMissing, RuleKeyword for another JSON Schema keyword
	// of the model, or RuleNoModel.
	Rule Rule
	// Problem describes what is wrong, without a value of the data.
	Problem string
}

// maxMismatches bounds what is reported of one piece of data.
const maxMismatches = 100

// Check compares data, decoded by encoding/json, with the model, as WhatsApp does when
// data arrives: types must fit, null fits none, and keys that the model does not declare
// are ignored. Declared keys may be missing unless the entry "required" names them. If all
// is true, every declared key must exist: a client needs that to show the whole screen,
// and WhatsApp requires it if the user comes from a screen with a NavigationList. A nil
// Model, of a screen that declares no data, accepts none.
//
// In addition to the types that Meta documents, it applies the keywords of JSON Schema
// that limit single values, and ignores others, such as $ref and oneOf. It returns at most
// a hundred mismatches.
func (m *Model) Check(data map[string]any, all bool) []Mismatch {
	if m == nil {
		if len(data) > 0 {
			return []Mismatch{{Rule: RuleNoModel, Problem: "the screen declares no data, and accepts none"}}
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
			c.add(RuleMissing, "the screen declares this key, and the data does not have it")
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

// CheckExample compares the example of a field with its schema.
func (f *Field) CheckExample() []Mismatch {
	c := &conformance{}
	c.check(f.Example.Value(), f.Schema)
	return c.found
}

// conformance compares one piece of data with a schema.
type conformance struct {
	path  []string
	found []Mismatch
}

// within checks a value one step further down.
func (c *conformance) within(key string, value any, s *Schema) {
	c.path = append(c.path, key)
	c.check(value, s)
	c.path = c.path[:len(c.path)-1]
}

func (c *conformance) add(rule Rule, format string, args ...any) {
	if len(c.found) >= maxMismatches {
		return
	}
	var pointer strings.Builder
	for _, key := range c.path {
		pointer.WriteByte('/')
		pointer.WriteString(jsontree.EscapePointer(key))
	}
	c.found = append(c.found, Mismatch{Pointer: pointer.String(), Rule: rule, Problem: fmt.Sprintf(format, args...)})
}

func (c *conformance) check(value any, s *Schema) {
	if s == nil || len(c.found) >= maxMismatches {
		return
	}
	switch got := typeOf(value); {
	case s.Type != "" && value == nil:
		c.add(RuleNull, "expected %s, got null, which fits no model", s.Type)
		return
	case s.Type != "" && !conforms(value, got, s.Type):
		c.add(RuleType, "expected %s, got %s", s.Type, got)
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

// additional checks the members of an object that are not declared.
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
