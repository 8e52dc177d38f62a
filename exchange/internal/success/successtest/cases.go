// Package successtest has the answers with SUCCESS that the tests of Go handlers and of
// upstreams share: both must come to the same.
package successtest

import (
	"strings"

	"github.com/flowserver/flowserver/exchange/internal/success"
	"github.com/flowserver/flowserver/protocol"
)

// Case is an answer with the screen SUCCESS to a request with the flow token "t".
type Case struct {
	Name string
	// Data is the answer's data as JSON; empty if it has none. Params is its top-level
	// member of that name, which only an upstream's answer can have.
	Data, Params string
	// Sent is the data of the clear answer; empty if it must not be sent.
	Sent   string
	Oddity success.Oddity
	// Says are parts of the warning's text or of the error.
	Says []string
}

const (
	dayMon = `{"extension_message_response":{"params":{"day":"mon","flow_token":"t"}}}`
	closed = `{}`
	shape  = success.Shape
	path   = "data.extension_message_response.params"
)

func message(params string) string { return `{"extension_message_response":{"params":` + params + `}}` }

// Cases returns every row of the table.
func Cases() []Case {
	return []Case{
		{Name: "params", Data: message(`{"day":"mon"}`), Sent: dayMon},
		{Name: "no params in params", Data: message(`{}`), Sent: message(`{"flow_token":"t"}`)},
		{Name: "params are an empty list", Data: message(`[]`), Sent: message(`{"flow_token":"t"}`)},
		{Name: "another flow token", Data: message(`{"flow_token":"other"}`), Sent: message(`{"flow_token":"t"}`)},
		{Name: "null in params", Data: message(`{"coupon":null}`), Sent: message(`{"coupon":null,"flow_token":"t"}`)},
		{Name: "empty error_message", Data: `{"error_message":"","extension_message_response":{"params":{}}}`, Sent: message(`{"flow_token":"t"}`)},
		{Name: "null error_message", Data: `{"error_message":null,"extension_message_response":{"params":{}}}`, Sent: message(`{"flow_token":"t"}`)},

		{Name: "no data", Sent: closed, Oddity: success.Empty, Says: []string{shape}},
		{Name: "empty data", Data: `{}`, Sent: closed, Oddity: success.Empty, Says: []string{shape}},
		{Name: "empty list as data", Data: `[]`, Sent: closed, Oddity: success.Empty, Says: []string{shape}},
		{Name: "empty extension", Data: `{"extension_message_response":{}}`, Sent: closed, Oddity: success.Empty, Says: []string{shape}},
		{Name: "empty list as extension", Data: `{"extension_message_response":[]}`, Sent: closed, Oddity: success.Empty, Says: []string{shape}},

		{Name: "params in data", Data: `{"params":{"day":"mon"}}`, Sent: dayMon, Oddity: success.Misplaced, Says: []string{shape}},
		{Name: "params on top", Params: `{"day":"mon"}`, Sent: dayMon, Oddity: success.Misplaced, Says: []string{shape}},
		{
			Name: "params on top, empty data", Data: `{}`, Params: `{"a":1}`,
			Sent: message(`{"a":1,"flow_token":"t"}`), Oddity: success.Misplaced, Says: []string{shape},
		},

		{
			Name: "plain data", Data: `{"name":"Ada","day":"mon"}`,
			Sent: message(`{"name":"Ada","day":"mon","flow_token":"t"}`), Oddity: success.Plain, Says: []string{"day, name", shape},
		},
		{
			Name: "a key that a user may have typed", Data: `{"+55 11 99":"Ada"}`,
			Sent: message(`{"+55 11 99":"Ada","flow_token":"t"}`), Oddity: success.Plain, Says: []string{"keys: *"},
		},

		{
			Name: "keys next to params", Data: `{"extension_message_response":{"params":{},"day":"mon"}}`,
			Sent: message(`{"flow_token":"t"}`), Oddity: success.Unused, Says: []string{"day", path[:30]},
		},

		{Name: "keys next to the extension", Data: `{"name":"Ada","extension_message_response":{"params":{}}}`, Says: []string{"name", path}},
		{Name: "keys next to an empty extension", Data: `{"name":"Ada","extension_message_response":{}}`, Says: []string{"name", path}},
		{Name: "params next to the extension", Data: message(`{}`), Params: `{}`, Says: []string{"params", path}},
		{Name: "params on top next to data", Data: `{"name":"Ada"}`, Params: `{}`, Says: []string{"name", path}},
		{Name: "keys next to params in data", Data: `{"name":"Ada","params":{}}`, Says: []string{"name", path}},
		{Name: "extension without params", Data: `{"extension_message_response":{"name":"Ada"}}`, Says: []string{"name", path}},
		{
			Name: "extension is a list", Data: `{"extension_message_response":["Ada"]}`,
			Says: []string{"data.extension_message_response is not a JSON object, but a list"},
		},
		{
			Name: "extension is null", Data: `{"extension_message_response":null}`,
			Says: []string{"data.extension_message_response is not a JSON object, but null"},
		},
		{Name: "params are a string", Data: message(`"Ada"`), Says: []string{path + " is not a JSON object, but a string"}},
		{Name: "params are null", Data: message(`null`), Says: []string{path + " is not a JSON object, but null"}},
		{Name: "params in data are a list", Data: `{"params":["Ada"]}`, Says: []string{"data.params is not a JSON object, but a list"}},
		{Name: "an error message", Data: `{"error_message":"Ada"}`, Says: []string{protocol.KeyErrorMessage, "answer with the screen"}},
		{Name: "error_message next to params", Data: `{"error_message":"Ada","extension_message_response":{"params":{}}}`, Says: []string{protocol.KeyErrorMessage}},
		{Name: "error_message is a number", Data: `{"error_message":5}`, Says: []string{protocol.KeyErrorMessage}},
		{Name: "large params", Data: message(`{"a":"` + strings.Repeat("x", success.MaxParams) + `"}`), Says: []string{"100008 bytes", "100000", "100 kB"}},
		{
			Name: "params that are large when escaped", Data: message(`{"a":"` + strings.Repeat("<", success.MaxParams/2) + `"}`),
			Says: []string{"300008 bytes"},
		},
		{Name: "large plain data", Data: `{"a":"` + strings.Repeat("x", success.MaxParams) + `"}`, Says: []string{"100 kB"}},
	}
}
