package store_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

// BenchmarkMemory makes the four calls of an exchange that must not be repeated: a lease, a
// mark, the answer, and the mark again.
func BenchmarkMemory(b *testing.B) {
	m := store.NewMemory(store.MemoryOptions{MaxBytes: 4 << 20, MaxMarks: 10_000_000})
	ctx := context.Background()
	owner, begun, done, answer := make([]byte, 8), make([]byte, 42), make([]byte, 42), make([]byte, 600)
	done[0] = 1
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		key := fmt.Sprintf("answer:%032x", i)
		for _, call := range []struct {
			key       string
			old, next []byte
			ttl       time.Duration
		}{
			{store.MarkPrefix + "lease:" + key, nil, owner, time.Millisecond},
			{store.MarkPrefix + key, nil, begun, time.Hour},
			{key + ":owner", nil, answer, time.Minute},
			{store.MarkPrefix + key, begun, done, time.Hour},
		} {
			if _, err := m.CompareAndSwap(ctx, call.key, call.old, call.next, call.ttl); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkMarks reports the memory of a mark of an exchange, among a hundred thousand.
func BenchmarkMarks(b *testing.B) {
	const marks = 100_000
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var perMark float64
	for b.Loop() {
		before := inUse()
		m := store.NewMemory(store.MemoryOptions{})
		for i := range marks {
			if _, err := m.PutIfAbsent(context.Background(), fmt.Sprintf("%sanswer:%032x", store.MarkPrefix, i), make([]byte, 42), time.Hour); err != nil {
				b.Fatal(err)
			}
		}
		perMark = float64(inUse()-before) / marks
		runtime.KeepAlive(m)
	}
	b.ReportMetric(perMark, "B/mark")
}
