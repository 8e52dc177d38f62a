package cli_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/cli"
)

// newAdmin is an admin listener of a server that is alive, and ready or not.
func newAdmin(t *testing.T, ready int) (address string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(ready)
		_, _ = w.Write([]byte("number main: foreign\n"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	up, down := newAdmin(t, http.StatusOK), newAdmin(t, http.StatusServiceUnavailable)
	everywhere := strings.TrimPrefix(up, "127.0.0.1")
	for _, tt := range []struct {
		name string
		env  []string
		args []string
		code int
		want string
	}{
		{"ready", nil, []string{"--admin", up}, cli.ExitDone, "number main"},
		{"listening everywhere", nil, []string{"--admin", everywhere}, cli.ExitDone, "number main"},
		{"by URL", nil, []string{"--url", "http://" + up + "/readyz"}, cli.ExitDone, "number main"},
		{"not ready", nil, []string{"--admin", down}, cli.ExitFailed, "number main: foreign\n"},
		{"not ready, but alive", nil, []string{"--live", "--admin", down}, cli.ExitDone, "ok\n"},
		{"another page", nil, []string{"--url", "http://" + up + "/other"}, cli.ExitFailed, "expected status 200, got 404"},
		{"no server", nil, []string{"--admin", "127.0.0.1:1"}, cli.ExitFailed, "is the server running"},
		{"invalid address", nil, []string{"--admin", "nowhere"}, cli.ExitUsage, "--admin must be HOST:PORT"},
		{"two pages", nil, []string{"--live", "--url", "http://" + up}, cli.ExitUsage, "can't be used together"},

		{"the variable", []string{"FLOWSERVER_ADMIN", up}, nil, cli.ExitDone, "number main"},
		{"the flag beats the variable", []string{"FLOWSERVER_ADMIN", "127.0.0.1:1"}, []string{"--admin", up}, cli.ExitDone, "number main"},
		{"an empty variable is unset", []string{"FLOWSERVER_ADMIN", ""}, []string{"--timeout", "1ns"}, cli.ExitFailed, "127.0.0.1:9090"},
		{"an empty timeout of the server", []string{"FLOWSERVER_TIMEOUT", ""}, []string{"--admin", up}, cli.ExitDone, "number main"},
		{"a timeout of the server", []string{"FLOWSERVER_TIMEOUT", "1ns"}, []string{"--admin", up}, cli.ExitDone, "number main"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(tt.env...)
			p.run(t, tt.code, append([]string{"health"}, tt.args...)...)
			contains(t, "output", p.stdout.String()+p.stderr.String(), tt.want)
		})
	}
}
