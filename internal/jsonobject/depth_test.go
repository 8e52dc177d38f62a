package jsonobject_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

func TestTooDeep(t *testing.T) {
	t.Parallel()
	const limit = jsonobject.MaxDepth
	nested := func(open, shut string, depth int) string {
		return strings.Repeat(open, depth) + strings.Repeat(shut, depth)
	}
	for _, c := range []struct {
		what, text string
		want       bool
	}{
		{"nothing", "", false},
		{"at the limit", nested("[", "]", limit), false},
		{"over the limit", nested("[", "]", limit+1), true},
		{"objects", strings.Repeat(`{"a":`, limit+1) + "1" + strings.Repeat("}", limit+1), true},
		{"both", nested(`[{"a":`, "}]", limit/2+1), true},
		{"cut off", strings.Repeat("[", limit+1), true},
		{"wide", "[" + strings.Repeat("[],", limit) + "[]]", false},
		{"in a string", `{"a":"` + strings.Repeat("[", limit+1) + `"}`, false},
		{"after an escaped quote", `{"a":"\"` + strings.Repeat("[", limit+1) + `"}`, false},
		{"after an escaped backslash", `["\\",` + nested("[", "]", limit) + `]`, true},
	} {
		if got := jsonobject.TooDeep([]byte(c.text)); got != c.want {
			t.Errorf("%s: %t, want %t", c.what, got, c.want)
		}
	}
}
