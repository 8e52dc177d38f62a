// Package phone plays a Flow as WhatsApp does, without a phone: it shows screens, checks
// inputs, sends requests, and refuses what WhatsApp refuses, with the reason.
//
//	p, err := phone.New(phone.Config{Flow: flow, Endpoint: client})
//	if err != nil {
//		return err
//	}
//	if err := p.Open(ctx, phone.Message{Token: "token-1"}); err != nil {
//		return err
//	}
//	err = p.Do(ctx, phone.Event{Type: phone.EventInput, Field: "name", Value: "Ada"})
//	err = p.Do(ctx, phone.Event{Type: phone.EventTap, At: p.View().Footer.At})
//
// Three principles apply. If a user could not do something, Do returns a
// [*NotPossibleError]. What WhatsApp refuses is refused, with the reason: examples in the
// Flow JSON never replace missing data. And there is one engine: the page in the browser,
// scenarios and Go tests all use the same [View].
//
// # Sources
//
// The rules come from Meta's pages and, where those are silent, from WhatsApp's web client
// as observed in 2026. [Rules] lists them with the source of each, as
// docs/phone-semantics.md does. Where sources conflict or none exists, Config.Quirks
// chooses.
//
// # Concurrency
//
// A Phone is safe for concurrent use. It reads no file, has no clock but Config.Now and
// Config.Wait, and sends nothing but what Config.Endpoint sends.
package phone
