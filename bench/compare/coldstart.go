package main

import (
	"context"
	"time"
)

// coldStart is the time from the start of the process to its first right answer, in
// ms, by name and round.
type coldStart struct{ took map[string][]float64 }

func (b *bench) measureColdStart(ctx context.Context) (*coldStart, error) {
	c := &coldStart{map[string][]float64{}}
	if err := b.supplier.Prepare(10); err != nil {
		return nil, err
	}
	for _, s := range b.measurable(false) { // the first reads the program from the disk
		p, err := b.start(ctx, s, 1)
		if err != nil {
			return nil, err
		}
		p.stop()
	}
	return c, b.inTurn(ctx, b.plan.coldStarts, b.measurable(false), func(s server) error {
		began := time.Now()
		p, err := b.start(ctx, s, 1)
		if err != nil {
			return err
		}
		c.took[s.name] = append(c.took[s.name], milliseconds(time.Since(began)))
		p.stop()
		return nil
	})
}
