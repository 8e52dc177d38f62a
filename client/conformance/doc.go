// Package conformance checks a Flows data-exchange endpoint, written in any language,
// against what WhatsApp needs from it, and says of each failure what Meta would do and
// how to fix it.
//
// Most callers need [Run] and one of the writers of [Report]:
//
//	report, err := conformance.Run(ctx, conformance.Config{URL: url, PublicKey: key, AppSecret: secret})
//	if err != nil {
//		return err
//	}
//	return report.WriteText(os.Stdout)
//
// A case is a "must" if Meta documents it or if a phone cannot go on without it, and
// a "should" if it is good practice or flowserver's stricter contract. An unmet must
// fails; an unmet should warns. Meta defines 421 and 432 ("Flows error codes", July
// 2026) but leaves open what to answer to requests that it never sends, where its
// own sample answers 421 or 500: there any status but 2xx passes, with a note.
//
// A case is judged only if those that it needs have held; the table of cases says which
// they are. [Report.Causes] says why cases are not met, each cause once, with a remedy,
// as far as the evidence is conclusive.
//
// The endpoint's life is followed. If it goes down, the case that ended it fails, and
// those after it wait up to 10 s for it to come back, or are skipped. Cases with odd
// requests run last, since they end fragile endpoints; reports keep the order of [Cases].
//
// The endpoint sees 200 requests and more. Most are health checks, sound or spoilt, which
// have no effect; about 20 open the flow with [Config.Token], and a few submit
// [Config.Screen], if it is set. Endpoints that limit rates should be told beforehand.
//
// # Errors
//
// Run fails only if it cannot be started, or if its context ends; whatever the
// endpoint does stands in the [Report].
//
// # Security
//
// Reports hold no key, no secret, no token, no payload, and of the endpoint's answers
// only the status, the content type and what is wrong with them. [Config] prints
// nothing of its secrets.
//
// # Concurrency
//
// Run may be called at the same time for several endpoints. A Report is plain data.
package conformance
