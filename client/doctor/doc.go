// Package doctor examines the path between WhatsApp and an endpoint in any language: name,
// addresses, certificate, redirects, interstitial pages, clock, latency, and whether
// strangers are refused.
//
//	report, err := doctor.Run(ctx, doctor.Config{URL: url, PublicKey: key, AppSecret: secret})
//	if err != nil {
//		return err
//	}
//	return report.WriteText(os.Stdout)
//
// It sends at most 12 HTTP requests: five sealed health checks, one without a signature,
// one sealed for another key, and some that look for an admin page. It also makes
// connections without a request. Package client/conformance checks the protocol itself.
//
// # Errors
//
// Run fails only if it cannot be started, or if its context ends; whatever it finds is
// in the [Report].
//
// # Security
//
// Signed requests go only to a server whose certificate verifies, or to this machine.
// Reports contain no key and no secret.
//
// # Concurrency
//
// Run may be called at the same time for several endpoints. A Report is plain data.
package doctor
