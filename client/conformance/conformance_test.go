package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/conformance"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// ids expands patterns to the IDs of cases; each must match one.
func ids(tb testing.TB, patterns ...string) []string {
	tb.Helper()
	var found []string
	for _, pattern := range patterns {
		before := len(found)
		for _, c := range conformance.Cases() {
			if matched, err := path.Match(pattern, c.ID); err == nil && matched {
				found = append(found, c.ID)
			}
		}
		if len(found) == before {
			tb.Fatalf("no case matches %s", pattern)
		}
	}
	return found
}

func text(t *testing.T, report *conformance.Report) string {
	t.Helper()
	var out strings.Builder
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestCases(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range conformance.Cases() {
		if seen[c.ID] || c.Title == "" || !strings.HasPrefix(c.ID, c.Group+"/") || c.Severity != conformance.Must && c.Severity != conformance.Should {
			t.Errorf("got case %+v, want a unique ID under the group, a title, a severity", c)
		}
		seen[c.ID] = true
	}
	if len(seen) < 90 {
		t.Errorf("got %d cases, want 90 or more", len(seen))
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := conformance.Config{URL: "http://localhost/flow", PublicKey: &vectortest.Key(t, "a").PublicKey}
	for name, change := range map[string]func(*conformance.Config){
		"no URL":                  func(c *conformance.Config) { c.URL = "" },
		"no key":                  func(c *conformance.Config) { c.PublicKey = nil },
		"data without a screen":   func(c *conformance.Config) { c.Data = map[string]any{} },
		"filter of no case":       func(c *conformance.Config) { c.Only = []string{"health/no-such"} },
		"skip of no case":         func(c *conformance.Config) { c.Skip = []string{"heath"} },
		"pattern that is invalid": func(c *conformance.Config) { c.Only = []string{"["} },
		"negative timeout":        func(c *conformance.Config) { c.Timeout = -1 },
		"negative samples":        func(c *conformance.Config) { c.Samples = -1 },
		"negative concurrency":    func(c *conformance.Config) { c.Concurrency = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			change(&cfg)
			if report, err := conformance.Run(t.Context(), cfg); err == nil || report != nil {
				t.Errorf("got %v, %v, want an error", report, err)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	var told []string
	report, err := conformance.Run(t.Context(), conformance.Config{
		URL: ownEndpoint(t, nil), PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
		Only: []string{"notices", "init/screen", "signature/s*"}, Skip: []string{"signature/space", "notices/[ei]*"},
		Progress: func(r conformance.Result) { told = append(told, r.ID) },
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, result := range report.Results {
		got = append(got, result.ID)
	}
	want := []string{"init/screen", "notices/navigate", "notices/number-version", "signature/short", "signature/sha1-prefix"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	slices.Sort(told)
	slices.Sort(got)
	if diff := cmp.Diff(got, told); diff != "" {
		t.Errorf("progress (-results +told):\n%s", diff)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	report, err := conformance.Run(ctx, conformance.Config{
		URL: ownEndpoint(t, nil), PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
		Progress: func(r conformance.Result) {
			if r.Group == "init" {
				cancel()
			}
		},
	})
	if err == nil || report.Failed() || report.Count(conformance.Skip) == 0 || len(report.Results) != len(conformance.Cases()) {
		t.Errorf("got %v and\n%swant an error and the rest skipped", err, text(t, report))
	}
}

func TestConfigKeepsItsSecrets(t *testing.T) {
	t.Parallel()
	cfg := conformance.Config{URL: "https://user:pass@flows.example/visit?key=query", AppSecret: []byte(appSecret), Token: "token-1"}
	encoded, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("config", slog.Any("config", cfg))
	for form, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", cfg), "%+v": fmt.Sprintf("%+v", cfg), "%#v": fmt.Sprintf("%#v", cfg), "%s": fmt.Sprintf("%s", cfg),
		"json": string(encoded), "slog": logged.String(),
	} {
		for _, secret := range []string{appSecret, "token-1", "pass", "query"} {
			if strings.Contains(printed, secret) {
				t.Errorf("%s: got %s, want it without %q", form, printed, secret)
			}
		}
		if !strings.Contains(printed, "https://flows.example/visit") {
			t.Errorf("%s: got %s, want it to name the target", form, printed)
		}
	}
}

// Meta leaves open how malformed requests are refused.
func TestOtherRefusalsPassWithANote(t *testing.T) {
	t.Parallel()
	report := defect{only: []string{"malformed"}, spoil: func(_ *testing.T, e *endpoint) { e.broken = 500 }}.run(t)
	for _, result := range report.Results {
		if result.Outcome != conformance.Pass || !strings.Contains(result.Note, "answered 500") {
			t.Errorf("%s: got %s (%s), want a pass with a note of the status", result.ID, result.Outcome, result.Note)
		}
	}
}

// The severities decide between failure and warning, but for what is grave.
func TestOutcomesFollowSeverity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id    string
		spoil func(*testing.T, *endpoint)
		want  conformance.Outcome
	}{
		"a must":              {"health/base64", encoding(func([]byte) string { return "{}" }), conformance.Fail},
		"a small flaw":        {"health/active", pinging(`{"version":"3.0","data":{"status":"active"}}`), conformance.Warn},
		"a should":            {"hygiene/internals", refusing("<html>"), conformance.Warn},
		"a should that leaks": {"hygiene/internals", refusing(appSecret), conformance.Fail},
		"427 in the clear": {"init/unused-token", func(_ *testing.T, e *endpoint) {
			e.refusal = func(int) string { return `{"error_msg":"no"}` }
			e.inspect = func(plaintext []byte) int {
				if bytes.Contains(plaintext, []byte("INIT")) {
					return 427
				}
				return 0
			}
		}, conformance.Warn},
		"slow":                   {"latency/sequential", func(_ *testing.T, e *endpoint) { e.before = delaying(1500 * time.Millisecond) }, conformance.Warn},
		"undecryptable, 500":     {"decryption/bad-tag", func(_ *testing.T, e *endpoint) { e.opaque = 500 }, conformance.Fail},
		"a wrong signature, 401": {"signature/bad", func(_ *testing.T, e *endpoint) { e.secret = 401 }, conformance.Fail},
		"two answers, one nonce": {"replay/init", counting, conformance.Fail},
		"malformed, taken":       {"malformed/not-json", func(_ *testing.T, e *endpoint) { e.broken = 200 }, conformance.Fail},
		"tolerable, taken":       {"malformed/trailing-garbage", func(_ *testing.T, e *endpoint) { e.broken = 200 }, conformance.Warn},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := defect{only: []string{test.id}, spoil: test.spoil}.run(t)
			if len(report.Results) != 1 || report.Results[0].Outcome != test.want {
				t.Errorf("got %+v, want %s", report.Results, test.want)
			}
		})
	}
}
