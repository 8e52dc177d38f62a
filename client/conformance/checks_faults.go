package conformance

import (
	"context"
	"net/http"
	"strings"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/protocol"
)

// tolerable reports whether f is a fault whose request a careless parser may well understand:
// refusing them is only good practice. Clear text that opens was at least meant for
// this endpoint; but what is not JSON at all cannot have been understood.
func tolerable(f client.Fault) bool {
	switch f.Name() {
	case "data-only-tag", "plaintext-text":
		return false
	case "aes-key-32-bytes", "iv-12-bytes", "iv-17-bytes", "base64-unpadded", "base64-url-alphabet", "trailing-garbage":
		return true
	default:
		return f.Stage() == client.StageClear
	}
}

// refusedTitle begins the title of a case about a fault.
const refusedTitle = "refused: "

// riskOf reports how strange a fault is: a wrong signature of the right form and data
// that does not decrypt are what every endpoint must expect.
func riskOf(f client.Fault) risk {
	switch f.Name() {
	case "signature-bad", "signature-other-secret", "signature-reserialised-body":
		return refused
	case "aes-key-5-bytes", "aes-key-32-bytes":
		return strange
	}
	if f.Want() == protocol.StatusKeyMismatch {
		return refused
	}
	return strange
}

// spoiltBy makes a check of each fault of the stages that keep has.
func spoiltBy(keep func(client.Fault) bool, describe func(client.Fault) check) []check {
	var checks []check
	for _, f := range client.Faults() {
		if !keep(f) {
			continue
		}
		c := describe(f)
		c.title, c.risk = refusedTitle+f.Doc(), riskOf(f)
		c.run = func(ctx context.Context, s *session) finding { return s.send(ctx, s.request(ctx), f).refused(f) }
		checks = append(checks, c)
	}
	return checks
}

// faulty sends a ping with the named fault, which must be refused.
func faulty(name string) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding {
		f, found := client.FaultNamed(name)
		if !found {
			return failed("no fault of the name "+name, "one")
		}
		return s.send(ctx, s.request(ctx), f).refused(f)
	}
}

func signatureChecks() []check {
	checks := spoiltBy(client.Fault.NeedsSecret, func(f client.Fault) check {
		return check{
			name: strings.TrimPrefix(f.Name(), "signature-"), severity: Must,
			meta: "Meta documents 432 for a request whose signature does not verify; " +
				"anyone with the URL and the public key can pose as WhatsApp to an endpoint that accepts it",
			fix: "before anything else compute HMAC-SHA256 over the raw body with the app secret, compare all 32 bytes with " +
				"X-Hub-Signature-256 in constant time, and answer 432 with an empty body if they differ",
		}
	})
	checks = append(checks, check{
		name: "upper-case", title: "a correct signature in upper-case digits is accepted", severity: Should,
		needs: aPing, risk: strange, opposite: true, wrong: "a correct signature in upper-case digits is not accepted",
		meta: "none today: Meta writes lower-case digits",
		fix:  "decode the hexadecimal digits and compare bytes, not text",
		run: func(ctx context.Context, s *session) finding {
			return s.sendChanged(ctx, ping, func(r *client.Request) {
				digits := strings.TrimPrefix(r.Header.Get(flowcrypto.SignatureHeader), "sha256=")
				r.Header.Set(flowcrypto.SignatureHeader, "sha256="+strings.ToUpper(digits))
			}).active()
		},
	})
	for i, c := range checks {
		checks[i].run = func(ctx context.Context, s *session) finding {
			if !s.signed() {
				return skipped("no app secret was given")
			}
			return c.run(ctx, s)
		}
	}
	return checks
}

func severityOf(f client.Fault) Severity {
	if tolerable(f) {
		return Should
	}
	return Must
}

func decryptionChecks() []check {
	return spoiltBy(func(f client.Fault) bool {
		return f.Want() == protocol.StatusKeyMismatch
	}, func(f client.Fault) check {
		return check{
			name: f.Name(), severity: severityOf(f),
			meta: "only a 421 makes the phone fetch the public key again and retry; with any other status, a changed key stays " +
				"unknown to it, and it shows a generic error",
			fix: "answer 421 with an empty body whenever the AES key cannot be unwrapped (RSA-OAEP, SHA-256 for hash and MGF1, no label) " +
				"or the data does not authenticate (AES-128-GCM)",
		}
	})
}

func malformedChecks() []check {
	return spoiltBy(func(f client.Fault) bool {
		return f.Want() == http.StatusBadRequest
	}, func(f client.Fault) check {
		return check{
			name: f.Name(), severity: severityOf(f),
			meta: "none: Meta sends no such request. Strangers do, and an endpoint that accepts it may accept worse",
			fix:  "check the envelope and the clear text before use, and answer 400 with an empty body",
		}
	})
}
