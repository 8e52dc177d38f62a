package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
)

// The labels are in the language of the Flow JSON, the rest in that of the registry.
func TestLanguages(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"":      "Please check: Name, Email",
		"pt_BR": "Verifique: Name, Email",
		"es":    "Revisa: Name, Email",
		"id":    "Periksa: Name, Email",
		"ar":    "يرجى التحقق من: Name, Email",
		"zh_tw": "請檢查：Name, Email",
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
