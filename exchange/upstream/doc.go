// Package upstream is the gateway: it lets another program, in any language, serve a Flow.
// That program receives and answers plain JSON.
//
// Most callers need [New], whose result is the [exchange.Handler] of the Flow:
//
//	up, err := upstream.New(upstream.Config{Flow: "booking", URL: "http://localhost:3000/flow", Secret: secret})
//	if err != nil {
//		return err
//	}
//	endpoint, err := exchange.NewEndpoint(exchange.Config{
//		Flow: "booking", Handler: exchange.Unrouted(up), OnClientError: up.ClientError, Keys: keys, AppSecrets: secrets,
//	})
//
// Each message is posted as
//
//	{"flow":"booking","action":"data_exchange","screen":"SLOT","data":{"date":"2027-01-04"},
//	 "flow_token":"a1b2c3","version":"3.0","request_id":"4f1c9a0be1d2c3b4"}
//
// with every field, whether empty or not, and two more if they are known:
// flow_token_signature, if WhatsApp sent one, and flow_token_claims, if the flow token was
// verified ([Config.Claims]). It is answered with status 200, or any other
// 2xx, and
//
//	{"screen":"DETAILS","data":{"date":"2027-01-04"}}
//
// where data may be omitted if there is none, and may have error_message. The screen
// SUCCESS ends the Flow with a message in the chat:
//
//	{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"date":"2027-01-04"}}}}
//
// The flow token is added to params here. Other shapes of SUCCESS:
//
//	no data, or an empty extension       closes the Flow without a message; a warning
//	data {"params":{…}}, or params       those params; a warning with the right shape
//	  at the top level
//	data with other keys only            all of data as params; a warning with the keys
//	an extension next to other keys,     refused, with the keys and the remedy
//	  params that are not an object or
//	  over 100 kB, error_message
//
// Status 427, with {"error_msg":"…"} or an empty body, says that the flow token is no
// longer valid; the text may be in error_message or message instead.
//
// The content type of an answer does not matter. A byte order mark, a list of one object,
// and [] for an empty object are accepted, because .NET, n8n and PHP write them. Null is
// sent unchanged; the guard of the endpoint judges it. Members that are not sent cause a
// warning: see [exchange.Warn]. Every other answer is a mistake of the upstream.
//
// Messages are signed according to the Standard Webhooks scheme (standardwebhooks.com,
// version 1.0.0): the headers webhook-id, webhook-timestamp and webhook-signature, "v1,"
// and the base64 of an HMAC-SHA256 over "id.timestamp.body". The id is the same whenever
// the same envelope arrives again, and for every attempt, so an upstream that stores it
// can act only once.
//
// Health checks never reach the upstream. Error notifications do if
// [Config.ForwardClientErrors] is set.
//
// # Errors
//
// [Upstream.ServeFlow] returns [exchange.ErrDeadline] (status 504) if no whole answer came
// in time, [exchange.ErrUpstream] (502) for everything else that goes wrong on the way or
// with the answer, and the context's own error if the caller hung up. A 503 of the
// upstream is an ErrUpstream, too: [exchange.ErrOverloaded] is about the load of this
// server. The texts describe what happened and are for the log.
//
// # Security
//
// The secret and the URL's user, password and query appear neither in errors and logs nor
// in what [Config] and [Upstream] print through fmt, slog or JSON; and no error or warning
// contains a value that was posted or answered, only the place of the problem and keys
// that look like names. Without a secret the upstream cannot know who calls it, and over
// plain http anyone on the path can read what users typed. Redirects are not followed, and
// cookies are ignored.
//
// # Concurrency
//
// An [Upstream] is safe for concurrent use.
package upstream
