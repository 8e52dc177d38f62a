package store

import (
	"errors"
	"time"
)

// FailureKind says in one word why a shared store could not be used.
type FailureKind string

// The kinds of failures.
const (
	Unreachable  FailureKind = "unreachable" // no connection, or no answer in time
	Full         FailureKind = "full"        // out of memory: it refuses to write
	Unauthorized FailureKind = "auth"        // the password is missing or wrong, or the user may not do this
	ReadOnly     FailureKind = "readonly"    // a replica, or a Redis that cannot save to disk
	Cluster      FailureKind = "cluster"     // the cluster is down, or the address is not that of a cluster
	Loading      FailureKind = "loading"     // it is starting
	Damaged      FailureKind = "damaged"     // a value that no release wrote: [ErrDamaged]
	Other        FailureKind = "other"
)

// FailureKinds returns all kinds.
func FailureKinds() []FailureKind {
	return []FailureKind{Unreachable, Full, Unauthorized, ReadOnly, Cluster, Loading, Damaged, Other}
}

// UnavailableError is an [ErrUnavailable] with its kind.
type UnavailableError struct {
	Kind  FailureKind
	Cause string // without keys, values and passwords
}

// Error says that the store is unavailable, and why.
func (f *UnavailableError) Error() string { return ErrUnavailable.Error() + ": " + f.Cause }

// Unwrap returns [ErrUnavailable].
func (f *UnavailableError) Unwrap() error { return ErrUnavailable }

// KindOf returns the kind of a store's error: [Other] for one that has none.
func KindOf(err error) FailureKind {
	switch {
	case errors.Is(err, ErrFull):
		return Full
	case errors.Is(err, ErrDamaged):
		return Damaged
	}
	if failure, ok := errors.AsType[*UnavailableError](err); ok {
		return failure.Kind
	}
	return Other
}

// Outage is a kind of failure that lasts.
type Outage struct {
	Kind     FailureKind
	Meaning  string // for an operator
	Since    time.Time
	Failures int // calls that failed so
}
