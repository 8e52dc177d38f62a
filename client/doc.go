// Package client plays WhatsApp towards a Flows data-exchange endpoint: it seals
// a message as a phone does, signs it as Meta does, posts it, and opens the answer.
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
// [Client.Send] takes any [Message], [Client.SendClear] any bytes. Both take
// faults: a [Fault] spoils a request in one way and knows the status that a
// correct endpoint answers with; [Faults] lists them. [Client.Seal] and
// [Client.Do] are the two halves of a send, to see or repeat the bytes on
// the wire.
//
// What a phone does is taken from Meta, "Implementing Endpoints for Flows" (June
// 28, 2026) and "Flows error codes" (July 2026), and, where those are silent, from
// Meta's web client as observed in 2026: a fresh AES-128 key and 16-byte IV
// for each attempt, "/" escaped as "\/" in the signed body, and one retry with
// the public key fetched anew after a 421.
//
// # Errors
//
// A status other than 200 is no error: read it from [Reply.Status]. The [Reply] is
// nil if nothing could be sent or no whole answer arrived; a timeout satisfies
// errors.Is(err, context.DeadlineExceeded), and an answer that began and did not come
// whole [ErrIncomplete]. [ErrUndecryptable], [ErrMalformed] and
// [ErrTooLarge] come together with the Reply that they are about, and so does, with
// the first 421, an error of [Config.RefreshKey] or a context that ends before the
// retry. A [SealError] within the first two has the mistakes that the answer proves
// ([Mistakes]); [Guesses] helps to find those behind a refusal, which package
// client/diagnosis does.
//
// # Security
//
// The package trusts the public key that it is given and verifies nothing but
// the answer's GCM tag. The app secret and the AES keys never appear in errors,
// nor in what [Config], [Client] and [Request] print through fmt, slog or JSON.
// A [Message] and a [Reply] hold what a user typed: do not log them.
//
// # Concurrency
//
// A [Client] is safe for concurrent use.
package client
