package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"time"
)

const (
	// maxMark is the most bytes of a mark, key and value together.
	maxMark = 256
	// youngMark is how long after its last write a mark is never dropped. Work that is
	// running writes its marks more often.
	youngMark = 5 * time.Second
	// shortMark is the length of the values that need no memory of their own: those of
	// exchanges have 42 bytes, or 8.
	shortMark = 47
)

// marks keeps marks by key, up to a number. There may be a hundred thousand, so each is
// small and has no pointer: a digest replaces the key. It is not safe for concurrent use.
type marks struct {
	maxEntries int

	numbers map[digest]int32
	entries slab[mark] // by the numbers of the timeline
	long    map[int32][]byte
	times   timeline
}

// digest is the first half of the SHA-256 of a key: no two keys have the same.
type digest [sha256.Size / 2]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:])
}

type mark struct {
	key   digest
	size  uint8 // of the value; longMark if it is in marks.long
	value [shortMark]byte
}

const longMark = shortMark + 1

func newMarks(maxEntries int, now time.Time) *marks {
	m := &marks{maxEntries: maxEntries, numbers: make(map[digest]int32), long: make(map[int32][]byte), times: newTimeline(now)}
	m.entries.add() // as the timeline begins with 1
	return m
}

// live implements shelf.
func (m *marks) live(key string, now time.Time) ([]byte, bool) {
	number, ok := m.numbers[digestOf(key)]
	if !ok || !m.times.live(number, now) {
		return nil, false
	}
	if e := m.entries.at(number); e.size != longMark {
		return e.value[:e.size], true
	}
	return m.long[number], true
}

// write implements shelf. If there are only young marks, it returns [ErrFull].
func (m *marks) write(key string, value []byte, now time.Time, ttl time.Duration) (dropped []Eviction, err error) {
	if len(key)+len(value) > maxMark {
		return nil, errors.New("key and value are larger than a mark may be")
	}
	for number := m.times.expired(now); number != 0; number = m.times.expired(now) {
		m.remove(number)
	}
	sum := digestOf(key)
	number, exists := m.numbers[sum]
	if exists {
		m.times.renew(number, now, ttl)
		m.set(number, value)
		return nil, nil
	}
	if m.times.len() >= m.maxEntries {
		oldest := m.times.oldest()
		gone := m.times.eviction(oldest, now)
		if gone.Age < youngMark {
			return nil, ErrFull
		}
		gone.Mark = true
		dropped = append(dropped, gone)
		m.remove(oldest)
	}
	number = m.times.add(now, ttl)
	for number >= m.entries.used {
		m.entries.add()
	}
	m.entries.at(number).key = sum
	m.numbers[sum] = number
	m.set(number, value)
	return dropped, nil
}

func (m *marks) set(number int32, value []byte) {
	e := m.entries.at(number)
	if e.size == longMark {
		delete(m.long, number)
	}
	if len(value) > shortMark {
		e.size = longMark
		m.long[number] = bytes.Clone(value)
		return
	}
	e.size = uint8(copy(e.value[:], value))
}

// delete implements shelf.
func (m *marks) delete(key string) {
	if number, ok := m.numbers[digestOf(key)]; ok {
		m.remove(number)
	}
}

func (m *marks) remove(number int32) {
	m.set(number, nil)
	delete(m.numbers, m.entries.at(number).key)
	m.times.remove(number)
}
