// Package registration determines whether the business public key that a provider has on
// record for a phone number is one of ours.
//
// A [Registrar] reads and sets that key; package providers has one for each
// provider. [Observe] reduces the result to public facts, and [Judge] compares these with
// our key pairs. Most callers need a [Tracker], which does both and keeps the result up
// to date:
//
//	tracker, err := registration.NewTracker(registration.TrackerConfig{
//		Number: "main", Provider: "chakra", Question: providers.Question("chakra", settings),
//		Ring: ring, Registrar: chakra, Cache: store,
//	})
//	if err != nil {
//		return err
//	}
//	go tracker.Run(ctx)
//	r := tracker.Check(ctx) // r.Verdict, r.Observation, r.Stale
//
// Keys are compared by fingerprint, and the verdict is computed each time it is read,
// because an observation stays true when our own keys change.
//
// # Errors
//
// It is not an error if the provider cannot be asked: the last known answer counts, and
// [Registration.Err] is the reason. [Tracker.Register] returns the registrar's
// error, [ErrNotRegistered] or [ErrNotShown].
//
// # Security
//
// The cache and the log receive only fingerprints, signature statuses and times, which
// are public, never a key. Only [Tracker.Register] sets a key; this never happens
// automatically.
//
// # Concurrency
//
// A Tracker is safe for concurrent use.
package registration
