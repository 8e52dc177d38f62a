package store

import (
	"bytes"
	"container/heap"
	"errors"
	"time"
)

// table keeps values by key within bounds. It is not safe for concurrent use.
type table struct {
	maxEntries, maxBytes int
	maxEntry             int           // the most bytes of one entry
	young                time.Duration // an entry is not dropped within this time after it was written

	entries  map[string]*entry
	byExpiry expiryHeap // the next to expire first
	byAge    ageList
	size     int // bytes in keys and values
}

type entry struct {
	key              string
	value            []byte
	written, expires time.Time
	heapPos          int
	older, younger   *entry
}

func (e *entry) size() int { return len(e.key) + len(e.value) }

func newTable(maxEntries, maxBytes int) table {
	return table{maxEntries: maxEntries, maxBytes: maxBytes, maxEntry: maxBytes, entries: make(map[string]*entry)}
}

// live returns the entry of a key if it has not expired.
func (t *table) live(key string, now time.Time) (*entry, bool) {
	e, ok := t.entries[key]
	if !ok || !now.Before(e.expires) {
		return nil, false
	}
	return e, true
}

// write stores a value in place of any other. It returns what it dropped to make room for
// it, or an error, and then it has stored nothing.
func (t *table) write(key string, value []byte, now time.Time, ttl time.Duration) (dropped []*entry, err error) {
	if len(key)+len(value) > t.maxEntry {
		return nil, errors.New("key and value are larger than the whole store, or than a mark may be")
	}
	for len(t.byExpiry) > 0 && !now.Before(t.byExpiry[0].expires) {
		t.remove(t.byExpiry[0])
	}
	e, exists := t.entries[key]
	if full := !exists && len(t.entries) >= t.maxEntries; full && now.Sub(t.byAge.oldest.written) < t.young {
		return nil, ErrFull
	}
	if exists {
		t.replace(e, value, now, ttl)
	} else {
		t.insert(&entry{key: key, value: bytes.Clone(value), written: now, expires: now.Add(ttl)})
	}
	for len(t.entries) > t.maxEntries || t.size > t.maxBytes {
		oldest := t.byAge.oldest
		t.remove(oldest)
		dropped = append(dropped, oldest)
	}
	return dropped, nil
}

func (t *table) insert(e *entry) {
	t.entries[e.key] = e
	t.size += e.size()
	t.byAge.add(e)
	heap.Push(&t.byExpiry, e)
}

// replace gives an entry another value, as if it was new.
func (t *table) replace(e *entry, value []byte, now time.Time, ttl time.Duration) {
	t.size += len(value) - len(e.value)
	if len(value) == len(e.value) {
		copy(e.value, value)
	} else {
		e.value = bytes.Clone(value) // not in a part of the old one, whose rest would not count
	}
	e.written, e.expires = now, now.Add(ttl)
	t.byAge.remove(e)
	t.byAge.add(e)
	heap.Fix(&t.byExpiry, e.heapPos)
}

func (t *table) delete(key string) {
	if e, ok := t.entries[key]; ok {
		t.remove(e)
	}
}

func (t *table) remove(e *entry) {
	delete(t.entries, e.key)
	t.size -= e.size()
	t.byAge.remove(e)
	heap.Remove(&t.byExpiry, e.heapPos)
}

// ageList has entries in the order in which they were written. They are linked without an
// allocation for each, as there are many.
type ageList struct{ oldest, youngest *entry }

// add adds an entry that is in no list.
func (l *ageList) add(e *entry) {
	e.older, e.younger = l.youngest, nil
	if l.youngest == nil {
		l.oldest = e
	} else {
		l.youngest.younger = e
	}
	l.youngest = e
}

func (l *ageList) remove(e *entry) {
	if e.older == nil {
		l.oldest = e.younger
	} else {
		e.older.younger = e.younger
	}
	if e.younger == nil {
		l.youngest = e.older
	} else {
		e.younger.older = e.older
	}
	e.older, e.younger = nil, nil
}

// expiryHeap implements heap.Interface.
type expiryHeap []*entry

func (h *expiryHeap) Len() int           { return len(*h) }
func (h *expiryHeap) Less(i, j int) bool { return (*h)[i].expires.Before((*h)[j].expires) }

func (h *expiryHeap) Swap(i, j int) {
	all := *h
	all[i], all[j] = all[j], all[i]
	all[i].heapPos, all[j].heapPos = i, j
}

// Push implements heap.Interface.
func (h *expiryHeap) Push(x any) {
	e := x.(*entry)
	e.heapPos = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	e := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return e
}
