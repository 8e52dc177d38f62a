package main

import (
	"context"

	"github.com/flowserver/flowserver/bench/internal/phones"
)

const overloadFactor = 2 // times the capacity

// overload is what servers do when they are offered twice what they can, by name
// and round.
type overload struct {
	offered                               map[string]float64
	perSecond, p50, p99, refused, noReply map[string][]float64 // latencies in ms, the last two in % of what was offered
}

func (b *bench) measureOverload(ctx context.Context, capacity map[string]float64) (*overload, error) {
	o := &overload{map[string]float64{}, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}, map[string][]float64{}}
	return o, b.inTurn(ctx, b.plan.overloads, b.measurable(true), func(s server) error {
		rate := overloadFactor * capacity[s.name]
		result, err := b.openLoop(ctx, s, rate, b.plan.overload)
		if err != nil {
			return err
		}
		o.offered[s.name] = rate
		o.perSecond[s.name] = append(o.perSecond[s.name], result.PerSecond())
		o.p50[s.name] = append(o.p50[s.name], milliseconds(result.Quantile(0.5)))
		o.p99[s.name] = append(o.p99[s.name], milliseconds(result.Quantile(0.99)))
		o.refused[s.name] = append(o.refused[s.name], 100*result.Share(phones.Overloaded))
		o.noReply[s.name] = append(o.noReply[s.name], 100*result.Share(phones.NoAnswer))
		b.note("%-18s %5.0f/s offered, %5.0f/s served, p99 %.0f ms", s.name, rate, result.PerSecond(), milliseconds(result.Quantile(0.99)))
		return nil
	})
}
