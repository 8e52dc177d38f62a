package scenario

import (
	"testing"
	"time"

	"github.com/goccy/go-yaml/parser"
)

// parseNode reads a YAML value.
func parseNode(t *testing.T, source string) *node {
	t.Helper()
	parsed, err := parser.ParseBytes([]byte(source), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{file: "test.yaml"}
	n := r.node(parsed.Docs[0].Body, 0)
	if err := r.problems.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMatch(t *testing.T) {
	t.Parallel()
	screen := map[string]any{
		"screen": "A", "n": 6.0, "on": false, "empty": "", "none": nil, "list": []any{"a", "b"}, "texts": texts{"You pay £32 now"},
		"deep": map[string]any{"x": []any{map[string]any{"id": "1", "t": "one"}, map[string]any{"id": "2"}}}, "word": "none", "twelve": "12", "slash": "/a/",
	}
	for _, test := range []struct {
		want string
		path string // of the mismatch; empty if it matches
		got  string
	}{
		{`{screen: A}`, "", ""},
		{`{screen: a}`, "screen", `"A"`},
		{`{screen: /^a$/i}`, "", ""},
		{`{screen: /b/}`, "screen", `"A"`},
		{`{n: 6}`, "", ""},
		{`{n: 6.0}`, "", ""},
		{`{n: "6"}`, "n", "6"},
		{`{on: false}`, "", ""},
		{`{on: none}`, "on", "false"},
		{`{empty: none, none: none, missing: none}`, "", ""},
		{`{screen: any, list: any}`, "", ""},
		{`{empty: any}`, "empty", "none"},
		{`{screen: {not: B}}`, "", ""},
		{`{screen: {not: A}}`, "screen", `"A"`},
		{`{list: [a, b]}`, "", ""},
		{`{list: [a]}`, "list", `["a","b"]`},
		{`{list: [a, c]}`, "list.1", `"b"`},
		{`{list: {has: b}}`, "", ""},
		{`{list: {has: c}}`, "list", `["a","b"]`},
		{`{texts: {has: £32}}`, "", ""},
		{`{texts: {has: /£\d+/}}`, "", ""},
		{`{texts: {has: £33}}`, "texts", `["You pay £32 now"]`},
		{`{deep: {x: {has: {id: "1"}}}}`, "", ""},
		{`{deep: {x: {has: {id: 1}}}}`, "deep.x", `[{"id":"1","t":"one"},{"id":"2"}]`},
		{`{word: none}`, "word", `"none", a text: write it in quotes`},
		{`{twelve: 12}`, "twelve", `"12", a text: write it in quotes`},
		{`{twelve: "12"}`, "", ""},
		{`{slash: {is: /a/}}`, "", ""},
		{`{scren: A}`, "scren", "none (did you mean screen?)"},
		{`{deep: {missing: 1}}`, "deep.missing", "none"},
		{`{screen: null}`, "screen", `"A"`},
		{`{none: null}`, "", ""},
	} {
		m := match(parseNode(t, test.want), screen, "")
		switch {
		case m == nil && test.path != "":
			t.Errorf("%s matches", test.want)
		case m != nil && (m.path != test.path || m.got != test.got):
			t.Errorf("%s: mismatch at %q, got %s; want one at %q, got %s", test.want, m.path, m.got, test.path, test.got)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	v := variables{
		random: "r4nd0m", now: time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC), set: map[string]string{"k": "v"},
		getenv: func(name string) (string, bool) { return "home", name == "HOME" },
		answer: []byte(`{"data":{"slots":[{"id":"s1"}],"n":7}}`), request: []byte(`{"data":{"day":"mon"}}`),
	}
	for _, test := range []struct{ text, want string }{
		{`a`, `a`},
		{`"t-${random}"`, `"t-r4nd0m"`},
		{`"${random}"`, `"r4nd0m"`},
		{`"${today}"`, `"2027-01-04"`},
		{`"${today+3d}"`, `"2027-01-07"`},
		{`"${today-4d} or ${today}"`, `"2026-12-31 or 2027-01-04"`},
		{`"${k}"`, `"v"`},
		{`"${env.HOME}"`, `"home"`},
		{`"${answer./data/slots/0/id}"`, `"s1"`},
		{`"${answer./data/n}"`, `7`},
		{`"n=${answer./data/n}"`, `"n=7"`},
		{`"${request./data/day}"`, `"mon"`},
		{`"$${data.x} costs $5"`, `"${data.x} costs $5"`},
		{`{a: ["${k}"]}`, `{a: ["v"]}`},
		{`"${randm}"`, "there is no variable randm: did you mean random?"},
		{`"${form.x}"`, "there is no variable form.x: give it with --set form.x=VALUE, or write $${ for a literal ${"},
		{`"${today+x}"`, "${today+x} is not a day: write ${today+3d}"},
		{`"${env.NO}"`, "the environment has no variable NO"},
		{`"${answer./data/x}"`, "there is no value at /data/x of the last answer"},
		{`"${a"`, "a ${ without }: write $${ for a literal ${"},
	} {
		n, err := v.expand(parseNode(t, test.text))
		var got string
		if err != nil {
			got = err.Error()
		} else {
			got = n.String()
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}
