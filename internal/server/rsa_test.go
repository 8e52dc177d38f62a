package server_test

import (
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/crypto/backend"
)

// TestRSA checks that each mode is what health, metrics and log say.
func TestRSA(t *testing.T) {
	t.Parallel()
	for _, mode := range []backend.Mode{backend.Auto, backend.Batch, backend.Crypto} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			want := backend.Open(mode, nil).Status()
			s := setup{top: "rsa: " + string(mode) + "\n"}.start(t)
			if got := send(t, s.phone("a"), initMessage()); got != http.StatusOK {
				t.Errorf("status %d, want 200", got)
			}
			if h := s.health(); h.RSA.Backend != want.Name || h.RSA.BatchSize != want.BatchSize || h.RSA.Faults != 0 || h.RSA.Reason != "" || h.Status != "ok" {
				t.Errorf("health: status %s, %+v; want %+v", h.Status, h.RSA, want)
			}
			if text := s.scrape(); !strings.Contains(text, `flowserver_build_info{backend="`+want.Name+`"`) {
				t.Errorf("flowserver_build_info does not name %s", want.Name)
			}
			s.hasMetric("flowserver_rsa_kernel_faults_total 0")
			s.hasMetric("flowserver_decrypt_batch_size_count 1")
			warned := strings.Contains(s.log.String(), "rsa: batch has no effect here")
			if wantWarning := mode == backend.Batch && want.Unused != nil; warned != wantWarning {
				t.Errorf("warned that batch has no effect: %t, want %t", warned, wantWarning)
			}
		})
	}
}

// TestBatchesReachTheKernel sends bursts until some requests have been opened together.
func TestBatchesReachTheKernel(t *testing.T) {
	t.Parallel()
	s := setup{top: "rsa: batch\n"}.start(t)
	if h := s.health(); h.RSA.Backend != "multirsa" {
		if os.Getenv("FLOWSERVER_REQUIRE_IFMA") == "1" {
			t.Fatalf("%s is in use, want multirsa", h.RSA.Backend)
		}
		t.Skip("NOT TESTED: several RSA operations at once: this CPU or build has no AVX-512 IFMA")
	}
	phone := s.phone("a")
	eventually(t, "a batch of several requests", func() bool {
		var burst sync.WaitGroup
		for range 16 {
			burst.Go(func() {
				if got := send(t, phone, initMessage()); got != http.StatusOK {
					t.Errorf("status %d, want 200", got)
				}
			})
		}
		burst.Wait()
		text := s.scrape()
		return bucket(t, text, "+Inf") > bucket(t, text, "1")
	})
	if h := s.health(); h.RSA.Faults > 0 || h.RSA.Backend != "multirsa" {
		t.Errorf("afterwards: %+v", h.RSA)
	}
}

// bucket returns how many batches were at most as large as limit says.
func bucket(t *testing.T, metrics, limit string) int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^flowserver_decrypt_batch_size_bucket\{le="` + regexp.QuoteMeta(limit) + `"\} (\d+)$`).FindStringSubmatch(metrics)
	if m == nil {
		t.Fatalf("no bucket %s", limit)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
