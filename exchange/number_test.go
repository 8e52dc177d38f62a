package exchange_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]exchange.Number{
		`42`: "42", `"42"`: "42", `-1.50`: "-1.50", `"007"`: "007", `""`: "", `null`: "", `"forty"`: "forty", `1e3`: "1e3",
	} {
		var got exchange.Number
		if err := json.Unmarshal([]byte(source), &got); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", source, got, err, want)
		}
	}
	for _, source := range []string{`true`, `{}`, `[1]`} {
		var got exchange.Number
		if err := json.Unmarshal([]byte(source), &got); err == nil {
			t.Errorf("%s: got %q, want an error", source, got)
		}
	}
}

func TestNumberValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		n                exchange.Number
		float            float64
		integer          int64
		isFloat, isWhole bool
	}{
		{"42", 42, 42, true, true},
		{"+42", 42, 42, true, true},
		{"-7", -7, -7, true, true},
		{" 42 ", 42, 42, true, true},
		{"007", 7, 7, true, true},
		{"7.0", 7, 7, true, true},
		{"7.", 7, 7, true, true},
		{".5", 0.5, 0, true, false},
		{"1e3", 1000, 1000, true, true},
		{"1.5e1", 15, 15, true, true},
		{"9007199254740993", 9007199254740992, 9007199254740993, true, true},
		{"1e19", 1e19, 0, true, false},
		{"2.5", 2.5, 0, true, false},
		{"1,234", 1234, 1234, true, true},
		{"1,234,567.5", 1234567.5, 0, true, false},
		{"1,00,000", 100000, 100000, true, true},
		{"3,14", 3.14, 0, true, false},
		{"12,3456", 12.3456, 0, true, false},
		{"0", 0, 0, true, true},
		{"", 0, 0, false, false},
		{" ", 0, 0, false, false},
		{"forty", 0, 0, false, false},
		{"4 2", 0, 0, false, false},
		{"1,23,4", 0, 0, false, false},
		{"0x10", 0, 0, false, false},
		{"1_000", 0, 0, false, false},
		{"NaN", 0, 0, false, false},
		{"Inf", 0, 0, false, false},
		{"1e999", 0, 0, false, false},
		{".", 0, 0, false, false},
		{"-", 0, 0, false, false},
	} {
		float, err := tt.n.Float()
		if (err == nil) != tt.isFloat || float != tt.float {
			t.Errorf("%q: Float returned %v, %v; want %v", tt.n, float, err, tt.float)
		}
		leaks := func(err error) bool {
			return err != nil && len(tt.n) > 2 && strings.Contains(err.Error(), string(tt.n))
		}
		if leaks(err) {
			t.Errorf("the error %v has what was typed", err)
		}
		integer, err := tt.n.Int()
		if (err == nil) != tt.isWhole || integer != tt.integer {
			t.Errorf("%q: Int returned %v, %v; want %v", tt.n, integer, err, tt.integer)
		}
		if leaks(err) {
			t.Errorf("the error %v has what was typed", err)
		}
	}
}

// Rules of a Number compare its value, and text that is not a number never reaches the
// handler, whatever the rules.
func TestNumberRules(t *testing.T) {
	t.Parallel()
	type inner struct {
		Age exchange.Number `json:"age"`
	}
	type form struct {
		Amount  exchange.Number   `json:"amount" validate:"required,min=100,max=5000"`
		Code    exchange.Number   `json:"code" validate:"omitempty,minchars=6,maxchars=6"`
		Tip     *exchange.Number  `json:"tip" validate:"omitempty,gt=0.5"`
		Plain   exchange.Number   `json:"plain"`
		Many    []exchange.Number `json:"many" validate:"dive,max=9"`
		Inner   inner             `json:"inner"`
		Strict  exchange.Number   `json:"strict" validate:"omitempty,numeric"`
		Product exchange.Number   `json:"product" validate:"omitempty,eq=7"`
	}
	r := exchange.NewRegistry()
	exchange.Handle(r, exchange.NewScreen[exchange.NoData, form]("A"), func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
		return exchange.Close(), nil
	})
	client := exchangetest.New(t, r)
	for _, tt := range []struct{ name, data, want string }{
		{"text", `{"amount":"5000"}`, ""},
		{"number", `{"amount":100}`, ""},
		{"as typed", `{"amount":"1,000.00"}`, ""},
		{"too little", `{"amount":"99.5"}`, "Amount: Must be 100 or more"},
		{"too much", `{"amount":5001}`, "Amount: Must be 5000 or less"},
		{"zero is not empty", `{"amount":0}`, "Amount: Must be 100 or more"},
		{"empty", `{"amount":""}`, "Amount: This is required"},
		{"missing", `{}`, "Amount: This is required"},
		{"no number", `{"amount":"abc"}`, "Amount: Enter a number"},
		{"no number, no rule", `{"amount":200,"plain":"abc"}`, "Plain: Enter a number"},
		{"no number, optional", `{"amount":200,"strict":"abc"}`, "Strict: Enter a number"},
		{"no number, nested", `{"amount":200,"inner":{"age":"abc"}}`, "Age: Enter a number"},
		{"no number, in a list", `{"amount":200,"many":["1","x","y"]}`, "Many: Enter a number"},
		{"list", `{"amount":200,"many":["1",10]}`, "Many: Must be 9 or less"},
		{"digits", `{"amount":200,"code":"000123"}`, ""},
		{"too few digits", `{"amount":200,"code":"12345"}`, "Code: Minimum length: 6"},
		{"too many digits", `{"amount":200,"code":1234567}`, "Code: Maximum length: 6"},
		{"pointer", `{"amount":200,"tip":"0,5"}`, "Tip: Must be more than 0.5"},
		{"pointer, no number", `{"amount":200,"tip":"x"}`, "Tip: Enter a number"},
		{"equal", `{"amount":200,"product":"7.0"}`, ""},
		{"not equal", `{"amount":200,"product":"8"}`, "Product: Please check this"},
		{"not even text", `{"amount":true,"plain":{}}`, "Amount: Enter a number; Plain: Enter a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if reply := client.Submit("A", json.RawMessage(tt.data)); reply.ErrorMessage != tt.want {
				t.Errorf("%s: got %q (status %d, %v), want %q", tt.data, reply.ErrorMessage, reply.Status, reply.Err, tt.want)
			}
		})
	}
}
