package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/cli"
)

// The file of app secrets is the server's, in which the first line signs, and may come
// from any editor. Text that is not an app secret is not sent.
func TestCallAppSecretForms(t *testing.T) {
	t.Parallel()
	r, dir := startDev(t)
	secret := strings.TrimSpace(readFile(t, dir, "app-secret"))
	utf16 := "\xff\xfe" + strings.Join(strings.Split(secret+"\r\n", ""), "\x00") + "\x00"
	for name, c := range map[string]struct {
		text, stderr string // no stderr: the ping is answered
	}{
		"two lines":       {secret + "\n" + strings.Repeat("0", 32) + "\n", ""},
		"byte order mark": {"\ufeff" + secret + "\r\n", ""},
		"trailing blank":  {secret + " \n", ""},
		"UTF-16":          {utf16, ""},
		"blank lines":     {"\n\n" + secret + "\n\n", ""},
		"quotes":          {`"` + secret + `"`, "is in quotation marks: give the value alone"},
		"assignment":      {"APP_SECRET=" + secret, "is an assignment (NAME=value)"},
		"comment":         {"# old\n" + secret, "is a comment"},
		"empty":           {"\ufeff\r\n", "the file is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := writeFile(t, filepath.Join(t.TempDir(), "app-secret"), c.text)
			p := newProgram()
			if c.stderr == "" {
				p.run(t, 0, r.call(dir, "ping", "--app-secret-file", path)...)
				return
			}
			p.run(t, 1, r.call(dir, "ping", "--app-secret-file", path)...)
			contains(t, "stderr", p.stderr.String(), path+": ", c.stderr)
			if strings.Contains(p.stderr.String(), secret) {
				t.Error("the secret is in the error")
			}
		})
	}
	t.Run("two lines in a flag", func(t *testing.T) {
		t.Parallel()
		url, key := "http://"+r.public+"/flows/booking", filepath.Join(dir, "public.pem")
		newProgram().run(t, 0, "call", url, "ping", "--public-key", key, "--app-secret", secret+"\n"+strings.Repeat("0", 32))
	})
	t.Run("flag in quotes", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		url, key := "http://"+r.public+"/flows/booking", filepath.Join(dir, "public.pem")
		p.run(t, 2, "call", url, "ping", "--public-key", key, "--app-secret", "'"+secret+"'")
		contains(t, "stderr", p.stderr.String(), "--app-secret: not a secret: it is in quotation marks")
	})
}

// A refused signature leads to where the app secret came from.
func TestCallSignatureHint(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, "")
	r.status = 432
	own := filepath.Join(r.dir, "app-secret")
	file := writeFile(t, filepath.Join(t.TempDir(), "secret"), "flag-file\n")
	elsewhere := []string{"--url", "http://" + r.address, "--dir", t.TempDir(), "--public-key", filepath.Join(keysDir, "a.public.pem")}
	const (
		variable, variableFile = "FLOWSERVER_APP_SECRET", "FLOWSERVER_APP_SECRET_FILE"
		orWrong                = ", or the endpoint verifies signatures wrongly"
	)
	for name, c := range map[string]struct {
		args, env []string
		want      string
	}{
		"folder":                   {nil, nil, "the app secret of the endpoint differs from that of " + own + orWrong},
		"flag":                     {[]string{"--app-secret", "flag"}, nil, "differs from that of --app-secret" + orWrong + "\n"},
		"flag of a file":           {[]string{"--app-secret-file", file}, []string{variable, "variable"}, "differs from that of --app-secret-file" + orWrong + "\n"},
		"variable":                 {nil, []string{variable, "variable"}, "the app secret of FLOWSERVER_APP_SECRET was used: "},
		"variable, remedy":         {nil, []string{variable, "variable"}, "unset the variable or give --app-secret-file " + cli.Quoted(own)},
		"variable of a file":       {nil, []string{variableFile, file}, "the app secret of FLOWSERVER_APP_SECRET_FILE was used: "},
		"variable without folder":  {elsewhere, []string{variable, "variable"}, "differs from that of FLOWSERVER_APP_SECRET" + orWrong + "\n"},
		"unsigned":                 {[]string{"--unsigned"}, nil, "the request was unsigned, and an endpoint must refuse it"},
		"no secret without folder": {elsewhere, nil, "the request was not signed: give the endpoint's app secret with --app-secret-file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(c.env...)
			p.run(t, 1, append([]string{"call", "--dir", r.dir, "ping"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), "hint: ", c.want)
		})
	}
}
