package phones

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Result is what came back. It is complete once a loop has returned it.
type Result struct {
	Rate     float64         // offered, a second; 0 for a closed loop
	Duration time.Duration   // in which messages were sent
	Outcomes map[string]int  // how many came to what
	Served   []time.Duration // how long those took that were served, shortest first
	InTime   int             // of these, how many had been by the end of Duration

	start, end time.Time
	mu         sync.Mutex
}

func begin(rate float64, duration time.Duration) *Result {
	start := time.Now()
	return &Result{Rate: rate, Duration: duration, Outcomes: map[string]int{}, start: start, end: start.Add(duration)}
}

func (r *Result) add(outcome string, scheduled, answered time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Outcomes[outcome]++
	if outcome != Served {
		return
	}
	r.Served = append(r.Served, answered.Sub(scheduled))
	if !answered.After(r.end) {
		r.InTime++
	}
}

func (r *Result) sorted() *Result {
	slices.Sort(r.Served)
	return r
}

// PerSecond returns how many messages a second were served. Those that were still
// queued at the end do not count: a backlog is no throughput.
func (r *Result) PerSecond() float64 { return float64(r.InTime) / r.Duration.Seconds() }

// Quantile returns the latency that a share q of what was served stayed within, 0 if
// nothing was served.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.Served) == 0 {
		return 0
	}
	return r.Served[int(q*float64(len(r.Served)-1))]
}

// Share returns which part of all messages had an outcome, from 0 to 1.
func (r *Result) Share(outcome string) float64 {
	total := 0
	for _, n := range r.Outcomes {
		total += n
	}
	if total == 0 {
		return 0
	}
	return float64(r.Outcomes[outcome]) / float64(total)
}

// Err returns an error if nothing was served, or if anything but what a server under
// too much load may do came back: served and refused, or, with a peer that cannot
// refuse, no answer in time if mayFail.
func (r *Result) Err(mayFail bool) error {
	if len(r.Served) == 0 {
		return fmt.Errorf("nothing was served: %v", r.Outcomes)
	}
	for outcome := range r.Outcomes {
		switch {
		case outcome == Served, outcome == Overloaded, outcome == NoAnswer && mayFail:
		default:
			return fmt.Errorf("not all answers were good: %v", r.Outcomes)
		}
	}
	return nil
}
