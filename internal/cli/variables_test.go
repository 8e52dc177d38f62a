package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func withEnviron(t *testing.T, env map[string]string) *Program {
	t.Helper()
	p := &Program{
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok },
		Environ: func() []string {
			var all []string
			for name, value := range env {
				all = append(all, name+"="+value)
			}
			return all
		},
	}
	if _, err := p.parser(); err != nil {
		t.Fatal(err)
	}
	return p
}

// A name that is nearly that of a variable is a misspelt one. Others belong to someone else.
func TestMisspeltVariables(t *testing.T) {
	t.Parallel()
	for name, meant := range map[string]string{
		"FLOWSERVER_APP_SECRT":        "FLOWSERVER_APP_SECRET",
		"FLOWSERVER_APP_SECRETS":      "FLOWSERVER_APP_SECRET",
		"FLOWSERVER_app_secret":       "FLOWSERVER_APP_SECRET",
		"FLOWSERVER_APP_SECRET_FIEL":  "FLOWSERVER_APP_SECRET_FILE",
		"FLOWSERVER_PRIVATE_KEY_PATH": "FLOWSERVER_PRIVATE_KEY_FILE",
		"FLOWSERVER_LISTN":            "FLOWSERVER_LISTEN",
		"FLOWSERVER_LOGLEVEL":         "FLOWSERVER_LOG_LEVEL",
		"FLOWSERVER_KALYERA_SID":      "FLOWSERVER_KALEYRA_SID",
		"FLOWSEVER_APP_SECRET":        "FLOWSERVER_APP_SECRET",
		"FLOW_SERVER_UPSTREAM_URL":    "FLOWSERVER_UPSTREAM_URL",

		// known
		"FLOWSERVER_APP_SECRET": "", "FLOWSERVER_URL": "", "FLOWSERVER_PUBLIC_KEY": "", "FLOWSERVER_KALEYRA_SID": "", "FLOWSERVER_GRAPH_PATH": "",
		// of Kubernetes, for the Services flowserver, flowserver-admin and flowserver-listen
		"FLOWSERVER_SERVICE_HOST": "", "FLOWSERVER_SERVICE_PORT": "", "FLOWSERVER_SERVICE_PORT_HTTP": "", "FLOWSERVER_PORT": "",
		"FLOWSERVER_PORT_8080_TCP": "", "FLOWSERVER_PORT_8080_TCP_ADDR": "", "FLOWSERVER_PORT_8080_TCP_PORT": "", "FLOWSERVER_PORT_8080_TCP_PROTO": "",
		"FLOWSERVER_ADMIN_SERVICE_HOST": "", "FLOWSERVER_ADMIN_PORT": "", "FLOWSERVER_ADMIN_PORT_9090_TCP_ADDR": "", "FLOWSERVER_LISTEN_PORT": "",
		// of the tests of this project
		"FLOWSERVER_TEST_REQUIRE_REDIS": "", "FLOWSERVER_META_SCHEMA": "", "FLOWSERVER_REQUIRE_BROWSER": "", "FLOWSERVER_REQUIRE_IFMA": "",
		"FLOWSERVER_REQUIRE_EXAMPLES": "", "FLOWSERVER_DUDECT": "",
		// far from all
		"FLOWSERVER_VERSION": "", "FLOWSERVER_HOME": "", "FLOWSERVER_IMAGE": "", "FLOWSERVER_LOG": "", "APP_SECRET": "", "MY_URL": "", "FLOWSERVER_": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, w := range (configFlag{}).misspelt(withEnviron(t, map[string]string{name: "hush", "FLOWSERVER_APP_SECRTE": ""})) {
				if w.Path != name || strings.Contains(w.Text, "hush") {
					t.Errorf("got %+v, want the name in its path, and no value", w)
				}
				_, suggestion, _ := strings.Cut(w.Text, "did you mean ")
				got = append(got, strings.TrimSuffix(suggestion, "?"))
			}
			var want []string
			if meant != "" {
				want = []string{meant}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("suggestions (-want +got):\n%s", diff)
			}
		})
	}
}

// A file reads its own variables and no others.
func TestMisspeltVariablesOfFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flowserver.yaml")
	if err := os.WriteFile(file, []byte("listen: ${FLOWSERVER_LISTEN:-}\nadmin: ${FLOWSERVER_ADMIM:-}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []string
	p := withEnviron(t, map[string]string{"FLOWSERVER_LISTNE": "a", "FLOWSERVER_APP_SECRT": "b", "FLOWSERVER_ADMIM": "c"})
	for _, w := range (configFlag{file}).misspelt(p) {
		got = append(got, w.Path)
	}
	if diff := cmp.Diff([]string{"FLOWSERVER_LISTNE"}, got); diff != "" {
		t.Errorf("misspelt (-want +got):\n%s", diff)
	}
}

// A misspelt variable is in the report of a sound configuration, in the log of a start, and
// below the errors that it causes.
func TestMisspeltVariableIsReported(t *testing.T) {
	t.Parallel()
	const hush = "0123456789abcdef0123456789abcdef"
	sound := map[string]string{
		"FLOWSERVER_APP_SECRET": hush, "FLOWSERVER_PRIVATE_KEY_FILE": "../../testdata/keys/a.pkcs8.pem",
		"FLOWSERVER_UPSTREAM_URL": "http://localhost:1", "FLOWSERVER_LOG_FORMATE": hush,
	}
	missing := map[string]string{"FLOWSERVER_APP_SECRT": hush}
	for name, c := range map[string]struct {
		env            map[string]string
		code           int
		stdout, stderr string
	}{
		"sound": {
			sound, ExitDone,
			"warning FLOWSERVER_LOG_FORMATE: no variable has this name: did you mean FLOWSERVER_LOG_FORMAT?\n",
			`"path":"FLOWSERVER_LOG_FORMATE"`,
		},
		"missing": {
			missing, ExitFailed, "",
			"\nhint: FLOWSERVER_APP_SECRT: no variable has this name: did you mean FLOWSERVER_APP_SECRET?\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr strings.Builder
			p := withEnviron(t, c.env)
			p.Stdout, p.Stderr = &stdout, &stderr
			if code := p.Run(context.Background(), []string{"serve", "--check"}); code != c.code {
				t.Errorf("got exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("got\n%s%s\nwant %q and %q in it", &stdout, &stderr, c.stdout, c.stderr)
			}
			if strings.Contains(stdout.String()+stderr.String(), hush) {
				t.Error("a value was printed")
			}
		})
	}
}
