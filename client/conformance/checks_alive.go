package conformance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

const (
	underFirePings = 8

	aim  = time.Second // "Flows webhooks", June 16, 2026: the first latency alert, on p90
	wall = protocol.TimeoutSeconds * time.Second
)

func aliveChecks() []check {
	const (
		meta = "the availability alert fires below 90 % over 10 minutes, and a flow may be throttled or blocked: one stranger's request has done that"
		fix  = "find the request that ended the endpoint in the log, and isolate requests from each other"
	)
	return []check{
		{
			name: "under-fire", title: "valid requests are answered while spoilt ones arrive", severity: Must,
			wrong: "valid requests fail while spoilt ones arrive", symptom: true,
			meta: meta, fix: fix, run: underFire,
		},
		{
			name: "ping", title: "a health check is answered after all that", severity: Must,
			wrong: "health checks fail after the requests of this check", symptom: true,
			meta: meta, fix: fix, run: active(ping),
		},
		{
			name: "init", title: "INIT is answered after all that", severity: Must,
			wrong: "INIT fails after the requests of this check", symptom: true, needs: anInit,
			meta: meta, fix: fix,
			run: func(ctx context.Context, s *session) finding {
				a := s.send(ctx, s.initial())
				return s.unlessTokenRefused(a, a.screen)
			},
		},
	}
}

// concurrency is how many requests are sent at the same time where that is checked.
func (s *session) concurrency() int { return cmp.Or(s.cfg.Concurrency, defaultConcurrency) }

// underFire keeps spoilt requests coming while it checks the health.
func underFire(ctx context.Context, s *session) finding {
	ctx, ceaseFire := context.WithCancel(ctx)
	var fire sync.WaitGroup
	defer fire.Wait()
	defer ceaseFire()
	opened := make(chan struct{})
	var open sync.Once
	for range s.concurrency() {
		fire.Go(func() {
			for ctx.Err() == nil {
				for _, name := range []string{"bad-tag", "bad-wrapped-key-bit", "not-json", "plaintext-array", "empty-body"} {
					if fault, found := client.FaultNamed(name); found && ctx.Err() == nil {
						s.send(ctx, ping, fault)
						open.Do(func() { close(opened) })
					}
				}
			}
		})
	}
	select {
	case <-opened: // a fast endpoint would otherwise pass before the first spoilt request
	case <-ctx.Done():
	}
	for i := range underFirePings {
		if f := s.send(ctx, ping).active(); !f.met() {
			f.got = fmt.Sprintf("health check %d: %s", i+1, f.got)
			return f
		}
	}
	return passed()
}

func latencyChecks() []check {
	const (
		meta = "Meta aims at answers under 1 s: alerts come at 1, 5 and 7 s (p90 over 30 minutes), and after 10 s it gives up (timeout_error, which the phone shows)"
		fix  = "look for what is slow before the answer: a cold start, a database, a proxy far away; answer pings from memory"
	)
	return []check{
		{
			name: "sequential", title: "health checks one after the other are answered within 1 s", severity: Must,
			wrong: "health checks are answered slowly",
			meta:  meta, fix: fix,
			run: func(ctx context.Context, s *session) finding {
				took, f := s.measure(ctx, 1)
				if f.met() {
					s.latency = latencyOf(took)
				}
				return f
			},
		},
		{
			name: "parallel", title: "health checks at the same time are answered within 1 s", severity: Must,
			wrong: "health checks at the same time are answered slowly",
			meta:  meta, fix: fix,
			run: func(ctx context.Context, s *session) finding {
				_, f := s.measure(ctx, s.concurrency())
				return f
			},
		},
	}
}

// measure times health checks, so many at the same time.
func (s *session) measure(ctx context.Context, width int) ([]time.Duration, finding) {
	answers := make([]answer, s.cfg.Samples)
	places := make(chan struct{}, width)
	var running sync.WaitGroup
	for i := range answers {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			answers[i] = s.send(ctx, ping)
		})
	}
	running.Wait()

	var took []time.Duration
	for _, a := range answers {
		if f := a.active(); !f.met() {
			return nil, f.wants(fmt.Sprintf("%d good answers", len(answers)))
		}
		took = append(took, a.reply.Duration)
	}
	return took, judgeLatency(latencyOf(took))
}

func judgeLatency(l *Latency) finding {
	if l.Max > wall {
		return failed(l.String(), "no answer after 10 s")
	}
	if l.P90 > aim {
		return warned(l.String(), "a p90 of at most 1 s")
	}
	return passedBut(l.String())
}

// latencyOf sorts took.
func latencyOf(took []time.Duration) *Latency {
	slices.Sort(took)
	at := func(percent int) time.Duration { return took[(len(took)*percent+99)/100-1] } // nearest rank
	return &Latency{Samples: len(took), P50: at(50), P90: at(90), Max: took[len(took)-1]}
}
