// Package exchange serves the data-exchange endpoint of a WhatsApp Flow: it
// decodes requests, hands each to the handler of its screen, and encodes the
// answers.
//
// Most callers need [NewRegistry], [NewScreen] and [Handle] to define what their screens
// do, and [NewEndpoint] to serve them as an http.Handler:
//
//	type SlotForm struct {
//		Date string `json:"date" validate:"required,datetime=2006-01-02"`
//	}
//	var slot = exchange.NewScreen[SlotData, SlotForm]("SLOT")
//
//	func (b *Booking) Routes() *exchange.Registry {
//		r := exchange.NewRegistry()
//		exchange.HandleInit(r, b.Start)
//		exchange.Handle(r, slot, b.PickSlot, exchange.Reload(b.slots))
//		return r
//	}
//
// A screen is declared once with the data that it shows and the form that it submits; a
// handler for a different form, or an answer with different data, does not compile. Input
// is decoded into the form and validated before the handler sees it; if validation fails,
// the same screen is shown again with the errors. A mistake at registration (a screen
// handled twice, a validate tag that validator does not know) panics with a text that
// names the route, so it is found at start-up.
//
// The endpoint answers health checks and error notifications itself; they never reach
// a handler.
//
// With the Flow JSON of the Flow ([WithFlow], or [Config].FlowJSON), the endpoint checks
// every answer before it seals it: see [Guard]. Package exchange/flowcheck checks the
// handlers and their types against it, and flowserver does so at start.
//
// There are two tiers. A [HandlerFor] is typed and serves one screen. A [Handler] receives
// unchanged messages; a [Registry] is one. Add middleware with [Registry.Use]: a registry
// that a program wraps itself is refused, see [RegistryOf]. Package exchange/exchangetest
// tests both tiers without network or keys.
//
// # Idempotency
//
// An envelope that arrives again gets the same bytes, and no handler runs. For this,
// replicas need a [Config].Store that they share. If the store no longer has the answer,
// the status is 409. While a handler runs, its endpoint renews a lease in the store. If
// its process ends, the lease expires soon, and another replica runs the handler again,
// once. [Config].RequireStore is for Flows that must not be handled twice even then, or
// while the store is unavailable. [Once] does the same for a submit that arrives again in
// another envelope.
//
// # Errors
//
// The errors of a handler have three audiences. [Reject] and [ExpireToken] are for the
// user of the phone, the sentinel errors are for the calling code, and every other error
// is for the operator: it causes status 500 with an empty body, and its text is in the
// log.
//
// # Security
//
// No answer contains internals, and no log line contains a value that a user typed; the
// flow token is logged as a short hash. The signature is verified before any RSA work.
//
// # Concurrency
//
// Fill a registry in one goroutine, before its first use. After that, registries,
// endpoints and screens are safe for concurrent use, and handlers must be, too.
package exchange
