package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/flowserver/flowserver/store"
)

// countingStore counts the calls that failed. It does not count callers that left.
type countingStore struct {
	store.Store
	errors *prometheus.CounterVec // op, kind
}

const (
	opGet            = "get"
	opPut            = "put"
	opPutIfAbsent    = "put_if_absent"
	opCompareAndSwap = "compare_and_swap"
	opDelete         = "delete"
	opLock           = "lock"
	opPing           = "ping"
)

func storeOps() []string {
	return []string{opGet, opPut, opPutIfAbsent, opCompareAndSwap, opDelete, opLock, opPing}
}

func (s countingStore) count(ctx context.Context, op string, err error) {
	if err != nil && ctx.Err() == nil {
		s.errors.WithLabelValues(op, string(store.KindOf(err))).Inc()
	}
}

func (s countingStore) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	value, ok, err = s.Store.Get(ctx, key)
	s.count(ctx, opGet, err)
	return value, ok, err
}

func (s countingStore) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	err := s.Store.Put(ctx, key, value, ttl)
	s.count(ctx, opPut, err)
	return err
}

func (s countingStore) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (stored bool, err error) {
	stored, err = s.Store.PutIfAbsent(ctx, key, value, ttl)
	s.count(ctx, opPutIfAbsent, err)
	return stored, err
}

func (s countingStore) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	swapped, err = s.Store.CompareAndSwap(ctx, key, old, next, ttl)
	s.count(ctx, opCompareAndSwap, err)
	return swapped, err
}

func (s countingStore) Delete(ctx context.Context, key string) error {
	err := s.Store.Delete(ctx, key)
	s.count(ctx, opDelete, err)
	return err
}

func (s countingStore) TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error) {
	unlock, acquired, err = s.Store.TryLock(ctx, key, ttl)
	s.count(ctx, opLock, err)
	return unlock, acquired, err
}

func (s countingStore) Ping(ctx context.Context) error {
	err := s.Store.Ping(ctx)
	s.count(ctx, opPing, err)
	return err
}
