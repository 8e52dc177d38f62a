package main

import (
	"context"
	"time"

	"github.com/flowserver/flowserver/bench/internal/phones"
)

// sweep is the latency of servers at several loads, by name.
type sweep struct{ points map[string][]point }

// point is the latency at one load, over the rounds.
type point struct {
	share    float64 // of the server's capacity
	rate     float64 // requests a second
	p50, p99 []float64
	refused  []float64 // % of what was offered
}

func (b *bench) measureSweep(ctx context.Context, capacity map[string]float64) (*sweep, error) {
	w := &sweep{map[string][]point{}}
	for _, s := range b.measurable(false) {
		for _, share := range b.plan.loads {
			w.points[s.name] = append(w.points[s.name], point{share: share, rate: share * capacity[s.name]})
		}
	}
	for load := range b.plan.loads {
		err := b.inTurn(ctx, b.plan.sweeps, b.measurable(false), func(s server) error {
			at := &w.points[s.name][load]
			result, err := b.openLoop(ctx, s, at.rate, b.plan.sweep)
			if err != nil {
				return err
			}
			at.p50 = append(at.p50, milliseconds(result.Quantile(0.5)))
			at.p99 = append(at.p99, milliseconds(result.Quantile(0.99)))
			at.refused = append(at.refused, 100*result.Share(phones.Overloaded))
			return nil
		})
		if err != nil {
			return nil, err
		}
		b.note("%.0f %% of the capacity", 100*b.plan.loads[load])
	}
	return w, nil
}

// openLoop offers a rate to a fresh process of a server. What has no answer within
// 10 s is no error there: a server without a bound answers too late.
func (b *bench) openLoop(ctx context.Context, s server, rate float64, duration time.Duration) (*phones.Result, error) {
	if err := b.supplier.Prepare(int(5000*b.plan.warmUp.Seconds() + 1.2*rate*duration.Seconds())); err != nil {
		return nil, err
	}
	p, err := b.start(ctx, s, conns)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	p.Closed(ctx, callers, b.plan.warmUp)
	result := p.Open(ctx, rate, duration)
	err = result.Err(true)
	return result, err
}
