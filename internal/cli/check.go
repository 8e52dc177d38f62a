package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/client/conformance"
)

type checkCommand struct {
	target
	Address string        `arg:"" optional:"" name:"url" help:"The endpoint."`
	Screen  string        `placeholder:"ID" help:"A screen that accepts --data, for the cases that submit. They are skipped without it."`
	Data    string        `placeholder:"JSON" help:"A payload that this screen accepts: a JSON object, or @FILE to read one."`
	Token   string        `placeholder:"T" help:"The flow token of these cases; made up if none is given."`
	Only    []string      `placeholder:"ID" help:"Run these cases or groups only, for example signature or replay/*."`
	Skip    []string      `placeholder:"ID" help:"Leave these cases or groups out."`
	Timeout time.Duration `default:"10s" placeholder:"DURATION" help:"How long to wait for an answer, as WhatsApp does."`
	JSON    bool          `name:"json" help:"Print the report as JSON."`
	JUnit   string        `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML, too."`
}

// Help shows how the command is used.
func (checkCommand) Help() string {
	return `In a folder where "flowserver dev" has run, URL, keys and app secret come from
.flowserver/. Flags override variables, and variables override .flowserver/.

Exit codes: 0 if no case failed, 1 if one did.`
}

// Run runs the conformance suite; it fails if a case did.
func (c checkCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) error {
	cfg, assumed, err := c.config(flagsGiven(parsed))
	if err != nil {
		return err
	}
	report, err := conformance.Run(ctx, cfg)
	if report == nil {
		return &usageError{err}
	}
	if err := errors.Join(err, c.print(p, report), c.writeJUnit(report)); err != nil {
		return err
	}
	switch {
	case unanswered(report):
		return hint(errors.New("the endpoint does not answer"), c.unansweredHint(assumed))
	case report.Failed():
		return &exitError{code: ExitFailed} // the report has said so
	}
	return nil
}

// unanswered reports whether no request at all was answered.
func unanswered(report *conformance.Report) bool {
	return slices.ContainsFunc(report.Results, func(r conformance.Result) bool {
		return r.ID == "reachability/answers" && r.Outcome == conformance.Fail
	})
}

// config returns what to check, and whether its URL comes from the folder of dev.
func (c checkCommand) config(given map[string]bool) (cfg conformance.Config, assumed bool, err error) {
	if (c.Data == "") != (c.Screen == "") {
		return cfg, false, usagef("--screen and --data go together")
	}
	data, err := readPayload(c.Data)
	if err != nil {
		return cfg, false, err
	}
	address, assumed, err := c.chooseURL(c.Address, given)
	if err != nil {
		return cfg, false, err
	}
	key, signer, err := c.credentials(given)
	if err != nil {
		return cfg, false, err
	}
	cfg = conformance.Config{
		URL: address, PublicKey: key, AppSecret: signer.value, Token: c.Token, Screen: c.Screen,
		Timeout: c.Timeout, Only: c.Only, Skip: c.Skip,
	}
	if data != nil {
		cfg.Data = data
	}
	return cfg, assumed, nil
}

// print writes the report. For people the last line is the result.
func (c checkCommand) print(p *Program, report *conformance.Report) error {
	if c.JSON {
		return report.WriteJSON(p.Stdout)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		return err
	}
	s := p.style(p.Stdout)
	marks := strings.NewReplacer("\n  ✓ ", "\n  "+s.green("✓")+" ", "\n  ✗ ", "\n  "+s.red("✗")+" ", "\n  ! ", "\n  "+s.yellow("!")+" ")
	_, err := fmt.Fprintf(p.Stdout, "%s\n%s\n", marks.Replace(text.String()), verdict(s, report))
	return err
}

// verdict says in one line what failed.
func verdict(s style, report *conformance.Report) string {
	var failed []string
	for _, result := range report.Results {
		if result.Outcome == conformance.Fail {
			failed = append(failed, result.ID)
		}
	}
	const named = 3
	switch n := len(failed); {
	case n == 0:
		return s.green("No case failed.")
	case n == 1:
		return s.red("1 case failed:") + " " + failed[0]
	case n <= named:
		return s.red(fmt.Sprintf("%d cases failed:", n)) + " " + strings.Join(failed, ", ")
	default:
		return s.red(fmt.Sprintf("%d cases failed:", n)) + fmt.Sprintf(" %s and %d more", strings.Join(failed[:named], ", "), n-named)
	}
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
