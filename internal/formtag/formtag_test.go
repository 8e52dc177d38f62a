package formtag_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/formtag"
)

type (
	number string
	texts  []string
)

func isNumber(t reflect.Type) bool { return t == reflect.TypeFor[number]() }

func TestCheck(t *testing.T) {
	t.Parallel()
	check := formtag.Checker{Validator: formtag.NewValidator(), IsNumber: isNumber}
	for _, tt := range []struct {
		tag   string
		value any
		want  string // empty if the tag is right
	}{
		{"required,min=2,max=10", "", ""},
		{"omitempty,e164", "", ""},
		{"min=1.5", number(""), ""},
		{"minchars=2", number(""), ""},
		{"dive,max=9", []number{}, ""},
		{"dive,keys,alpha,endkeys,required", map[string]string{}, ""},
		{"eqfield=Other", "", ""},
		{"len=0|min=2", []string{}, ""},
		{"e16", "", "unknown rule e16: did you mean e164?"},
		{"emial", "", "unknown rule emial: did you mean email?"},
		{"required,xyzzyplugh", "", "unknown rule xyzzyplugh"},
		{"min=many", "", "many"},
		{"min=2", true, "min cannot be used for a bool"},
		{"oneof=1 2", number(""), "oneof cannot be used for an exchange.Number"},
		{"alpha", number(""), "alpha is for text and never fits an exchange.Number"},
		{"numeric", number(""), ""},
		{"email", true, "email is for text and never fits a bool"},
		{"email", []string{}, "email is for text and never fits a []string"},
		{"dive,email", []string{}, ""},
		{"email", texts{}, ""}, // validator may have a function for it
		{"required,,min=2", "", `unknown rule ""`},
		{"required,-", "", `unknown rule "-"`},
		{"min=1.5", "", "1.5"},
		{"dive", "", "dive on a string: it needs a slice, an array or a map"},
		{"minchars=2", "", "minchars needs a field of type exchange.Number; for text use min"},
		{"dive,minchars=2", []number{}, "minchars needs a field of type exchange.Number"},
	} {
		err := check.Check(reflect.TypeOf(tt.value), tt.tag)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q on %T: got %v, want %q", tt.tag, tt.value, err, tt.want)
		}
	}
}
