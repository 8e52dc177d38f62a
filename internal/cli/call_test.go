package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCall(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	data := writeFile(t, filepath.Join(dir, "data.json"), `{"name":"Ada"}`)
	list := writeFile(t, filepath.Join(dir, "list.json"), `["name"]`)
	other := writeFile(t, filepath.Join(dir, "other"), "other\n")
	stranger := writeFile(t, filepath.Join(dir, "stranger.pem"), string(generate(t).PublicPEM()))
	for name, c := range map[string]struct {
		args   []string // after those that are always needed
		code   int
		stdout []string
		stderr []string
	}{
		"ping": {[]string{"ping"}, 0, []string{"status   200 in ", `data     {`, `"status": "active"`}, nil},
		"init": {[]string{"init"}, 0, []string{"screen   ASK\n"}, nil},
		"submit": {
			[]string{"submit", "--screen", "ASK", "--data", `{"name":"Ada"}`, "--token", "t-1"},
			0,
			[]string{"screen   SUCCESS\n", `"name": "Ada"`, `"flow_token": "t-1"`},
			nil,
		},
		"submit a file":    {[]string{"submit", "--screen", "ASK", "--data", "@" + data}, 0, []string{"screen   SUCCESS\n"}, nil},
		"submit nothing":   {[]string{"submit", "--screen", "ASK", "--data", "{}"}, 0, []string{"screen   ASK\n", "message  Name: This is required\n"}, nil},
		"back":             {[]string{"back", "--screen", "ASK"}, 0, []string{"screen   ASK\n"}, nil},
		"error":            {[]string{"error", "--screen", "ASK"}, 0, []string{`"acknowledged": true`}, nil},
		"error of one's":   {[]string{"error", "--data", `{"error_key":"timeout","error_message":"late"}`}, 0, []string{`"acknowledged": true`}, nil},
		"expired":          {[]string{"submit", "--screen", "ASK", "--data", `{"name":"late"}`}, 1, []string{"status   427", "message  too late"}, []string{"error: status 427", "hint: the Flow has ended for this token"}},
		"handler fails":    {[]string{"submit", "--screen", "ASK", "--data", `{"name":"fail"}`}, 1, []string{"status   500"}, []string{"error: status 500"}},
		"unknown screen":   {[]string{"submit", "--screen", "NOSUCH"}, 1, []string{"status   400"}, []string{"error: status 400"}},
		"other app secret": {[]string{"ping", "--app-secret-file", other}, 1, []string{"status   432"}, []string{"differs from that of --app-secret"}},
		"wrong key": {
			[]string{"ping", "--public-key", stranger},
			1,
			[]string{"status   421"},
			[]string{"hint: the endpoint has no private key for this public key, or does not decrypt as it should"},
		},
		"private key":      {[]string{"ping", "--public-key", filepath.Join(dir, "private.pem")}, 1, nil, []string{"private key found where the public key"}},
		"no key":           {[]string{"ping", "--public-key", data}, 1, nil, []string{"data.json: public key not readable"}},
		"no key file":      {[]string{"ping", "--public-key", "nosuch.pem"}, 1, nil, []string{"nosuch.pem: no such file"}},
		"no secret file":   {[]string{"ping", "--app-secret-file", "nosuch"}, 1, nil, []string{"nosuch: no such file"}},
		"no data file":     {[]string{"submit", "--screen", "ASK", "--data", "@nosuch.json"}, 1, nil, []string{"nosuch.json: no such file"}},
		"bad data":         {[]string{"submit", "--screen", "ASK", "--data", `{"name":`}, 2, nil, []string{`--data is not JSON: line 1, column 9: `}},
		"bad data, null":   {[]string{"submit", "--screen", "ASK", "--data", "null"}, 2, nil, []string{"--data is not a JSON object"}},
		"bad data, file":   {[]string{"submit", "--screen", "ASK", "--data", "@" + list}, 2, nil, []string{"list.json is not a JSON object"}},
		"missing screen":   {[]string{"submit", "--data", "{}"}, 2, nil, []string{"submit needs the screen"}},
		"missing screen 2": {[]string{"back"}, 2, nil, []string{"back needs the screen"}},
		"unknown action":   {[]string{"dance"}, 2, nil, []string{"must be one of"}},
		"misspelt action":  {[]string{"inti"}, 2, nil, []string{"hint: did you mean init?"}},
		"Meta's action":    {[]string{"data_exchange"}, 2, nil, []string{"hint: did you mean submit?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, r.call(dir, c.args[0], c.args[1:]...)...)
			contains(t, "stdout", p.stdout.String(), c.stdout...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
			if c.stdout == nil && p.stdout.String() != "" {
				t.Errorf("got %q on stdout, want nothing", &p.stdout)
			}
		})
	}
	url, key := "http://"+r.public+"/flows/booking", filepath.Join(dir, "public.pem")
	t.Run("unsigned", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		p.run(t, 1, "call", url, "ping", "--public-key", key)
		contains(t, "stdout", p.stdout.String(), "status   432")
	})
	t.Run("nothing there", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		p.run(t, 1, "call", url+"x", "ping", "--public-key", key)
		contains(t, "stderr", p.stderr.String(), "error: status 404\nhint: check the path: flowserver serves a flow at /flows/ and its id\n")
		p = newProgram()
		p.run(t, 1, "call", r.public, "ping", "--dir", dir)
		contains(t, "stderr", p.stderr.String(), "hint: flowserver dev serves "+url+"\n")
	})
	t.Run("no URL", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		p.run(t, 2, "call", "/flows", "ping", "--public-key", key)
		contains(t, "stderr", p.stderr.String(), "URL must be an absolute http or https URL")
	})
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		closed := httptest.NewServer(http.NotFoundHandler())
		closed.Close()
		p := newProgram()
		p.run(t, 1, "call", closed.URL, "ping", "--public-key", key)
		contains(t, "stderr", p.stderr.String(), "no answer from "+closed.URL, "hint: is the server running")
	})
	t.Run("hangs up", func(t *testing.T) {
		t.Parallel()
		rude := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		t.Cleanup(rude.Close)
		p := newProgram()
		p.run(t, 1, "call", rude.URL, "ping", "--public-key", key)
		contains(t, "stderr", p.stderr.String(), "the connection was closed before the answer was complete", "hint: answer every request with a status")
	})
	t.Run("not a Flow endpoint", func(t *testing.T) {
		t.Parallel()
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }))
		t.Cleanup(other.Close)
		p := newProgram()
		p.run(t, 1, "call", other.URL, "ping", "--public-key", key)
		contains(t, "stdout", p.stdout.String(), "status   200")
		contains(t, "stderr", p.stderr.String(), "flowserver: error: ")
	})
}

func TestCallJSON(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	for name, c := range map[string]struct {
		args []string
		code int
		want map[string]any
	}{
		"submit": {[]string{"submit", "--screen", "ASK", "--data", `{"name":"<Ada>"}`, "--token", "t-1"}, 0, map[string]any{
			"status": 200.0, "screen": "SUCCESS", "attempts": 1.0,
			"data": map[string]any{"extension_message_response": map[string]any{"params": map[string]any{"flow_token": "t-1", "name": "<Ada>"}}},
		}},
		"stays": {[]string{"submit", "--screen", "ASK", "--data", "{}"}, 0, map[string]any{
			"status": 200.0, "screen": "ASK", "attempts": 1.0, "error_message": "Name: This is required",
			"data": map[string]any{"error_message": "Name: This is required"},
		}},
		"expired": {[]string{"submit", "--screen", "ASK", "--data", `{"name":"late"}`}, 1, map[string]any{
			"status": 427.0, "screen": "", "attempts": 1.0, "error_msg": "too late",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, r.call(dir, c.args[0], append(c.args[1:], "--json")...)...)
			var got map[string]any
			if err := json.Unmarshal([]byte(p.stdout.String()), &got); err != nil {
				t.Fatalf("%v in %s", err, &p.stdout)
			}
			if took, ok := got["duration_ms"].(float64); !ok || took <= 0 {
				t.Errorf("got duration_ms %v, want more than 0", got["duration_ms"])
			}
			delete(got, "duration_ms")
			delete(got, "reason") // TestCallReason has it
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
