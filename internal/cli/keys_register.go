package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
)

type keysRegisterCommand struct {
	configFlag
	Number string `required:"" placeholder:"ID" help:"The number whose active public key to register."`
	Yes    bool   `help:"Replace a key that is not ours without asking."`
}

// Help describes the steps and lists the exit codes.
func (keysRegisterCommand) Help() string {
	return `Reads the registered key, sets our active public key if it is a different one, then reads it back and compares.

Exit codes: 0 if our key is registered and VALID, 1 if nothing was sent, 3 if another verdict was read back, 4 if no key could be read back.`
}

// Run registers the number's active key unless it is registered.
func (c keysRegisterCommand) Run(ctx context.Context, p *Program) error {
	return c.withNumbers(p, c.Number, func(numbers []*server.Number) error {
		n := numbers[0]
		before := n.Tracker.Refresh(ctx)
		if err := c.mayRegister(ctx, p, n, before); err != nil {
			return fmt.Errorf("number %s: %w", n.ID, err)
		}
		if before.Verdict == registration.VerdictOK {
			return c.print(p, n, before)
		}
		after, err := n.Tracker.Register(ctx)
		if after.Observation.At.After(before.Observation.At) {
			return c.conclude(p, n, after, err)
		}
		return &exitError{ExitUnknown, hint(fmt.Errorf("number %s: %w", n.ID, err),
			"the key may or may not be registered: run flowserver keys status before setting it again")}
	})
}

// mayRegister returns why nothing may be sent; nil if the key may be sent, or need not
// be.
func (c keysRegisterCommand) mayRegister(ctx context.Context, p *Program, n *server.Number, r registration.Registration) error {
	switch {
	case ctx.Err() != nil:
		return interrupted(ctx)
	case r.Err != nil:
		return hint(fmt.Errorf("the registered key cannot be read: %w", r.Err), "nothing was sent; fix the error, then try again")
	case r.Verdict == registration.VerdictUnchecked:
		return hint(errors.New("there is no provider with which to register a key"),
			"set provider in the configuration of the number, or register the key yourself: flowserver keys show prints it")
	case r.Verdict != registration.VerdictForeign && r.Verdict != registration.VerdictUnknown, c.Yes:
		return nil
	}
	registered, loser := "another key is registered", "key "+short(r.Observation.Fingerprint)
	if r.Verdict == registration.VerdictUnknown {
		registered, loser = "a key is registered, but the provider does not show it", "it"
	}
	status := newNumberStatus(n, r, "")
	status.NextStep = "" // it is being decided
	if _, err := io.WriteString(p.Stdout, status.text()); err != nil {
		return err
	}
	if !p.Interactive {
		return hint(errors.New(registered+", and there is no terminal to ask whether to replace it"), "nothing was sent; to replace the key, add --yes")
	}
	yes, err := p.ask(ctx, fmt.Sprintf("\nAny system that still uses %s will no longer be able to decrypt requests. Replace it? [y/N] ", loser))
	switch {
	case err != nil:
		return err
	case !yes:
		return errors.New("not replaced, nothing was sent")
	}
	return nil
}

// conclude prints what was read back; only ok is a success.
func (c keysRegisterCommand) conclude(p *Program, n *server.Number, r registration.Registration, err error) error {
	if _, err := fmt.Fprintf(p.Stdout, "%s\n\n", settingOutcome(n.Provider, err)); err != nil {
		return err
	}
	status := newNumberStatus(n, r, c.remedyTarget(n.ID))
	if r.Verdict != registration.VerdictOK && r.Verdict != registration.VerdictUnknown {
		status.NextStep = afterSetting(err) // not to do again what was just done
	}
	if _, err := io.WriteString(p.Stdout, status.text()); err != nil {
		return err
	}
	if r.Verdict == registration.VerdictOK {
		return nil
	}
	code := ExitNotRegistered
	if r.Verdict == registration.VerdictUnknown {
		code = ExitUnknown
	}
	err = cmp.Or(err, fmt.Errorf("our key is registered, but its signature status is %s", cmp.Or(r.Observation.SignatureStatus, "missing")))
	return &exitError{code, hint(fmt.Errorf("number %s: %w", n.ID, err), "WhatsApp uses only a VALID key")}
}

// afterSetting is the next step after a key was sent and another verdict than ok was read
// back.
func afterSetting(err error) string {
	failed, ok := errors.AsType[*providers.APIError](err)
	switch {
	case !ok: // it was sent without a complaint
		return "the provider may need a while: run flowserver keys status again later, and ask the provider if nothing changes"
	case failed.OutcomeUnknown || failed.Op != providers.OpSet:
		return "run flowserver keys status before the key is sent again"
	default:
		return "fix the error, then run flowserver keys register again"
	}
}

// settingOutcome says, before what was read back, what became of setting the key.
func settingOutcome(provider string, err error) string {
	failed, ok := errors.AsType[*providers.APIError](err)
	switch {
	case !ok || failed.OutcomeUnknown || failed.Op != providers.OpSet:
		return fmt.Sprintf("The public key was sent to %s; read back:", provider)
	case errors.Is(err, providers.ErrUnreachable):
		return fmt.Sprintf("The public key did not reach %s: nothing was changed. Registered is:", provider)
	default:
		return fmt.Sprintf("The provider %s refused the key: %s. Registered is:", provider, failed.Kind)
	}
}

func (c keysRegisterCommand) print(p *Program, n *server.Number, r registration.Registration) error {
	_, err := io.WriteString(p.Stdout, newNumberStatus(n, r, c.remedyTarget(n.ID)).text())
	return err
}

// ask puts a question to the user of a terminal.
func (p *Program) ask(ctx context.Context, question string) (yes bool, err error) {
	if _, err := io.WriteString(p.Stderr, question); err != nil {
		return false, err
	}
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // reading cannot be interrupted; the process ends soon after ctx
		line, err := bufio.NewReader(p.Stdin).ReadString('\n')
		answers <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return false, interrupted(ctx)
	case a := <-answers:
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return false, fmt.Errorf("read the answer: %w", a.err)
		}
		said := strings.ToLower(strings.TrimSpace(a.line))
		return said == "y" || said == "yes", nil
	}
}

func interrupted(ctx context.Context) error {
	return fmt.Errorf("interrupted, nothing was sent: %w", ctx.Err())
}

// short is enough of a fingerprint for a sentence.
func short(fingerprint string) string {
	return fingerprint[:min(16, len(fingerprint))] + "…"
}
