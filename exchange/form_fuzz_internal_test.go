package exchange

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

// FuzzForm: whatever object arrives is read, or what is wrong with it is said in texts that
// fit at the inputs.
func FuzzForm(f *testing.F) {
	f.Add([]byte(everyMistake()))
	for _, seed := range []string{
		`{}`, `{"required":1,"min":{},"minItems":"x","unread":[[]]}`, `{"REQUIRED":"x","unread":null}`, `{"minItems":[1,"a",null]}`, `{"min":"1,000"}`,
		`{"nested":{"deep":{"number":"x","list":[{"number":true}]},"many":{"a.b":"x","c]":1}}}`, `{"nested":7}`, `{"nested":{"deep":[]}}`,
	} {
		f.Add([]byte(seed))
	}
	type deep struct {
		Number Number   `json:"number" validate:"required"`
		List   []deep   `json:"list" validate:"max=2,dive"`
		Bytes  []byte   `json:"bytes" validate:"omitempty,len=4"`
		Texts  []string `json:"texts" validate:"dive,min=2"`
	}
	type nested struct {
		Deep *deep          `json:"deep"`
		Many map[string]int `json:"many" validate:"dive,max=3"`
	}
	type form struct {
		everyRule
		Nested nested `json:"nested" label:"Nested?"`
	}
	r := newFormReader(validator.New(validator.WithRequiredStructEnabled()), "en", nil)
	if err := r.check(reflect.TypeFor[form]()); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if !json.Valid(payload) || !jsonobject.Is(payload) || jsonobject.TooDeep(payload) {
			return // refused before a form is read
		}
		why := r.read("A", payload, new(form))
		if why == nil {
			return
		}
		if why.Message == "" || why.besideFields == "" || why.note == "" {
			t.Errorf("%s: an empty text in %+v", payload, why)
		}
		for input, text := range why.Fields {
			if n := utf8.RuneCountInString(text); n == 0 || n > fieldTextLimit {
				t.Errorf("%s: %s shows %q", payload, input, text)
			}
		}
		again := r.read("A", payload, new(form))
		if again == nil || !reflect.DeepEqual(why.Fields, again.Fields) {
			t.Errorf("%s: the second time %v, the first time %v", payload, again, why)
		}
	})
}

// The sender decides how many faults a payload has, and not how long the answer and the
// log line get.
func TestManyFaults(t *testing.T) {
	t.Parallel()
	type form struct {
		Items  []string          `json:"items" validate:"dive,min=2"`
		Counts map[string]int    `json:"counts"`
		Words  map[string]string `json:"words" validate:"dive,min=2"`
	}
	r := newFormReader(validator.New(validator.WithRequiredStructEnabled()), "en", nil)
	if err := r.check(reflect.TypeFor[form]()); err != nil {
		t.Fatal(err)
	}
	var items, counts []string
	for i := range 20000 {
		items = append(items, `"x"`)
		counts = append(counts, fmt.Sprintf(`"k%d":"x"`, i))
	}
	object := "{" + strings.Join(counts, ",") + "}"
	why := r.read("A", json.RawMessage(`{"items":[`+strings.Join(items, ",")+`],"counts":`+object+`,"words":`+object+`}`), new(form))
	if why == nil {
		t.Fatal("the form passed")
	}
	if want := "Items: Minimum length: 2; Counts: Please check this; Words: Minimum length: 2"; why.Message != want {
		t.Errorf("got %.300q, want %q", why.Message, want)
	}
	if len(why.note) > 2000 {
		t.Errorf("the note for the log has %d bytes: %.300q", len(why.note), why.note)
	}
}
