package phones_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/bench/internal/flow"
	"github.com/flowserver/flowserver/bench/internal/phones"
	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
)

var (
	key    = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	secret = []byte("app-secret")
)

type keys []crypto.Decrypter

func (k keys) Decrypters(context.Context) ([]crypto.Decrypter, error) { return k, nil }

// dial returns phones for a server with the Flow of the benchmark; wrap may stand
// before it.
func dial(t *testing.T, conns int, check func(*client.Reply) bool, wrap func(http.Handler) http.Handler) *phones.Phones {
	t.Helper()
	private, err := key()
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := exchange.NewEndpoint(exchange.Config{Flow: "bench", Handler: flow.Routes(), Keys: keys{private}, AppSecrets: [][]byte{secret}})
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler = endpoint
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	supply, err := phones.NewSupply(&private.PublicKey, secret, flow.Submission)
	if err != nil {
		t.Fatal(err)
	}
	if err := supply.Prepare(3); err != nil {
		t.Fatal(err)
	}
	p, err := phones.New(server.URL, supply, conns, check)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func TestClosedServesAll(t *testing.T) {
	t.Parallel()
	got := dial(t, 2, flow.Right, nil).Closed(t.Context(), 2, 200*time.Millisecond)
	if err := got.Err(false); err != nil {
		t.Fatal(err)
	}
	if got.Outcomes[phones.Served] != len(got.Served) || got.InTime > len(got.Served) {
		t.Errorf("got %v with %d latencies and %d in time, want them to agree", got.Outcomes, len(got.Served), got.InTime)
	}
}

func TestOpenCountsFromTheSchedule(t *testing.T) {
	t.Parallel()
	const duration, stall = 100 * time.Millisecond, 400 * time.Millisecond
	var once sync.Once
	p := dial(t, 1, flow.Right, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			once.Do(func() { time.Sleep(stall) }) // and all others wait for the one connection
			next.ServeHTTP(w, r)
		})
	})
	got := p.Open(t.Context(), 200, duration)
	if err := got.Err(false); err != nil {
		t.Fatal(err)
	}
	if first := got.Quantile(0); first < stall-duration {
		t.Errorf("got a latency of %v, want the wait of at least %v in it", first, stall-duration)
	}
	if got.InTime != 0 || got.PerSecond() != 0 {
		t.Errorf("got %d in time, want none: all were answered after the end", got.InTime)
	}
}

func TestNoEnvelopeTwice(t *testing.T) {
	t.Parallel()
	var bodies sync.Map
	var repeated, all atomic.Int32
	p := dial(t, 1, flow.Right, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			if _, seen := bodies.LoadOrStore(string(body), true); seen {
				repeated.Add(1)
			}
			all.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
	})
	for range 6 { // more than were prepared
		if err := p.Once(t.Context()); err == nil {
			t.Error("got no error for a refusal")
		}
	}
	if repeated.Load() != 0 || all.Load() != 6 {
		t.Errorf("got %d of %d envelopes repeated, want none of 6", repeated.Load(), all.Load())
	}
}

func TestHoldKeepsConnectionsOpen(t *testing.T) {
	t.Parallel()
	var remotes sync.Map
	p := dial(t, 1, flow.Right, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			remotes.Store(r.RemoteAddr, true)
			next.ServeHTTP(w, r)
		})
	})
	if err := p.Hold(t.Context(), 12); err != nil {
		t.Fatal(err)
	}
	n := 0
	remotes.Range(func(any, any) bool { n++; return true })
	if n != 12 {
		t.Errorf("got %d connections for 12 messages, want one each", n)
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	status := func(status int) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		}
	}
	hangUp := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	}
	tests := map[string]struct {
		check   func(*client.Reply) bool
		wrap    func(http.Handler) http.Handler
		want    string
		wantErr bool
	}{
		"served":          {flow.Right, nil, phones.Served, false},
		"wrong":           {func(*client.Reply) bool { return false }, nil, phones.Wrong, true},
		"unusable":        {flow.Right, status(200), phones.Unusable, true},
		"refused":         {flow.Right, status(503), phones.Overloaded, true}, // and nothing else
		"another status":  {flow.Right, status(500), "500", true},
		"connection lost": {flow.Right, hangUp, phones.NoAnswer, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := dial(t, 1, test.check, test.wrap).Closed(t.Context(), 1, 30*time.Millisecond)
			if got.Share(test.want) != 1 {
				t.Errorf("got %v, want only %q", got.Outcomes, test.want)
			}
			if err := got.Err(false); (err != nil) != test.wantErr {
				t.Errorf("got error %v, want one: %t", err, test.wantErr)
			}
		})
	}
}

func TestResult(t *testing.T) {
	t.Parallel()
	r := &phones.Result{
		Duration: 2 * time.Second, InTime: 3, Served: []time.Duration{1, 2, 3, 4, 50},
		Outcomes: map[string]int{phones.Served: 5, phones.Overloaded: 14, phones.NoAnswer: 1},
	}
	got := []float64{r.PerSecond(), float64(r.Quantile(0.5)), float64(r.Quantile(1)), r.Share(phones.Overloaded)}
	if diff := cmp.Diff([]float64{1.5, 3, 50, 0.7}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Err(false) == nil || r.Err(true) != nil {
		t.Errorf("got %v and %v, want that only a missing answer is forgiven, if it may fail", r.Err(false), r.Err(true))
	}
	if empty := (&phones.Result{Duration: time.Second}); empty.Quantile(0.5) != 0 || empty.Share(phones.Served) != 0 || empty.Err(true) == nil {
		t.Error("an empty result should have no latency, no share, and an error")
	}
}
