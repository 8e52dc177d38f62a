// Package exchange serves the data-exchange endpoint of a WhatsApp Flow: it
// decodes requests, hands each to the handler of its screen, and encodes the
// answers.
//
// Most callers need [NewRegistry], [NewScreen] and [Handle] to say what their
// screens do, and [NewEndpoint] to make an http.Handler of it:
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
// A screen is declared once with the data that it shows and the form that it
// submits; a handler for another form, or an answer with other data, does not
// compile. Input is decoded into the form and validated before the handler sees
// it; what does not hold is shown to the user on the same screen. A mistake at
// registration (a screen handled twice, a validate tag that validator does not
// know) panics with a text that names the route, so it is found at start-up.
//
// Health checks and error notifications are answered here and never reach a
// handler.
//
// With the Flow JSON of the Flow ([WithFlow], or Config.FlowJSON) the endpoint
// holds every answer to it, see [Guard], and [CheckFlow] the handlers and their
// types.
//
// There are two tiers. [HandlerFor] is typed, per screen. [Handler] takes
// messages as they are; a [Registry] is one, and so is whatever middleware makes
// of it. Package exchange/exchangetest tests both without network or keys.
//
// # Errors
//
// A handler speaks to three audiences: to the user of the phone with [Reject]
// and [ExpireToken], to the code that called with the sentinel errors, and to the
// operator with every other error, which ends as status 500 with an empty body
// and its text in the log.
//
// # Security
//
// No answer carries internals, and no log line a value that a user typed; the
// flow token is logged as a short hash. Requests without a valid signature are
// refused before any RSA work.
//
// # Concurrency
//
// Registries are filled by one goroutine before first use. After that
// registries, endpoints and screens are safe for concurrent use, and handlers
// must be.
package exchange
