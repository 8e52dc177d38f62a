package exchange

import (
	"errors"
	"net/http"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Exchange is what an [Endpoint] tells of an exchange for metrics. Its texts come
// from short lists, never from a client, so that they can be labels.
type Exchange struct {
	Flow string
	// Action is one of the protocol, or "other"; empty if the request was not
	// opened.
	Action string
	// Screen is one that has a route or stands in the Flow JSON, or "other"; empty if the request named none.
	Screen   string
	Status   int
	Duration time.Duration
	// Refused says why the request got no further than decryption: "too_large",
	// "signature", "malformed", "undecryptable", "reused" or "overload"; empty if it
	// did.
	Refused string
	// Key is the fingerprint of the key that decrypted the request; empty if none did,
	// or if the keys of the source have no fingerprint.
	Key string
	// Verified means that the request was an envelope whose signature was verified.
	Verified bool
	// ClientError is the key of an error notification that Meta documents, or
	// "other"; empty if the request was none.
	ClientError string
	// Replayed tells that the envelope had arrived before and got the same answer.
	Replayed bool
	// Violations are what the guard found wrong with the answer, which went out or
	// not.
	Violations []Violation
}

// exchange describes an exchange by what is known of it at the end.
func (x *record) exchange(e *Endpoint, status int, took time.Duration, err error) Exchange {
	summary := Exchange{
		Flow: e.cfg.Flow, Action: string(x.action), Screen: x.screen, Status: status, Duration: took, Refused: refusal(err), Replayed: x.replayed,
		Key: x.key, Verified: x.envelopeID != "" && !e.cfg.InsecureSkipSignature,
	}
	if x.screen != "" && !e.screens[x.screen] {
		summary.Screen = "other"
	}
	if found := x.violations.Load(); found != nil {
		summary.Violations = *found
	}
	if x.report != nil {
		summary.ClientError = clientErrorLabel(x.report.Key)
	}
	return summary
}

// refusal names why a request was refused before any handler saw it.
func refusal(err error) string {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return "too_large"
	}
	for _, r := range []struct {
		err  error
		name string
	}{
		{flowcrypto.ErrSignature, "signature"},
		{flowcrypto.ErrMalformed, "malformed"},
		{ErrMessage, "malformed"},
		{flowcrypto.ErrDecrypt, "undecryptable"},
		{errReused, "reused"},
		{ErrOverloaded, "overload"},
	} {
		if errors.Is(err, r.err) {
			return r.name
		}
	}
	return ""
}

// clientErrorLabel lets the documented keys through, in one spelling each.
func clientErrorLabel(key string) string {
	switch key {
	case "payload-schema-error", "invalid-screen-transition", "components-validation-error", "response-decryption-error",
		"business-decryption-error", "public-key-missing", "public-key-signature-verification",
		"timeout_error", "no_http_response_error", "unexpected_http_status_code", "missing_capability", "cannot_be_served":
		return key
	case "public-key-signiture-verification": // Meta's own spelling until 2026
		return "public-key-signature-verification"
	default:
		return "other"
	}
}
