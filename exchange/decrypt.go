package exchange

import (
	"context"
	"crypto"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// KeySource returns the private keys that may open envelopes, the active one first.
// Decrypters is called for each request, so that keys can change at run time; it must
// be cheap and safe for concurrent use, and the slice must not change afterwards.
// The log and [Exchange] name a key by its method Fingerprint() string, if it has one. Keys are
// compared with ==, so each must be of a comparable type, for example a pointer.
type KeySource interface {
	Decrypters(ctx context.Context) ([]crypto.Decrypter, error)
}

// keyring opens envelopes with the keys of a source. The envelope has no key id,
// so keys are tried in turn, beginning with the last one that fitted: while a new
// key spreads, and afterwards, that saves an RSA operation in vain.
type keyring struct {
	source KeySource
	pool   *Pool // nil: in the caller's goroutine, without a bound
	fitted atomic.Pointer[crypto.Decrypter]
}

func (k *keyring) open(ctx context.Context, envelope *flowcrypto.Envelope, x *record) ([]byte, *flowcrypto.Sealer, error) {
	keys, err := k.source.Decrypters(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %v", errKeys, err) //nolint:errorlint // a key source's errors are for the log
	}
	keys = k.likeliestFirst(keys)
	plain, reply, err := k.openWith(ctx, envelope, keys)
	if err != nil {
		return nil, nil, err
	}
	key := &keys[reply.KeyIndex()]
	k.fitted.Store(key)
	if named, ok := (*key).(interface{ Fingerprint() string }); ok {
		x.key = named.Fingerprint()
	}
	return plain, reply, nil
}

func (k *keyring) openWith(ctx context.Context, envelope *flowcrypto.Envelope, keys []crypto.Decrypter) ([]byte, *flowcrypto.Sealer, error) {
	if k.pool == nil {
		return flowcrypto.Open(envelope, keys...)
	}
	return k.pool.open(ctx, envelope, keys)
}

func (k *keyring) likeliestFirst(keys []crypto.Decrypter) []crypto.Decrypter {
	fitted := k.fitted.Load()
	if fitted == nil || len(keys) < 2 || keys[0] == *fitted {
		return keys
	}
	for i, key := range keys {
		if key == *fitted {
			ordered := make([]crypto.Decrypter, 0, len(keys))
			ordered = append(ordered, key)
			ordered = append(ordered, keys[:i]...)
			return append(ordered, keys[i+1:]...)
		}
	}
	return keys // it has been dropped from the source
}

// Pool opens envelopes on a few workers with a bounded queue before them. One RSA
// operation is most of an exchange; without a bound, a server that receives more
// than it can open queues requests for seconds and answers all of them too late.
// With one, it refuses at once what it cannot do, and serves the rest in time. A
// semaphore in the handler does not achieve that: the requests would queue in the
// scheduler, which has no bound.
//
// One Pool serves all endpoints of a process. It is safe for concurrent use.
type Pool struct {
	queue   chan *openJob
	workers sync.WaitGroup
	close   sync.Once
	done    chan struct{}

	waiting atomic.Int64
	waited  func(time.Duration)
}

// PoolConfig configures a [Pool]. The zero value of a field is a default.
type PoolConfig struct {
	// Workers open envelopes, one each at a time; GOMAXPROCS by default.
	Workers int
	// Waiting envelopes per worker are queued before the next is refused; 16 by
	// default. Times what one takes (0.4 to 1.3 ms), it bounds the wait.
	Waiting int
	// Waited is called with the time that each opened envelope waited for a worker. It
	// must be fast and safe for concurrent use.
	Waited func(time.Duration)
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

// NewPool starts the workers. They end with [Pool.Close].
func NewPool(cfg PoolConfig) *Pool {
	if cfg.Workers <= 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Waiting <= 0 {
		cfg.Waiting = 16
	}
	p := &Pool{queue: make(chan *openJob, cfg.Workers*cfg.Waiting), done: make(chan struct{}), waited: cfg.Waited}
	for range cfg.Workers {
		p.workers.Go(p.work)
	}
	return p
}

// Close ends the workers. Envelopes that wait, and later ones, are refused.
func (p *Pool) Close() {
	p.close.Do(func() { close(p.done) })
	p.workers.Wait()
}

// Waiting returns how many envelopes wait for a worker now.
func (p *Pool) Waiting() int64 { return p.waiting.Load() }

// open opens an envelope when a worker is free. It returns [ErrOverloaded] at once
// if the queue is full.
func (p *Pool) open(ctx context.Context, envelope *flowcrypto.Envelope, keys []crypto.Decrypter) ([]byte, *flowcrypto.Sealer, error) {
	job := &openJob{ctx: ctx, envelope: envelope, keys: keys, queued: time.Now(), result: make(chan openResult, 1)}
	p.waiting.Add(1)
	select {
	case p.queue <- job:
	default:
		p.waiting.Add(-1)
		return nil, nil, fmt.Errorf("%w: %d envelopes wait to be opened", ErrOverloaded, cap(p.queue))
	}
	select {
	case r := <-job.result:
		return r.plain, r.reply, r.err
	case <-ctx.Done():
		return nil, nil, contextOutcome(ctx) // a worker passes the job over
	case <-p.done:
		return nil, nil, fmt.Errorf("%w: shutting down", ErrOverloaded)
	}
}

func (p *Pool) work() {
	batch := make([]*openJob, 0, batchSize)
	for {
		// Let every handler that can run do so first: then all requests that have
		// arrived are in the queue, or refused, before the next long operation.
		runtime.Gosched()
		select {
		case <-p.done:
			return
		case job := <-p.queue:
			batch = p.collect(append(batch[:0], job))
			openBatch(batch)
		}
	}
}

// batchSize is how many envelopes a backend opens faster together than one after
// the other. crypto.Decrypter has nothing to gain; one that computes several RSA
// operations at once would.
const batchSize = 1

// collect adds what waits to a batch that has room, without waiting itself, and
// leaves out envelopes whose callers are gone.
func (p *Pool) collect(batch []*openJob) []*openJob {
	for len(batch) < batchSize {
		select {
		case job := <-p.queue:
			batch = append(batch, job)
			continue
		default:
		}
		break
	}
	wanted := batch[:0]
	for _, job := range batch {
		p.waiting.Add(-1)
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
