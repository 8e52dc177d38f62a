package flowjson_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
)

func TestMove(t *testing.T) {
	t.Parallel()
	declared := `{"version": "7.3", "data_api_version": "3.0",
		"routing_model": {"A": ["B", "B", "GONE", 7], "B": ["C"], "C": [], "D": ["D"]},
		"screens": [{"id": "A"}, {"id": "B"}, {"id": "C"}, {"id": "D"}, {"id": "E"}]}`
	generated := `{"version": "7.3", "screens": [
		{"id": "A", "layout": {"children": [{"type": "Form", "children": [
			{"type": "Footer", "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "B"}}}]}]}},
		{"id": "B", "layout": {"children": [{"type": "Footer", "on-click-action": {"name": "complete"}}]}},
		{"id": "C", "layout": {"children": [{"type": "OptIn", "on-click-action": {"name": "navigate", "next": {"name": "B"}}}]}}]}`
	list := `{"version": "7.3", "screens": [
		{"id": "A", "layout": {"children": [{"type": "NavigationList", "list-items": "${data.x}"}]}}, {"id": "B"}, {"id": "C"}]}`
	twice := `{"routing_model": {"A": ["B"], "A": ["C"]}, "screens": [{"id": "A"}, {"id": "B"}, {"id": "C"}]}`
	tests := map[string]struct {
		flow, from, to string
		want           error
	}{
		"along a route":                     {declared, "A", "B", nil},
		"back along a route":                {declared, "B", "A", nil},
		"two routes on":                     {declared, "A", "C", flowjson.ErrNoRoute},
		"two routes back":                   {declared, "C", "A", flowjson.ErrNoRoute},
		"refresh":                           {declared, "A", "A", nil},
		"refresh without any route":         {declared, "E", "E", nil},
		"unconnected":                       {declared, "A", "E", flowjson.ErrNoRoute},
		"unknown":                           {declared, "A", "X", flowjson.ErrUnknownScreen},
		"routed to, and unknown":            {declared, "A", "GONE", flowjson.ErrUnknownScreen},
		"end":                               {declared, "A", "SUCCESS", nil},
		"end before the beginning":          {declared, "", "SUCCESS", nil},
		"from a screen that is unknown":     {declared, "X", "A", flowjson.ErrNoRoute},
		"entry":                             {declared, "", "A", nil},
		"entry without routes":              {declared, "", "E", nil},
		"entry with inbound route":          {declared, "", "B", flowjson.ErrNotEntry},
		"entry unknown":                     {declared, "", "X", flowjson.ErrUnknownScreen},
		"nowhere":                           {declared, "A", "", flowjson.ErrUnknownScreen},
		"by navigate":                       {generated, "A", "B", nil},
		"back by navigate":                  {generated, "B", "C", nil},
		"no navigate":                       {generated, "A", "C", flowjson.ErrNoRoute},
		"entry by navigate":                 {generated, "", "C", nil},
		"entry with inbound navigate":       {generated, "", "B", flowjson.ErrNotEntry},
		"from a NavigationList":             {list, "A", "C", nil},
		"back to a NavigationList":          {list, "C", "A", nil},
		"beside a NavigationList":           {list, "B", "C", flowjson.ErrNoRoute},
		"entry beside a NavigationList":     {list, "", "B", nil},
		"routes written twice, the last":    {twice, "A", "C", nil},
		"routes written twice, not both":    {twice, "A", "B", flowjson.ErrNoRoute},
		"routing_model that is an array":    {`{"routing_model": ["A"], "screens": [{"id": "A"}]}`, "", "A", nil},
		"no screens":                        {`{}`, "", "A", flowjson.ErrUnknownScreen},
		"two screens of that id, unlike":    {`{"screens": [{"id": "A"}, {"id": "A"}]}`, "", "A", nil},
		"routing_model without an endpoint": {`{"routing_model": {}, "screens": [{"id": "A"}, {"id": "B"}]}`, "A", "B", flowjson.ErrNoRoute},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := readFlow(t, tt.flow).Move(tt.from, tt.to); !errors.Is(got, tt.want) {
				t.Errorf("Move(%q, %q) = %v, want %v", tt.from, tt.to, got, tt.want)
			}
		})
	}
	routing := readFlow(t, declared).Routing
	if diff := cmp.Diff([]string{"B", "GONE"}, routing.Targets("A")); diff != "" {
		t.Errorf("Targets (-want +got):\n%s", diff)
	}
	for screen, want := range map[string]bool{"A": true, "B": false, "D": false, "E": true} {
		if got := routing.Entry(screen); got != want {
			t.Errorf("Entry(%s) = %t, want %t", screen, got, want)
		}
	}
	if !routing.Declared || routing.Node == nil || readFlow(t, generated).Routing.Declared {
		t.Error("only the first Flow declares its routes")
	}
}

func readFlow(t testing.TB, source string) *flowjson.Flow {
	t.Helper()
	f, err := flowjson.Read([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
