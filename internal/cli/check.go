package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	Token   string        `placeholder:"T" help:"The flow token for these cases. Default: a random one."`
	Only    []string      `placeholder:"ID" help:"Run only these cases or groups, for example signature or replay/*."`
	Skip    []string      `placeholder:"ID" help:"Skip these cases or groups."`
	NoInit  bool          `name:"no-init" help:"The Flow opens with flow_action navigate: skip the cases about INIT."`
	Verbose bool          `short:"v" help:"Print every case, not only the causes of failures."`
	Timeout time.Duration `default:"10s" placeholder:"DURATION" help:"How long to wait for an answer, as WhatsApp does."`
	JSON    bool          `name:"json" help:"Print the report as JSON."`
	junitFlag
}

// Help shows how the command is used.
func (checkCommand) Help() string {
	return `In a folder where "flowserver dev" has run, URL, keys and app secret come from
.flowserver/. Flags override variables, and variables override .flowserver/.

A case is judged only if the cases it depends on have passed. If a health check fails,
check sends up to 70 more, each as an endpoint with one known mistake expects it, to find
out which mistake it is.

Exit codes: 0 if no case failed, 1 if one did.`
}

// Run runs the conformance suite; it fails if a case did.
func (c checkCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) error {
	if err := c.checkJUnit(); err != nil {
		return err
	}
	cfg, assumed, err := c.config(flagsGiven(parsed))
	if err != nil {
		return err
	}
	done := p.showProgress(&cfg)
	report, err := conformance.Run(ctx, cfg)
	done()
	if report == nil {
		return &usageError{err}
	}
	if err := errors.Join(err, c.print(p, report), c.writeJUnit(report.WriteJUnit)); err != nil {
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

// unanswered reports whether no connection could be made at all.
func unanswered(report *conformance.Report) bool {
	return slices.ContainsFunc(report.Causes, func(c conformance.Cause) bool { return slices.Contains(nothingThere(), c.ID) })
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
		Timeout: c.Timeout, Only: c.Only, Skip: c.Skip, NoInit: c.NoInit,
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
	write := report.WriteText
	if c.Verbose {
		write = report.WriteDetails
	}
	if err := write(&text); err != nil {
		return err
	}
	s := p.style(p.Stdout)
	_, err := fmt.Fprintf(p.Stdout, "%s\n%s\n", s.painted(text.String()), verdict(s, report))
	return err
}

// painted colours the headings and marks of a report.
func (s style) painted(text string) string {
	if !s.colour {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		heading, rest, found := strings.Cut(line, ": ")
		mark := strings.TrimSpace(line)
		switch {
		case found && (heading == "Probable cause" || heading == "Cause not known"):
			lines[i] = s.red(heading+":") + " " + s.bold(rest)
		case found && heading == "Warning":
			lines[i] = s.yellow(heading+":") + " " + s.bold(rest)
		case strings.HasPrefix(mark, "✓ "):
			lines[i] = strings.Replace(line, "✓", s.green("✓"), 1)
		case strings.HasPrefix(mark, "✗ "):
			lines[i] = strings.Replace(line, "✗", s.red("✗"), 1)
		case strings.HasPrefix(mark, "! "):
			lines[i] = strings.Replace(line, "!", s.yellow("!"), 1)
		case slices.Contains([]string{"Node", "Python", "PHP", "Java", "Go"}, mark), strings.HasPrefix(mark, "– "):
			lines[i] = s.dim(line)
		}
	}
	return strings.Join(lines, "\n")
}

// showProgress prints the case at hand on one line of a terminal, until done is called.
func (p *Program) showProgress(cfg *conformance.Config) (done func()) {
	if !p.colourOn(p.Stderr) { // where lines can be overwritten
		return func() {}
	}
	const begin, wipe = "\r", "\x1b[K"
	count, s := 0, p.style(p.Stderr)
	cfg.Progress = func(r conformance.Result) {
		count++
		_, _ = fmt.Fprint(p.Stderr, begin, s.dim(fmt.Sprintf("%3d of %d  %s", count, len(conformance.Cases()), r.ID)), wipe) // nowhere to report an error to
	}
	return func() { _, _ = fmt.Fprint(p.Stderr, begin, wipe) }
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
