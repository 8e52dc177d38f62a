package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// check needs no flags beside the folder of dev, and ends with a result.
func TestCheck(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, `{"data":{"status":"active"}}`) // an answer to anything
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string // how it ends
		stderr string // all of it, if it does not end in *
	}{
		"passed":     {[]string{"--only", "health/active"}, 0, "\n1 passed, 0 failed, 0 warned, 0 skipped in *\n\nNo case failed.\n", ""},
		"one failed": {[]string{"--only", "init/screen"}, 1, "\n1 case failed: init/screen\n", ""},
		"needed":     {[]string{"--only", "init/version-4"}, 1, "\n1 case failed: init/screen\n", ""},
		"many":       {[]string{"--only", "signature"}, 1, "\n10 cases failed: signature/bad, signature/missing, signature/short and 7 more\n", ""},
		"three":      {[]string{"--only", "init/screen,notices"}, 1, "\n3 cases failed: init/screen, notices/error, notices/init\n", ""},
		"no group":   {[]string{"--only", "sig"}, 2, "", `flowserver: error: "sig" selects no case: use an ID, or one of the groups reachability, *`},
		"none there": {[]string{"127.0.0.1:1", "--only", "reachability"}, 1, "\n1 case failed: reachability/answers\n", "not answer\nhint: is the server run*"},
		"URL":        {[]string{r.address + "/x", "--only", "health/active"}, 0, "No case failed.\n", ""},
		"two URLs":   {[]string{r.address, "--url", r.address}, 2, "", "*the URL is given both*"},
		"bad data":   {[]string{"--screen", "A", "--data", "{"}, 2, "", "*--data is not JSON: line 1, column 2: *"},
		"no screen":  {[]string{"--data", "{}"}, 2, "", "*--screen and --data go together*"},
		"no key":     {[]string{"--dir", t.TempDir(), r.address}, 2, "", "*no public key given*"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"check", "--dir", r.dir}, c.args...)...)
			if got := p.stdout.String(); !endsWith(got, c.stdout) {
				t.Errorf("got\n%s\nwant %q at the end", got, c.stdout)
			}
			for part := range strings.SplitSeq(c.stderr, "*") {
				contains(t, "stderr", p.stderr.String(), part)
			}
			if c.stderr == "" && p.stderr.String() != "" {
				t.Errorf("got %q on stderr, want nothing", &p.stderr)
			}
		})
	}
}

// Passes are printed with -v only.
func TestCheckVerbose(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, `{"data":{"status":"active"}}`)
	const line = "\n  ✓ health/active                      the clear text is {\"data\":{\"status\":\"active\"}}\n"
	for _, flag := range []string{"", "-v"} {
		p := newProgram()
		p.run(t, 0, append([]string{"check", "--dir", r.dir, "--only", "health/active"}, strings.Fields(flag)...)...)
		if got, want := strings.Contains(p.stdout.String(), line), flag == "-v"; got != want {
			t.Errorf("%q: got\n%s\nwant the passed case in it: %v", flag, &p.stdout, want)
		}
	}
}

// endsWith reports whether text ends as want says, in which a * is the rest of a line.
func endsWith(text, want string) bool {
	before, after, wild := strings.Cut(want, "*")
	if !wild {
		return strings.HasSuffix(text, want)
	}
	rest, found := strings.CutSuffix(text, after)
	return found && strings.LastIndex(rest, before) >= strings.LastIndex(rest, "\n")
}

// Its evidence has the reason that dev gives.
func TestCheckReason(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, "")
	r.status, r.reason = 500, "no%20such%20screen"
	p := newProgram()
	p.run(t, 1, "check", "--dir", r.dir, "--only", "init/screen", "--junit", filepath.Join(r.dir, "report.xml"))
	contains(t, "stdout", p.stdout.String(), "status 500, because no such screen")
	contains(t, "report", readFile(t, r.dir, "report.xml"), "no such screen")
}

// The standard output has the results already, so JUnit needs a file.
func TestJUnitNeedsAFile(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "http://127.0.0.1:1/flow", "--junit", "-"},
		{"play", "booking.yaml", "--junit", "-"},
	} {
		p := newProgram()
		p.run(t, 2, args...)
		contains(t, "stderr", p.stderr.String(), "--junit: give a file")
	}
}

// JSON is all there is for machines.
func TestCheckJSON(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, "[]")
	p := newProgram()
	p.run(t, 1, "check", "--dir", r.dir, "--only", "health/active", "--json")
	var got struct{ Failed bool }
	if err := json.Unmarshal([]byte(p.stdout.String()), &got); err != nil || !got.Failed {
		t.Errorf("got %v, %v in %s", got, err, &p.stdout)
	}
	if p.stderr.String() != "" {
		t.Errorf("got %q on stderr, want nothing", &p.stderr)
	}
}
