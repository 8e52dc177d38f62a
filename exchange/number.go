package exchange

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/internal/formtag"
)

// Number is the type of a form's field for a TextInput of input-type number. Meta's
// validator calls it a JSON number, but clients are known to send what was typed as a
// string. Number accepts both and keeps their spelling; an input that was left empty is
// "".
//
// Validate tags compare its value: min, max, gt, gte, lt, lte, eq, ne and numeric.
// The tags minchars and maxchars count the characters that were typed, like min-chars and
// max-chars of the Flow JSON. Add omitempty if the input may be left empty. Text that is
// not a number never reaches a handler: the screen shows the error at the field.
type Number string

// UnmarshalJSON accepts a number or a string.
func (n *Number) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(n))
	}
	var number json.Number
	err := json.Unmarshal(data, &number)
	*n = Number(number)
	return err
}

// The errors never hold what was typed.
var (
	errNotNumber  = errors.New("expected a number, got other text")
	errNoNumber   = errors.New("expected a number, got nothing: the input was left empty")
	errNotInteger = errors.New("expected a whole number that fits into an int64, got another number")
)

// Float returns the value. It returns an error if the input was left empty, or if n is
// not a number as [Number.Int] describes it.
func (n Number) Float() (float64, error) {
	plain, err := n.plain()
	if err != nil {
		return 0, err
	}
	value, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return 0, errNotNumber // too large
	}
	return value, nil
}

// Int returns the value if it is a whole number, such as 42, 1e3 or 7.0. It returns an
// error for any other number, and if the input was left empty.
//
// Number accepts what WhatsApp accepts in such an input: a sign, a decimal point, an
// exponent, commas between groups of digits (1,234 is one thousand two hundred
// thirty-four, 1,00,000 a hundred thousand) and otherwise a comma as the decimal point
// (3,14). Spaces around it do not count.
func (n Number) Int() (int64, error) {
	plain, err := n.plain()
	if err != nil {
		return 0, err
	}
	if value, err := strconv.ParseInt(plain, 10, 64); err == nil {
		return value, nil // exact, above 2^53 too
	}
	value, err := n.Float()
	if err != nil {
		return 0, err
	}
	if value != math.Trunc(value) || math.Abs(value) >= 1<<53 {
		return 0, errNotInteger
	}
	return int64(value), nil
}

var (
	plainNumber   = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	groupedNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{2,3})*,[0-9]{3}(\.[0-9]*)?$`)
	commaNumber   = regexp.MustCompile(`^[+-]?[0-9]*,[0-9]+$`)
)

// plain returns the number as package strconv reads it.
func (n Number) plain() (string, error) {
	switch text := strings.TrimSpace(string(n)); {
	case text == "":
		return "", errNoNumber
	case plainNumber.MatchString(text):
		return text, nil
	case groupedNumber.MatchString(text):
		return strings.ReplaceAll(text, ",", ""), nil
	case commaNumber.MatchString(text):
		return strings.Replace(text, ",", ".", 1), nil
	}
	return "", errNotNumber
}

var numberType = reflect.TypeFor[Number]()

func isNumber(t reflect.Type) bool { return t == numberType }

// registerNumber makes validator compare the values of Numbers.
func registerNumber(v *validator.Validate) {
	v.RegisterCustomTypeFunc(numberValue, Number(""))
	for tag, fits := range map[string]func(chars, limit int) bool{
		formtag.MinChars: func(chars, limit int) bool { return chars >= limit },
		formtag.MaxChars: func(chars, limit int) bool { return chars <= limit },
	} {
		check := func(fl validator.FieldLevel) bool {
			limit, err := strconv.Atoi(fl.Param())
			if err != nil {
				panic("Bad parameter of " + tag + ": expected a whole number, got " + fl.Param()) // as validator does
			}
			return fits(utf8.RuneCountInString(typedText(fl)), limit)
		}
		if err := v.RegisterValidation(tag, check); err != nil {
			panic(err) // a mistake above
		}
	}
}

// numberValue returns what validator sees of a Number: a pointer to its value, so that 0
// is not taken for an empty input, or nil for an empty input.
func numberValue(v reflect.Value) any {
	value, err := Number(v.String()).Float()
	if err != nil {
		return nil
	}
	return &value
}

// typedText returns the text of a Number that is a field of a struct.
func typedText(fl validator.FieldLevel) string {
	parent := reflect.Indirect(fl.Parent())
	if parent.Kind() != reflect.Struct {
		return ""
	}
	field := parent.FieldByName(fl.StructFieldName())
	for field.IsValid() && field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	if !field.IsValid() || field.Type() != numberType {
		return ""
	}
	return strings.TrimSpace(field.String())
}

// wrongNumbers returns the Numbers of a form that are not numbers, whatever their tags.
func wrongNumbers(v reflect.Value, path string) []wrong {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != numberType {
			return nil
		}
		if _, err := Number(v.String()).Float(); err == nil || errors.Is(err, errNoNumber) {
			return nil
		}
		return []wrong{{path: path, rule: ruleNumber, note: path + " (" + ruleNumber + ")"}}
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return wrongNumbers(v.Elem(), path)
	case reflect.Slice, reflect.Array:
		if kind := indirect(v.Type().Elem()).Kind(); kind != reflect.Struct && indirect(v.Type().Elem()) != numberType {
			return nil
		}
		var found []wrong
		for i := range v.Len() {
			found = append(found, wrongNumbers(v.Index(i), path+"["+strconv.Itoa(i)+"]")...)
		}
		return found
	case reflect.Struct:
		var found []wrong
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() && !f.Anonymous {
				continue
			}
			at := path
			if !f.Anonymous || f.Tag.Get("json") != "" {
				at = strings.TrimPrefix(path+"."+jsonName(f), ".")
			}
			found = append(found, wrongNumbers(v.Field(i), at)...)
		}
		return found
	default:
		return nil
	}
}
