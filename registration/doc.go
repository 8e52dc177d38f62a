// Package registration finds out whether the business public key that a provider has
// on record for a phone number is one of ours.
//
// A [Registrar] reads and sets that key; package providers has one for each
// provider. [Observe] reduces what it returns to public facts, and [Judge] compares
// these with our key pairs. Most callers need a [Tracker], which does both and keeps
// the result fresh:
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
// A key is compared by its fingerprint, and the verdict is made anew whenever it is
// read: an observation stays true when our own keys change.
//
// # Errors
//
// A provider that cannot be asked is not an error: the last known answer counts, and
// [Registration.Err] says what went wrong. [Tracker.Register] returns the registrar's
// error, [ErrNotRegistered] or [ErrNotShown].
//
// # Security
//
// The cache and the log receive fingerprints, signature status and times, which are
// public, and no key. A key is set by [Tracker.Register] only, never automatically.
//
// # Concurrency
//
// A Tracker is safe for concurrent use.
package registration
