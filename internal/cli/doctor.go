package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/client/doctor"
)

type doctorCommand struct {
	target
	Address   string        `arg:"" optional:"" name:"url" help:"The endpoint."`
	AdminPort int           `default:"9090" placeholder:"PORT" help:"The port whose pages must not be public."`
	Timeout   time.Duration `default:"10s" placeholder:"DURATION" help:"How long to wait for an answer, as WhatsApp does."`
	JSON      bool          `name:"json" help:"Print the report as JSON."`
}

// Help says what is examined.
func (doctorCommand) Help() string {
	return `Examines the path between WhatsApp and an endpoint in any language: DNS, each
address, the certificate chain as it is sent, redirects and interstitial web pages, the
clock, five sealed health checks and their latency, whether an unsigned request gets 432
and one for another key 421, and whether admin pages are public. It sends at most 12
requests, which have no effect on a correct endpoint. check examines the protocol itself.

In a folder where "flowserver dev" has run, URL, keys and app secret come from
.flowserver/. Flags override variables, and variables override .flowserver/.

Exit codes: 0 if nothing failed, 3 if something did, 4 if something could not be asked.`
}

// Run examines an endpoint; its exit code is that of the report.
func (c doctorCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) error {
	given := flagsGiven(parsed)
	address, _, err := c.chooseURL(c.Address, given)
	if err != nil {
		return err
	}
	key, signer, err := c.credentials(given)
	if err != nil {
		return err
	}
	if c.AdminPort < 1 || c.AdminPort > 65535 {
		return usagef("--admin-port must be a number from 1 to 65535")
	}
	report, err := doctor.Run(ctx, doctor.Config{
		URL: address, PublicKey: key, AppSecret: signer.value, AdminPort: c.AdminPort, Timeout: c.Timeout,
	})
	if report == nil {
		return &usageError{err}
	}
	if err := errors.Join(err, c.print(p, report)); err != nil {
		return err
	}
	if code := report.ExitCode(); code != ExitDone {
		return &exitError{code: code} // the report has said so
	}
	return nil
}

func (c doctorCommand) print(p *Program, report *doctor.Report) error {
	if c.JSON {
		return report.WriteJSON(p.Stdout)
	}
	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		return err
	}
	s := p.style(p.Stdout)
	marks := strings.NewReplacer(
		"\n  ✓ ", "\n  "+s.green("✓")+" ", "\n  ✗ ", "\n  "+s.red("✗")+" ", "\n  ! ", "\n  "+s.yellow("!")+" ",
		"\n  ? ", "\n  "+s.yellow("?")+" ", "\n  – ", "\n  "+s.dim("–")+" ", " fix: ", " "+s.bold("fix:")+" ",
	)
	_, err := p.Stdout.Write([]byte(marks.Replace(text.String())))
	return err
}
