// Package phones plays many phones towards one endpoint, for a bounded time, and
// tells what came back: every answer is opened and checked.
//
// Most callers need a [Supply] of sealed messages, [New] for the phones that send
// them, and [Phones.Closed] or [Phones.Open]: a closed loop finds out what the
// endpoint can do, an open loop what becomes of users when that is offered, or more.
//
// # Concurrency
//
// A [Supply] and [Phones] are safe for concurrent use.
package phones
