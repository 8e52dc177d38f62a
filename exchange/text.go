package exchange

import (
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/internal/formtag"
)

// fieldTextLimit is how many characters of a text a TextInput shows below it (Meta,
// "Components", April 14, 2026: error-message). Most other inputs show more.
const fieldTextLimit = 30

// Rules that this package reports itself, by the names that validator has for them.
const (
	ruleRequired = "required"
	ruleNumber   = "numeric"
)

// texts is what users read about invalid input, in one language. {n} is the limit that a
// tag has; the wording works for any number, so that no language needs a plural. A text
// is short enough for every input, and does not repeat what the input is called.
type texts struct {
	required string
	invalid  string // for rules without a text

	// Of the length of a text.
	minLength, maxLength, length string
	// Of the number of options or files that are chosen.
	minItems, maxItems, items string
	// Of the value of a number.
	min, max, more, less string

	email, phone, option, number, date, time, link string
	letters, lettersDigits, digits                 string

	check    string // what follows are labels of inputs, each with a text of its own
	checkAll string // for input that cannot be read at all
}

// text returns what is wrong at a place, for its user.
func (t *texts) text(w wrong, p place) string {
	rule, param := w.rule, w.param
	if alternatives := strings.Split(rule, "|"); len(alternatives) > 1 { // such as len=0|min=2
		rule, _, _ = strings.Cut(alternatives[len(alternatives)-1], "=")
	}
	if p.inItem {
		return t.invalid // what is wrong with one part of it does not help the user
	}
	text := t.ofRule(rule, param, p.field)
	if text == "" {
		text = t.ofLimit(rule, param, p.field)
	}
	if utf8.RuneCountInString(text) > fieldTextLimit {
		return t.invalid
	}
	return text
}

// checkFields refers to inputs that each show a text of their own.
func (t *texts) checkFields(labels []string) string { return t.check + strings.Join(labels, ", ") }

// ofRule returns the text for a rule without a limit; empty for others.
func (t *texts) ofRule(rule, param string, field reflect.Type) string {
	switch rule {
	case "": // it could not be decoded
		if field == numberType || isNumeric(field) {
			return t.number
		}
		return t.invalid
	case "email":
		return t.email
	case "e164":
		return t.phone
	case "oneof", "oneofci":
		return t.option
	case ruleNumber:
		return t.number
	case "number":
		return t.digits
	case "datetime":
		if strings.Contains(param, ":04") && !strings.Contains(param, "02") {
			return t.time
		}
		return t.date
	case "url", "uri", "http_url", "https_url":
		return t.link
	case "alpha":
		return t.letters
	case "alphanum":
		return t.lettersDigits
	}
	if strings.HasPrefix(rule, ruleRequired) { // required_if and the like
		return t.required
	}
	return ""
}

// ofLimit returns the text for a rule with a limit, which counts what the type of the
// field has: characters, items, or the value itself.
func (t *texts) ofLimit(rule, param string, field reflect.Type) string {
	limit, err := strconv.ParseFloat(param, 64)
	if err != nil || field == nil {
		return t.invalid
	}
	atLeast, atMost, exactly := t.min, t.max, t.invalid
	switch kind := field.Kind(); {
	case kind == reflect.Slice || kind == reflect.Array || kind == reflect.Map:
		atLeast, atMost, exactly = t.minItems, t.maxItems, t.items
	case kind == reflect.String && field != numberType, rule == formtag.MinChars, rule == formtag.MaxChars:
		atLeast, atMost, exactly = t.minLength, t.maxLength, t.length
	case rule == "gt":
		return withLimit(t.more, param)
	case rule == "lt":
		return withLimit(t.less, param)
	}
	switch rule {
	case "min", "gte", formtag.MinChars:
		return withLimit(atLeast, param)
	case "max", "lte", formtag.MaxChars:
		return withLimit(atMost, param)
	case "len":
		return withLimit(exactly, param)
	case "gt":
		return withLimit(atLeast, strconv.Itoa(int(limit)+1))
	case "lt":
		return withLimit(atMost, strconv.Itoa(int(limit)-1))
	}
	return t.invalid
}

// isNumeric reports whether Go counts values of a type as numbers.
func isNumeric(t reflect.Type) bool {
	return t != nil && (t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 || t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64)
}

func withLimit(text, limit string) string { return strings.ReplaceAll(text, "{n}", limit) }
