//go:build !purego

package multirsa

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// TestMXCSR checks that every multiplication finds the value that makes its time independent
// of data, even if other goroutines run in between.
func TestMXCSR(t *testing.T) {
	t.Parallel()
	var calls, others atomic.Uint64
	e := hookedEngine(t, func() {
		calls.Add(1)
		runtime.Gosched()
		if mxcsr() != steadyMXCSR {
			others.Add(1)
		}
	})
	var batches sync.WaitGroup
	for range 4 * runtime.GOMAXPROCS(0) {
		batches.Go(func() { e.decrypt(new(scratch), 1) })
	}
	batches.Wait()
	if calls.Load() == 0 || others.Load() > 0 {
		t.Errorf("%d of %d products were computed with another MXCSR", others.Load(), calls.Load())
	}
}

// TestMXCSRIsRestored checks that a batch leaves no trace in MXCSR.
func TestMXCSRIsRestored(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := mxcsr()
	hookedEngine(t, func() {}).decrypt(new(scratch), 1)
	if after := mxcsr(); after != before || before == steadyMXCSR {
		t.Errorf("got MXCSR %#x after a batch, %#x before it, want the same, and not %#x", after, before, steadyMXCSR)
	}
}

// hookedEngine returns an engine that calls hook before each product.
func hookedEngine(t *testing.T, hook func()) *engine {
	t.Helper()
	numbers, err := crtOf(testKeys()[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	k := *generic(4, 5)
	mul := k.mul
	k.mul = func(dst, a, b, m *vector, k0 *row) {
		hook()
		mul(dst, a, b, m, k0)
	}
	return newEngine(&k, numbers)
}

func mxcsr() uint32 {
	value := swapMXCSR(steadyMXCSR)
	swapMXCSR(value)
	return value
}
