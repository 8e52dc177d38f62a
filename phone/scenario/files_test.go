package scenario_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
	"github.com/flowserver/flowserver/protocol"
)

// picky is an endpoint that accepts no file.
type picky struct{}

// Send answers with an error for the first file that it gets.
func (picky) Send(_ context.Context, m client.Message, _ ...client.Fault) (*client.Reply, error) {
	errors := map[string]any{}
	if m.Action == protocol.ActionDataExchange {
		text, err := json.Marshal(m.Data)
		if err != nil {
			return nil, err
		}
		var data struct {
			Docs []struct {
				ID string `json:"media_id"`
			} `json:"docs"`
		}
		if err := json.Unmarshal(text, &data); err != nil {
			return nil, err
		}
		errors["docs"] = map[string]string{data.Docs[0].ID: "Too dark."}
	}
	text, err := json.Marshal(map[string]any{"screen": "ASK", "data": map[string]any{"errors": errors}})
	if err != nil {
		return nil, err
	}
	return client.ReadClear(http.StatusOK, text)
}

const askForFiles = `{"version": "7.0", "data_api_version": "3.0", "routing_model": {"ASK": []}, "screens": [
	{"id": "ASK", "title": "Ask", "terminal": true, "data": {"errors": {"type": "object", "__example__": {}}},
		"layout": {"type": "SingleColumnLayout", "children": [
			{"type": "Form", "name": "form", "error-messages": "${data.errors}", "children": [
				{"type": "DocumentPicker", "name": "docs", "label": "Documents"},
				{"type": "Footer", "label": "Send", "on-click-action": {"name": "data_exchange", "payload": {"docs": "${form.docs}"}}}]}]}}]}`

// An error of one file must be expected as those of inputs.
func TestErrorOfAFile(t *testing.T) {
	t.Parallel()
	flow, err := flowjson.Read([]byte(askForFiles))
	if err != nil {
		t.Fatal(err)
	}
	const name = "testdata/ask.yaml" // files are relative to it
	for steps, want := range map[string]string{
		"": "unexpected fields.docs.files: Too dark.",
		"  - expect: {fields: {docs: {files: {has: {name: visit.json, error: Too dark.}}}}}": "",
	} {
		source := "name: a\nopen: {token: t}\nsteps:\n  - upload: {docs: visit.json}\n  - tap: Send\n" + steps
		file, err := scenario.Parse(name, []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		cdn, err := mediacdn.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		result := file.Scenarios[0].Run(t.Context(), scenario.Options{
			Flow: flow, Endpoint: picky{}, Phone: func(c *phone.Config) { c.Media = cdn },
		})
		if err := cdn.Close(); err != nil {
			t.Error(err)
		}
		got := ""
		if result.Failure != nil {
			got = result.Failure.Error()
		}
		if got != want && (want == "" || !strings.Contains(got, want)) {
			t.Errorf("%q: failure %q, want %q", steps, got, want)
		}
	}
}
