package exchange

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"
)

// everyRule has a field for each text. Its input breaks every rule.
type everyRule struct {
	Required  string   `json:"required" validate:"required"`
	MinLength string   `json:"minLength" validate:"min=1000"`
	MaxLength string   `json:"maxLength" validate:"max=1"`
	Length    string   `json:"length" validate:"len=1000"`
	MinItems  []string `json:"minItems" validate:"len=0|min=200"`
	MaxItems  []string `json:"maxItems" validate:"lt=1"`
	Items     []string `json:"items" validate:"len=200"`
	Min       Number   `json:"min" validate:"min=100000"`
	Max       Number   `json:"max" validate:"lte=-10000"`
	More      Number   `json:"more" validate:"gt=100000"`
	Less      Number   `json:"less" validate:"lt=-10000"`
	MinChars  Number   `json:"minChars" validate:"minchars=6"`
	MaxChars  Number   `json:"maxChars" validate:"maxchars=1"`
	Email     string   `json:"email" validate:"email"`
	Phone     string   `json:"phone" validate:"e164"`
	Option    string   `json:"option" validate:"oneof=a b"`
	Options   []string `json:"options" validate:"dive,oneof=a b"`
	Number    Number   `json:"number"`
	Date      string   `json:"date" validate:"datetime=2006-01-02"`
	Time      string   `json:"time" validate:"datetime=15:04"`
	Link      string   `json:"link" validate:"url"`
	Letters   string   `json:"letters" validate:"alpha"`
	Alphanum  string   `json:"lettersDigits" validate:"alphanum"`
	Digits    string   `json:"digits" validate:"number"`
	Invalid   string   `json:"invalid" validate:"uuid"`
	Long      Number   `json:"long" validate:"min=1000000000000000000000000000000"`
	Unread    bool     `json:"unread"`
	Count     int      `json:"count"`
}

const typed = "4111 1111"

func everyMistake() json.RawMessage {
	return json.RawMessage(strings.ReplaceAll(`{"minLength":"X","maxLength":"X","length":"X","minItems":["X"],"maxItems":["X"],"items":["X"],
		"min":"12","max":"12","more":12,"less":12,"minChars":"12","maxChars":"12","email":"X","phone":"X","option":"X","options":["X"],"number":"X",
		"date":"X","time":"X","link":"X","letters":"X","lettersDigits":"X","digits":"X","invalid":"X","long":"12","unread":"X","count":"X"}`, "X", typed))
}

// want maps each field of everyRule to the text that it gets.
func (t *texts) want() map[string]string {
	return map[string]string{
		"required": t.required, "invalid": t.invalid, "long": t.invalid, "unread": t.invalid,
		"minLength": withLimit(t.minLength, "1000"), "maxLength": withLimit(t.maxLength, "1"), "length": withLimit(t.length, "1000"),
		"minItems": withLimit(t.minItems, "200"), "maxItems": withLimit(t.maxItems, "0"), "items": withLimit(t.items, "200"),
		"min": withLimit(t.min, "100000"), "max": withLimit(t.max, "-10000"), "more": withLimit(t.more, "100000"), "less": withLimit(t.less, "-10000"),
		"minChars": withLimit(t.minLength, "6"), "maxChars": withLimit(t.maxLength, "1"),
		"email": t.email, "phone": t.phone, "option": t.option, "options": t.option,
		"number": t.number, "count": t.number, "date": t.date, "time": t.time, "link": t.link,
		"letters": t.letters, "lettersDigits": t.lettersDigits, "digits": t.digits,
	}
}

// Every rule has its text in every language, short enough for any input, and without what
// was typed.
func TestEveryRuleInEveryLanguage(t *testing.T) {
	t.Parallel()
	for language, words := range languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			r := newFormReader(validator.New(validator.WithRequiredStructEnabled()), language, nil)
			if err := r.check(reflect.TypeFor[everyRule]()); err != nil {
				t.Fatal(err)
			}
			why := r.read("", everyMistake(), new(everyRule))
			if why == nil {
				t.Fatal("the form passed")
			}
			if diff := cmp.Diff(words().want(), why.Fields); diff != "" {
				t.Errorf("texts (-want +got):\n%s", diff)
			}
			for field, text := range why.Fields {
				if n := utf8.RuneCountInString(text); n > fieldTextLimit || n == 0 {
					t.Errorf("%s: %q has %d characters, want at most %d", field, text, n, fieldTextLimit)
				}
			}
			for field, text := range why.Fields {
				if strings.Contains(why.besideFields, text) {
					t.Errorf("%s: the bottom of the screen repeats %q", field, text)
				}
			}
			for _, text := range append(slices.Collect(maps.Values(why.Fields)), why.Message, why.besideFields, why.note) {
				if strings.Contains(text, typed) || strings.Contains(text, "2006") || strings.Contains(text, "{n}") {
					t.Errorf("%q has what was typed, a layout or a placeholder", text)
				}
			}
		})
	}
}

// Each text is there, has a limit where it needs one, and is translated.
func TestTextsAreComplete(t *testing.T) {
	t.Parallel()
	limits := []string{"minLength", "maxLength", "length", "minItems", "maxItems", "items", "min", "max", "more", "less"}
	same := []string{"phone"} // the word for "format" is the same in several languages
	original := reflect.ValueOf(*english())
	for language, words := range languages() {
		of := reflect.ValueOf(*words())
		for i := range of.NumField() {
			name, text := of.Type().Field(i).Name, of.Field(i).String()
			if text == "" || strings.Contains(text, "{n}") != slices.Contains(limits, name) {
				t.Errorf("%s: %s is %q", language, name, text)
			}
			if language != "en" && text == original.Field(i).String() && !slices.Contains(same, name) {
				t.Errorf("%s: %s is the English text %q", language, name, text)
			}
		}
	}
}

// A customer reads words, however the key of a payload is written.
func TestReadable(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"first_name": "First name", "firstName": "First name", "first-name": "First name", "FirstName": "First name",
		"myURL": "My URL", "userID": "User ID", "planB": "Plan B", "größe": "Größe", "名前": "名前", "": "", "_": "",
	} {
		if got := readable(key); got != want {
			t.Errorf("%q: got %q, want %q", key, got, want)
		}
	}
	for label, want := range map[string]string{"Your name:": "Your name", "E-mail\taddress\n": "E-mail address", "How many?": "How many?", " : ": ""} {
		if got := oneLine(label); got != want {
			t.Errorf("%q: got %q, want %q", label, got, want)
		}
	}
}
