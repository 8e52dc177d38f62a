package cli_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/cli"
)

func TestHealth(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte("number main: foreign\n"))
	}))
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	for _, step := range []struct {
		name   string
		status int
		args   []string
		code   int
	}{
		{"ready", 200, []string{"--admin", address}, cli.ExitDone},
		{"listening everywhere", 200, []string{"--admin", strings.TrimPrefix(address, "127.0.0.1")}, cli.ExitDone},
		{"by URL", 200, []string{"--url", server.URL + "/readyz"}, cli.ExitDone},
		{"not ready", 503, []string{"--admin", address}, cli.ExitFailed},
		{"another page", 200, []string{"--url", server.URL + "/other"}, cli.ExitFailed},
		{"nobody there", 200, []string{"--admin", "127.0.0.1:1"}, cli.ExitFailed},
		{"no address", 200, []string{"--admin", "nowhere"}, cli.ExitUsage},
	} {
		status = step.status
		var out, errors strings.Builder
		p := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errors, LookupEnv: func(string) (string, bool) { return "", false }}
		if code := p.Run(context.Background(), append([]string{"health"}, step.args...)); code != step.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", step.name, code, step.code, out.String(), errors.String())
		}
		if step.status == 503 && out.String() != "number main: foreign\n" {
			t.Errorf("%s: the reason is not shown: %q", step.name, out.String())
		}
	}
}
