package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/flowserver/flowserver/registration"
)

// The status of the whole in [Health]. The worst part decides.
const (
	StatusOK       = "ok"
	StatusDegraded = "degraded" // serving, with something to look at
	StatusFailing  = "failing"  // there is a number that cannot serve
)

// Health is the body of /healthz.
type Health struct {
	Status  string         `json:"status"`
	Version string         `json:"version"`
	Numbers []NumberHealth `json:"numbers"`
	Store   StoreHealth    `json:"store"`
	Flows   []FlowHealth   `json:"flows"`
	RSA     RSAHealth      `json:"rsa"`
	// Certificate is that of the public listener; absent without TLS.
	Certificate *CertificateHealth `json:"certificate,omitempty"`
}

// NumberHealth says whether the key of a number is registered and ours.
type NumberHealth struct {
	Number          string `json:"number"`
	Provider        string `json:"provider"`
	Verdict         string `json:"verdict"`          // see [registration.Verdict]
	SignatureStatus string `json:"signature_status"` // Meta's word for it
	Fingerprint     string `json:"fingerprint"`      // of our active key
	// PreviousFingerprints are those of the other keys that open envelopes: configured
	// ones, and an active one that was replaced in its file within the last day.
	PreviousFingerprints  []string `json:"previous_fingerprints"`
	RegisteredFingerprint string   `json:"registered_fingerprint"` // empty if there is none that can be read
	CheckedAt             string   `json:"checked_at"`             // when the provider said so, RFC 3339; empty if it never did
	Source                string   `json:"source"`                 // provider or cache; empty if it never did
	Stale                 bool     `json:"stale"`                  // older than it should be: the provider could not be asked
	Serves                bool     `json:"serves"`                 // by its verdict, or because one of its keys works
	ProvenAt              string   `json:"proven_at"`              // when a signed request was last decrypted with one, RFC 3339; empty if not lately
	Error                 string   `json:"error"`                  // why the verdict is not known or doubtful, and why changed keys are not in use
}

// StoreHealth says where short-lived state is kept and whether that works.
type StoreHealth struct {
	Kind   string `json:"kind"`   // memory or redis
	Status string `json:"status"` // ok, degraded or down
	Reason string `json:"reason"` // why it is not ok
}

// RSAHealth says what decrypts requests.
type RSAHealth struct {
	Backend   string `json:"backend"`    // multirsa, crypto/rsa, or OpenSSL with its version
	BatchSize int    `json:"batch_size"` // how many requests it decrypts at once, at most
	Faults    uint64 `json:"faults"`     // wrong results of multirsa, all of which crypto/rsa corrected
	Reason    string `json:"reason"`     // why multirsa was switched off; empty if it was not, or is not used
}

// CertificateHealth says how long the certificate of the public listener lasts.
type CertificateHealth struct {
	ExpiresAt string `json:"expires_at"` // RFC 3339; empty if ACME has not brought one yet
	Error     string `json:"error"`      // why there is none, or a changed one is not in use
}

// FlowHealth says where a Flow is served and whose keys open its envelopes.
type FlowHealth struct {
	Flow    string   `json:"flow"`
	Path    string   `json:"path"`
	Numbers []string `json:"numbers"`
}

// Health returns the state of everything. It waits at most half a second for the
// store, and for nothing else.
func (s *Server) Health() Health {
	h := Health{Status: StatusOK, Version: s.version, Store: s.watch.health(), RSA: rsaHealth(s.RSA())}
	degraded, failing := h.Store.Status != StoreOK || h.RSA.Reason != "", false
	for _, n := range s.numbers {
		state := n.state()
		health := n.health(state)
		h.Numbers = append(h.Numbers, health)
		degraded = degraded || state.Stale || health.Error != "" || state.disputed() ||
			state.Verdict == registration.VerdictUnknown || state.Verdict == registration.VerdictPrevious
		failing = failing || !state.serves()
	}
	for _, f := range s.current.Load().flows {
		h.Flows = append(h.Flows, FlowHealth{Flow: f.id, Path: f.path, Numbers: f.numbers})
	}
	if s.certs != nil {
		h.Certificate = certificateHealth(s.certs)
		degraded = degraded || h.Certificate.Error != "" || expiresSoon(s.certs.expiry(), time.Now())
	}
	switch {
	case failing:
		h.Status = StatusFailing
	case degraded:
		h.Status = StatusDegraded
	}
	return h
}

func (n *Number) health(r numberState) NumberHealth {
	pairs := n.Ring.Pairs()
	previous := []string{}
	for _, pair := range pairs[1:] {
		previous = append(previous, pair.Fingerprint())
	}
	h := NumberHealth{
		Number:                n.ID,
		Provider:              n.Provider,
		Verdict:               string(r.Verdict),
		SignatureStatus:       r.Observation.SignatureStatus,
		Fingerprint:           pairs[0].Fingerprint(),
		PreviousFingerprints:  previous,
		RegisteredFingerprint: r.Observation.Fingerprint,
		Source:                r.Source,
		Stale:                 r.Stale,
		Serves:                r.serves(),
	}
	if !r.Observation.At.IsZero() {
		h.CheckedAt = r.Observation.At.Format(time.RFC3339)
	}
	if r.proven() {
		h.ProvenAt = r.provenAt.UTC().Format(time.RFC3339)
	}
	var reasons []string
	if broken := n.broken.Load(); broken != nil {
		reasons = append(reasons, *broken)
	}
	switch {
	case r.Err != nil:
		reasons = append(reasons, r.Err.Error())
	case r.Verdict == registration.VerdictUnknown && !r.checking: // the key is not shown
		reasons = append(reasons, r.Remedy(n.ID))
	}
	h.Error = strings.Join(reasons, "; ")
	return h
}

// healthz answers with the JSON and 200, so that a reader gets it in any case. Monitors
// that look at the status alone ask with ?fail=degraded or ?fail=failing: from that
// status on it is 503.
func (s *Server) healthz(c echo.Context) error {
	severity := map[string]int{StatusOK: 0, StatusDegraded: 1, StatusFailing: 2}
	h, status := s.Health(), http.StatusOK
	if query := c.QueryParams(); query.Has("fail") {
		fail := severity[query.Get("fail")]
		if fail == 0 {
			return c.String(http.StatusBadRequest, "expected fail=degraded or fail=failing\n")
		}
		if severity[h.Status] >= fail {
			status = http.StatusServiceUnavailable
		}
	}
	return c.JSON(status, h)
}
