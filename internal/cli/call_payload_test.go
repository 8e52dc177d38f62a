package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the words and --data of a call come to.
func TestCallPayload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := writeFile(t, filepath.Join(dir, "data.json"), `{"name":"Ada"}`)
	broken := writeFile(t, filepath.Join(dir, "broken.json"), "{\n  \"näme\": \"Ada\",\n}\n")
	list := writeFile(t, filepath.Join(dir, "list.json"), " [1]")
	latin := writeFile(t, filepath.Join(dir, "latin.json"), "{\"name\":\"\xe4\"}")
	for name, c := range map[string]struct {
		args []string
		want string // data, or a part of the usage error
	}{
		"nothing":            {nil, `{}`},
		"strings":            {[]string{"day=mon", "slot=09:00"}, `{"day":"mon","slot":"09:00"}`},
		"string of a number": {[]string{"n=1"}, `{"n":"1"}`},
		"empty string":       {[]string{"n="}, `{"n":""}`},
		"equals signs":       {[]string{"q=a=b:=c"}, `{"q":"a=b:=c"}`},
		"signs of HTML":      {[]string{"q=<a&b>", `p:="<"`}, `{"p":"<","q":"<a&b>"}`},
		"number":             {[]string{"n:=1.5"}, `{"n":1.5}`},
		"boolean":            {[]string{"terms:=true"}, `{"terms":true}`},
		"list":               {[]string{`ids:=["a","b"]`}, `{"ids":["a","b"]}`},
		"object":             {[]string{`range:={"start-date":"2026-12-01"}`}, `{"range":{"start-date":"2026-12-01"}}`},
		"JSON string":        {[]string{`q:="a"`}, `{"q":"a"}`},
		"data":               {[]string{"--data", `{"a":1}`}, `{"a":1}`},
		"data from a file":   {[]string{"--data", "@" + file}, `{"name":"Ada"}`},
		"data and words":     {[]string{"--data", `{"a":1}`, "b=2"}, `{"a":1,"b":"2"}`},
		"words around flags": {[]string{"a=1", "--token", "t", "b=2", "--json", "c=3"}, `{"a":"1","b":"2","c":"3"}`},
		"words after --":     {[]string{"--json", "--", "a=1"}, `{"a":"1"}`},
		"collision":          {[]string{"--data", `{"a":1}`, "a=2"}, "a is given twice"},
		"twice":              {[]string{"a=1", "a:=2"}, "a is given twice"},
		"no key":             {[]string{"=secret"}, "expected key=value, got a word without a key"},
		"no value":           {[]string{"a=1", "secret"}, "expected key=value after the screen, got an argument without ="},
		"two screens":        {[]string{"--screen", "B"}, "the screen is given both"},
		"bad JSON word":      {[]string{"a:=secret"}, "a:= expects JSON: line 1, column 1: invalid character 's' looking for beginning of value; "},
		"no JSON word":       {[]string{"a:="}, "a:= expects JSON: line 1, column 1: unexpected end of JSON input"},
		"trailing comma":     {[]string{"--data", `{"a":1,}`}, "--data is not JSON: line 1, column 8: invalid character '}' looking for"},
		"cut off":            {[]string{"--data", `{"secret":`}, "--data is not JSON: line 1, column 11: unexpected end of JSON input"},
		"text after it":      {[]string{"--data", `{} secret`}, "--data is not JSON: line 1, column 4: invalid character 's' after top-level value"},
		"second line":        {[]string{"--data", "@" + broken}, "broken.json is not JSON: line 3, column 1: invalid character '}'"},
		"not UTF-8":          {[]string{"--data", "@" + latin}, "latin.json is not JSON: it is not UTF-8"},
		"a list":             {[]string{"--data", "@" + list}, `list.json is not a JSON object like {"day":"mon"}, but a list`},
		"null":               {[]string{"--data", "null"}, "--data is not a JSON object like {\"day\":\"mon\"}, but null"},
		"a string":           {[]string{"--data", `"secret"`}, "but a string"},
		"a number":           {[]string{"--data", "1"}, "but a number"},
		"a boolean":          {[]string{"--data", "true"}, "but a boolean"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, slotAnswer)
			p := newProgram()
			code := p.Run(t.Context(), append([]string{"call", "--dir", r.dir, "submit", "SLOT"}, c.args...))
			if code != 0 {
				contains(t, "stderr", p.stderr.String(), c.want)
				if code != 2 || strings.Contains(p.stderr.String(), "secret") {
					t.Errorf("got exit code %d, want 2, and no value in\n%s", code, &p.stderr)
				}
				return
			}
			var sent struct{ Data json.RawMessage }
			if err := json.Unmarshal([]byte(r.got().text), &sent); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(sent.Data)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Actions in any case, and what is not one.
func TestCallActions(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"INIT": "INIT", "Init": "INIT", "BACK": "BACK", "sUbMiT": "data_exchange", "Error": "data_exchange",
		"inti": `"inti" is not an action: must be one of ping, init, submit, back, error`,
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, slotAnswer)
			p := newProgram()
			if code := p.Run(t.Context(), []string{"call", word, "SLOT", "--dir", r.dir}); code == 2 {
				contains(t, "stderr", p.stderr.String(), want)
			} else if got := decoded(t, r.got().text)["action"]; got != want {
				t.Errorf("sent %v, want %s", got, want)
			}
		})
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"none":              {nil, "expected an action: one of ping, init"},
		"URL alone":         {[]string{"http://127.0.0.1:1/x"}, "expected an action: one of ping, init"},
		"URL after ping":    {[]string{"ping", "http://127.0.0.1:1/x"}, "the URL comes before the action: flowserver call URL ping"},
		"URL after init":    {[]string{"init", "https://flows.example/x", "a=1"}, "the URL comes before the action: flowserver call URL init"},
		"ping with screen":  {[]string{"ping", "SLOT"}, "ping has no screen or payload"},
		"ping with payload": {[]string{"ping", "a=1"}, "ping has no screen or payload"},
		"number as timeout": {[]string{"ping", "--timeout", "5"}, "--timeout: the unit is missing: write 5s"},
		"no duration":       {[]string{"ping", "--timeout", "soon"}, "--timeout: expected a duration of more than 0 with a unit"},
		"negative timeout":  {[]string{"ping", "--timeout=-1s"}, "--timeout: expected a duration of more than 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, 2, append([]string{"call"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.want)
		})
	}
}

// http:// is assumed on this machine only.
func TestCallScheme(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, slotAnswer)
	port := r.address[strings.LastIndex(r.address, ":"):]
	for address, want := range map[string]string{
		"127.0.0.1" + port + "/x":        "",
		"http://127.0.0.1" + port:        "",
		" http://127.0.0.1" + port + " ": "",
		"http:/127.0.0.1" + port:         "URL must begin with http://, with two slashes",
		"[::1]:1/x":                      "no answer from http://[::1]:1/x",
		"localhost:1/x":                  "no answer from http://localhost:1/x",
		"127.0.0.1:1":                    "no answer from http://127.0.0.1:1",
		"example.com/flows/x":            "URL must begin with http:// or https://: did you mean https://example.com/flows/x\n",
		"10.0.0.1:8080":                  "did you mean https://10.0.0.1:8080\n",
		"ada:secret@example.com/x?k=v":   "did you mean https://example.com/x\n",
		"ftp://example.com/x":            "URL must be an absolute http or https URL",
		"/flows/x":                       "URL must be an absolute http or https URL",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			code := p.Run(t.Context(), []string{"call", address, "init", "--dir", r.dir})
			if (code == 0) != (want == "") {
				t.Errorf("got exit code %d and\n%s", code, &p.stderr)
			}
			contains(t, "stderr", p.stderr.String(), want)
		})
	}
}

// A timeout says how long it was.
func TestCallTimeout(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-ended }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(ended) })
	r := newRecorder(t, slotAnswer)
	p := r.call(t, 1, silent.URL, "init", "--timeout", "50ms")
	contains(t, "stderr", p.stderr.String(), "error: no answer within 50ms from "+silent.URL, "hint: a phone gives up after 10s; --timeout")
}

// An endpoint that dev has configured and that does not answer: dev is not running.
func TestCallDevStopped(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, slotAnswer)
	r.address = "127.0.0.1:1"
	r.writeFolder(t, "booking")
	p := r.call(t, 1, "init")
	contains(t, "stderr", p.stderr.String(), "no answer from http://127.0.0.1:1/flows/booking", `hint: is "flowserver dev" running?`)
	r.address = "127.0.0.1:0"
	r.writeFolder(t, "booking")
	p = r.call(t, 2, "init")
	contains(t, "stderr", p.stderr.String(), "does not say the port")
}
