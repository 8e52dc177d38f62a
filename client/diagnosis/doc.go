// Package diagnosis finds out why an endpoint does not answer a sound request as a phone
// needs it.
//
// [Read] looks at one answer. [Explain] also sends health checks as endpoints with a
// known mistake expect them: one that accepts such a request and refuses a sound one
// makes that mistake.
//
//	reply, err := c.Ping(ctx)
//	if cause := diagnosis.Explain(ctx, c, reply, err); cause != nil {
//		fmt.Println(cause.Text)
//	}
//
// A [Cause] is known only if the evidence is conclusive. Otherwise it says what was seen.
//
// # Security
//
// A Cause holds no key, no secret and nothing of a body. It may hold the target of a
// redirect, without user, password and query.
//
// # Concurrency
//
// Functions are safe for concurrent use.
package diagnosis
