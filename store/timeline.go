package store

import (
	"container/heap"
	"math"
	"time"
)

// timeline numbers the entries of a table, from 1 on, and has them in the order in which they
// were written and in the order in which they expire. It has no pointers to entries, as there
// are many: the garbage collector has nothing to follow. It is not safe for concurrent use.
type timeline struct {
	began    time.Time // what times are counted from
	entries  slab[times]
	byExpiry []int32 // a heap: the next to expire is the first
	unused   int32   // the first of the numbers that are free again, linked by younger; 0: none
}

// times are those of one entry. Entry 0 is none: it closes the ring of all others, in which
// each stands between the one written before it and the one written after it.
type times struct {
	written, expires time.Duration // since timeline.began
	older, younger   int32
	place            int32 // in the heap
}

func newTimeline(now time.Time) timeline {
	t := timeline{began: now}
	t.entries.add()
	return t
}

// len returns how many entries there are.
func (t *timeline) len() int { return len(t.byExpiry) }

// add returns the number of a new entry.
func (t *timeline) add(now time.Time, ttl time.Duration) int32 {
	number := t.unused
	if number == 0 {
		number = t.entries.add()
	} else {
		t.unused = t.entries.at(number).younger
	}
	t.write(number, now, ttl)
	heap.Push((*expiries)(t), number)
	return number
}

// renew makes an entry as young as a new one.
func (t *timeline) renew(number int32, now time.Time, ttl time.Duration) {
	t.unlink(number)
	t.write(number, now, ttl)
	heap.Fix((*expiries)(t), int(t.entries.at(number).place))
}

// remove removes an entry. Its number will be that of another.
func (t *timeline) remove(number int32) {
	heap.Remove((*expiries)(t), int(t.entries.at(number).place))
	t.unlink(number)
	t.entries.at(number).younger, t.unused = t.unused, number
}

// write sets the times of an entry that is not in the ring, and puts it there as the youngest.
func (t *timeline) write(number int32, now time.Time, ttl time.Duration) {
	e, ring := t.entries.at(number), t.entries.at(0)
	e.written = now.Sub(t.began)
	if e.expires = e.written + ttl; e.expires < e.written {
		e.expires = math.MaxInt64 // in 292 years
	}
	e.older, e.younger = ring.older, 0
	t.entries.at(ring.older).younger = number
	ring.older = number
}

func (t *timeline) unlink(number int32) {
	e := t.entries.at(number)
	t.entries.at(e.older).younger = e.younger
	t.entries.at(e.younger).older = e.older
}

// live reports whether an entry has not expired.
func (t *timeline) live(number int32, now time.Time) bool {
	return now.Sub(t.began) < t.entries.at(number).expires
}

// expired returns an entry that has expired, 0 if there is none.
func (t *timeline) expired(now time.Time) int32 {
	if len(t.byExpiry) == 0 || t.live(t.byExpiry[0], now) {
		return 0
	}
	return t.byExpiry[0]
}

// oldest returns the entry written longest ago, 0 if there is none.
func (t *timeline) oldest() int32 { return t.entries.at(0).younger }

// eviction describes an entry that is dropped now.
func (t *timeline) eviction(number int32, now time.Time) Eviction {
	e, since := t.entries.at(number), now.Sub(t.began)
	return Eviction{Age: since - e.written, Left: e.expires - since}
}

// expiries is a timeline as a [heap.Interface].
type expiries timeline

func (h *expiries) Len() int { return len(h.byExpiry) }

func (h *expiries) Less(i, j int) bool {
	return h.entries.at(h.byExpiry[i]).expires < h.entries.at(h.byExpiry[j]).expires
}

func (h *expiries) Swap(i, j int) {
	h.byExpiry[i], h.byExpiry[j] = h.byExpiry[j], h.byExpiry[i]
	h.entries.at(h.byExpiry[i]).place, h.entries.at(h.byExpiry[j]).place = int32(i), int32(j)
}

// Push implements [heap.Interface].
func (h *expiries) Push(number any) {
	n := number.(int32)
	h.entries.at(n).place = int32(len(h.byExpiry))
	h.byExpiry = append(h.byExpiry, n)
}

// Pop implements [heap.Interface].
func (h *expiries) Pop() any {
	last := len(h.byExpiry) - 1
	number := h.byExpiry[last]
	h.byExpiry = h.byExpiry[:last]
	return number
}

// slabSize is how many items a slab allocates at a time.
const slabSize = 128

// slab has items by their number, from 0 on. They never move: a slice that grows would need
// twice the memory for a moment.
type slab[Item any] struct {
	parts [][]Item
	used  int32
}

// add returns the number of an item that is zero.
func (s *slab[Item]) add() int32 {
	if int(s.used) == len(s.parts)*slabSize {
		s.parts = append(s.parts, make([]Item, slabSize))
	}
	s.used++
	return s.used - 1
}

func (s *slab[Item]) at(number int32) *Item { return &s.parts[number/slabSize][number%slabSize] }
