package exchange

import (
	"fmt"
	"reflect"

	"github.com/flowserver/flowserver/protocol"
)

// NoData is the form of a request without input, and the data of a screen that shows no
// data.
type NoData struct{}

// Screen declares a screen of the Flow JSON once: its id, the Data that it shows
// (its data model) and the Form that it submits (the payload of its
// data_exchange action). It is a small value; declare it as a package variable
// and use it where the screen is handled and where it is shown.
type Screen[Data, Form any] struct {
	id      string
	trigger trigger
	errors  int // Data's field of a message per form field, counted from 1; 0 if it has none
}

// trigger is a payload field that tells one action of a screen from another.
type trigger struct{ field, value string }

func (t trigger) String() string {
	if t.field == "" {
		return ""
	}
	return fmt.Sprintf(" when %s is %q", t.field, t.value)
}

// NewScreen declares the screen with this id: NewScreen[SlotData, SlotForm]("SLOT"). It
// panics on an empty id and on SUCCESS, which the protocol reserves.
func NewScreen[Data, Form any](id string) Screen[Data, Form] {
	switch id {
	case "":
		panic("exchange: NewScreen: the screen has no id")
	case protocol.ScreenSuccess:
		panic("exchange: NewScreen: SUCCESS is reserved: end a Flow with Complete or Close")
	}
	return Screen[Data, Form]{id: id, errors: errorMessagesField(reflect.TypeFor[Data]())}
}

// Trigger declares a second action of a screen. Requests do not distinguish a selection
// (on-select-action) from a submit (on-click-action), so Flow authors put a discriminator
// into the payload, as Meta's appointment template does:
//
//	"payload": {"trigger": "department_selected", "department": "${form.department}"}
//
// The screen that Trigger returns stands for requests of the same screen in which the
// payload's field is the string value; it has its own form:
//
//	var department = exchange.Trigger[DepartmentForm](appointment, "trigger", "department_selected")
//
// Requests that match no trigger go to the handler of the screen itself.
func Trigger[TriggerForm, Data, Form any](s Screen[Data, Form], field, value string) Screen[Data, TriggerForm] {
	if field == "" {
		panic(fmt.Sprintf("exchange: Trigger on screen %s: the payload field has no name", s.id))
	}
	return Screen[Data, TriggerForm]{id: s.id, trigger: trigger{field, value}, errors: s.errors}
}

// ID returns the screen's id.
func (s Screen[Data, Form]) ID() string { return s.id }

// Show answers with this screen.
func (s Screen[Data, Form]) Show(d Data) *Response {
	return NewResponse(s.id, s.withFieldErrors(d, nil))
}

// ShowError answers with this screen and a message at its bottom
// (error_message).
func (s Screen[Data, Form]) ShowError(d Data, message string) *Response {
	return s.Show(d).WithError(message)
}

// withFieldErrors puts a message per form field into d, if it has a field for
// them. A nil error_messages gets an empty map otherwise: that clears what an
// earlier answer put at the inputs, and null is not allowed.
func (s Screen[Data, Form]) withFieldErrors(d Data, messages map[string]string) Data {
	if s.errors == 0 {
		return d
	}
	filled := d // by reflection, which moves it to the heap
	field := reflect.ValueOf(&filled).Elem().Field(s.errors - 1)
	switch {
	case messages != nil:
		field.Set(reflect.ValueOf(messages))
	case field.IsNil():
		field.Set(reflect.ValueOf(map[string]string{}))
	}
	return filled
}

// errorMessagesField finds the field of a Data struct that holds a message per
// form field: a map[string]string with the JSON name error_messages. It is counted
// from 1; 0 is none.
func errorMessagesField(t reflect.Type) int {
	if t.Kind() != reflect.Struct {
		return 0
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.IsExported() && jsonName(f) == protocol.KeyErrorMessages && f.Type == reflect.TypeFor[map[string]string]() {
			return i + 1
		}
	}
	return 0
}
