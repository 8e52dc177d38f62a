package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// doctor needs nothing but the folder of dev, and its exit code is the result.
func TestDoctor(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, `{"data":{"status":"active"}}`) // it verifies no signature
	dev, dir := startDev(t)
	own := []string{"--dir", dir, "http://" + dev.public + "/flows/booking"}
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"sound":      {own, 0, "No fault was found; 7 requests sent.\n", ""},
		"not signed": {[]string{"--dir", r.dir}, 3, "an unsigned request is accepted", ""},
		"no secret":  {append(own[:3:3], "--unsigned"), 4, "no app secret was given", ""},
		"none there": {[]string{"--dir", r.dir, "127.0.0.1:1"}, 3, "port 1 refuses connections", ""},
		"admin port": {[]string{"--dir", r.dir, "--admin-port", "0"}, 2, "", "--admin-port must be a number from 1 to 65535"},
		"no key":     {[]string{"--dir", t.TempDir(), r.address}, 2, "", "no public key given"},
		"two URLs":   {[]string{"--dir", r.dir, r.address, "--url", r.address}, 2, "", "the URL is given both"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"doctor"}, c.args...)...)
			contains(t, "stdout", p.stdout.String(), c.stdout)
			contains(t, "stderr", p.stderr.String(), c.stderr)
			if strings.Contains(p.stdout.String(), "\x1b") {
				t.Errorf("got colours in %q, want none without a terminal", &p.stdout)
			}
		})
	}
}

func TestDoctorJSON(t *testing.T) {
	t.Parallel()
	r := newRecorder(t, `{"data":{"status":"active"}}`)
	p := newProgram()
	p.run(t, 3, "doctor", "--dir", r.dir, "--json")
	var got struct {
		ExitCode int `json:"exit_code"`
		Findings []struct{ Check, State, Remedy string }
	}
	if err := json.Unmarshal([]byte(p.stdout.String()), &got); err != nil || got.ExitCode != 3 || len(got.Findings) == 0 {
		t.Errorf("got %+v, %v in %s", got, err, &p.stdout)
	}
}
