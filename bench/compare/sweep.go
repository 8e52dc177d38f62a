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
	rate     float64 // requests a second that are offered
	served   []float64
	p50, p99 []float64 // ms
	refused  []float64 // % of what was offered
}

// tooMuch is how many times its capacity a server is not offered any more: one without a bound
// would stay busy long after the clients have given up.
const tooMuch = 4

func (b *bench) measureSweep(ctx context.Context, capacity map[string]float64) (*sweep, error) {
	w := &sweep{map[string][]point{}}
	for _, rate := range b.plan.rates {
		var able []server
		for _, s := range b.measurable(false) {
			if rate <= tooMuch*capacity[s.name] {
				able = append(able, s)
				w.points[s.name] = append(w.points[s.name], point{rate: rate})
			}
		}
		err := b.inTurn(ctx, b.plan.sweeps, able, func(s server) error {
			points := w.points[s.name]
			at := &points[len(points)-1]
			result, err := b.openLoop(ctx, s, rate, b.plan.sweep)
			if err != nil {
				return err
			}
			at.served = append(at.served, result.PerSecond())
			at.p50 = append(at.p50, milliseconds(result.Quantile(0.5)))
			at.p99 = append(at.p99, milliseconds(result.Quantile(0.99)))
			at.refused = append(at.refused, 100*result.Share(phones.Overloaded))
			return nil
		})
		if err != nil {
			return nil, err
		}
		b.note("%.0f/s offered", rate)
	}
	return w, nil
}

// openLoop offers a rate to a fresh process of a server. What has no answer within
// 10 s is not an error there: a server without a bound answers too late.
func (b *bench) openLoop(ctx context.Context, s server, rate float64, duration time.Duration) (*phones.Result, error) {
	if err := b.supplier.Prepare(int(6000*b.plan.warmUp.Seconds() + 1.2*rate*duration.Seconds())); err != nil {
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
