// Package doctor examines what stands between WhatsApp and an endpoint written in any
// language: name, addresses, certificate, redirects, pages, clock, times, and whether
// strangers are refused.
//
//	report, err := doctor.Run(ctx, doctor.Config{URL: url, PublicKey: key, AppSecret: secret})
//	if err != nil {
//		return err
//	}
//	return report.WriteText(os.Stdout)
//
// It sends at most 12 HTTP requests: five sealed health checks, one without a signature,
// one sealed for another key, and some that look for an admin page. Connections that only
// shake hands come on top. For the protocol itself there is package client/conformance.
//
// # Errors
//
// Run fails only if it cannot be started, or if its context ends; whatever it finds is
// in the [Report].
//
// # Security
//
// Signed requests go only to a server whose certificate verifies, or to this machine.
// Reports hold no key and no secret.
//
// # Concurrency
//
// Run may be called at the same time for several endpoints. A Report is plain data.
package doctor
