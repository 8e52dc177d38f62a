// Package client plays WhatsApp for the data-exchange endpoint of a Flow: it seals a
// message as a phone does, signs it as Meta does, posts it, and opens the answer.
//
// Most callers need [New] and one of [Client.Ping], [Client.Init],
// [Client.Submit], [Client.Back] and [Client.ReportError], each of which returns
// a [Reply]:
//
//	c, err := client.New(client.Config{URL: url, PublicKey: key, AppSecret: secret})
//	if err != nil {
//		return err
//	}
//	reply, err := c.Submit(ctx, "token-1", "DETAILS", map[string]any{"name": "Ada"})
//
// [Client.Send] takes any [Message], [Client.SendClear] any bytes. Both accept faults: a
// [Fault] spoils a request in one way and has the status with which a correct endpoint
// answers; [Faults] lists them. [Client.Seal] and [Client.Do] are the two halves of a
// send, to inspect or repeat the bytes on the wire.
//
// The behaviour of phones is taken from Meta, "Implementing Endpoints for Flows" (June 28,
// 2026) and "Flows error codes" (July 2026), and, where those are silent, from Meta's web
// client as observed in 2026: a fresh AES-128 key and 16-byte IV for each attempt, "/"
// escaped as "\/" in the signed body, and, after a 421, one retry with a newly fetched
// public key.
//
// # Errors
//
// A status other than 200 is not an error: read it from [Reply.Status]. The [Reply] is nil
// if nothing could be sent or no complete answer arrived; a timeout satisfies
// errors.Is(err, context.DeadlineExceeded), and an answer that began but did not arrive
// completely [ErrIncomplete]. [ErrUndecryptable], [ErrMalformed] and [ErrTooLarge] are
// returned together with the Reply that they are about. If [Config.RefreshKey] fails, or the
// context ends before the retry, that error is returned together with the first 421. A
// [SealError] within ErrUndecryptable or ErrMalformed has the mistakes that the answer proves
// ([Mistakes]); [Guesses] helps to find those behind a refusal, which package
// client/diagnosis does.
//
// # Security
//
// The package trusts its public key and verifies only the GCM tag of an answer. The app
// secret and the AES keys never appear in errors, nor in what [Config], [Client] and
// [Request] print through fmt, slog or JSON. A [Message] and a [Reply] contain what a user
// typed: do not log them.
//
// # Concurrency
//
// A [Client] is safe for concurrent use.
package client
