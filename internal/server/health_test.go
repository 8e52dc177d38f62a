package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/registration"
)

// Every verdict shows in readiness, health and metrics.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	a, b := keyFile("a.pkcs8.pem"), keyFile("b.pkcs8.pem")
	covered := map[registration.Verdict]bool{}
	for verdict, c := range map[registration.Verdict]struct {
		keys       []string
		registered string // key name, or any text
		signature  string
		fault      standin.Fault
		noProvider bool
		status     string
		ready      int
		source     string
	}{
		registration.VerdictOK:       {keys: []string{a, b}, registered: "a", signature: "VALID", status: server.StatusOK, ready: 200, source: "provider"},
		registration.VerdictPrevious: {keys: []string{b, a}, registered: "a", signature: "VALID", status: server.StatusDegraded, ready: 200, source: "provider"},
		registration.VerdictUnsigned: {keys: []string{a}, registered: "a", signature: "MISMATCH", status: server.StatusFailing, ready: 503, source: "provider"},
		registration.VerdictForeign:  {keys: []string{a}, registered: "b", signature: "VALID", status: server.StatusFailing, ready: 503, source: "provider"},
		registration.VerdictMissing:  {keys: []string{a}, registered: "", signature: "MISMATCH", status: server.StatusFailing, ready: 503, source: "provider"},
		registration.VerdictInvalid: {
			keys:       []string{a},
			registered: "no key at all",
			signature:  "VALID",
			status:     server.StatusFailing,
			ready:      503,
			source:     "provider",
		},
		registration.VerdictUnknown:   {keys: []string{a}, fault: standin.Unauthorized, status: server.StatusDegraded, ready: 200},
		registration.VerdictUnchecked: {keys: []string{a}, noProvider: true, status: server.StatusOK, ready: 200},
	} {
		covered[verdict] = true
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			stand, url := newStandin(t)
			wantRegistered := ""
			pem := c.registered
			if pem == "a" || pem == "b" {
				wantRegistered = fingerprint(t, pem)
				pem = publicPEM(t, pem)
			}
			stand.Register(pem, c.signature)
			stand.Fail(c.fault)
			config, provider := setup{keys: c.keys, provider: meta(url)}, "meta"
			if c.noProvider {
				config.provider, provider = "", "none"
			}
			s := config.start(t)
			s.checked()

			status, reasons := s.ready()
			if status != c.ready {
				t.Errorf("/readyz: status %d, want %d: %s", status, c.ready, reasons)
			}
			if want := fmt.Sprintf("number main: %s: %s\n", verdict, verdict.Remedy("main")); c.ready != 200 && reasons != want {
				t.Errorf("/readyz: %q, want %q", reasons, want)
			}
			h := s.health()
			if h.Status != c.status {
				t.Errorf("/healthz: status %s, want %s", h.Status, c.status)
			}
			n := h.Numbers[0]
			if (n.CheckedAt == "") != (c.source == "") {
				t.Errorf("/healthz: checked_at %q from %q", n.CheckedAt, n.Source)
			}
			if (n.Error == "") != (c.fault == "") {
				t.Errorf("/healthz: error %q with fault %q", n.Error, c.fault)
			}
			if len(n.PreviousFingerprints) != len(c.keys)-1 {
				t.Errorf("/healthz: previous keys %q, want %d", n.PreviousFingerprints, len(c.keys)-1)
			}
			n.CheckedAt, n.Error, n.PreviousFingerprints = "", "", nil
			want := server.NumberHealth{
				Number: "main", Provider: provider, Verdict: string(verdict), SignatureStatus: c.signature,
				Fingerprint:           fingerprint(t, strings.TrimSuffix(strings.TrimPrefix(c.keys[0], keysDir+"/"), ".pkcs8.pem")),
				RegisteredFingerprint: wantRegistered, Source: c.source, Serves: verdict.Serves(),
			}
			if c.source == "" {
				want.SignatureStatus = ""
			}
			if diff := cmp.Diff(want, n); diff != "" {
				t.Errorf("/healthz (-want +got):\n%s", diff)
			}
			for _, v := range registration.Verdicts() {
				value := 0
				if v == verdict {
					value = 1
				}
				s.hasMetric(fmt.Sprintf("flowserver_key_registration{number=%q,provider=%q,verdict=%q} %d", "main", provider, v, value))
			}
			if has := strings.Contains(s.scrape(), "flowserver_key_checked_timestamp_seconds{"); has == c.noProvider {
				t.Errorf("metrics have a time of checking: %t", has)
			}
		})
	}
	for _, verdict := range registration.Verdicts() {
		if !covered[verdict] {
			t.Errorf("verdict %s has no case", verdict)
		}
	}
}

// The names and the order of the fields are a contract.
func TestHealthJSON(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	s := setup{provider: meta(url)}.start(t)
	s.becomes(registration.VerdictOK)
	_, body := get(t, s.admin+"/healthz")
	key, status := fingerprint(t, "a"), backend.Open(backend.Auto, nil).Status()
	want := `{"status":"ok","version":"v1.2.3","numbers":[{"number":"main","provider":"meta","verdict":"ok","signature_status":"VALID",` +
		`"fingerprint":"` + key + `","previous_fingerprints":[],"registered_fingerprint":"` + key + `",` +
		`"checked_at":"` + s.number().CheckedAt + `","source":"provider","stale":false,"serves":true,"proven_at":"","error":""}],` +
		`"store":{"kind":"memory","status":"ok","reason":""},"flows":[{"flow":"greeting","path":"/flows/greeting","numbers":["main"]}],` +
		`"rsa":{"backend":"` + status.Name + `","batch_size":` + strconv.Itoa(status.BatchSize) + `,"faults":0,"reason":""}}` + "\n"
	if body != want {
		t.Errorf("/healthz:\n%s\nwant\n%s", body, want)
	}
	var h server.Health
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Health(), h); diff != "" {
		t.Errorf("Health and /healthz differ:\n%s", diff)
	}
}

// gated is a provider that answers when it is told to.
func gated(t *testing.T, next http.Handler) (url string, release func()) {
	t.Helper()
	gate := make(chan struct{})
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-gate:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(provider.Close)
	return provider.URL, func() { close(gate) }
}

// Without require_valid_key a server serves while it still asks, and says so.
func TestBeingChecked(t *testing.T) {
	t.Parallel()
	stand, _ := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	url, release := gated(t, stand)
	s := setup{provider: meta(url)}.start(t)
	if status, reasons := s.ready(); status != 503 || reasons != "number main: its registration is being checked\n" {
		t.Errorf("/readyz: %d %q", status, reasons)
	}
	if status, _ := get(t, s.admin+"/livez"); status != 200 {
		t.Errorf("/livez: status %d, want 200", status)
	}
	if h := s.health(); h.Status != server.StatusDegraded || h.Numbers[0].Verdict != "unknown" {
		t.Errorf("/healthz: %s, verdict %s", h.Status, h.Numbers[0].Verdict)
	}
	if got := send(t, s.phone("a"), initMessage()); got != 200 {
		t.Errorf("exchange: status %d, want 200", got)
	}
	release()
	s.becomes(registration.VerdictOK)
	eventually(t, "ready", func() bool { status, _ := s.ready(); return status == 200 })
}

func TestRequireValidKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pem, signature string
		fault          standin.Fault
		verdict        registration.Verdict // empty if the server starts
	}{
		"ok":       {pem: publicPEM(t, "a"), signature: "VALID"},
		"unknown":  {fault: standin.Forbidden},
		"unsigned": {pem: publicPEM(t, "a"), signature: "MISMATCH", verdict: registration.VerdictUnsigned},
		"foreign":  {pem: publicPEM(t, "b"), signature: "VALID", verdict: registration.VerdictForeign},
		"missing":  {pem: "", signature: "MISMATCH", verdict: registration.VerdictMissing},
		"invalid":  {pem: "rubbish", signature: "VALID", verdict: registration.VerdictInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand, url := newStandin(t)
			stand.Register(c.pem, c.signature)
			stand.Fail(c.fault)
			config := setup{provider: meta(url), require: true}
			if c.verdict == "" {
				s := config.start(t)
				if status, reasons := s.ready(); status != 200 {
					t.Errorf("/readyz: %d %s, want ready from the start", status, reasons)
				}
				return
			}
			s, _ := config.open(t)
			err := s.Listen(t.Context())
			if err == nil {
				t.Fatal("Listen: no error")
			}
			wanted := []string{"number main", string(c.verdict), fingerprint(t, "a"), c.verdict.Remedy("main")}
			if c.verdict == registration.VerdictForeign {
				wanted = append(wanted, fingerprint(t, "b"))
			}
			for _, part := range wanted {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("Listen: %v\nlacks %q", err, part)
				}
			}
		})
	}
}

// Whatever a provider answers, its credentials are not shown.
func TestCredentialsAreNotShown(t *testing.T) {
	t.Parallel()
	const secret = "credential-that-must-not-be-shown"
	for dialect, provider := range map[standin.Dialect]string{
		standin.Meta:    "{name: meta, phone_number_id: %q, access_token: %s, base_url: %q}",
		standin.Chakra:  "{name: chakra, phone_number_id: %q, access_token: %s, base_url: %q}",
		standin.Graph:   "{name: graph, path: /a, header: X-Key, phone_number_id: %q, access_token: %s, base_url: %q}",
		standin.Kaleyra: "{name: kaleyra, sid: HXAP16QWERTY97IN, phone_number: \"+%s\", api_key: %s, base_url: %q}",
	} {
		for _, fault := range []standin.Fault{standin.EchoError, standin.EchoText, standin.EchoHTML, standin.Unauthorized} {
			t.Run(string(dialect)+" "+string(fault), func(t *testing.T) {
				t.Parallel()
				stand := standin.New(dialect, standin.Account{
					"access_token": secret, "phone_number_id": numberID, "sid": "HXAP16QWERTY97IN", "api_key": secret, "phone_number": "+" + numberID,
					"path": "/a", "header": "X-Key",
				})
				stand.Fail(fault)
				vendor := httptest.NewServer(stand)
				t.Cleanup(vendor.Close)
				s := setup{provider: fmt.Sprintf(provider, numberID, secret, vendor.URL)}.start(t)
				s.checked()
				if stand.Count() == 0 {
					t.Fatal("the provider was not asked")
				}
				_, health := get(t, s.admin+"/healthz")
				_, ready := get(t, s.admin+"/readyz")
				s.stop()
				for where, text := range map[string]string{"health": health, "readiness": ready, "log": s.log.String()} {
					if strings.Contains(text, secret) {
						t.Errorf("%s shows the credential:\n%s", where, text)
					}
				}
				if !strings.Contains(health, `"verdict":"unknown"`) || strings.Contains(health, `"error":""`) {
					t.Errorf("health does not say why: %s", health)
				}
			})
		}
	}
}

// A Redis that hangs neither holds health checks up nor makes the server unready.
func TestStoreDown(t *testing.T) {
	t.Parallel()
	url, redis := storetest.StartRedis(t)
	s := setup{redisURL: url}.start(t)
	if h := s.health(); h.Status != server.StatusOK || h.Store != (server.StoreHealth{Kind: "redis", Status: "ok"}) {
		t.Errorf("/healthz: %s, store %v", h.Status, h.Store)
	}
	redis.Pause()
	eventually(t, "the store is down", func() bool {
		h := s.health()
		return h.Status == server.StatusDegraded && h.Store.Status == "down"
	})
	if status, reasons := s.ready(); status != 200 {
		t.Errorf("/readyz: %d %s, want ready without Redis", status, reasons)
	}
	s.hasMetric(`flowserver_store_errors_total{kind="unreachable",op="get"} 0`)
	if strings.Contains(s.scrape(), `flowserver_store_errors_total{kind="unreachable",op="put"} 0`) {
		t.Error("metrics: failed pings were not counted")
	}
	redis.Resume()
	eventually(t, "the store is back", func() bool { return s.health().Status == server.StatusOK })
}
