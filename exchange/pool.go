package exchange

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Pool opens envelopes on a few workers, with a bounded queue for each Flow before
// them. One RSA operation is most of an exchange; without a bound, a server that
// receives more than it can open queues requests for seconds and answers all of them
// too late. With one, it refuses at once what it cannot do, and serves the rest in
// time. A semaphore in the handler does not achieve that: the requests would queue in
// the scheduler, which has no bound.
//
// The pool is fair. Flows take turns, and a Flow whose queue is full is refused alone.
// Envelopes whose signature was verified go before all others, so a flood at a Flow
// with [Config.InsecureSkipSignature] costs the other Flows nothing.
//
// One Pool serves all endpoints of a process. It is safe for concurrent use. Its workers
// run only while envelopes wait.
type Pool struct {
	workers int
	share   int // of each line
	waited  func(time.Duration)
	waiting atomic.Int64
	running sync.WaitGroup

	mu     sync.Mutex
	busy   int   // workers that run
	turns  turns // lines with envelopes that wait
	closed bool  // and done with it
	done   chan struct{}
}

// PoolConfig configures a [Pool]. The zero value of a field is a default.
type PoolConfig struct {
	// Workers open envelopes, one each at a time; GOMAXPROCS by default.
	Workers int
	// Waiting envelopes per worker are queued for each Flow before its next one is
	// refused; 16 by default. Times what one takes (0.4 to 1.3 ms), times the Flows whose
	// queue is full, it bounds the wait.
	Waiting int
	// Waited is called with the time that each opened envelope waited for a worker. It
	// must be fast and safe for concurrent use.
	Waited func(time.Duration)
}

// NewPool returns a pool. [Pool.Close] ends it.
func NewPool(cfg PoolConfig) *Pool {
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Waiting <= 0 {
		cfg.Waiting = 16
	}
	return &Pool{workers: cfg.Workers, share: cfg.Workers * cfg.Waiting, done: make(chan struct{}), waited: cfg.Waited}
}

// Close ends the workers. Envelopes that wait, and later ones, are refused.
func (p *Pool) Close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.done)
	}
	p.mu.Unlock()
	p.running.Wait()
}

// Waiting returns how many envelopes wait for a worker now.
func (p *Pool) Waiting() int64 { return p.waiting.Load() }

// line is the queue of one Flow.
type line struct {
	pool     *Pool
	verified bool          // whether the signatures of its envelopes are verified
	patience time.Duration // how long an unverified envelope waits for verified ones
	jobs     []*openJob    // the first is next; belongs to the pool's mutex
}

// line returns a new queue for a Flow.
func (p *Pool) line(verified bool, patience time.Duration) *line {
	return &line{pool: p, verified: verified, patience: patience}
}

// openJob is an envelope that waits for a worker.
type openJob struct {
	ctx      context.Context //nolint:containedctx // so that a worker can leave out a job whose caller is gone
	envelope *flowcrypto.Envelope
	keys     []crypto.Decrypter
	queued   time.Time
	result   chan openResult // buffered: a worker never waits for the caller
}

type openResult struct {
	plain []byte
	reply *flowcrypto.Sealer
	err   error
}

var errLate = errors.New("verified requests went before it for too long")

// full returns [ErrOverloaded] if an envelope would be refused now.
func (l *line) full() error {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	return l.refusal()
}

// refusal returns why the next envelope is refused, if it is. The mutex is held.
func (l *line) refusal() error {
	switch {
	case l.pool.closed:
		return fmt.Errorf("%w: shutting down", ErrOverloaded)
	case len(l.jobs) >= l.pool.share:
		return fmt.Errorf("%w: %d envelopes of this flow wait to be opened", ErrOverloaded, len(l.jobs))
	}
	return nil
}

// open opens an envelope when a worker is free. It returns [ErrOverloaded] at once
// if the queue is full.
func (l *line) open(ctx context.Context, envelope *flowcrypto.Envelope, keys []crypto.Decrypter) ([]byte, *flowcrypto.Sealer, error) {
	job := &openJob{ctx: ctx, envelope: envelope, keys: keys, queued: time.Now(), result: make(chan openResult, 1)}
	var late <-chan time.Time
	if !l.verified {
		var cancel context.CancelFunc
		job.ctx, cancel = context.WithCancel(ctx)
		defer cancel() // a worker passes the job over
		timer := time.NewTimer(l.patience)
		defer timer.Stop()
		late = timer.C
	}
	if err := l.add(job); err != nil {
		return nil, nil, err
	}
	select {
	case r := <-job.result:
		return r.plain, r.reply, r.err
	case <-ctx.Done():
		return nil, nil, contextOutcome(ctx) // a worker passes the job over
	case <-late:
		return nil, nil, fmt.Errorf("%w: %w", ErrOverloaded, errLate)
	case <-l.pool.done:
		return nil, nil, fmt.Errorf("%w: shutting down", ErrOverloaded)
	}
}

// add queues a job, and starts a worker for it if one may run.
func (l *line) add(job *openJob) error {
	p := l.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := l.refusal(); err != nil {
		return err
	}
	l.jobs = append(l.jobs, job)
	p.waiting.Add(1)
	if len(l.jobs) == 1 {
		p.turns.add(l)
	}
	if p.busy < p.workers {
		p.busy++
		p.running.Add(1)
		go p.work()
	}
	return nil
}

// turns are the lines with envelopes that wait, in the order of their turns.
type turns struct{ verified, unverified []*line }

func (t *turns) class(verified bool) *[]*line {
	if verified {
		return &t.verified
	}
	return &t.unverified
}

func (t *turns) add(l *line) {
	class := t.class(l.verified)
	*class = append(*class, l)
}

// next returns the line whose turn it is; nil if nothing waits.
func (t *turns) next() *line {
	for _, class := range [][]*line{t.verified, t.unverified} {
		if len(class) > 0 {
			return class[0]
		}
	}
	return nil
}

// take removes the next job of the line whose turn it is. The line then waits for its
// next turn.
func (t *turns) take(l *line) *openJob {
	job := l.jobs[0]
	l.jobs = slices.Delete(l.jobs, 0, 1)
	class := t.class(l.verified)
	*class = slices.Delete(*class, 0, 1)
	if len(l.jobs) > 0 {
		t.add(l)
	}
	return job
}

// work opens what waits, and ends when nothing does.
func (p *Pool) work() {
	defer p.running.Done()
	batch := make([]*openJob, 0, batchSize)
	for {
		// Let every handler that can run do so first: then all requests that have
		// arrived are in the queue, or refused, before the next long operation.
		runtime.Gosched()
		if batch = p.collect(batch[:0]); len(batch) == 0 {
			return
		}
		openBatch(p.wanted(batch))
	}
}

// batchSize is how many envelopes a backend opens faster together than one after
// the other. crypto.Decrypter has nothing to gain; one that computes several RSA
// operations at once would.
const batchSize = 1

// collect adds what waits to a batch that has room, in the order of turns, as long as it
// is for the same keys. An empty batch means that the worker ends.
func (p *Pool) collect(batch []*openJob) []*openJob {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(batch) < batchSize && !p.closed {
		next := p.turns.next()
		if next == nil || len(batch) > 0 && !slices.Equal(next.jobs[0].keys, batch[0].keys) {
			break
		}
		batch = append(batch, p.turns.take(next))
		p.waiting.Add(-1)
	}
	if len(batch) == 0 {
		p.busy--
	}
	return batch
}

// wanted leaves out envelopes whose callers are gone.
func (p *Pool) wanted(batch []*openJob) []*openJob {
	wanted := batch[:0]
	for _, job := range batch {
		if p.waited != nil {
			p.waited(time.Since(job.queued))
		}
		if job.ctx.Err() == nil {
			wanted = append(wanted, job)
		}
	}
	return wanted
}

// openBatch is the backend: today crypto.Decrypter, one envelope after the other.
func openBatch(batch []*openJob) {
	for _, job := range batch {
		var r openResult
		r.plain, r.reply, r.err = openSafely(job)
		job.result <- r
	}
}

// openSafely keeps a key that panics, which one of a foreign key store may do, from
// ending the worker.
func openSafely(job *openJob) (plain []byte, reply *flowcrypto.Sealer, err error) {
	defer func() {
		if p := recover(); p != nil {
			plain, reply, err = nil, nil, fmt.Errorf("%w: a private key panicked: %v", errKeys, p)
		}
	}()
	return flowcrypto.Open(job.envelope, job.keys...)
}
