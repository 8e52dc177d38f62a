package phoneui

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// Key says which public key a phone encrypts with, and whether it is the endpoint's.
type Key struct {
	// InUse is the fingerprint of the key that requests are encrypted with: the one that
	// is registered for the number.
	InUse string `json:"inUse,omitempty"`
	// Ours is the fingerprint of the endpoint's own key, empty if it is not known.
	Ours string `json:"ours,omitempty"`
	// Verdict is a word such as active or foreign, Text a sentence about it, OK its colour.
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	OK      bool   `json:"ok"`
	// Remedy is a command or a sentence; empty if all is well.
	Remedy string `json:"remedy,omitempty"`
	// CheckedAt is when the provider said so, RFC 3339.
	CheckedAt string `json:"checkedAt,omitempty"`
}

// Status says what a Flow's phone talks to.
type Status struct {
	Endpoint string  `json:"endpoint,omitempty"`
	Signed   bool    `json:"signed"`
	Key      *Key    `json:"key,omitempty"`
	Faults   []Fault `json:"faults"`
}

// Fault is a way to spoil a request.
type Fault struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Want int    `json:"want"` // the status of a correct endpoint
	// NeedsSecret says that it means something only if requests are signed.
	NeedsSecret bool `json:"needsSecret,omitempty"`
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	f := s.flow(r.PathValue("flow"))
	if f == nil {
		fail(w, http.StatusNotFound, "there is no such Flow")
		return
	}
	target := f.flow.Target
	status := Status{Endpoint: target.URL, Signed: target.Signed, Faults: []Fault{}}
	if target.Key != nil {
		key := target.Key(r.Context())
		status.Key = &key
	}
	for _, fault := range client.Faults() {
		status.Faults = append(status.Faults, Fault{Name: fault.Name(), Text: fault.Doc(), Want: fault.Want(), NeedsSecret: fault.NeedsSecret()})
	}
	reply(w, status)
}

// Pinged is the result of a health check.
type Pinged struct {
	Active bool   `json:"active"`
	Status int    `json:"status"`
	Text   string `json:"text"`
	Micros int64  `json:"micros"`
}

// phoneTimeout is how long a phone waits for an answer.
const phoneTimeout = 10 * time.Second

// ping makes the health check that Meta makes.
func (s *Server) ping(w http.ResponseWriter, r *http.Request) {
	f := s.flow(r.PathValue("flow"))
	if f == nil || f.flow.Target.Endpoint == nil {
		fail(w, http.StatusNotFound, "there is no endpoint to ask")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), phoneTimeout)
	defer cancel()
	reply(w, pinged(f.flow.Target.Endpoint.Send(ctx, client.Message{Action: protocol.ActionPing})))
}

func pinged(answer *client.Reply, err error) Pinged {
	switch {
	case answer == nil && err != nil:
		return Pinged{Text: "no answer: " + err.Error()}
	case answer == nil:
		return Pinged{Text: "no answer"}
	}
	p := Pinged{Active: answer.Active(), Status: answer.Status, Micros: answer.Duration.Microseconds()}
	switch {
	case p.Active:
		p.Text = "active"
	case err != nil:
		p.Text = err.Error()
	default:
		p.Text = fmt.Sprintf("expected status 200 with active, got %d", answer.Status)
	}
	return p
}
