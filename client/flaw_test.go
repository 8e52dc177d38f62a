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
	large := `{"screen":"A","data":{"x":"` + strings.Repeat("x", 1_000_000) + `"}}`
	for name, c := range map[string]struct {
		clear string
		want  []client.Flaw
	}{
		"sound":              {`{"screen":"A","data":{"list":[],"text":"null"}}`, nil},
		"no screen":          {`{"data":{}}`, []client.Flaw{{client.FlawNoScreen, "screen is missing or empty"}}},
		"empty screen":       {`{"screen":"","data":{}}`, []client.Flaw{{client.FlawNoScreen, "screen is missing or empty"}}},
		"null":               {`{"screen":"A","data":{"b":null,"a":null}}`, []client.Flaw{{client.FlawNull, "data.a is null"}}},
		"null deep down":     {`{"screen":"A","data":{"a":[1,{"b":[null]}]}}`, []client.Flaw{{client.FlawNull, "data.a[1].b[0] is null"}}},
		"completed":          {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`, nil},
		"closed":             {`{"screen":"SUCCESS","data":{}}`, nil},
		"closed, empty":      {`{"screen":"SUCCESS","data":{"extension_message_response":{}}}`, nil},
		"no token":           {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{}}}}`, []client.Flaw{{client.FlawCompletion, "data.extension_message_response.params.flow_token is missing"}}},
		"params a list":      {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":[]}}}`, []client.Flaw{{client.FlawCompletion, "data.extension_message_response.params is not an object"}}},
		"extension a string": {`{"screen":"SUCCESS","data":{"extension_message_response":"x"}}`, []client.Flaw{{client.FlawCompletion, "data.extension_message_response is not an object"}}},
		"two flaws":          {`{"data":{"a":null}}`, []client.Flaw{{client.FlawNoScreen, "screen is missing or empty"}, {client.FlawNull, "data.a is null"}}},
		"too large":          {large, []client.Flaw{{client.FlawTooLarge, "it has 1000030 bytes, more than 1000000"}}},
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
	for clear, status := range map[string]int{
		`{"error_msg":"over"}`:         427,
		`{"screen":"A","data":[null]}`: http.StatusOK,
	} {
		reply, _ := dial(t, honest(t, status, clear), client.Config{}).Init(t.Context(), "token-1") // the second is malformed
		if got := reply.Flaws(); got != nil {
			t.Errorf("%d %s: got %v, want none", status, clear, got)
		}
	}
}
