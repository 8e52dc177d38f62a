// Package conformance checks whether the data-exchange endpoint of a Flow, written in any
// language, does what WhatsApp requires, and describes for each failure what Meta would do
// and how to fix it.
//
// Most callers need [Run] and one of the writers of [Report]:
//
//	report, err := conformance.Run(ctx, conformance.Config{URL: url, PublicKey: key, AppSecret: secret})
//	if err != nil {
//		return err
//	}
//	return report.WriteText(os.Stdout)
//
// A case is a "must" if Meta documents it or if a phone cannot continue without it, and a
// "should" if it is good practice or flowserver's stricter contract. An unmet must fails;
// an unmet should warns. Meta defines 421 and 432 ("Flows error codes", July 2026) but
// does not define the answer to requests that it never sends, for which its own sample
// answers 421 or 500: any status except 2xx passes there, with a note.
//
// A case is judged only if the cases it depends on have passed. [Report.Causes] explains
// why cases are not met, each cause once, with a remedy if the evidence is conclusive.
//
// If the endpoint goes down, the case that caused it fails, and later cases wait up to 10
// s for it to come back, or are skipped. Cases with unusual requests run last, because
// they can crash fragile endpoints; reports keep the order of [Cases].
//
// The endpoint receives 200 requests or more. Most are health checks, valid or spoilt,
// which have no effect; about 20 open the Flow with [Config.Token], and a few submit
// [Config.Screen] if it is set. Adjust rate limits of the endpoint beforehand.
//
// # Errors
//
// Run fails only if it cannot be started, or if its context ends; everything that the
// endpoint does is in the [Report].
//
// # Security
//
// Reports contain no key, secret, token or payload, and of the endpoint's answers only the
// status, the content type and what is wrong with them. A [Config] never prints its
// secrets.
//
// # Concurrency
//
// Run may be called at the same time for several endpoints. A Report is plain data.
package conformance
