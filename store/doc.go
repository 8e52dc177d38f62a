// Package store keeps short-lived values by key behind one small interface, [Store]:
// in the memory of the process ([NewMemory]) or, with package store/redis, in Redis,
// which all replicas of a server share.
//
// Most callers need [NewMemory], or redis.Open with the URL of a Redis:
//
//	s, err := redis.Open(os.Getenv("REDIS_URL"), redis.Options{})
//
// # Keys and values
//
// Every value has a time to live. A store in memory is bounded: see [MemoryOptions]. Values
// whose keys begin with [MarkPrefix] have a bound that is theirs alone, so that large values
// do not push out what says that work is running or was done.
//
// # Errors
//
// [ErrUnavailable] is any failure of the store: the caller goes on without it. [KindOf]
// names its kind. If the
// caller's own context ends first, the error is the context's and says nothing about
// the store.
//
// # Security
//
// Values are stored as they come: callers seal what must not be read by anyone with
// access to the store. No error, log line or formatted Store contains a value.
//
// # Concurrency
//
// Stores are safe for concurrent use. Values given and returned are copies.
package store
