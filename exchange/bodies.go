package exchange

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/memlimit"
)

// Bodies is a budget of memory for all request bodies, from their first byte until their
// signature is verified and their envelope parsed. A body counts with the memory that it
// uses, not with the length that it announces, plus 24 KiB for its request.
//
// When the memory runs short, the bodies that have been arriving for the longest time are
// cut off: their requests get status 503 and their connections end. Bodies from WhatsApp
// arrive within milliseconds, so the oldest ones are the most likely to be held open on
// purpose. A slow trickle of bytes does not make a body younger.
//
// One Bodies serves all endpoints of a process. It is safe for concurrent use.
type Bodies struct {
	limit int64

	mu       sync.Mutex
	changed  sync.Cond // memory was given back, or a body was cut off
	used     int64     // by all bodies
	leaving  int64     // of it, by bodies that were cut off and are about to give it back
	arriving list.List // of *body, the oldest first
	cut      int64
}

// NewBodies returns a budget of limit bytes. If limit is zero or less, it is a quarter of
// the memory limit of the process (GOMEMLIMIT), or 64 MiB without one.
func NewBodies(limit int64) *Bodies {
	if limit <= 0 {
		limit = memlimit.Bodies()
	}
	b := &Bodies{limit: limit}
	b.changed.L = &b.mu
	return b
}

// InUse returns how many bytes the bodies use now.
func (b *Bodies) InUse() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// CutOff returns how many bodies have been cut off or refused for lack of memory.
func (b *Bodies) CutOff() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

const (
	// partSize is what a body gets at a time. Nearly all bodies fit into one part.
	partSize = 8 << 10
	// requestSize is what a request costs while its body arrives: goroutine, headers, and
	// with HTTP/2 its stream. Without it, thousands of streams with empty bodies would cost
	// more than the budget.
	requestSize = 24 << 10
)

// parts and bodies are used again, so that what strangers send leaves nothing for the
// garbage collector. An envelope that is parsed from a body does not refer to it, nor
// does anything later: the clear text, which a handler may keep, and the answer, which
// the store may keep, do not share its memory.
var (
	parts  = sync.Pool{New: func() any { return new([partSize]byte) }}
	bodies = sync.Pool{New: func() any { return new(body) }}
)

// body is a request body that arrives, or has arrived. All but its parts belongs to the
// mutex of its budget.
type body struct {
	parts  [][]byte // each of capacity partSize
	size   int
	budget *Bodies
	w      http.ResponseWriter

	held     int64         // of the budget
	arriving *list.Element // nil once it has arrived or is cut off
	cutOff   bool
}

// limitKey names the limit of one body, errNoMemory that of all.
const limitKey = "flows[].max_body (Config.MaxBody)"

var errNoMemory = errors.New("request bodies in flight have used up max_body_memory (Config.Bodies)")

// read reads a whole body, up to limit bytes. The memory grows as bytes arrive,
// whatever length was announced. The caller frees the body.
func (b *Bodies) read(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	if r.ContentLength > limit {
		hangUp(w, r)
		return nil, fmt.Errorf("%w: %d bytes announced, at most %d allowed by %s", errTooLarge, r.ContentLength, limit, limitKey)
	}
	one := b.begin(w)
	arrived := false
	defer func() {
		if !arrived {
			b.end(one)
			one.free()
		}
	}()
	err := one.fill(http.MaxBytesReader(w, r.Body, limit))
	cutOff := b.end(one)
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case cutOff:
		hangUp(w, r)
		_ = one.stop() // so that net/http does not wait for the rest; its own deadline ends what cannot be stopped
		return nil, fmt.Errorf("%w: %w: cut off after %d bytes", ErrOverloaded, errNoMemory, one.size)
	case tooLarge:
		return nil, fmt.Errorf("%w: %d bytes arrived and there are more, at most %d allowed by %s", errTooLarge, one.size, limit, limitKey)
	case err != nil:
		return nil, fmt.Errorf("%w: the body did not arrive whole", flowcrypto.ErrMalformed)
	}
	arrived = true
	return one, nil
}

// hangUp ends the connection after the answer, so that net/http does not read the rest of
// the body first. HTTP/2 ends the stream alone: others on the connection, which may be
// that of a load balancer, are other people's requests.
func hangUp(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor < 2 {
		w.Header().Set("Connection", "close")
	}
}

// fill reads src to its end, part by part.
func (x *body) fill(src io.Reader) error {
	for need := int64(requestSize + partSize); ; need = partSize {
		if err := x.budget.grow(x, need); err != nil {
			return err
		}
		part := parts.Get().(*[partSize]byte)[:0] //nolint:forcetypeassert // the pool holds nothing else
		for len(part) < partSize {
			n, err := src.Read(part[len(part):partSize])
			part = part[:len(part)+n]
			x.size += n
			if err != nil {
				x.parts = append(x.parts, part)
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
		}
		x.parts = append(x.parts, part)
	}
}

// text returns the whole body, which is only valid until the body is freed.
func (x *body) text() []byte {
	if len(x.parts) == 1 {
		return x.parts[0]
	}
	return bytes.Join(x.parts, nil)
}

// stop makes a read of the body that blocks return at once.
func (x *body) stop() error { return http.NewResponseController(x.w).SetReadDeadline(time.Unix(1, 0)) }

// free gives the memory of a body back. Nothing may refer to the body any more.
func (x *body) free() {
	for i, part := range x.parts {
		parts.Put((*[partSize]byte)(part[:partSize]))
		x.parts[i] = nil
	}
	x.budget.release(x)
	*x = body{parts: x.parts[:0]}
	bodies.Put(x)
}

// begin returns an empty body that counts as arriving.
func (b *Bodies) begin(w http.ResponseWriter) *body {
	x := bodies.Get().(*body) //nolint:forcetypeassert // the pool holds nothing else
	x.budget, x.w = b, w
	b.mu.Lock()
	defer b.mu.Unlock()
	x.arriving = b.arriving.PushBack(x)
	return x
}

// grow gives n more bytes to x. If there are none, it cuts off the oldest bodies. One
// that has memory already then waits until they have given theirs back, so that large
// bodies never have more than the budget together. Others, which are nearly all, do not
// wait: what they need is hardly more than they cost while they wait.
func (b *Bodies) grow(x *body, n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !x.cutOff {
		switch {
		case b.used+n <= b.limit, b.used-b.leaving+n <= b.limit && x.held == 0:
			b.used += n
			x.held += n
			return nil
		case b.used-b.leaving+n <= b.limit:
			b.changed.Wait()
		default:
			b.drop(b.oldest(x))
		}
	}
	return errNoMemory
}

// oldest returns the body that is to be cut off so that x can grow. It reads no longer,
// unless it is x.
func (b *Bodies) oldest(x *body) *body {
	for next := b.arriving.Front(); next != x.arriving; next = next.Next() {
		older := next.Value.(*body) //nolint:forcetypeassert // the list holds nothing else
		if older.stop() == nil {
			return older
		}
	}
	return x // the others arrived later and are likelier to end soon
}

// drop cuts x off.
func (b *Bodies) drop(x *body) {
	b.arriving.Remove(x.arriving)
	b.leaving += x.held
	x.arriving, x.cutOff = nil, true
	b.cut++
	b.changed.Broadcast() // it may wait for memory
}

// end keeps x from being cut off from now on, and reports whether it was. After it, only
// the caller uses the connection.
func (b *Bodies) end(x *body) (cutOff bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x.arriving != nil {
		b.arriving.Remove(x.arriving)
		x.arriving = nil
	}
	return x.cutOff
}

func (b *Bodies) release(x *body) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= x.held
	if x.cutOff {
		b.leaving -= x.held
	}
	x.held = 0
	b.changed.Broadcast()
}
