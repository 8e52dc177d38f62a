package expr

import (
	"math"
	"math/big"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// absent is the value of a reference to nothing, JavaScript's undefined. nil is null.
type absent struct{}

func isAbsent(v any) bool { return v == nil || v == any(absent{}) }

// isEmpty reports whether comparisons count a value as empty: absent, null or "".
func isEmpty(v any) bool { return isAbsent(v) || v == "" }

// truthy reports whether a value counts as true for && and ||. Empty lists and the text
// 'false' do.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil, absent:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

// same reports whether two values have one type and are equal. Lists and objects are
// only equal to themselves.
func same(a, b any) bool {
	switch x := a.(type) {
	case []any:
		y, ok := b.([]any)
		return ok && len(x) == len(y) && reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer()
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && reflect.ValueOf(x).Pointer() == reflect.ValueOf(y).Pointer()
	}
	return a == b
}

// ToText returns the text of a value: of an operand that stands next to another one, and
// of the value of a Switch. null is "", a list its elements with commas between them, an
// object "[object Object]". Numbers have as many decimals as they need.
func ToText(v any) string {
	switch v := v.(type) {
	case nil, absent:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numberToText(v)
	case string:
		return v
	case []any:
		texts := make([]string, len(v))
		for i, element := range v {
			texts[i] = ToText(element)
		}
		return strings.Join(texts, ",")
	}
	return "[object Object]"
}

// numberToText writes a number as JavaScript does: with an exponent from 1e21 on and
// below 1e-6.
func numberToText(n float64) string {
	switch size := math.Abs(n); {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0" // also -0
	case 1e-6 <= size && size < 1e21:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	text := strconv.FormatFloat(n, 'e', -1, 64)
	return strings.Replace(text, "e-0", "e-", 1) // Go writes two digits
}

// toNumber converts a value as JavaScript does. It returns NaN for what is not a number.
func toNumber(v any) float64 {
	switch v := v.(type) {
	case nil:
		return 0
	case bool:
		if v {
			return 1
		}
		return 0
	case float64:
		return v
	case string:
		return textToNumber(v)
	case []any:
		if len(v) < 2 { // the text of more has a comma
			return textToNumber(ToText(v))
		}
	}
	return math.NaN()
}

var (
	decimalPattern = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$`)
	radixPattern   = regexp.MustCompile(`^0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)$`)
)

// textToNumber converts a text as JavaScript does: blank texts are 0, and it knows
// exponents, 0x1F, 0o17, 0b11 and Infinity.
func textToNumber(text string) float64 {
	text = strings.TrimFunc(text, isBlank)
	switch {
	case text == "":
		return 0
	case text[0] > '9' && text[0] != 'I': // most texts
		return math.NaN()
	case decimalPattern.MatchString(text):
		n, _ := strconv.ParseFloat(text, 64) // infinite if it is too large
		return n
	case radixPattern.MatchString(text):
		n, _ := new(big.Int).SetString(text, 0)
		f, _ := new(big.Float).SetInt(n).Float64()
		return f
	case strings.TrimLeft(text, "+-") == "Infinity" && len(text) <= len("+Infinity"):
		return math.Inf(1 - 2*strings.Count(text, "-"))
	}
	return math.NaN()
}

// isBlank reports whether JavaScript counts a character as white space.
func isBlank(c rune) bool {
	return strings.ContainsRune("\t\n\v\f\r\u2028\u2029\ufeff", c) || unicode.Is(unicode.Zs, c)
}

// leadingInteger returns the integer at the start of a value's text, NaN if there is
// none: 1 of 1.9, '1st' and '1e3'.
func leadingInteger(v any) float64 {
	text := strings.TrimLeftFunc(ToText(v), isBlank)
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 {
		return math.NaN()
	}
	end := strings.IndexFunc(digits, func(c rune) bool { return c < '0' || c > '9' })
	if end < 0 {
		end = len(digits)
	}
	if end == 0 {
		return math.NaN()
	}
	n, _ := strconv.ParseFloat(text[:len(text)-len(digits)+end], 64) // infinite if it is too large
	return n
}

// round rounds to two places, half up.
func round(n float64) float64 {
	hundredths := math.Floor(n * 100)
	if n*100-hundredths >= 0.5 {
		hundredths++
	}
	return positiveZero(hundredths / 100)
}

// positiveZero makes 0 of -0, which JavaScript writes as 0.
func positiveZero(n float64) float64 {
	if n == 0 {
		return 0
	}
	return n
}

// Get returns what a path leads to within a value, as WhatsApp's client finds it: keys of
// objects, indexes of lists, and the length of lists and texts. ok is false if there is
// nothing or null.
func Get(v any, path []string) (value any, ok bool) {
	for _, name := range path {
		v = member(v, name)
	}
	return v, !isAbsent(v)
}

// member returns the member of a value, absent if it has no such member.
func member(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		if value, ok := v[name]; ok {
			return value
		}
	case []any:
		if name == "length" {
			return float64(len(v))
		}
		if i, err := strconv.Atoi(name); err == nil && 0 <= i && i < len(v) && strconv.Itoa(i) == name {
			return v[i]
		}
	case string:
		if name == "length" {
			return float64(len(utf16.Encode([]rune(v))))
		}
	}
	return absent{}
}
