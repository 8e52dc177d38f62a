package main

import (
	"context"
	"time"
)

// throughput is what servers do in a closed loop, by name and round.
type throughput struct {
	perSecond, p50, p99 map[string][]float64 // latencies in ms
}

func (b *bench) measureThroughput(ctx context.Context) (*throughput, error) {
	t := &throughput{map[string][]float64{}, map[string][]float64{}, map[string][]float64{}}
	if err := b.supplier.Prepare(int(5000 * (b.plan.warmUp + b.plan.run).Seconds())); err != nil {
		return nil, err
	}
	return t, b.inTurn(ctx, b.plan.rounds, b.measurable(false), func(s server) error {
		p, err := b.start(ctx, s, callers)
		if err != nil {
			return err
		}
		defer p.stop()
		p.Closed(ctx, callers, b.plan.warmUp)
		result := p.Closed(ctx, callers, b.plan.run)
		if err := result.Err(false); err != nil {
			return err
		}
		t.perSecond[s.name] = append(t.perSecond[s.name], result.PerSecond())
		t.p50[s.name] = append(t.p50[s.name], milliseconds(result.Quantile(0.5)))
		t.p99[s.name] = append(t.p99[s.name], milliseconds(result.Quantile(0.99)))
		b.note("%-18s %5.0f/s", s.name, result.PerSecond())
		return nil
	})
}

// capacity is what each server can do, requests a second. Those without the pool
// are taken to do what the same build does with it.
func (t *throughput) capacity() map[string]float64 {
	capacity := map[string]float64{}
	for name, rounds := range t.perSecond {
		capacity[name] = spreadOf(rounds).median
	}
	capacity[unbounded], capacity[unboundedOpenSSL] = capacity[pureGo], capacity[openSSL]
	return capacity
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
