// Package formtag checks validate tags before a form is ever submitted: when a route is
// registered, and when a tag is written into generated code.
package formtag

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/internal/nearest"
)

// Tags of this module that package validator does not have. Package exchange registers
// them.
const (
	MinChars = "minchars" // at least so many characters, as typed, of an exchange.Number
	MaxChars = "maxchars" // at most so many
)

// Checker checks tags. Its fields must be set.
type Checker struct {
	Validator *validator.Validate
	// IsNumber reports whether a type counts as a number although its kind is another.
	IsNumber func(reflect.Type) bool
}

// NewValidator returns a validator that knows all tags, for a [Checker] alone: those of
// this module do nothing.
func NewValidator() *validator.Validate {
	v := validator.New()
	for _, tag := range []string{MinChars, MaxChars} {
		if err := v.RegisterValidation(tag, func(validator.FieldLevel) bool { return true }); err != nil {
			panic(err) // a mistake above
		}
	}
	return v
}

// Check runs each rule of a validate tag by itself on an empty value of type t. It
// returns an error for a rule that the validator does not know, and for one whose
// parameter (such as min=many) or whose type it cannot use.
func (c Checker) Check(t reflect.Type, tag string) error {
	inKeys, inItems := false, false
	for rule := range strings.SplitSeq(tag, ",") {
		switch name, _, _ := strings.Cut(rule, "="); name {
		case "dive":
			if t = indirect(t); t.Kind() != reflect.Slice && t.Kind() != reflect.Array && t.Kind() != reflect.Map {
				return fmt.Errorf("dive on a %s: it needs a slice, an array or a map", t.Kind())
			}
			t, inItems = t.Elem(), true
		case "keys":
			inKeys = true
		case "endkeys":
			inKeys = false
		case "", "-":
			return fmt.Errorf("unknown rule %q: separate rules with one comma", name)
		case "omitempty", "omitzero", "omitnil", "structonly", "nostructlevel", "required", "isdefault":
			// these have no parameter, and any other use of them fails when the tag is parsed
		default:
			if inKeys || strings.HasSuffix(name, "field") {
				continue // compared with a key or a field that is not there now
			}
			of := indirect(t)
			counts := c.IsNumber(of)
			if (name == MinChars || name == MaxChars) && (!counts || inItems) {
				return fmt.Errorf("%s needs a field of type exchange.Number; for text use %s", name, strings.TrimSuffix(name, "chars"))
			}
			kind := article(of.String())
			if counts {
				of, kind = reflect.TypeFor[float64](), "an exchange.Number"
			}
			value := reflect.New(of).Elem().Interface()
			if err := Try(func() { _ = c.Validator.Var(value, rule) }); err != nil {
				if strings.HasPrefix(err.Error(), "Bad field type") {
					return fmt.Errorf("%s cannot be used for %s", name, kind)
				}
				return err
			}
			if slices.Contains(ofText, name) && (counts || neverText(of)) {
				return fmt.Errorf("%s is for text and never fits %s", name, kind)
			}
		}
	}
	return nil
}

// neverText reports whether validator sees something else than a text in every value of a
// type. A named type may have a function that makes one.
func neverText(t reflect.Type) bool {
	if kind := t.Kind(); kind == reflect.Slice || kind == reflect.Array || kind == reflect.Map {
		return t.Name() == ""
	}
	return t == reflect.TypeFor[bool]() || t == reflect.TypeFor[float64]() || t == reflect.TypeFor[int]()
}

func article(word string) string {
	if strings.HasPrefix(word, "int") {
		return "an " + word
	}
	return "a " + word
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

var undefined = regexp.MustCompile(`Undefined validation function '(.*)' on field`)

// Try turns validator's panic about a tag into an error. That about an unknown tag names
// the nearest known one.
func Try(run func()) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		err = fmt.Errorf("%v", p)
		if unknown := undefined.FindStringSubmatch(err.Error()); unknown != nil {
			err = fmt.Errorf("unknown rule %s", unknown[1])
			if known := nearest.Word(unknown[1], common); known != "" {
				err = fmt.Errorf("%w: did you mean %s?", err, known)
			}
		}
	}()
	run()
	return nil
}

// common are the rules that forms of a Flow can use. Validator does not list its rules;
// a test checks that it knows these.
var common = slices.Concat(ofText, []string{
	"required", "omitempty", "dive", "min", "max", "len", "eq", "ne", "gt", "gte", "lt", "lte", "oneof", "unique",
	MinChars, MaxChars,
	"boolean", "number", "numeric", "ip", "uuid", "datetime", "latitude", "longitude", "luhn_checksum", "json", "iso3166_1_alpha2",
	"eqfield", "nefield", "gtfield", "gtefield", "ltfield", "ltefield", "required_if", "required_with",
})

// ofText are common rules that only a text can fit.
var ofText = []string{
	"alpha", "alphanum", "alphaspace", "alphaunicode", "alphanumunicode", "ascii", "lowercase", "uppercase",
	"contains", "excludes", "startswith", "endswith",
	"email", "e164", "url", "uri", "http_url", "hostname", "fqdn", "uuid4", "timezone",
	"credit_card", "bic", "isbn", "issn", "hexadecimal", "hexcolor",
	"base64", "jwt", "iso4217", "bcp47_language_tag", "postcode_iso3166_alpha2",
}
