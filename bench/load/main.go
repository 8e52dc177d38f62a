// Command load plays many phones towards one endpoint, for a bounded time, and
// reports what came back: every answer is opened and checked. With -rate it is an
// open loop (Poisson arrivals, latency counted from the scheduled arrival, so that
// a queue shows); without, a closed loop of -conns callers.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/keystore"
)

type options struct {
	url, publicKey, appSecret string
	rate                      float64
	conns                     int
	duration                  time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.url, "url", "", "the endpoint")
	flag.StringVar(&o.publicKey, "public-key", "", "file with its public key")
	flag.StringVar(&o.appSecret, "app-secret-file", "", "file with its app secret")
	flag.Float64Var(&o.rate, "rate", 0, "requests a second, Poisson; 0: closed loop")
	flag.IntVar(&o.conns, "conns", 16, "callers, or connections at most")
	flag.DurationVar(&o.duration, "duration", 10*time.Second, "how long")
	flag.Parse()
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func run(o options, out io.Writer) error {
	phone, err := newPhone(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.duration)
	defer cancel()
	var tally tally
	if o.rate > 0 {
		openLoop(ctx, phone, o, &tally)
	} else {
		closedLoop(ctx, phone, o, &tally)
	}
	return tally.report(out, o)
}

func newPhone(o options) (*client.Client, error) {
	text, err := os.ReadFile(o.publicKey)
	if err != nil {
		return nil, err
	}
	key, err := keystore.ParsePublic(text)
	if err != nil {
		return nil, err
	}
	var secret []byte
	if o.appSecret != "" {
		if secret, err = os.ReadFile(o.appSecret); err != nil {
			return nil, err
		}
	}
	return client.New(client.Config{
		URL: o.url, PublicKey: key, AppSecret: bytes.TrimSpace(secret),
		HTTPClient: &http.Client{
			Timeout:   10 * time.Second,
			Transport: &http.Transport{MaxIdleConnsPerHost: o.conns, MaxConnsPerHost: o.conns},
		},
	})
}

func closedLoop(ctx context.Context, phone *client.Client, o options, tally *tally) {
	var callers sync.WaitGroup
	for i := range o.conns {
		callers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				call(context.WithoutCancel(ctx), phone, tally, time.Now(), i, n)
			}
		})
	}
	callers.Wait()
}

// openLoop starts a request at each arrival, whatever became of those before.
func openLoop(ctx context.Context, phone *client.Client, o options, tally *tally) {
	var callers sync.WaitGroup
	next := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		next = next.Add(time.Duration(rand.ExpFloat64() / o.rate * float64(time.Second))) //nolint:gosec // G404: arrivals, no secret
		time.Sleep(time.Until(next))
		scheduled := next
		callers.Go(func() { call(context.WithoutCancel(ctx), phone, tally, scheduled, 0, n) })
	}
	callers.Wait()
}

// call sends one request with the payload of a small form, under a token of its own
// so that none counts as repeated, and checks the answer. It ends by itself: the
// client has a time limit.
func call(ctx context.Context, phone *client.Client, tally *tally, scheduled time.Time, caller, n int) {
	msg := client.Message{Action: client.ActionInit, FlowToken: fmt.Sprintf("load-%d-%d", caller, n)}
	reply, err := phone.Send(ctx, msg, client.Fault{}) // the zero fault: no retry after a 421
	took := time.Since(scheduled)
	switch {
	case reply == nil:
		tally.add("no answer", took)
	case err != nil:
		tally.add("unusable answer", took)
	case reply.Status == http.StatusOK && reply.Screen == "":
		tally.add("answer without a screen", took)
	default:
		tally.add(strconv.Itoa(reply.Status), took)
	}
}

// tally counts outcomes and keeps the latencies of what was served.
type tally struct {
	mu       sync.Mutex
	outcomes map[string]int
	served   []time.Duration
}

func (t *tally) add(outcome string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.outcomes == nil {
		t.outcomes = map[string]int{}
	}
	t.outcomes[outcome]++
	if outcome == "200" {
		t.served = append(t.served, took)
	}
}

func (t *tally) report(out io.Writer, o options) error {
	if len(t.served) == 0 {
		return fmt.Errorf("nothing was served: %v", t.outcomes)
	}
	slices.Sort(t.served)
	at := func(q float64) float64 {
		return float64(t.served[int(q*float64(len(t.served)-1))].Microseconds()) / 1000
	}
	err := json.NewEncoder(out).Encode(map[string]any{
		"seconds": o.duration.Seconds(), "offered_per_second": o.rate, "outcomes": t.outcomes,
		"served_per_second": float64(len(t.served)) / o.duration.Seconds(),
		"p50_ms":            at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": at(1),
	})
	for _, bad := range []string{"no answer", "unusable answer", "answer without a screen"} {
		if t.outcomes[bad] > 0 {
			err = errors.Join(err, fmt.Errorf("%d times: %s", t.outcomes[bad], bad))
		}
	}
	return err
}
