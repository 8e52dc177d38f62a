package exchange

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"runtime"
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
// The pool is fair. Flows take turns, and a Flow whose queue is full is refused alone. A
// turn is worth one RSA operation: a Flow whose envelopes take more of them, because no key
// or not the first one fits, passes as many turns. Envelopes whose signature was verified go
// before all others, so a flood at a Flow with [Config.InsecureSkipSignature] costs the other
// Flows nothing.
//
// Keys may decrypt several envelopes at once: see BatchDecrypter of the package crypto of this
// module. A worker then opens together what waits for the same keys. It never waits for
// more, so that nothing is slower on an idle server.
//
// One Pool serves all endpoints of a process. It is safe for concurrent use. Its workers
// run only while envelopes wait.
type Pool struct {
	workers int
	share   int // of each line
	waited  func(time.Duration)
	opening func(envelopes int)
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
	// refused; 32 by default. Times what one takes (0.13 to 1.3 ms), times the Flows whose
	// queue is full, it bounds the wait.
	Waiting int
	// Waited is called with the time that each opened envelope waited for a worker. It
	// must be fast and safe for concurrent use.
	Waited func(time.Duration)
	// Opening is called with the number of envelopes that are about to be opened at once. It
	// must be fast and safe for concurrent use.
	Opening func(envelopes int)
}

// NewPool returns a pool. [Pool.Close] ends it.
func NewPool(cfg PoolConfig) *Pool {
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Waiting <= 0 {
		cfg.Waiting = 32
	}
	if cfg.Waited == nil {
		cfg.Waited = func(time.Duration) {}
	}
	if cfg.Opening == nil {
		cfg.Opening = func(int) {}
	}
	return &Pool{
		workers: cfg.Workers, share: cfg.Workers * cfg.Waiting, done: make(chan struct{}), waited: cfg.Waited, opening: cfg.Opening,
	}
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

	// These belong to the mutex of the pool.
	jobs []*openJob // the first is next
	debt int        // turns to pass, for operations beyond one a turn
}

// line returns a new queue for a Flow.
func (p *Pool) line(verified bool, patience time.Duration) *line {
	return &line{pool: p, verified: verified, patience: patience}
}

// openJob is an envelope that waits for a worker.
type openJob struct {
	line     *line
	ctx      context.Context //nolint:containedctx // so that a worker can leave out a job whose caller is gone
	envelope *flowcrypto.Envelope
	keys     []crypto.Decrypter
	queued   time.Time
	result   chan flowcrypto.Opened // buffered: a worker never waits for the caller

	operations int // that it took; 0 until it is opened. It belongs to the worker
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
	job := &openJob{line: l, ctx: ctx, envelope: envelope, keys: keys, queued: time.Now(), result: make(chan flowcrypto.Opened, 1)}
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
		return r.Plaintext, r.Reply, r.Err
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

// work opens what waits, and ends when nothing does.
//
// It yields so that every handler that can run does so first: then all requests that have
// arrived are in the queue, or refused, before the next long operation. It yields a second
// time if its batch is not full, because the request that it has is rarely alone. While full
// batches wait, it yields before every third.
func (p *Pool) work() {
	defer p.running.Done()
	batch := make([]*openJob, 0, 4)
	for size, full := 1, 0; ; {
		if full++; size == 1 || full > 2 || int(p.waiting.Load()) < size {
			runtime.Gosched()
			full = 0
		}
		if batch = p.collect(batch[:0], 1); len(batch) == 0 {
			return
		}
		if size = flowcrypto.BatchSize(batch[0].keys); int(p.waiting.Load()) < size-1 {
			runtime.Gosched()
			full = 0
		}
		if wanted := p.wanted(p.collect(batch, size)); len(wanted) > 0 {
			p.opening(len(wanted))
			open(wanted)
			p.charge(wanted)
		}
	}
}

// collect adds what waits to a batch, in the order of turns, until it has the given size. All
// of a batch is for the same keys. An empty batch means that the worker ends.
func (p *Pool) collect(batch []*openJob, size int) []*openJob {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(batch) < size && !p.closed {
		job := p.turns.take(batch)
		if job == nil {
			break
		}
		batch = append(batch, job)
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
		p.waited(time.Since(job.queued))
		if job.ctx.Err() == nil {
			wanted = append(wanted, job)
		}
	}
	return wanted
}

// judgeCost is what the decision of crypto/rsa on an envelope costs, in operations of a
// batch: 975 µs instead of 142 on Zen 4.
const judgeCost = 7

// open opens a batch and notes how many RSA operations each envelope of it took, at most. A
// key that panics, as one of a foreign key store may, does not end the worker.
func open(batch []*openJob) {
	keys := batch[0].keys
	failed := len(keys)
	if flowcrypto.BatchSize(keys) > 1 {
		failed *= 1 + judgeCost
	}
	defer func() {
		p := recover() // nil, and all envelopes opened, unless a key panicked
		for _, job := range batch {
			if job.operations == 0 {
				job.operations = failed
				job.result <- flowcrypto.Opened{Err: fmt.Errorf("%w: a private key panicked: %v", errKeys, p)}
			}
		}
	}()
	envelopes := make([]*flowcrypto.Envelope, len(batch))
	for i, job := range batch {
		envelopes[i] = job.envelope
	}
	for i, opened := range flowcrypto.OpenBatch(envelopes, keys...) {
		batch[i].operations = failed
		if opened.Err == nil {
			batch[i].operations = opened.Reply.KeyIndex() + 1
		}
		batch[i].result <- opened
	}
}

// charge has flows pass the turns that their envelopes took more of than one.
func (p *Pool) charge(batch []*openJob) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, job := range batch {
		job.line.debt += job.operations - 1
	}
}
