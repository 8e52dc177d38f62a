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
	"os"
	"time"

	"github.com/flowserver/flowserver/bench/internal/phones"
	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
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
	supply, err := newSupply(o)
	if err != nil {
		return err
	}
	callers, err := phones.New(o.url, supply, o.conns, func(reply *client.Reply) bool { return reply.Screen != "" })
	if err != nil {
		return err
	}
	defer callers.Close()
	ctx := context.Background()
	if o.rate > 0 {
		if err := supply.Prepare(int(o.rate * o.duration.Seconds())); err != nil {
			return err
		}
		return report(out, callers.Open(ctx, o.rate, o.duration))
	}
	return report(out, callers.Closed(ctx, o.conns, o.duration))
}

// newSupply is one of messages that open a flow, each under a token of its own so
// that none counts as repeated.
func newSupply(o options) (*phones.Supply, error) {
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
	return phones.NewSupply(key, bytes.TrimSpace(secret), func(n int) client.Message {
		return client.Message{Action: protocol.ActionInit, FlowToken: fmt.Sprintf("load-%d", n)}
	})
}

func report(out io.Writer, r *phones.Result) error {
	at := func(q float64) float64 { return float64(r.Quantile(q).Microseconds()) / 1000 }
	err := json.NewEncoder(out).Encode(map[string]any{
		"seconds": r.Duration.Seconds(), "offered_per_second": r.Rate, "outcomes": r.Outcomes,
		"served_per_second": r.PerSecond(),
		"p50_ms":            at(0.5), "p90_ms": at(0.9), "p99_ms": at(0.99), "max_ms": at(1),
	})
	return errors.Join(err, r.Err(false))
}
