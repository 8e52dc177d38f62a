package exchange_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

func TestLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"":      "name is a required field; email is a required field",
		"pt_BR": "name é um campo obrigatório; email é um campo obrigatório",
		"es":    "name es un campo requerido; email es un campo requerido",
		"id":    "name wajib diisi; email wajib diisi",
		"ar":    "حقل name مطلوب; حقل email مطلوب",
		"zh_tw": "name為必填欄位; email為必填欄位",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			var opts []exchange.RegistryOption
			if language != "" {
				opts = append(opts, exchange.WithLanguage(language))
			}
			reply := exchangetest.New(t, visitRoutes(opts...)).Submit("VISIT", nil)
			if diff := cmp.Diff(want, reply.ErrorMessage); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

// Every language must have words for what validator has none for, and no
// message may repeat what was typed.
func TestMessagesNeverHoldTheValue(t *testing.T) {
	t.Parallel()
	const typed = "4111111111111111"
	for _, language := range []string{
		"ar", "de", "en", "es", "fa", "fr", "hy", "id", "it", "ja", "ko", "lv", "nl", "pl", "pt", "pt_BR", "ru", "th",
		"tr", "uk", "vi", "zh", "zh_tw",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			v := validator.New(validator.WithRequiredStructEnabled())
			if err := v.RegisterValidation("odd", func(validator.FieldLevel) bool { return false }); err != nil {
				t.Fatal(err)
			}
			r := exchange.NewRegistry(exchange.WithLanguage(language), exchange.WithValidator(v))
			type form struct {
				Odd    string `json:"odd_field" validate:"odd"`
				Email  string `json:"email" validate:"email"`
				Day    string `json:"day" validate:"datetime=2006-01-02"`
				Choice string `json:"choice" validate:"oneof=a b"`
				Short  string `json:"short" validate:"max=3"`
				URL    string `json:"url" validate:"url"`
				Phone  string `json:"phone" validate:"e164"`
			}
			exchange.Handle(r, exchange.NewScreen[exchange.NoData, form]("A"), func(context.Context, *exchange.Request[form]) (*exchange.Response, error) {
				return nil, errors.New("the form passed")
			})
			data := map[string]string{}
			for _, field := range []string{"odd_field", "email", "day", "choice", "short", "url", "phone"} {
				data[field] = typed
			}
			reply := exchangetest.New(t, r).Submit("A", data)
			if reply.Status != http.StatusOK || strings.Contains(reply.ErrorMessage, typed) {
				t.Fatalf("status %d, message %q", reply.Status, reply.ErrorMessage)
			}
			for _, field := range []string{"odd_field", "email", "day", "choice", "short", "url", "phone"} {
				if field != "phone" && !strings.Contains(reply.ErrorMessage, field) {
					t.Errorf("message %q does not name %s", reply.ErrorMessage, field)
				}
			}
			if strings.Contains(reply.ErrorMessage, "Field validation for") {
				t.Errorf("message %q is validator's own for developers", reply.ErrorMessage)
			}
		})
	}
}
