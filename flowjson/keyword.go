package flowjson

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// keyword is one of JSON Schema draft 7 that bounds a value. Meta documents none, and
// WhatsApp compiles data models as draft 7, so they count.
type keyword struct {
	name  string
	holds func(value any) bool // for a value of another type than the keyword is for, too
}

// keywords make the test of a keyword; it is nil if the keyword cannot have that
// value.
var keywords = map[string]func(n *Node) func(any) bool{
	"enum":  enumKeyword,
	"const": func(n *Node) func(any) bool { return oneOf(n.Value()) },

	"minimum":          numberKeyword(func(value, bound float64) bool { return value >= bound }),
	"maximum":          numberKeyword(func(value, bound float64) bool { return value <= bound }),
	"exclusiveMinimum": numberKeyword(func(value, bound float64) bool { return value > bound }),
	"exclusiveMaximum": numberKeyword(func(value, bound float64) bool { return value < bound }),
	"multipleOf":       multipleKeyword,

	"minLength": countKeyword(characters, atLeast),
	"maxLength": countKeyword(characters, atMost),
	"pattern":   patternKeyword,

	"minItems":    countKeyword(itemsOf, atLeast),
	"maxItems":    countKeyword(itemsOf, atMost),
	"uniqueItems": uniqueKeyword,
	"items":       itemsKeyword,

	"minProperties":        countKeyword(keysOf, atLeast),
	"maxProperties":        countKeyword(keysOf, atMost),
	RequiredKey:            requiredKeyword,
	"additionalProperties": additionalKeyword,
}

// CheckKeyword reports whether the key of a schema is a keyword of JSON Schema draft 7
// that [Model.Check] applies, and whether its value is one that the keyword can have.
func CheckKeyword(n *Node) (known, sound bool) {
	read, known := keywords[n.Key]
	return known, known && read(n) != nil
}

// readKeywords returns those of a schema that can be checked.
func readKeywords(n *Node) []keyword {
	var found []keyword
	for _, child := range n.Children {
		if read := keywords[child.Key]; read != nil && n.Get(child.Key) == child {
			if holds := read(child); holds != nil {
				found = append(found, keyword{child.Key, holds})
			}
		}
	}
	return found
}

func enumKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.Array) {
		return nil
	}
	values, _ := n.Value().([]any)
	return oneOf(values...)
}

func oneOf(values ...any) func(any) bool {
	return func(value any) bool {
		for _, one := range values {
			if reflect.DeepEqual(value, one) {
				return true
			}
		}
		return false
	}
}

func numberKeyword(holds func(value, bound float64) bool) func(n *Node) func(any) bool {
	return func(n *Node) func(any) bool {
		bound, ok := n.Value().(float64)
		if !ok {
			return nil
		}
		return func(value any) bool {
			number, ok := value.(float64)
			return !ok || holds(number, bound)
		}
	}
}

func multipleKeyword(n *Node) func(any) bool {
	of, ok := n.Value().(float64)
	if !ok || of <= 0 {
		return nil
	}
	return func(value any) bool {
		number, ok := value.(float64)
		return !ok || number/of == math.Trunc(number/of)
	}
}

// countKeyword bounds what is counted of a value; count returns -1 for values of
// which there is nothing to count.
func countKeyword(count func(value any) int, holds func(count, bound int) bool) func(n *Node) func(any) bool {
	return func(n *Node) func(any) bool {
		bound, ok := n.Value().(float64)
		if !ok || bound < 0 || bound != math.Trunc(bound) || bound > math.MaxInt32 {
			return nil
		}
		return func(value any) bool {
			counted := count(value)
			return counted < 0 || holds(counted, int(bound))
		}
	}
}

func atLeast(count, bound int) bool { return count >= bound }
func atMost(count, bound int) bool  { return count <= bound }

func characters(value any) int {
	if text, ok := value.(string); ok {
		return utf8.RuneCountInString(text)
	}
	return -1
}

func itemsOf(value any) int {
	if array, ok := value.([]any); ok {
		return len(array)
	}
	return -1
}

func keysOf(value any) int {
	if object, ok := value.(map[string]any); ok {
		return len(object)
	}
	return -1
}

// patternKeyword accepts everything if Go's regular expressions lack what the pattern
// has: JavaScript's would have to decide.
func patternKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.String) {
		return nil
	}
	pattern, err := regexp.Compile(n.Text)
	return func(value any) bool {
		text, ok := value.(string)
		return !ok || err != nil || pattern.MatchString(text)
	}
}

func uniqueKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.Bool) {
		return nil
	}
	return func(value any) bool {
		array, _ := value.([]any)
		seen := make(map[string]bool, len(array))
		for _, item := range array {
			text, _ := json.Marshal(item) // it came from JSON; keys are sorted
			if seen[string(text)] && n.True() {
				return false
			}
			seen[string(text)] = true
		}
		return true
	}
}

// itemsKeyword checks "items": false, which allows no items. [Schema] checks items that
// have a schema.
func itemsKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.Bool) || n.True() {
		return nil
	}
	return func(value any) bool { return itemsOf(value) <= 0 }
}

func requiredKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.Array) {
		return nil
	}
	return func(value any) bool {
		object, ok := value.(map[string]any)
		for _, key := range n.Children {
			if _, given := object[key.Str()]; ok && !given {
				return false
			}
		}
		return true
	}
}

// additionalKeyword is for false; a schema for what is not declared is
// [Schema]'s.
func additionalKeyword(n *Node) func(any) bool {
	if !n.Is(jsontree.Bool) && !n.Is(jsontree.Object) {
		return nil
	}
	declared, patterns := n.Parent().Get("properties"), n.Parent().Get("patternProperties")
	return func(value any) bool {
		object, _ := value.(map[string]any)
		for key := range object {
			if n.Is(jsontree.Bool) && !n.True() && patterns == nil && declared.Get(key) == nil {
				return false
			}
		}
		return true
	}
}
