package conformance_test

import (
	"context"
	"crypto"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/conformance"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

const appSecret = "the-app-secret-of-the-tests"

type keys []crypto.Decrypter

func (k keys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return k, nil }

type visitForm struct {
	Name string `json:"name" validate:"required"`
}

type visitData struct {
	Hosts []string `json:"hosts"`
}

// visitRoutes is a small flow whose answers depend on the request alone.
func visitRoutes() *exchange.Registry {
	visit := exchange.NewScreen[visitData, visitForm]("VISIT")
	shown := visitData{Hosts: []string{"Ada", "Grace"}}
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return visit.Show(shown), nil
	})
	exchange.Handle(r, visit, func(_ context.Context, req *exchange.Request[visitForm]) (*exchange.Response, error) {
		return exchange.Complete(map[string]string{"name": req.Data.Name}), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[visitForm]) (visitData, error) { return shown, nil }))
	return r
}

func ownEndpoint(t *testing.T, change func(*exchange.Config)) string {
	t.Helper()
	cfg := exchange.Config{Flow: "visit", Handler: visitRoutes(), Keys: keys{vectortest.Key(t, "a")}, AppSecrets: [][]byte{[]byte(appSecret)}}
	if change != nil {
		change(&cfg)
	}
	endpoint, err := exchange.NewEndpoint(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	return server.URL + "/flows/visit"
}

// Ours passes every case, without so much as a warning.
func TestOwnEndpoint(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*exchange.Config)
		cfg     conformance.Config
		skipped []string
	}{
		"signed": {
			cfg:     conformance.Config{AppSecret: []byte(appSecret), Screen: "VISIT", Data: visitForm{"Ada"}},
			skipped: []string{"reachability/https"},
		},
		"unsigned, without a screen": {
			change:  func(c *exchange.Config) { c.AppSecrets, c.InsecureSkipSignature = nil, true },
			skipped: slices.Concat([]string{"reachability/https", "replay/submit"}, ids(t, "submit/*", "signature/*")),
		},
		"made-up tokens refused": {
			change: func(c *exchange.Config) {
				c.Handler = exchange.Unrouted(exchange.HandlerFunc(func(context.Context, *exchange.Message) (*exchange.Response, error) {
					return nil, exchange.ExpireToken("Ask for a new message.")
				}))
			},
			cfg: conformance.Config{AppSecret: []byte(appSecret)},
			skipped: slices.Concat(
				[]string{
					"reachability/https", "replay/submit", "alive/init", "init/screen", "init/no-null", "init/version-4", "init/absent", "init/null",
					"init/unknown-keys",
				},
				ids(t, "submit/*"),
			),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := test.cfg
			cfg.URL, cfg.PublicKey = ownEndpoint(t, test.change), &vectortest.Key(t, "a").PublicKey
			report, err := conformance.Run(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			if report.Failed() || report.ExitCode() != 0 || report.Count(conformance.Warn) > 0 {
				t.Errorf("got a report with failures or warnings, want none:\n%s", text(t, report))
			}
			for _, result := range report.Results {
				if got, want := result.Outcome == conformance.Skip, slices.Contains(test.skipped, result.ID); got != want {
					t.Errorf("%s: got skipped %v (%s), want %v", result.ID, got, result.Note, want)
				}
				if strings.Contains(result.Note, "contract") {
					t.Errorf("%s: got the note %q, want the very status of the contract", result.ID, result.Note)
				}
			}
			if got, want := len(report.Results), len(conformance.Cases()); got != want {
				t.Errorf("got %d results, want %d", got, want)
			}
			if report.Latency == nil || report.Latency.Samples != 20 {
				t.Errorf("got latency %v, want one of 20 samples", report.Latency)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	endpoint := honest(vectortest.Key(t, "a"))
	server := httptest.NewTLSServer(endpoint)
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would complain of the handshake
	for name, test := range map[string]struct {
		calls *http.Client
		want  []string
	}{
		"trusted":     {server.Client(), nil},
		"not trusted": {nil, []string{"reachability/answers"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report, err := conformance.Run(t.Context(), conformance.Config{
				URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
				HTTPClient: test.calls, Only: []string{"reachability", "health"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, unmetOf(report)); diff != "" {
				t.Errorf("cases that are not met (-want +got):\n%s%s", diff, text(t, report))
			}
			if test.want != nil && !strings.Contains(report.Results[0].Got, "no TLS connection: ") {
				t.Errorf("got %q, want it to tell of TLS", report.Results[0].Got)
			}
		})
	}
}
