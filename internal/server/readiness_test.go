package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/registration"
)

// twoNumbers is a server with the numbers main (key a) and other (key b), at whose
// providers this is registered, and a flow for each and one for both.
func twoNumbers(t *testing.T, main, other string) *running {
	t.Helper()
	var numbers strings.Builder
	for i, registered := range []string{main, other} {
		stand, url := newStandin(t)
		switch registered {
		case "a", "b":
			stand.Register(publicPEM(t, registered), "VALID")
		case "hidden":
			stand.Register(" ", "VALID")
		case "unreachable":
			stand.Fail(standin.Unauthorized)
		}
		key, err := filepath.Abs(keyFile([]string{"a", "b"}[i] + ".pkcs8.pem"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&numbers, "  - {id: %s, private_keys: [{file: %q}], provider: %s}\n", []string{"main", "other"}[i], key, meta(url))
	}
	handler := exchange.Unrouted(exchange.HandlerFunc(greet))
	return serve(t, loadConfig(t, "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\nnumbers:\n"+numbers.String()+`flows:
  - {id: first, numbers: [main], app_secrets: [`+appSecret+`]}
  - {id: second, numbers: [other], app_secrets: [`+appSecret+`]}
  - {id: both, numbers: [main, other], app_secrets: [`+appSecret+`]}
`), []server.Flow{{ID: "first", Handler: handler}, {ID: "second", Handler: handler}, {ID: "both", Handler: handler}})
}

// A flow is ready if one of its numbers is, and the process if one of its flows is;
// health is about every number.
func TestReadiness(t *testing.T) {
	t.Parallel()
	foreign := ": foreign: " // of number main if b is registered, and the other way round
	for name, c := range map[string]struct {
		main, other         string // what is registered
		process, mainReady  int    // of /readyz, and of the number main and the flow first
		otherReady, health  int    // of the number other and the flow second, and of /healthz?fail=failing
		status, otherReason string
	}{
		"all well":              {"a", "b", 200, 200, 200, 200, server.StatusOK, "ok"},
		"one foreign":           {"a", "a", 200, 200, 503, 503, server.StatusFailing, "number other" + foreign},
		"the other one foreign": {"b", "b", 200, 503, 200, 503, server.StatusFailing, "ok"},
		"one missing":           {"a", "", 200, 200, 503, 503, server.StatusFailing, "number other: missing: "},
		"one unknown":           {"a", "unreachable", 200, 200, 200, 200, server.StatusDegraded, "ok"},
		"one not shown":         {"a", "hidden", 200, 200, 200, 200, server.StatusDegraded, "ok"},
		"foreign and unknown":   {"b", "unreachable", 200, 503, 200, 503, server.StatusFailing, "ok"},
		"both foreign":          {"b", "a", 503, 503, 503, 503, server.StatusFailing, "number other" + foreign},
		"foreign and missing":   {"b", "", 503, 503, 503, 503, server.StatusFailing, "number other: missing: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := twoNumbers(t, c.main, c.other)
			eventually(t, "both numbers are checked", func() bool {
				_, main := get(t, s.admin+"/readyz?number=main")
				_, other := get(t, s.admin+"/readyz?number=other")
				return !strings.Contains(main+other, "being checked")
			})
			for path, want := range map[string]int{
				"/readyz": c.process, "/readyz?flow=both": c.process,
				"/readyz?number=main": c.mainReady, "/readyz?flow=first": c.mainReady,
				"/readyz?number=other": c.otherReady, "/readyz?flow=second": c.otherReady,
				"/healthz": 200, "/healthz?fail=failing": c.health,
			} {
				if got, body := get(t, s.admin+path); got != want {
					t.Errorf("%s: status %d, want %d: %s", path, got, want, body)
				}
			}
			if h := s.health(); h.Status != c.status {
				t.Errorf("/healthz: status %s, want %s", h.Status, c.status)
			}
			if _, reasons := get(t, s.admin+"/readyz?number=other"); !strings.HasPrefix(reasons, c.otherReason) {
				t.Errorf("/readyz?number=other: %q, want %q at its beginning", reasons, c.otherReason)
			}
			if _, reasons := s.ready(); c.process == 503 && strings.Count(reasons, "\n") != 2 {
				t.Errorf("/readyz: %q, want one reason for each number", reasons)
			}
			for i, number := range []string{"main", "other"} {
				serves := map[int]int{200: 1, 503: 0}[[]int{c.mainReady, c.otherReady}[i]]
				s.hasMetric(fmt.Sprintf("flowserver_number_serves{number=%q} %d", number, serves))
			}
		})
	}
}

// Questions that cannot be answered are refused with what could be asked.
func TestHealthQueries(t *testing.T) {
	t.Parallel()
	s := twoNumbers(t, "a", "unreachable") // degraded
	s.becomes(registration.VerdictOK)
	for query, want := range map[string]struct {
		status int
		body   string // in it
	}{
		"/readyz?number=india":           {404, "no number has this id; configured: main, other\n"},
		"/readyz?number=":                {404, "no number has this id; configured: main, other\n"},
		"/readyz?flow=main":              {404, "no flow has this id; configured: first, second, both\n"},
		"/readyz?flow=first&number=main": {400, "expected number or flow, got both\n"},
		"/healthz?fail=degraded":         {503, `{"status":"degraded",`},
		"/healthz?fail=failing":          {200, `{"status":"degraded",`},
		"/healthz?fail=ok":               {400, "expected fail=degraded or fail=failing\n"},
		"/healthz?fail=":                 {400, "expected fail=degraded or fail=failing\n"},
	} {
		if status, body := get(t, s.admin+query); status != want.status || !strings.Contains(body, want.body) {
			t.Errorf("%s: %d %q, want %d and %q", query, status, body, want.status, want.body)
		}
	}
}

// While one number is being checked, the flows of the other are served.
func TestOneBeingChecked(t *testing.T) {
	t.Parallel()
	stand, _ := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	url, release := gated(t, stand)
	key, err := filepath.Abs(keyFile("a.pkcs8.pem"))
	if err != nil {
		t.Fatal(err)
	}
	handler := exchange.Unrouted(exchange.HandlerFunc(greet))
	s := serve(t, loadConfig(t, fmt.Sprintf(`listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers:
  - {id: main, private_keys: [{file: %q}], provider: %s}
  - {id: other, private_keys: [{file: %q}], provider: {name: none}}
flows:
  - {id: first, numbers: [main], app_secrets: [%s]}
  - {id: second, numbers: [other], app_secrets: [%s]}
`, key, meta(url), key, appSecret, appSecret)), []server.Flow{{ID: "first", Handler: handler}, {ID: "second", Handler: handler}})
	const checking = "number main: its registration is being checked\n"
	for path, want := range map[string]string{"/readyz": "ok\n", "/readyz?flow=first": checking, "/readyz?number=main": checking, "/readyz?flow=second": "ok\n"} {
		if _, got := get(t, s.admin+path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	release()
	eventually(t, "the first flow is ready", func() bool { status, _ := get(t, s.admin+"/readyz?flow=first"); return status == 200 })
}

// hasEvidence reports whether a replica has shared evidence.
func hasEvidence(redis *miniredis.Miniredis, prefix string) bool {
	return strings.Contains(strings.Join(redis.Keys(), " "), prefix+"value:evidence:")
}

// Traffic outranks the provider, also for a replica that has had none of it.
func TestEvidenceIsShared(t *testing.T) {
	t.Parallel()
	redis := miniredis.RunT(t)
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "b"), "VALID") // foreign to key a
	both := setup{provider: meta(url), redisURL: "redis://" + redis.Addr()}
	first := both.start(t)
	first.becomes(registration.VerdictForeign)
	first.checked()
	if status, _ := first.ready(); status != 503 || first.health().Status != server.StatusFailing {
		t.Errorf("without evidence: /readyz %d, /healthz %s", status, first.health().Status)
	}
	if got := send(t, first.phone("a"), initMessage()); got != 200 {
		t.Fatalf("exchange: status %d, want 200", got)
	}
	eventually(t, "evidence is shared", func() bool { return hasEvidence(redis, "flowserver:") })

	second := both.start(t)
	second.becomes(registration.VerdictForeign)
	second.checked()
	both.require = true // to start is to serve
	third := both.start(t)
	for name, s := range map[string]*running{"first": first, "second": second, "third": third} {
		if status, reasons := s.ready(); status != 200 {
			t.Errorf("%s: /readyz %d %s, want ready", name, status, reasons)
		}
		h := s.health()
		if n := h.Numbers[0]; h.Status != server.StatusDegraded || n.Verdict != "foreign" || !n.Serves || n.ProvenAt == "" {
			t.Errorf("%s: /healthz %s, %+v, want degraded, foreign and proven", name, h.Status, n)
		}
		s.hasMetric(`flowserver_number_serves{number="main"} 1`)
		if strings.Contains(s.scrape(), `flowserver_key_proven_timestamp_seconds{number="main"} 0`) {
			t.Errorf("%s: metrics have no time of the evidence", name)
		}
	}

	both.require, both.top = false, "redis_prefix: \"staging:\"\n"
	staging := both.start(t)
	staging.becomes(registration.VerdictForeign)
	staging.checked()
	if status, _ := staging.ready(); status != 503 {
		t.Errorf("with another redis_prefix: /readyz %d, want 503", status)
	}
	for _, key := range redis.Keys() {
		if !strings.HasPrefix(key, "flowserver:") && !strings.HasPrefix(key, "staging:") {
			t.Errorf("key %s has no prefix", key)
		}
	}
}

// Only a request that proves something is evidence.
func TestNoEvidence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unsigned bool   // the flow checks no signatures
		key      string // that the request is sealed for
		secret   string // that it is signed with
		status   int
	}{
		"signature not checked": {unsigned: true, key: "a", secret: appSecret, status: 200},
		"not decrypted":         {key: "b", secret: appSecret, status: 421},
		"wrong signature":       {key: "a", secret: "another", status: 432},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := miniredis.RunT(t)
			stand, url := newStandin(t)
			stand.Register("", "MISMATCH")
			cfg := setup{provider: meta(url), redisURL: "redis://" + redis.Addr()}.config(t)
			if c.unsigned {
				cfg.Flows[0].AppSecrets, cfg.Flows[0].InsecureSkipSignature = nil, true
			}
			s := serve(t, cfg, setup{}.flows())
			s.becomes(registration.VerdictMissing)
			phone, err := client.New(client.Config{
				URL: s.public + "/flows/greeting", PublicKey: publicKey(t, c.key), AppSecret: []byte(c.secret), RetryWait: -1,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := send(t, phone, initMessage()); got != c.status {
				t.Fatalf("exchange: status %d, want %d", got, c.status)
			}
			s.stop()
			if n := s.Health().Numbers[0]; n.Serves || n.ProvenAt != "" || hasEvidence(redis, "flowserver:") {
				t.Errorf("there is evidence: %+v", n)
			}
		})
	}
}

// A restart with a corrected phone_number_id asks about that number, although there is
// a fresh answer for the one before.
func TestCorrectedNumber(t *testing.T) {
	t.Parallel()
	const corrected = "333"
	redis := miniredis.RunT(t)
	wrong := standin.New(standin.Meta, standin.Account{"access_token": token, "phone_number_id": numberID})
	wrong.Register(publicPEM(t, "a"), "VALID")
	right := standin.New(standin.Meta, standin.Account{"access_token": token, "phone_number_id": corrected})
	right.Register(publicPEM(t, "b"), "VALID")
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/"+corrected+"/") {
			right.ServeHTTP(w, r)
		} else {
			wrong.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(provider.Close)
	config := setup{provider: meta(provider.URL), redisURL: "redis://" + redis.Addr()}
	before := config.start(t)
	before.becomes(registration.VerdictOK)
	before.stop()

	config.provider = strings.ReplaceAll(config.provider, numberID, corrected)
	after := config.start(t)
	after.becomes(registration.VerdictForeign)
	if got := after.number().Source; got != registration.SourceProvider {
		t.Errorf("source %s, want the provider", got)
	}
}
