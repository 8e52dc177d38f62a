package doctor_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/doctor"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

var errRefused = syscall.ECONNREFUSED

func run(t *testing.T, cfg doctor.Config) *doctor.Report {
	t.Helper()
	report, err := doctor.Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if report.Requests > 12 {
		t.Errorf("got %d requests, want 12 at most", report.Requests)
	}
	for _, f := range report.Findings {
		if f.Text == "" || f.State == doctor.Failed && f.Remedy == "" {
			t.Errorf("got %+v, want a text, and a remedy of what failed", f)
		}
	}
	return report
}

// faults are the findings that are not OK, as "check state".
func faults(report *doctor.Report) []string {
	var list []string
	for _, f := range report.Findings {
		if f.State != doctor.OK {
			list = append(list, f.Check+" "+string(f.State))
		}
	}
	return list
}

func text(t *testing.T, report *doctor.Report) string {
	t.Helper()
	var out strings.Builder
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// expect checks which findings are not OK, the exit code, and what the report says.
func expect(t *testing.T, report *doctor.Report, code int, want []string, says ...string) {
	t.Helper()
	got := text(t, report)
	if diff := cmp.Diff(want, faults(report)); diff != "" || report.ExitCode() != code {
		t.Errorf("got exit code %d, want %d; faults (-want +got):\n%s%s", report.ExitCode(), code, diff, got)
	}
	flat := strings.Join(strings.Fields(got), " ")
	for _, part := range says {
		if !strings.Contains(flat, part) {
			t.Errorf("got\n%s\nwant %q in it", got, part)
		}
	}
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	cfg := healthy(t, sound(t))
	report := run(t, cfg)
	expect(t, report, 0, nil, "60 more days",
		"5 sealed health checks are answered correctly", "refused with 432", "refused with 421", "No fault was found; 10 requests sent.")
	if len(report.Pings) != 5 {
		t.Errorf("got %d times, want 5", len(report.Pings))
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	p := newPKI(t)
	day := 24 * time.Hour
	private := issue(t, nil, ca("Office CA"))
	expired, soon, future := leaf(host), leaf(host), leaf(host)
	expired.NotAfter = time.Now().Add(-3*day - time.Hour)
	soon.NotAfter = time.Now().Add(5*day + time.Hour)
	future.NotBefore = time.Now().Add(2 * day)
	selfSigned := issue(t, nil, leaf(host))
	notAsked := []string{"tls failed", "ping unknown", "key unknown", "signature unknown"}
	for name, c := range map[string]struct {
		leaf *authority
		more []*authority
		code int
		want []string
		says string
	}{
		"complete":    {issue(t, p.intermediate, leaf(host)), []*authority{p.intermediate}, 0, nil, "the certificate verifies"},
		"with root":   {issue(t, p.intermediate, leaf(host)), []*authority{p.intermediate, p.root}, 0, nil, "the certificate verifies"},
		"by the root": {issue(t, p.root, leaf(host)), nil, 0, nil, "the certificate verifies"},
		"incomplete":  {issue(t, p.intermediate, leaf(host)), nil, 3, notAsked, `does not send the certificate of the issuer, "Example R1 (Example Trust)"`},
		"expired":     {issue(t, p.intermediate, expired), []*authority{p.intermediate}, 3, notAsked, "expired 3 days ago"},
		"soon":        {issue(t, p.intermediate, soon), []*authority{p.intermediate}, 0, []string{"tls warning"}, "expires in 5 days"},
		"not yet":     {issue(t, p.intermediate, future), []*authority{p.intermediate}, 3, notAsked, "is not valid before"},
		"wrong name": {
			issue(t, p.intermediate, leaf("other.example", "www.other.example")),
			[]*authority{p.intermediate},
			3, notAsked,
			"is for other.example, www.other.example, not for flows.example",
		},
		"self-signed":  {selfSigned, nil, 3, notAsked, "the certificate is self-signed"},
		"private":      {issue(t, private, leaf(host)), []*authority{private}, 3, notAsked, `the authority "Office CA" is not a public one`},
		"wrong middle": {issue(t, p.intermediate, leaf(host)), []*authority{issue(t, p.root, ca("Example R2"))}, 3, notAsked, "does not lead to a trusted authority"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			certificate := chain(c.leaf, c.more...)
			expect(t, run(t, at(t, p, serve(t, sound(t), &certificate))), c.code, c.want, c.says)
		})
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	nothing := []string{"ping unknown", "key unknown", "signature unknown"}
	for name, c := range map[string]struct {
		change func(cfg *doctor.Config, w *world)
		code   int
		want   []string
		says   string
	}{
		"no such host": {func(_ *doctor.Config, w *world) { w.names = nil }, 3, append([]string{"dns failed"}, nothing...), "does not exist"},
		"resolver fails": {
			func(_ *doctor.Config, w *world) { w.failure = errors.New("server misbehaving") }, 4, append([]string{"dns unknown"}, nothing...),
			"resolver of this machine does not answer",
		},
		"private address": {
			func(_ *doctor.Config, w *world) { w.names[host] = []netip.Addr{netip.MustParseAddr("10.0.0.5")} },
			3, append([]string{"dns failed", "address failed"}, nothing...),
			"10.0.0.5, which only a private network reaches",
		},
		"address of a VPN": {
			func(_ *doctor.Config, w *world) { w.names[host] = []netip.Addr{netip.MustParseAddr("100.101.102.103")} },
			3, append([]string{"dns failed", "address failed"}, nothing...),
			"100.101.102.103, which only a private network reaches",
		},
		"letters of any script": {func(cfg *doctor.Config, w *world) {
			cfg.URL = "https://b\u00fccher.example/flow"
			w.names = map[string][]netip.Addr{"xn--bcher-kva.example": {netip.MustParseAddr(public4)}}
		}, 3, append([]string{"tls failed"}, nothing...), "not for xn--bcher-kva.example"},
		"login in the URL": {
			func(cfg *doctor.Config, _ *world) { cfg.URL = "https://ada:s3cret@" + host + "/flow" }, 0,
			[]string{"url warning"},
			"has a user or password",
		},
		"refused": {
			func(_ *doctor.Config, w *world) { w.servers = nil }, 3, append([]string{"address failed"}, nothing...),
			"203.0.113.7: port 443 refuses connections",
		},
		"one of two": {func(_ *doctor.Config, w *world) {
			w.names[host] = append(w.names[host], netip.MustParseAddr(public6))
		}, 3, []string{"address failed"}, "2001:db8::7: port 443 refuses connections"},
		"http": {func(cfg *doctor.Config, w *world) {
			cfg.URL = "http://" + host + "/flow"
			w.servers[public4+":80"] = serve(t, sound(t), nil)
		}, 3, []string{"url failed"}, "WhatsApp calls only https"},
		"no TLS at the port": {
			func(_ *doctor.Config, w *world) { w.servers[public4+":443"] = serve(t, sound(t), nil) }, 3, append([]string{"tls failed"}, nothing...),
			"does not speak TLS",
		},
		"admin port": {func(_ *doctor.Config, w *world) {
			w.servers[public4+":9090"] = serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"status":"ok","numbers":[],"flows":[]}`)
			}), nil)
		}, 3, []string{"admin failed"}, "admin pages are public: http://flows.example:9090/healthz"},
		"another admin port": {func(cfg *doctor.Config, w *world) {
			cfg.AdminPort = 9191
			w.servers[public4+":9191"] = serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, "# HELP go_threads\n")
			}), nil)
		}, 3, []string{"admin failed"}, ":9191/healthz"},
		"port 9090 of something else": {func(_ *doctor.Config, w *world) { w.servers[public4+":9090"] = serve(t, http.NotFoundHandler(), nil) }, 0, nil, ""},
		"no app secret": {
			func(cfg *doctor.Config, _ *world) { cfg.AppSecret = nil }, 4,
			[]string{"ping unknown", "key unknown"},
			"no app secret was given",
		},
		"another app secret": {
			func(cfg *doctor.Config, _ *world) { cfg.AppSecret = []byte("other") }, 3,
			[]string{"ping failed", "key unknown"},
			"the endpoint answers status 432",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := healthy(t, sound(t))
			c.change(&cfg, cfg.Resolver.(*world))
			expect(t, run(t, cfg), c.code, c.want, c.says)
		})
	}
}

// Servers that want what WhatsApp's clients do not have, or offer less.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config *tls.Config
		want   []string
		says   string
	}{
		"client certificate": {
			&tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequireAnyClientCert},
			[]string{"ping failed", "key unknown", "signature unknown"},
			"requires a certificate of its client (mTLS)",
		},
		"TLS 1.1": {
			&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
			[]string{"tls failed", "ping unknown", "key unknown", "signature unknown"},
			"the server refuses it with protocol version not supported",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPKI(t)
			server := httptest.NewUnstartedServer(sound(t))
			server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would complain of handshakes
			server.TLS = c.config
			server.TLS.Certificates = []tls.Certificate{chain(issue(t, p.intermediate, leaf(host)), p.intermediate)}
			server.StartTLS()
			t.Cleanup(server.Close)
			expect(t, run(t, at(t, p, strings.TrimPrefix(server.URL, "https://"))), 3, c.want, c.says)
		})
	}
}

// An address that this machine has no route to is not a fault of the endpoint.
func TestNoRoute(t *testing.T) {
	t.Parallel()
	cfg := healthy(t, sound(t))
	w := cfg.Resolver.(*world)
	w.names[host] = append(w.names[host], netip.MustParseAddr(public6))
	dial := cfg.Dial
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "[") {
			return nil, fmt.Errorf("dial: %w", syscall.ENETUNREACH)
		}
		return dial(ctx, network, address)
	}
	expect(t, run(t, cfg), 4, []string{"address unknown"}, "this machine has no route to IPv6 addresses")
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	page := func(status int, kind, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	to := func(status int, target string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Location", target)
			w.WriteHeader(status)
			return true
		}
	}
	unverified := func(w http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body) // a broken body does not open
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set(flowcrypto.SignatureHeader, flowcrypto.Sign(body, []byte(appSecret)))
		return false
	}
	replaced := func(from, to int) func(http.ResponseWriter, *http.Request) bool {
		inner := sound(t)
		return func(w http.ResponseWriter, r *http.Request) bool {
			inner.ServeHTTP(&replacing{w, from, to}, r)
			return true
		}
	}
	dated := func(off time.Duration) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
			return false
		}
	}
	failed := []string{"ping failed", "key unknown", "signature unknown"}
	for name, c := range map[string]struct {
		instead func(http.ResponseWriter, *http.Request) bool
		code    int
		want    []string
		says    []string
	}{
		"301 to www":          {to(301, "https://www.flows.example/flow"), 3, failed, []string{"redirects to https://www.flows.example/flow (status 301)"}},
		"301 to the slash":    {to(308, "/flow/"), 3, failed, []string{"redirects to /flow/ (status 308)"}},
		"redirect to a login": {to(302, "https://id.example/login?next=secret"), 3, failed, []string{"a login page, https://id.example/login (status 302)"}},
		"ngrok":               {page(200, "text/html", `<!DOCTYPE html><p>You are about to visit x.ngrok-free.app`), 3, failed, []string{"a warning page of ngrok"}},
		"ngrok, down":         {page(404, "text/html", `<html>The endpoint x is offline. ERR_NGROK_3200`), 3, failed, []string{"no program answers behind it"}},
		"Cloudflare": {
			page(403, "text/html; charset=UTF-8", `<!DOCTYPE html><title>Just a moment...</title>`), 3, failed,
			[]string{"a challenge page of Cloudflare"},
		},
		"Cloudflare, down": {page(530, "text/plain", `error code: 1033`), 3, failed, []string{"no server answers behind it"}},
		"localtunnel":      {page(511, "text/html", `<html>loca.lt: Tunnel Password`), 3, failed, []string{"the password page of localtunnel"}},
		"login":            {page(200, "text/html", `<html><form><input type="password">`), 3, failed, []string{"a login page is in front"}},
		"website":          {page(200, "text/html", `<html><title>Welcome to nginx!</title>`), 3, failed, []string{`with the title "Welcome to nginx!"`}},
		"not there":        {page(404, "text/plain", "404"), 3, failed, []string{"nothing is served at this URL"}},
		"gateway":          {page(502, "text/plain", ""), 3, failed, []string{"a gateway gets no answer"}},
		"not verified":     {unverified, 3, []string{"signature failed"}, []string{"an unsigned request is accepted"}},
		"401":              {replaced(432, 401), 3, []string{"signature failed"}, []string{"refused with status 401, not 432"}},
		"500":              {replaced(421, 500), 3, []string{"key failed"}, []string{"with status 500, not 421"}},
		"clock behind":     {dated(-time.Hour), 3, []string{"clock failed"}, []string{"behind that of this machine"}},
		"clock ahead":      {dated(time.Minute), 0, []string{"clock warning"}, []string{"ahead of that of this machine"}},
		"metrics": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/metrics" {
				_, _ = io.WriteString(w, "# HELP flowserver_build_info\n")
			}
			return r.URL.Path == "/metrics"
		}, 3, []string{"admin failed"}, []string{"admin pages are public: https://flows.example/metrics"}},
		"fails now and then": {everyFifth(), 3, []string{"ping failed"}, []string{"after 4 health checks that are answered well"}},
		"other answer":       {page(200, "text/plain", "OK"), 3, failed, []string{"cause not known"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := healthy(t, wrap(sound(t), c.instead))
			report := run(t, cfg)
			expect(t, report, c.code, c.want, c.says...)
			if strings.Contains(text(t, report), "next=secret") {
				t.Error("got the query of the redirect in the report")
			}
		})
	}
}

// everyFifth fails every fifth request.
func everyFifth() func(http.ResponseWriter, *http.Request) bool {
	var calls atomic.Int64
	return func(w http.ResponseWriter, _ *http.Request) bool {
		fails := calls.Add(1)%5 == 0
		if fails {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return fails
	}
}

// Times are compared with Meta's thresholds.
func TestSlow(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	cfg := healthy(t, wrap(sound(t), func(http.ResponseWriter, *http.Request) bool {
		if calls.Add(1) == 3 {
			time.Sleep(1100 * time.Millisecond)
		}
		return false
	}))
	expect(t, run(t, cfg), 0, []string{"time warning"}, "Meta alerts at 1 s (p90)")
	t.Run("never", func(t *testing.T) {
		t.Parallel()
		cfg := healthy(t, wrap(sound(t), func(_ http.ResponseWriter, r *http.Request) bool {
			_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has left
			<-r.Context().Done()
			return true
		}))
		cfg.Timeout = 300 * time.Millisecond
		report := run(t, cfg)
		if report.ExitCode() != 3 || !strings.Contains(text(t, report), "no answer in time") {
			t.Errorf("got\n%s\nwant a timeout", text(t, report))
		}
	})
}

// On this machine http is for trying out, and the admin port is none of its business.
func TestLoopback(t *testing.T) {
	t.Parallel()
	cfg := doctor.Config{
		URL: "http://" + serve(t, sound(t), nil) + "/flow", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
	}
	expect(t, run(t, cfg), 0, []string{"url skipped", "admin skipped"}, "7 requests sent")
}

func TestConfig(t *testing.T) {
	t.Parallel()
	good := doctor.Config{URL: "http://127.0.0.1:1/flow", PublicKey: &vectortest.Key(t, "a").PublicKey}
	for name, change := range map[string]func(*doctor.Config){
		"no URL":         func(c *doctor.Config) { c.URL = "" },
		"no scheme":      func(c *doctor.Config) { c.URL = "flows.example" },
		"no key":         func(c *doctor.Config) { c.PublicKey = nil },
		"port 0":         func(c *doctor.Config) { c.URL = "https://flows.example:0/flow" },
		"port 99999":     func(c *doctor.Config) { c.URL = "https://flows.example:99999/flow" },
		"negative":       func(c *doctor.Config) { c.Timeout = -1 },
		"negative admin": func(c *doctor.Config) { c.AdminPort = -1 },
	} {
		cfg := good
		change(&cfg)
		if report, err := doctor.Run(t.Context(), cfg); err == nil || report != nil {
			t.Errorf("%s: got %v, %v, want an error", name, report, err)
		}
	}
	cfg := doctor.Config{URL: "https://user:pass@flows.example/visit?key=query", AppSecret: []byte(appSecret)}
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("config", slog.Any("config", cfg))
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s", cfg, cfg, cfg, cfg), string(encoded), logged.String()} {
		if strings.Contains(printed, appSecret) || strings.Contains(printed, "pass") || strings.Contains(printed, "query") {
			t.Errorf("got %s, want nothing secret", printed)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	cfg := healthy(t, sound(t))
	cfg.AppSecret = nil
	var out bytes.Buffer
	if err := run(t, cfg).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Target   string
		ExitCode int `json:"exit_code"`
		Requests int
		Findings []struct{ Check, State, Text, Remedy string }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.ExitCode != 4 || got.Requests == 0 || len(got.Findings) < 5 || got.Target != cfg.URL {
		t.Errorf("got %+v, %v from %s", got, err, &out)
	}
}

// A run that is ended returns what was found until then.
func TestEnded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cfg := healthy(t, wrap(sound(t), func(http.ResponseWriter, *http.Request) bool { cancel(); return false }))
	report, err := doctor.Run(ctx, cfg)
	if !errors.Is(err, context.Canceled) || report == nil || len(report.Findings) == 0 {
		t.Errorf("got %+v, %v, want what was found and the error of the context", report, err)
	}
}

// replacing replaces one status by another.
type replacing struct {
	http.ResponseWriter

	from, to int
}

func (r *replacing) WriteHeader(status int) {
	if status == r.from {
		status = r.to
	}
	r.ResponseWriter.WriteHeader(status)
}
