package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/flowserver/flowserver/client/conformance"
)

type checkCommand struct {
	target
	Screen  string        `placeholder:"ID" help:"A screen that takes --data, for the cases that submit. They are left out without."`
	Data    string        `placeholder:"JSON" help:"A payload that this screen takes."`
	Token   string        `placeholder:"T" help:"The flow token of these cases; made up without."`
	Only    []string      `placeholder:"ID" help:"Run these cases or groups only, as signature or replay/*."`
	Skip    []string      `placeholder:"ID" help:"Leave these cases or groups out."`
	Timeout time.Duration `default:"10s" help:"How long to wait for an answer; WhatsApp waits for ${default}."`
	JSON    bool          `name:"json" help:"Print the report as JSON."`
	JUnit   string        `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML, too."`
}

// Run runs the conformance suite; it fails if a case did.
func (c checkCommand) Run(ctx context.Context, p *Program) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	report, err := conformance.Run(ctx, cfg)
	if report == nil {
		return &usageError{err}
	}
	write := report.WriteText
	if c.JSON {
		write = report.WriteJSON
	}
	if err := errors.Join(err, write(p.Stdout), c.writeJUnit(report)); err != nil {
		return err
	}
	if report.Failed() {
		return fmt.Errorf("%d cases failed", report.Count(conformance.Fail))
	}
	return nil
}

func (c checkCommand) config() (conformance.Config, error) {
	key, err := c.key()
	if err != nil {
		return conformance.Config{}, err
	}
	secret, err := c.secret()
	if err != nil {
		return conformance.Config{}, err
	}
	cfg := conformance.Config{
		URL: c.URL, PublicKey: key, AppSecret: secret, Token: c.Token, Screen: c.Screen,
		Timeout: c.Timeout, Only: c.Only, Skip: c.Skip,
	}
	if c.Data != "" {
		data, err := readPayload(c.Data)
		if err != nil {
			return cfg, err
		}
		cfg.Data = data
	}
	if (c.Data == "") != (c.Screen == "") {
		return cfg, usagef("--screen and --data go together")
	}
	return cfg, nil
}

func (c checkCommand) writeJUnit(report *conformance.Report) (err error) {
	if c.JUnit == "" {
		return nil
	}
	file, err := os.Create(c.JUnit)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return report.WriteJUnit(file)
}
