package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
)

type keysStatusCommand struct {
	configFlag
	Number string `placeholder:"ID" help:"Ask about this number only."`
	JSON   bool   `name:"json" help:"Print JSON, with the field names of /healthz."`
}

// Help lists the exit codes.
func (keysStatusCommand) Help() string {
	return `Exit codes: 0 if every number is served (ok, previous, unchecked), 3 if one is not (unsigned, foreign, missing, invalid), ` +
		`4 if a provider could not be asked or does not show the key (unknown). If both apply, it is 3.`
}

// askAtOnce bounds how many providers are asked at the same time.
const askAtOnce = 8

// Run asks the providers now and prints what they say.
func (c keysStatusCommand) Run(ctx context.Context, p *Program) error {
	return c.withNumbers(p, c.Number, func(numbers []*server.Number) error {
		statuses := make([]numberStatus, len(numbers))
		var group errgroup.Group
		group.SetLimit(askAtOnce)
		for i, n := range numbers {
			group.Go(func() error {
				statuses[i] = newNumberStatus(n, n.Tracker.Refresh(ctx), c.remedyTarget(n.ID))
				return ctx.Err()
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		if err := c.print(p, statuses); err != nil {
			return err
		}
		return statusExit(statuses)
	})
}

func (c keysStatusCommand) print(p *Program, statuses []numberStatus) error {
	if c.JSON {
		encoder := json.NewEncoder(p.Stdout)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(map[string]any{"numbers": statuses})
	}
	var text bytes.Buffer
	for i, s := range statuses {
		if i > 0 {
			text.WriteByte('\n')
		}
		text.WriteString(s.text())
	}
	_, err := p.Stdout.Write(text.Bytes())
	return err
}

// statusExit is nil if every number is served.
func statusExit(statuses []numberStatus) error {
	code := ExitDone
	for _, s := range statuses {
		switch {
		case !s.Verdict.Serves():
			return &exitError{code: ExitNotRegistered}
		case s.Verdict == registration.VerdictUnknown:
			code = ExitUnknown
		}
	}
	if code == ExitDone {
		return nil
	}
	return &exitError{code: code}
}

// numberStatus is what is known of a number's registration after asking for it.
type numberStatus struct {
	Number                string               `json:"number"`
	Provider              string               `json:"provider"`
	Verdict               registration.Verdict `json:"verdict"` // unknown if the provider could not be asked, or does not show the key
	SignatureStatus       string               `json:"signature_status"`
	Fingerprint           string               `json:"fingerprint"`
	RegisteredFingerprint string               `json:"registered_fingerprint"`
	PreviousFingerprints  []string             `json:"previous_fingerprints"`
	CheckedAt             string               `json:"checked_at"` // RFC 3339; empty: never
	Source                string               `json:"source"`
	Stale                 bool                 `json:"stale"`                  // signature and registered fingerprint are of an earlier answer
	LastVerdict           registration.Verdict `json:"last_verdict,omitempty"` // and so is this, if it is stale
	Error                 string               `json:"error"`
	NextStep              string               `json:"next_step"`
}

const nothingToDo = "nothing to do"

// newNumberStatus describes a registration. target is how the number is named in
// the commands of the next step.
func newNumberStatus(n *server.Number, r registration.Registration, target string) numberStatus {
	s := numberStatus{
		Number:                n.ID,
		Provider:              n.Provider,
		Verdict:               r.Verdict,
		SignatureStatus:       r.Observation.SignatureStatus,
		Fingerprint:           n.Ring.Active().Fingerprint(),
		RegisteredFingerprint: r.Observation.Fingerprint,
		PreviousFingerprints:  []string{},
		Source:                r.Source,
		Stale:                 r.Stale,
	}
	for _, pair := range n.Ring.Pairs()[1:] {
		s.PreviousFingerprints = append(s.PreviousFingerprints, pair.Fingerprint())
	}
	if at := r.Observation.At; !at.IsZero() {
		s.CheckedAt = at.Format(time.RFC3339)
	}
	if r.Err != nil { // an old answer does not answer the question asked now
		if r.Stale {
			s.LastVerdict = r.Verdict
		}
		s.Verdict, s.Error, s.NextStep = registration.VerdictUnknown, r.Err.Error(), "fix the error, then ask again"
		if errors.Is(r.Err, providers.ErrRateLimited) || errors.Is(r.Err, providers.ErrUpstream) { // nothing to fix here
			s.NextStep = "wait, then ask again"
		}
		return s
	}
	if s.NextStep = r.Remedy(target); s.NextStep == "" {
		s.NextStep = nothingToDo
	}
	return s
}

// text is a block of lines: whole fingerprints can be compared and searched for.
func (s numberStatus) text() string {
	var b bytes.Buffer
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-13s %s\n", name, value)
		}
	}
	b.WriteString(s.Number + "\n")
	line("verdict", string(s.Verdict))
	line("provider", s.Provider)
	line("error", s.Error)
	if s.Stale {
		line("last known", fmt.Sprintf("%s, at %s", s.LastVerdict, s.CheckedAt))
	}
	line("signature", s.SignatureStatus)
	line("our key", s.Fingerprint)
	for _, fingerprint := range s.PreviousFingerprints {
		line("previous key", fingerprint)
	}
	line("registered", s.registered())
	line("next step", s.NextStep)
	return b.String()
}

// registered is the registered key in words.
func (s numberStatus) registered() string {
	switch {
	case s.CheckedAt == "":
		return "not known"
	case s.RegisteredFingerprint != "" && s.Stale:
		return s.RegisteredFingerprint + " (last known)"
	case s.RegisteredFingerprint != "":
		return s.RegisteredFingerprint
	case s.Verdict == registration.VerdictInvalid || s.LastVerdict == registration.VerdictInvalid:
		return "something that is not a public key"
	case s.Verdict == registration.VerdictUnknown && !s.Stale:
		return "a key that the provider does not show"
	default:
		return "none"
	}
}
