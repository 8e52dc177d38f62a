package store

import (
	"bytes"
	"errors"
	"time"
)

// table keeps values by key within bounds. It is not safe for concurrent use.
type table struct {
	maxEntries, maxBytes int

	numbers map[string]int32
	entries slab[entry] // by the numbers of the timeline
	times   timeline
	size    int // bytes in keys and values
}

type entry struct {
	key   string
	value []byte
}

func (e *entry) size() int { return len(e.key) + len(e.value) }

func newTable(maxEntries, maxBytes int, now time.Time) *table {
	t := &table{maxEntries: maxEntries, maxBytes: maxBytes, numbers: make(map[string]int32), times: newTimeline(now)}
	t.entries.add() // as the timeline begins with 1
	return t
}

// live implements shelf.
func (t *table) live(key string, now time.Time) ([]byte, bool) {
	number, ok := t.numbers[key]
	if !ok || !t.times.live(number, now) {
		return nil, false
	}
	return t.entries.at(number).value, true
}

// write implements shelf.
func (t *table) write(key string, value []byte, now time.Time, ttl time.Duration) (dropped []Eviction, err error) {
	if len(key)+len(value) > t.maxBytes {
		return nil, errors.New("key and value are larger than the whole store")
	}
	for number := t.times.expired(now); number != 0; number = t.times.expired(now) {
		t.remove(number)
	}
	if number, exists := t.numbers[key]; exists {
		t.replace(t.entries.at(number), value)
		t.times.renew(number, now, ttl)
	} else {
		t.insert(t.times.add(now, ttl), entry{key, bytes.Clone(value)})
	}
	for t.times.len() > t.maxEntries || t.size > t.maxBytes {
		oldest := t.times.oldest()
		dropped = append(dropped, t.times.eviction(oldest, now))
		t.remove(oldest)
	}
	return dropped, nil
}

func (t *table) insert(number int32, e entry) {
	for number >= t.entries.used {
		t.entries.add()
	}
	*t.entries.at(number) = e
	t.numbers[e.key] = number
	t.size += e.size()
}

func (t *table) replace(e *entry, value []byte) {
	t.size += len(value) - len(e.value)
	if len(value) == len(e.value) {
		copy(e.value, value)
	} else {
		e.value = bytes.Clone(value) // not in a part of the old one, whose rest would not count
	}
}

// delete implements shelf.
func (t *table) delete(key string) {
	if number, ok := t.numbers[key]; ok {
		t.remove(number)
	}
}

func (t *table) remove(number int32) {
	e := t.entries.at(number)
	delete(t.numbers, e.key)
	t.size -= e.size()
	*e = entry{}
	t.times.remove(number)
}
