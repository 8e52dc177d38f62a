package phone

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// What the inputs of a TextInput look like (WhatsApp's web client, 2026).
var (
	emailText    = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
	passcodeText = regexp.MustCompile(`^\d+$`)
	phoneText    = regexp.MustCompile(`^\+?[\d\s().-]*\d[\d\s().-]*$`)
	numberText   = regexp.MustCompile(`^[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$`)
)

// defaultMaxChars is the most that a TextInput accepts without max-chars (Meta,
// "Components", 2026-04-14).
const defaultMaxChars = 80

// invalid returns what is wrong with the value of an input, as its user reads it; empty if
// nothing is. A required value comes first.
func (i *item) invalid(value any, has bool) string {
	if i.Type != typeCalendarPicker && i.flag("required", false) && missing(value, has) {
		return requiredText(i.Type)
	}
	switch i.Type {
	case typeTextInput:
		return i.invalidText(value, has)
	case typeCheckboxGroup, typeChipsSelector:
		return i.invalidCount(len(chosen(value)))
	case typeDropdown:
		return i.invalidOption(value)
	case typeDatePicker:
		return i.invalidDate(value)
	case typePhotoPicker, typeDocumentPicker:
		return i.invalidFiles(value)
	}
	return ""
}

// missing reports whether a required value is not there: absent, false, no option, or
// blank.
func missing(value any, has bool) bool {
	if text, ok := value.(string); ok {
		return strings.TrimSpace(text) == ""
	}
	return !has || blank(value)
}

// invalidText checks the text of a TextInput, without the blanks around it. Empty passes
// everything but a pattern, which is tested once something was typed.
func (i *item) invalidText(value any, has bool) string {
	text, _ := value.(string)
	text = strings.TrimSpace(text)
	if text != "" {
		length := utf8.RuneCountInString(text)
		if least := i.count("min-chars", 0); length < least {
			return "Enter at least " + plural(least, "character")
		}
		if most := i.count("max-chars", defaultMaxChars); length > most {
			return "Enter at most " + plural(most, "character")
		}
		if problem := invalidKind(i.kind(), text); problem != "" {
			return problem
		}
	}
	if i.pattern == nil || !has || !i.plan.version.AtLeast(catalog.Version{Major: 6, Minor: 2}) {
		return ""
	}
	switch i.values["input-type"].raw {
	case "text", "number", "password", "passcode":
		return i.invalidPattern(text)
	}
	return ""
}

// invalidPattern checks that a text contains what the pattern describes. If that takes too
// long, the pattern is ignored.
func (i *item) invalidPattern(text string) string {
	switch i.savings.patterns.of(place{at: i.at}, patternText{i.pattern, text}, patternText.test) {
	case patternNotFound:
		return textPattern
	case patternSlow:
		i.warn(severityWarning, codePattern, "", fmt.Sprintf("the pattern of %s takes more than %s on the typed text, so this phone ignores it; "+
			"WhatsApp continues to evaluate it, and its user waits", i.called(), patternTimeout),
			"avoid repetitions of what repeats, such as (a+)+")
	default:
	}
	return ""
}

func invalidKind(kind, text string) string {
	switch {
	case kind == "email" && !emailText.MatchString(text):
		return "Enter a valid email address"
	case kind == "passcode" && !passcodeText.MatchString(text):
		return "Enter digits only"
	case kind == "phone" && !phoneText.MatchString(text):
		return "Enter a valid phone number"
	case kind == "number" && !numberText.MatchString(text):
		return "Enter a valid number"
	}
	return ""
}

// kind returns the input-type of a TextInput.
func (i *item) kind() string {
	if kind, _ := i.values["input-type"].raw.(string); kind != "" {
		return kind
	}
	return "text"
}

// invalidCount checks the number of options: the least counts though none is required.
func (i *item) invalidCount(n int) string {
	if !i.flag("enabled", true) || i.Type == typeChipsSelector && !i.quirks.on(ruleChipsCounts) {
		return ""
	}
	if least := i.count("min-selected-items", 0); n < least {
		return "Choose at least " + strconv.Itoa(least)
	}
	if most, ok := i.number("max-selected-items"); ok && n > int(most) {
		return "Choose at most " + strconv.Itoa(int(most))
	}
	return ""
}

// invalidOption checks that a Dropdown offers its value: an empty list does not clear it.
func (i *item) invalidOption(value any) string {
	id, _ := value.(string)
	if id == "" || slices.ContainsFunc(i.list(keyDataSource), func(o any) bool { return idOf(o) == id }) {
		return ""
	}
	return requiredText(i.Type)
}

// invalidDate checks that a DatePicker offers its value.
func (i *item) invalidDate(value any) string {
	day := i.day(value)
	if day != "" && slices.Contains(i.days("unavailable-dates"), day) {
		return textUnavailable
	}
	return ""
}

// idOf returns the id of an option; empty if it has none.
func idOf(option any) string {
	object, _ := option.(map[string]any)
	id, _ := object["id"].(string)
	return id
}

// asNumber returns a number, or a text that is one.
func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return n, err == nil
	}
	return 0, false
}

// plural returns a number with its noun.
func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
