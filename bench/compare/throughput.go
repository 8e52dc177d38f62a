package main

import (
	"context"
	"time"
)

// throughput is what servers do in a closed loop, by name and round.
type throughput struct {
	connections         int
	perSecond, p50, p99 map[string][]float64 // latencies in ms
	cpu                 map[string][]float64 // µs of CPU time for each request
}

func newThroughput(connections int) *throughput {
	return &throughput{connections, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}}
}

func (b *bench) measureThroughput(ctx context.Context, connections, rounds int, run time.Duration) (*throughput, error) {
	t := newThroughput(connections)
	if err := b.supplier.Prepare(int(6000 * (b.plan.warmUp + run).Seconds())); err != nil {
		return nil, err
	}
	err := b.inTurn(ctx, rounds, b.measurable(false), func(s server) error {
		p, err := b.start(ctx, s, connections)
		if err != nil {
			return err
		}
		defer p.stop()
		p.Closed(ctx, connections, b.plan.warmUp)
		before, err := p.cpuTime()
		if err != nil {
			return err
		}
		result := p.Closed(ctx, connections, run)
		after, err := p.cpuTime()
		if err != nil {
			return err
		}
		if err := result.Err(false); err != nil {
			return err
		}
		t.perSecond[s.name] = append(t.perSecond[s.name], result.PerSecond())
		t.p50[s.name] = append(t.p50[s.name], milliseconds(result.Quantile(0.5)))
		t.p99[s.name] = append(t.p99[s.name], milliseconds(result.Quantile(0.99)))
		t.cpu[s.name] = append(t.cpu[s.name], float64((after-before).Microseconds())/float64(len(result.Served)))
		b.note("%-18s %2d connections, %5.0f/s", s.name, connections, result.PerSecond())
		return nil
	})
	return t, err
}

// capacity is what each server can do, requests a second. The one without the pool is taken
// to do what it does with it.
func (t *throughput) capacity() map[string]float64 {
	capacity := map[string]float64{}
	for name, rounds := range t.perSecond {
		capacity[name] = spreadOf(rounds).median
	}
	capacity[unbounded] = capacity[pureGo]
	return capacity
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
