//go:build openssl && cgo

package backend

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/vectortest"
)

// A libcrypto that computes wrongly is one that has another key than it was given.
func TestSelfTest(t *testing.T) {
	t.Parallel()
	d, err := newDecrypter(vectortest.Key(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.selfTest(); err != nil {
		t.Fatal(err)
	}
	d.public = vectortest.Key(t, "b").PublicKey
	if err := d.selfTest(); err == nil || !strings.Contains(err.Error(), "does not open") {
		t.Errorf("got %v, want that it does not open", err)
	}
}

// At most as many contexts as processors are kept, however many were in use.
func TestIdleIsBounded(t *testing.T) {
	t.Parallel()
	d, err := newDecrypter(vectortest.Key(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	var taken []*operation
	for range cap(d.native.idle) + 3 {
		op, err := d.take()
		if err != nil {
			t.Fatal(err)
		}
		op.out[0] = 1
		taken = append(taken, op)
	}
	for _, op := range taken {
		d.give(op)
		if op.out[0] != 0 {
			t.Error("a plain text is left behind")
		}
	}
	if got, want := len(d.native.idle), cap(d.native.idle); got != want {
		t.Errorf("got %d contexts kept, want %d", got, want)
	}
}
