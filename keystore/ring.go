package keystore

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
)

var (
	_ fmt.Formatter  = (*Ring)(nil)
	_ slog.LogValuer = (*Ring)(nil)
	_ json.Marshaler = (*Ring)(nil)
)

// Ring contains the active key pair and previous ones. An envelope does not name its key,
// and phones keep using a public key for a while after a new one is registered, so all
// pairs are tried: first the active one, then the previous ones in order.
//
// A Ring is safe for concurrent use; each method sees a consistent set of pairs. Printed,
// encoded or logged, it shows only fingerprints. Create one with [NewRing]; a zero Ring
// is empty until [Ring.Replace], and its methods that return pairs panic.
type Ring struct {
	generation atomic.Pointer[generation]
}

// generation is the content of a ring between two calls of Replace; it never
// changes.
type generation struct {
	pairs      []*Pair
	decrypters []crypto.Decrypter // the same, ready for Decrypters
}

// NewRing returns a ring. It panics if a pair is nil.
func NewRing(active *Pair, previous ...*Pair) *Ring {
	r := &Ring{}
	r.Replace(active, previous...)
	return r
}

// Replace replaces all pairs at once; requests in progress finish with the pairs they
// started with. Duplicate pairs count once. It panics if a pair is nil.
func (r *Ring) Replace(active *Pair, previous ...*Pair) {
	next := &generation{}
	for _, pair := range append([]*Pair{active}, previous...) {
		if pair == nil {
			panic("keystore: nil pair given to a Ring")
		}
		if next.find(pair.fingerprint) >= 0 {
			continue
		}
		next.pairs = append(next.pairs, pair)
		next.decrypters = append(next.decrypters, pair)
	}
	next.decrypters = slices.Clip(next.decrypters)
	r.generation.Store(next)
}

// Active returns the pair whose public key should be registered.
func (r *Ring) Active() *Pair { return r.current().pairs[0] }

// Pairs returns all pairs, active first.
func (r *Ring) Pairs() []*Pair { return slices.Clone(r.current().pairs) }

// Decrypters returns all pairs, active first, as keys to try. The slice is shared
// and must not be changed. The error is always nil; it is for key sources that ask a key
// server.
func (r *Ring) Decrypters(context.Context) ([]crypto.Decrypter, error) {
	return r.current().decrypters, nil
}

// Find returns the pair with this fingerprint and whether it is the active one, or
// nil if the ring has no such pair.
func (r *Ring) Find(fingerprint string) (pair *Pair, active bool) {
	current := r.current()
	i := current.find(fingerprint)
	if i < 0 {
		return nil, false
	}
	return current.pairs[i], i == 0
}

func (r *Ring) current() *generation {
	current := r.generation.Load()
	if current == nil {
		panic("keystore: Ring without pairs: make it with NewRing")
	}
	return current
}

func (g *generation) find(fingerprint string) int {
	return slices.IndexFunc(g.pairs, func(p *Pair) bool { return p.fingerprint == fingerprint })
}

// Format writes the fingerprints, active first, whatever the verb.
func (r *Ring) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "keystore.Ring("+strings.Join(r.fingerprints(), " ")+")") // see Pair.Format
}

// LogValue returns the fingerprints, active first.
func (r *Ring) LogValue() slog.Value { return slog.AnyValue(r.fingerprints()) }

// MarshalJSON returns the fingerprints, active first, as an array.
func (r *Ring) MarshalJSON() ([]byte, error) { return json.Marshal(r.fingerprints()) }

// fingerprints also works on an empty ring: printing must not panic.
func (r *Ring) fingerprints() []string {
	fingerprints := []string{}
	if current := r.generation.Load(); current != nil {
		for _, pair := range current.pairs {
			fingerprints = append(fingerprints, pair.fingerprint)
		}
	}
	return fingerprints
}
