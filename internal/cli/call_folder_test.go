package cli_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const slotAnswer = `{"screen":"SLOT","data":{}}`

// A conversation in the folder of dev needs no flags: each call goes on where the
// answer before has led.
func TestCallRemembers(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, slotAnswer)
	url := "http://" + r.address + "/flows/booking"

	p := r.call(t, 0, "init")
	opened := decoded(t, r.got().text)
	token, _ := opened["flow_token"].(string)
	if !regexp.MustCompile(`^demo-[a-z2-7]{8}$`).MatchString(token) {
		t.Fatalf("got token %q, want a new one", token)
	}
	contains(t, "stdout", p.stdout.String(), "assumed  "+url+", token "+token+"\n", "screen   SLOT\n")

	p = r.call(t, 0, "submit", "day=mon")
	contains(t, "stdout", p.stdout.String(), "assumed  "+url+", screen SLOT, token "+token+"\n")
	want := map[string]any{"version": "3.0", "action": "data_exchange", "screen": "SLOT", "flow_token": token, "data": map[string]any{"day": "mon"}}
	if diff := cmp.Diff(want, decoded(t, r.got().text)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}

	// what was given is not assumed, and the token is the one to go on with
	p = r.call(t, 0, "back", "DETAILS", "--token", "mine")
	contains(t, "stdout", p.stdout.String(), "assumed  "+url+"\n")
	r.call(t, 1, "error") // which is answered with a screen
	if got := decoded(t, r.got().text); got["screen"] != "SLOT" || got["flow_token"] != "mine" {
		t.Errorf("error: sent %v, want the last screen and token", got)
	}
	if got := readFile(t, r.dir, "last.json"); strings.Contains(got, "mon") {
		t.Errorf("got %s, want nothing that a user typed", got)
	}

	// a new conversation has a new token
	r.call(t, 0, "init")
	if got := decoded(t, r.got().text)["flow_token"]; got == token || got == "mine" {
		t.Errorf("second init: got token %v again", got)
	}
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return object
}

// Which answers move the screen that is remembered.
func TestCallRemembersScreen(t *testing.T) {
	t.Parallel()
	const success = `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`
	for name, c := range map[string]struct {
		action []string
		status int
		answer string
		code   int
		want   string // the screen that is remembered after SLOT
	}{
		"next screen":   {[]string{"submit"}, 200, `{"screen":"DETAILS","data":{}}`, 0, "DETAILS"},
		"back":          {[]string{"back"}, 200, `{"screen":"SERVICE","data":{}}`, 0, "SERVICE"},
		"the end":       {[]string{"submit"}, 200, success, 0, ""},
		"failure":       {[]string{"submit"}, 500, "", 1, "SLOT"},
		"over":          {[]string{"submit"}, 427, `{"error_msg":"over"}`, 1, "SLOT"},
		"failed init":   {[]string{"init"}, 500, "", 1, ""},
		"ping":          {[]string{"ping"}, 200, `{"data":{"status":"active"}}`, 0, "SLOT"},
		"error notice":  {[]string{"error"}, 200, `{"data":{"acknowledged":true}}`, 0, "SLOT"},
		"no screen":     {[]string{"submit"}, 200, `{"data":{}}`, 0, "SLOT"},
		"not an answer": {[]string{"submit"}, 200, `[]`, 1, "SLOT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, slotAnswer)
			r.call(t, 0, "init")
			r.status, r.answer = c.status, c.answer
			r.call(t, c.code, c.action...)
			last := decoded(t, readFile(t, r.dir, "last.json"))
			got, _ := last["http://"+r.address+"/flows/booking"].(map[string]any)
			if got["screen"] != c.want || got["token"] == "" {
				t.Errorf("remembered %v, want screen %q", got, c.want)
			}
		})
	}
	t.Run("nothing to go on with", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t, success)
		p := r.call(t, 2, "submit")
		contains(t, "stderr", p.stderr.String(), "submit needs the screen that the user is on")
		r.call(t, 0, "submit", "LAST")
		p = r.call(t, 2, "submit")
		contains(t, "stderr", p.stderr.String(), "the last answer has none: name the screen, or start again with init")
	})
}

// The memory is a convenience: without it a call still succeeds.
func TestCallMemoryUnusable(t *testing.T) {
	t.Parallel()
	t.Run("spoiled", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t, slotAnswer)
		writeFile(t, filepath.Join(r.dir, "last.json"), "null")
		p := r.call(t, 0, "init")
		contains(t, "stderr", p.stderr.String(), "flowserver: warning: ", "last.json was not written by flowserver call")
		p = r.call(t, 0, "submit") // it has been replaced
		if p.stderr.String() != "" {
			t.Errorf("got %q on stderr, want nothing", &p.stderr)
		}
	})
	t.Run("cannot be written", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t, slotAnswer)
		if err := os.Mkdir(filepath.Join(r.dir, "last.json"), 0o700); err != nil { // also root cannot replace it
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(r.dir, "last.json", "file"), "")
		p := r.call(t, 0, "init")
		contains(t, "stdout", p.stdout.String(), "screen   SLOT\n")
		contains(t, "stderr", p.stderr.String(), "flowserver: warning: the screen and the token are not remembered: ")
	})
	t.Run("only for its owner", func(t *testing.T) {
		t.Parallel()
		if runtime.GOOS == "windows" {
			t.Skip("Windows has other permissions")
		}
		r := newRecorder(t, slotAnswer)
		r.call(t, 0, "init")
		info, err := os.Stat(filepath.Join(r.dir, "last.json"))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("got mode %v, want 0600", got)
		}
		if files, _ := filepath.Glob(filepath.Join(r.dir, "last.json?*")); files != nil {
			t.Errorf("left behind: %v", files)
		}
	})
}

// Without the folder of dev, the token is always the same, as nothing can be
// remembered.
func TestCallWithoutFolder(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, slotAnswer)
	p := newProgram()
	p.run(t, 0, "call", "--dir", t.TempDir(), "http://"+r.address+"/x", "INIT", "--public-key", filepath.Join(r.dir, "public.pem"))
	if got := decoded(t, r.got().text)["flow_token"]; got != "flowserver-call" {
		t.Errorf("got token %v, want flowserver-call", got)
	}
	if strings.Contains(p.stdout.String(), "assumed") {
		t.Errorf("got %s, want nothing assumed", &p.stdout)
	}
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"no URL": {[]string{"init"}, []string{"no URL given", "flowserver.yaml", `hint: give the endpoint's URL, or run "flowserver dev" in this folder first`}},
		"no key": {[]string{r.address, "init"}, []string{"no public key given", "hint: give the public key", "--public-key"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, 2, append([]string{"call", "--dir", t.TempDir()}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.want...)
		})
	}
}

// Which flow a call is for.
func TestCallFlow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		want string // path, or a part of the error
	}{
		"not said": {[]string{"init"}, 2, "has 2 Flows: choose one with --flow: booking, orders"},
		"flag":     {[]string{"init", "--flow", "orders"}, 0, "/flows/orders"},
		"URL":      {[]string{"http://HOST/flows/booking", "init"}, 0, "/flows/booking"},
		"both":     {[]string{"http://HOST/flows/booking", "init", "--flow", "orders"}, 2, "omit either URL or --flow"},
		"unknown":  {[]string{"init", "--flow", "order"}, 2, "flowserver.yaml has no such Flow, only booking, orders"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, slotAnswer)
			r.writeFolder(t, "booking", "orders")
			for i, arg := range c.args {
				c.args[i] = strings.Replace(arg, "HOST", r.address, 1)
			}
			p := r.call(t, c.code, c.args...)
			if got := r.got().path; c.code == 0 && got != c.want {
				t.Errorf("got path %q, want %q", got, c.want)
			}
			if c.code != 0 {
				contains(t, "stderr", p.stderr.String(), c.want)
			}
		})
	}
}

// Flags override variables, and variables override the folder, for the URL, the public
// key and the app secret.
func TestCallPrecedence(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, `{"data":{"status":"active"}}`)
	file := func(name string) string { return writeFile(t, filepath.Join(t.TempDir(), name), name+"\n") }
	flagFile, variableFile, empty := file("flag-file"), file("variable-file"), writeFile(t, filepath.Join(t.TempDir(), "empty"), "\n")
	keyB := filepath.Join(keysDir, "b.public.pem")
	const url, key, secret, secretFile = "FLOWSERVER_URL", "FLOWSERVER_PUBLIC_KEY", "FLOWSERVER_APP_SECRET", "FLOWSERVER_APP_SECRET_FILE"
	at := func(path string) string { return "http://" + r.address + path }
	type env map[string]string
	for name, c := range map[string]struct { //nolint:paralleltest // see above
		args []string
		env  env
		want string // path, key and secret, or a part of the error
	}{
		"folder":                       {nil, nil, "/flows/booking a folder"},
		"URL argument":                 {[]string{at("/argument")}, env{url: at("/variable")}, "/argument a folder"},
		"URL flag":                     {[]string{"--url", at("/flag")}, env{url: at("/variable")}, "/flag a folder"},
		"URL variable":                 {nil, env{url: at("/variable")}, "/variable a folder"},
		"URL, empty variable":          {nil, env{url: ""}, "/flows/booking a folder"},
		"URL, flow flag":               {[]string{"--flow", "booking"}, env{url: at("/variable")}, "/flows/booking a folder"},
		"URL twice":                    {[]string{at("/argument"), "--url", at("/flag")}, nil, "error: the URL is given both"},
		"key flag":                     {[]string{"--public-key", filepath.Join(r.dir, "public.pem")}, env{key: keyB}, "/flows/booking a folder"},
		"key variable":                 {nil, env{key: keyB}, "/flows/booking b "},
		"key, empty flag":              {[]string{"--public-key="}, nil, "error: --public-key is empty"},
		"key of another, secret flag":  {[]string{"--public-key", keyB, "--app-secret", "flag"}, nil, "/flows/booking b flag"},
		"secret flag":                  {[]string{"--app-secret", "flag"}, env{secret: "variable"}, "/flows/booking a flag"},
		"secret flag, file variable":   {[]string{"--app-secret", "flag"}, env{secretFile: variableFile}, "/flows/booking a flag"},
		"secret file flag":             {[]string{"--app-secret-file", flagFile}, env{secretFile: variableFile}, "/flows/booking a flag-file"},
		"secret file flag, variable":   {[]string{"--app-secret-file", flagFile}, env{secret: "variable"}, "/flows/booking a flag-file"},
		"secret file flag, variables":  {[]string{"--app-secret-file", flagFile}, env{secret: "variable", secretFile: variableFile}, "/flows/booking a flag-file"},
		"secret variable":              {nil, env{secret: "variable"}, "/flows/booking a variable"},
		"secret file variable":         {nil, env{secretFile: variableFile}, "/flows/booking a variable-file"},
		"secret variables":             {nil, env{secret: "variable", secretFile: variableFile}, "FLOWSERVER_APP_SECRET_FILE are both set"},
		"secret, empty variables":      {nil, env{secret: "", secretFile: ""}, "/flows/booking a folder"},
		"secret flags":                 {[]string{"--app-secret", "flag", "--app-secret-file", flagFile}, nil, "--unsigned exclude each other"},
		"secret flag, empty":           {[]string{"--app-secret="}, env{secret: "variable"}, "error: --app-secret is empty"},
		"secret file flag, empty":      {[]string{"--app-secret-file="}, nil, "error: --app-secret-file is empty"},
		"secret file flag, empty file": {[]string{"--app-secret-file", empty}, env{secret: "variable"}, "empty: the file is empty"},
		"secret variable, empty file":  {nil, env{secretFile: empty}, "empty: the file is empty"},
		"unsigned":                     {[]string{"--unsigned"}, env{secret: "variable"}, "/flows/booking a "},
		"unsigned, signed":             {[]string{"--unsigned", "--app-secret", "flag"}, nil, "exclude each other"},
	} {
		t.Run(name, func(t *testing.T) {
			var env []string
			for name, value := range c.env {
				env = append(env, name, value)
			}
			p := newProgram(env...)
			code := p.Run(t.Context(), append([]string{"call", "--dir", r.dir}, append(c.args, "ping")...))
			got := r.got()
			if text := got.path + " " + got.key + " " + got.secret; code == 0 && text != c.want {
				t.Errorf("got %q, want %q", text, c.want)
			}
			if code != 0 {
				contains(t, "stderr", p.stderr.String(), c.want)
			}
		})
	}
}

// What is wrong for a phone in an answer that opens is a warning.
func TestCallWarns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		want   string
	}{
		"null":       {`{"screen":"SLOT","data":{"slots":[{"id":null}]}}`, "data.slots[0].id is null"},
		"no screen":  {`{"data":{}}`, "screen is missing or empty"},
		"incomplete": {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{}}}}`, "params.flow_token is missing"},
		"large":      {`{"screen":"SLOT","data":{"x":"` + strings.Repeat("x", 1_000_000) + `"}}`, "bytes, more than 1000000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, c.answer)
			p := r.call(t, 0, "init")
			contains(t, "stderr", p.stderr.String(), "flowserver: warning: a phone refuses this answer: ", c.want)
			p = r.call(t, 0, "init", "--json")
			got := decoded(t, p.stdout.String())
			if warnings, _ := got["warnings"].([]any); len(warnings) != 1 || !strings.Contains(warnings[0].(string), c.want) {
				t.Errorf("got warnings %v, want one with %q", got["warnings"], c.want)
			}
			if p.stderr.String() != "" {
				t.Errorf("got %q on stderr, want nothing", &p.stderr)
			}
		})
	}
	t.Run("line end", func(t *testing.T) {
		t.Parallel()
		r := newRecorder(t, `{"data":{"status":"active"}}`)
		r.after = "\n"
		contains(t, "stderr", r.call(t, 0, "ping").stderr.String(), "flowserver: warning: the base64 of the answer has a line end")
		contains(t, "stdout", r.call(t, 0, "ping", "--json").stdout.String(), "the base64 of the answer has a line end")
	})
	t.Run("not for a ping", func(t *testing.T) {
		t.Parallel()
		p := newRecorder(t, `{"data":{"status":"active"}}`).call(t, 0, "ping")
		if p.stderr.String() != "" {
			t.Errorf("got %q on stderr, want nothing", &p.stderr)
		}
	})
	for name, answer := range map[string]string{"data": `{"screen":"A","data":[]}`, "error_message": `{"screen":"A","data":{"error_message":1}}`} {
		t.Run("error for "+name, func(t *testing.T) {
			t.Parallel()
			p := newRecorder(t, answer).call(t, 1, "init")
			contains(t, "stderr", p.stderr.String(), "flowserver: error: the clear text of the answer is malformed: "+name+" is not a")
		})
	}
}

// The reason that dev gives on loopback replaces the advice to read the log.
func TestCallReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status       int
		reason       string
		stdout, hint string
	}{
		"given":             {http.StatusInternalServerError, "handler%20failed:%20no%20caf%C3%A9", "reason   handler failed: no café\n", ""},
		"not given":         {http.StatusInternalServerError, "", "status   500", "hint: the endpoint's log says why"},
		"unknown screen":    {http.StatusBadRequest, "no%20such%20screen", "reason   no such screen\n", ""},
		"with a remedy too": {432, "bad%20signature", "reason   bad signature\n", "hint: the app secret of the endpoint differs from that of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecorder(t, "")
			r.status, r.reason = c.status, c.reason
			p := r.call(t, 1, "init")
			contains(t, "stdout", p.stdout.String(), c.stdout)
			contains(t, "stderr", p.stderr.String(), c.hint)
			if c.hint == "" && strings.Contains(p.stderr.String(), "hint") {
				t.Errorf("got %s, want no hint", &p.stderr)
			}
			p = r.call(t, 1, "init", "--json")
			if got := decoded(t, p.stdout.String())["reason"]; (got != nil) != (c.reason != "") {
				t.Errorf("got reason %v in JSON", got)
			}
		})
	}
}
