package formtag

import (
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
)

// TestCommon checks that validator knows every rule that an error may suggest.
func TestCommon(t *testing.T) {
	t.Parallel()
	v := validator.New()
	for _, rule := range common {
		if rule == MinChars || rule == MaxChars { // those of package exchange
			continue
		}
		unknown := func(tag string) bool {
			err := Try(func() { _ = v.Var("", tag) })
			return err != nil && strings.Contains(err.Error(), "unknown rule")
		}
		if unknown(rule) && unknown(rule+"=1") {
			t.Errorf("validator does not know %s", rule)
		}
	}
}
