package cli_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/internal/standin"
)

// closedPort is an address that nothing listens at.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestServeCheckOnline(t *testing.T) {
	t.Parallel()
	a, stranger := readFile(t, keysDir, "a.public.pem"), string(generate(t).PublicPEM())
	for name, c := range map[string]struct {
		registered string
		down       bool // the provider
		redis      bool // a URL that nothing listens at
		upstream   bool // it is not there
		code       int
		stdout     []string
	}{
		"all is well": {
			registered: a,
			stdout:     []string{"ok      number main: the registered key is ok\n", "ok      upstream of Flow booking: http", "HTTP 405; no message"},
		},
		"foreign":              {registered: stranger, code: 3, stdout: []string{"failed  number main: the registered key is foreign\n", "keys register"}},
		"provider down":        {down: true, code: 4, stdout: []string{"failed  number main: chakra: get business public key", "fix the error"}},
		"upstream down":        {registered: a, upstream: true, code: 1, stdout: []string{"failed  upstream of Flow booking: http", "check the URL"}},
		"redis down":           {registered: a, redis: true, code: 1, stdout: []string{"failed  redis: ", "check redis_url", "ok      number main"}},
		"several are not well": {registered: stranger, upstream: true, code: 1, stdout: []string{"failed  number main", "failed  upstream"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem"}}
			stand := serveProvider(t, &n, c.registered, "VALID")
			if c.down {
				stand.Fail(standin.Unauthorized)
			}
			var mu sync.Mutex
			var methods []string
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				methods = append(methods, r.Method)
				w.WriteHeader(http.StatusMethodNotAllowed)
			}))
			t.Cleanup(upstream.Close)
			url := upstream.URL
			if c.upstream {
				url = "http://" + closedPort(t)
			}
			head := ""
			if c.redis {
				head = fmt.Sprintf("redis_url: redis://:redis-password@%s\n", closedPort(t))
			}
			path := writeConfig(t, head, n)
			writeFile(t, path, readFile(t, filepath.Dir(path), filepath.Base(path))+fmt.Sprintf("    upstream: {url: %q}\n", url+"/flows?q=secret-query"))
			p := newProgram()
			p.run(t, c.code, "serve", "--check", "--online", "--config", path)
			contains(t, "stdout", p.stdout.String(), c.stdout...)
			noSecrets(t, p.stdout.String(), p.stderr.String())
			for _, secret := range []string{"secret-query", "redis-password"} {
				if strings.Contains(p.stdout.String()+p.stderr.String(), secret) {
					t.Errorf("%q is in the output", secret)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if got := strings.Join(methods, " "); !c.upstream && got != "HEAD" {
				t.Errorf("the upstream got %q, want one HEAD", got)
			}
		})
	}
	newProgram().run(t, 2, "serve", "--online")
}
