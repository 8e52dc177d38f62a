package exchange

import (
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

// Bodies is the memory that request bodies may have together, from their first byte
// until their signature is verified and their envelope parsed. What counts is the
// memory that a body has, not the length that it announces.
//
// When the memory runs short, the bodies that have been arriving for the longest time
// are cut off: their requests get status 503 and their connections end. Bodies of
// WhatsApp arrive within milliseconds, so only the oldest are likely to be held open on
// purpose, and no trickle of bytes makes a body any younger.
//
// One Bodies serves all endpoints of a process. It is safe for concurrent use.
type Bodies struct {
	limit int64

	mu       sync.Mutex
	used     int64
	arriving list.List // of *body, the oldest first
	cut      int64
}

// NewBodies returns a budget of limit bytes. If limit is zero or less, it is a quarter of
// the memory limit of the process (GOMEMLIMIT), or 64 MiB without one.
func NewBodies(limit int64) *Bodies {
	if limit <= 0 {
		limit = memlimit.Bodies()
	}
	return &Bodies{limit: limit}
}

// InUse returns how many bytes bodies have now.
func (b *Bodies) InUse() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// CutOff returns how many bodies have been cut off or refused for want of memory.
func (b *Bodies) CutOff() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

const (
	usualBody     = 8 << 10
	largestPooled = 64 << 10 // a rare large body does not stay in memory
)

// bodies pools request bodies with their memory. The envelope that is parsed from one
// does not refer to it, nor does anything later: the clear text, which a handler may
// keep, and the answer, which the store may keep, have memory of their own.
var bodies = sync.Pool{New: func() any { return &body{text: make([]byte, 0, usualBody)} }}

// body is a request body that arrives, or has arrived. All but text belongs to the
// mutex of its budget.
type body struct {
	text   []byte
	budget *Bodies
	w      http.ResponseWriter

	held     int64         // of the budget
	arriving *list.Element // nil once it has arrived or is cut off
	cutOff   bool
}

// limitKey names the limit of one body, errNoMemory that of all.
const limitKey = "flows[].max_body (Config.MaxBody)"

var errNoMemory = errors.New("bodies in flight have used up max_body_memory (Config.Bodies)")

// read reads a whole body, up to limit bytes. The memory grows as bytes arrive,
// whatever length was announced. The caller frees the body.
func (b *Bodies) read(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close")
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
	most := limit
	if r.ContentLength >= 0 {
		most = r.ContentLength
	}
	err := one.fill(http.MaxBytesReader(w, r.Body, limit), most+1) // and one, to see the end
	cutOff := b.end(one)
	switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
	case cutOff:
		w.Header().Set("Connection", "close")
		_ = one.stop() // so that net/http does not wait for the rest; its own deadline ends what cannot be stopped
		return nil, fmt.Errorf("%w: %w: cut off after %d bytes", ErrOverloaded, errNoMemory, len(one.text))
	case tooLarge:
		return nil, fmt.Errorf("%w: over %d bytes, at most that allowed by %s", errTooLarge, limit, limitKey)
	case err != nil:
		return nil, fmt.Errorf("%w: the body did not arrive whole", flowcrypto.ErrMalformed)
	}
	arrived = true
	return one, nil
}

// fill reads src to its end. It doubles the memory as often as needed, to no more than
// most bytes as long as those do.
func (x *body) fill(src io.Reader, most int64) error {
	if err := x.budget.grow(x, int64(cap(x.text))); err != nil {
		return err
	}
	for {
		if len(x.text) == cap(x.text) {
			next := 2 * int64(cap(x.text))
			if most > int64(cap(x.text)) {
				next = min(next, most)
			}
			if err := x.budget.grow(x, next-int64(cap(x.text))); err != nil {
				return err
			}
			larger := make([]byte, len(x.text), next)
			copy(larger, x.text)
			x.text = larger
		}
		n, err := src.Read(x.text[len(x.text):cap(x.text)])
		x.text = x.text[:len(x.text)+n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// stop makes a read of the body that blocks return at once.
func (x *body) stop() error { return http.NewResponseController(x.w).SetReadDeadline(time.Unix(1, 0)) }

// free gives the memory of a body back. Nothing may refer to the body any more.
func (x *body) free() {
	x.budget.release(x)
	if cap(x.text) <= largestPooled {
		*x = body{text: x.text[:0]}
		bodies.Put(x)
	}
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

// grow gives n more bytes to x, and cuts off the oldest bodies if there is no room for
// them. The memory of those counts as free at once; their readers wake up and drop it.
func (b *Bodies) grow(x *body, n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if x.cutOff {
		return errNoMemory
	}
	for next := b.arriving.Front(); b.used+n > b.limit && next != nil; {
		oldest := next.Value.(*body) //nolint:forcetypeassert // the list holds nothing else
		next = next.Next()
		if oldest == x {
			break // the others arrived later and are likelier to end soon
		}
		if oldest.stop() == nil {
			b.drop(oldest)
		}
	}
	if b.used+n > b.limit {
		b.drop(x)
		return errNoMemory
	}
	b.used += n
	x.held += n
	return nil
}

// drop takes the memory of x away.
func (b *Bodies) drop(x *body) {
	b.arriving.Remove(x.arriving)
	b.used -= x.held
	x.held, x.arriving, x.cutOff = 0, nil, true
	b.cut++
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
	x.held = 0
}
