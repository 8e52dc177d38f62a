package client_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
)

func TestFlaws(t *testing.T) {
	t.Parallel()
	type flaw = client.Flaw
	const extension, params = "data.extension_message_response", "data.extension_message_response.params"
	success := func(extension string) string {
		return `{"screen":"SUCCESS","data":{"extension_message_response":` + extension + `}}`
	}
	large := `{"screen":"A","data":{"x":"` + strings.Repeat("x", 1_000_000) + `"}}`
	for name, c := range map[string]struct {
		clear string
		want  []flaw
	}{
		"sound":              {`{"screen":"A","data":{"list":[],"text":"null"}}`, nil},
		"no screen":          {`{"data":{}}`, []flaw{{client.FlawNoScreen, "screen is missing or empty"}}},
		"empty screen":       {`{"screen":"","data":{}}`, []flaw{{client.FlawNoScreen, "screen is missing or empty"}}},
		"null":               {`{"screen":"A","data":{"b":null,"a":null}}`, []flaw{{client.FlawNull, "data.a is null"}}},
		"null deep down":     {`{"screen":"A","data":{"a":[1,{"b":[null]}]}}`, []flaw{{client.FlawNull, "data.a[1].b[0] is null"}}},
		"completed":          {success(`{"params":{"flow_token":"t"}}`), nil},
		"closed":             {`{"screen":"SUCCESS","data":{}}`, nil},
		"closed, empty":      {success(`{}`), nil},
		"no token":           {success(`{"params":{}}`), []flaw{{client.FlawCompletion, params + ".flow_token is missing"}}},
		"params a list":      {success(`{"params":[]}`), []flaw{{client.FlawCompletion, params + " is not an object"}}},
		"extension a string": {success(`"x"`), []flaw{{client.FlawCompletion, extension + " is not an object"}}},
		"two flaws":          {`{"data":{"a":null}}`, []flaw{{client.FlawNoScreen, "screen is missing or empty"}, {client.FlawNull, "data.a is null"}}},
		"too large":          {large, []flaw{{client.FlawTooLarge, "it has 1000030 bytes, more than 1000000"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := dial(t, honest(t, http.StatusOK, c.clear), client.Config{}).Init(t.Context(), "token-1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, reply.Flaws()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Answers without data have no flaws: the status or the error says it all.
func TestFlawsWithoutData(t *testing.T) {
	t.Parallel()
	for answer, status := range map[string]int{
		`{"error_msg":"over"}`:         427,
		`{"screen":"A","data":[null]}`: http.StatusOK,
	} {
		reply, _ := dial(t, honest(t, status, answer), client.Config{}).Init(t.Context(), "token-1") // the second is malformed
		if got := reply.Flaws(); got != nil {
			t.Errorf("%d %s: got %v, want none", status, answer, got)
		}
	}
}
