package conformance_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/conformance"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// defect is one thing that an endpoint does wrong, and the cases that must find it:
// these and no others among the cases of only.
type defect struct {
	name  string
	only  []string // patterns of the cases that are run; none runs all
	want  []string // patterns of the cases that warn or fail
	spoil func(t *testing.T, e *endpoint)
	cfg   func(c *conformance.Config)
}

// run has a clock of its own, so that slow endpoints take no time.
func (d defect) run(t *testing.T) *conformance.Report {
	t.Helper()
	var report *conformance.Report
	synctest.Test(t, func(t *testing.T) {
		e := honest(vectortest.Key(t, "a"))
		if d.spoil != nil {
			d.spoil(t, e)
		}
		cfg := conformance.Config{
			URL: "https://flows.example/visit", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
			Screen: "FIRST", Data: map[string]any{"name": "Ada"},
			HTTPClient: &http.Client{Transport: inMemory{Handler: e}}, Only: d.only, Samples: 5,
		}
		if d.only == nil {
			cfg.Skip = []string{"decryption/other-rsa-key"} // makes a key pair, which takes long
		}
		if d.cfg != nil {
			d.cfg(&cfg)
		}
		var err error
		if report, err = conformance.Run(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	})
	return report
}

func unmetOf(report *conformance.Report) []string {
	var unmet []string
	for _, result := range report.Results {
		if result.Outcome == conformance.Warn || result.Outcome == conformance.Fail {
			unmet = append(unmet, result.ID)
		}
	}
	return unmet
}

// Each defect is found by the cases that are about it, and every case finds one.
func TestEveryCaseCanFail(t *testing.T) {
	t.Parallel()
	var (
		mu    sync.Mutex
		found = map[string]bool{}
	)
	t.Run("defects", func(t *testing.T) {
		for _, d := range slices.Concat(answerDefects(), flowDefects(), encodingDefects(), refusalDefects(), hostileDefects()) {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				report := d.run(t)
				got := unmetOf(report)
				want := ids(t, d.want...)
				slices.Sort(want)
				slices.Sort(got)
				if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
					t.Errorf("cases that are not met (-want +got):\n%s%s", diff, text(t, report))
				}
				for _, result := range report.Results {
					if result.Outcome == conformance.Warn || result.Outcome == conformance.Fail {
						if result.Got == "" || result.Want == "" || result.Meta == "" || result.Fix == "" {
							t.Errorf("%s: got %+v, want it explained by got, want, Meta and fix", result.ID, result)
						}
					} else if result.Got+result.Want+result.Meta+result.Fix != "" {
						t.Errorf("%s: got %+v, want no explanation of what is met", result.ID, result)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				for _, id := range got {
					found[id] = true
				}
			})
		}
	})
	for _, c := range conformance.Cases() {
		if !found[c.ID] {
			t.Errorf("no defect makes %s fail", c.ID)
		}
	}
}

func TestHonestEndpointPasses(t *testing.T) {
	t.Parallel()
	report := defect{}.run(t)
	if got := unmetOf(report); len(got) > 0 || report.Count(conformance.Skip) > 0 {
		t.Errorf("got a report with something unmet or skipped:\n%s", text(t, report))
	}
}

// counting gives each INIT another answer.
func counting(t *testing.T, e *endpoint) {
	t.Helper()
	var calls atomic.Int64
	answering(func(_ message, status int, text string) (int, string) {
		return status, strings.Replace(text, "hello", strconv.FormatInt(calls.Add(1), 10), 1)
	})(t, e)
}

// answering changes the answers.
func answering(change func(msg message, status int, plaintext string) (int, string)) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		answer := e.answer
		e.answer = func(msg message) (int, string) {
			status, plaintext := answer(msg)
			return change(msg, status, plaintext)
		}
	}
}

func pinging(answer string) func(*testing.T, *endpoint) {
	return answering(func(msg message, status int, plaintext string) (int, string) {
		if msg.Action == "ping" {
			return 200, answer
		}
		return status, plaintext
	})
}

// noticing fails on some error notifications.
func noticing(not func(message) bool) func(*testing.T, *endpoint) {
	return answering(func(msg message, status int, plaintext string) (int, string) {
		if strings.Contains(plaintext, "acknowledged") && not(msg) {
			return 500, ""
		}
		return status, plaintext
	})
}

// inspecting refuses some messages.
func inspecting(bad func(map[string]any) bool) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		e.inspect = func(plaintext []byte) int {
			var members map[string]any
			if json.Unmarshal(plaintext, &members) == nil && bad(members) {
				return 400
			}
			return 0
		}
	}
}

func encoding(encode func(sealed []byte) string) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) {
		e.encode = func(sealed []byte, _ string) string { return encode(sealed) }
	}
}

func refusing(body string) func(*testing.T, *endpoint) {
	return func(_ *testing.T, e *endpoint) { e.refusal = func(int) string { return body } }
}

func delaying(d time.Duration) func(*http.Request, []byte) int {
	return func(r *http.Request, _ []byte) int { slowly(r.Context(), d); return 0 }
}
