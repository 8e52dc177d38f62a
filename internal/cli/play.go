package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
)

type playCommand struct {
	target
	quirkFlag
	Files    []string          `arg:"" name:"file" help:"Scenario files, and the URL of an endpoint if they are not for a compiled-in Flow."`
	FlowJSON string            `name:"flow-json" placeholder:"FILE" help:"The Flow JSON, for scenarios that do not name one."`
	Set      map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Set a variable, which scenarios write as $${NAME}."`
	Only     string            `name:"run" placeholder:"PATTERN" help:"Play only the scenarios whose name this regular expression matches."`
	junitFlag
	JSON        bool           `name:"json" help:"Print one JSON object for each step."`
	CoverageMin map[string]int `name:"coverage-min" mapsep:"," placeholder:"WHAT=PERCENT" help:"Fail if less than this percentage of screens, actions or routes was used, for example screens=100."`
	Trace       string         `placeholder:"DIR" help:"Write what happened in each scenario that failed to this folder, for phone --trace DIR."`
	Timeout     time.Duration  `default:"10s" placeholder:"DURATION" help:"How long to wait for an answer, as WhatsApp does."`
}

// Help is printed below the flags.
func (playCommand) Help() string {
	return `A scenario describes what a user does in a Flow and what they expect to see. play runs it on a
phone without a browser, which refuses what WhatsApp refuses. Without a URL, the compiled-in
flow answers in this process, and no port is opened. A Flow JSON without data_api_version needs
no endpoint.

Exit codes: 0 if every scenario passed, 1 if one failed or the coverage was too low, 2 if a file
or the command line is invalid.`
}

// Run plays the scenarios and prints how they went.
func (c playCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) (err error) {
	if err := cmp.Or(c.check(), c.checkJUnit()); err != nil {
		return err
	}
	given := flagsGiven(parsed)
	scenarios, address, err := c.read(given)
	if err != nil {
		return &usageError{err}
	}
	endpoints := &playEndpoints{command: c, program: p, address: address, given: given}
	ctx, closeMedia, err := endpoints.listenForMedia(ctx, scenarios)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeMedia()) }()
	out := &playOutput{w: p.Stdout, style: p.style(p.Stdout), json: c.JSON}
	defer func() { err = errors.Join(err, endpoints.close()) }()
	var results []*scenario.Result
	coverages, traces := playCoverage{}, &traceFolder{dir: c.Trace}
	for _, s := range scenarios {
		options, err := endpoints.options(s)
		if err != nil {
			return &usageError{fmt.Errorf("%s: %w", s.File, err)}
		}
		options.Variables, options.Getenv, options.OnStep, options.Trace = c.Set, p.LookupEnv, out.step, c.Trace != ""
		options.Quirks = c.Quirk
		result := s.Run(ctx, options)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out.result(result)
		coverages.add(options.Flow, endpoints.nameOf(options.Flow), result)
		if err := traces.keep(result); err != nil {
			return err
		}
		results = append(results, result)
	}
	tooLittle, err := out.summary(results, coverages, c.CoverageMin)
	if err != nil {
		return err
	}
	if !c.JSON {
		out.printf("%s", traces.note())
	}
	if err := errors.Join(out.err, c.writeJUnit(func(w io.Writer) error { return scenario.WriteJUnit(w, results) })); err != nil {
		return err
	}
	if tooLittle || failed(results) {
		return &exitError{code: ExitFailed} // the output has said so
	}
	return nil
}

func failed(results []*scenario.Result) bool {
	for _, r := range results {
		if r.Failure != nil {
			return true
		}
	}
	return false
}

// read returns the scenarios to play, and the URL among the arguments, if there is one.
func (c playCommand) read(given map[string]bool) (scenarios []*scenario.Scenario, address string, err error) {
	for what, percent := range c.CoverageMin {
		if what != "screens" && what != "actions" && what != "routes" {
			return nil, "", errors.New("--coverage-min: expected screens, actions or routes, such as screens=100")
		}
		if percent < 0 || percent > 100 {
			return nil, "", fmt.Errorf("--coverage-min: %s must be from 0 to 100 percent, got %d", what, percent)
		}
	}
	chosen, err := regexp.Compile(c.Only)
	if err != nil {
		return nil, "", fmt.Errorf("--run is not a regular expression: %w", err)
	}
	var problems []error
	matched, files := false, 0
	for _, name := range c.Files {
		if strings.Contains(name, "://") {
			if address != "" || given["url"] {
				return nil, "", errors.New("expected one URL, got two")
			}
			address = name
			continue
		}
		files++
		file, err := scenario.Load(name)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, s := range file.Scenarios {
			if chosen.MatchString(s.Name) {
				scenarios, matched = append(scenarios, s), true
			}
		}
	}
	switch {
	case len(problems) > 0:
		return nil, "", errors.Join(problems...)
	case files == 0:
		return nil, "", errors.New("name the file of at least one scenario")
	case !matched:
		return nil, "", errors.New("no scenario has a name that --run matches")
	}
	return scenarios, address, nil
}

// playCoverage is what was used of each Flow, in the order of first use.
type playCoverage struct {
	flows []*flowjson.Flow
	names []string // of the flows
	all   map[*flowjson.Flow]*scenario.Coverage
}

func (c *playCoverage) add(flow *flowjson.Flow, name string, r *scenario.Result) {
	if c.all == nil {
		c.all = map[*flowjson.Flow]*scenario.Coverage{}
	}
	if c.all[flow] == nil {
		c.flows, c.names, c.all[flow] = append(c.flows, flow), append(c.names, name), scenario.NewCoverage(flow)
	}
	c.all[flow].Add(r.Journal)
}

// playCovered is the line of --json about what was used of a flow.
type playCovered struct {
	Coverage   map[string]scenario.Share `json:"coverage"`
	Flow       string                    `json:"flow"`
	Shortfalls []string                  `json:"shortfalls,omitempty"` // less than --coverage-min
}

// playOutput prints how scenarios go.
type playOutput struct {
	w     io.Writer
	style style
	json  bool
	err   error // the first that writing returned
}

func (o *playOutput) printf(format string, args ...any) {
	if o.err == nil {
		_, o.err = fmt.Fprintf(o.w, format, args...)
	}
}

// playStep is a line of --json.
type playStep struct {
	File      string         `json:"file"`
	Scenario  string         `json:"scenario"`
	Line      int            `json:"line"`
	Step      string         `json:"step"`
	OK        bool           `json:"ok"`
	Screen    string         `json:"screen"`
	Snackbar  string         `json:"snackbar,omitempty"`
	Failure   *playFailure   `json:"failure,omitempty"` // an error page
	Ended     *phone.Ended   `json:"ended,omitempty"`
	Usable    bool           `json:"usable"` // the button of the message
	Exchanges []playExchange `json:"exchanges"`
	Error     string         `json:"error,omitempty"`
}

// playFailure is an error page with the rule that decided and its source.
type playFailure struct {
	phone.Failure
	Rule playRule `json:"rule"`
}

func failureWithRule(f *phone.Failure) *playFailure {
	if f == nil {
		return nil
	}
	return &playFailure{*f, ruleNamed(f.Rule)}
}

// playExchange is an exchange with the rules that decided what WhatsApp does with it, and
// the source of each: see docs/phone-semantics.md.
type playExchange struct {
	phone.Exchange
	Rules []playRule `json:"rules"`
}

type playRule struct {
	ID     string `json:"id"`
	Source string `json:"source"` // D, C, F, or empty if there is none
}

// ruleNamed returns the rule with an id.
func ruleNamed(id string) playRule {
	rules := phone.Rules()
	i := slices.IndexFunc(rules, func(r phone.Rule) bool { return r.ID == id })
	if i < 0 {
		return playRule{ID: id}
	}
	return playRule{id, rules[i].Source}
}

func withRules(x phone.Exchange) playExchange {
	decided := []playRule{}
	for _, id := range x.Verdict.Rules {
		decided = append(decided, ruleNamed(id))
	}
	return playExchange{x, decided}
}

func (o *playOutput) step(r scenario.StepReport) {
	if !o.json {
		return
	}
	line := playStep{
		File: r.Scenario.File, Scenario: r.Scenario.Name, Line: r.Line, Step: r.Text, OK: r.Failure == nil,
		Screen: r.View.Screen, Snackbar: r.View.Snackbar, Failure: failureWithRule(r.View.Failure), Ended: r.View.Ended, Usable: r.View.Message.Usable,
		Exchanges: []playExchange{},
	}
	for _, x := range r.Exchanges {
		line.Exchanges = append(line.Exchanges, withRules(x))
	}
	if r.Failure != nil {
		line.Error = r.Failure.Err.Error()
	}
	o.printJSON(line)
}

func (o *playOutput) printJSON(v any) {
	if o.err == nil {
		encoder := json.NewEncoder(o.w)
		encoder.SetEscapeHTML(false)
		o.err = encoder.Encode(v)
	}
}

// result prints one line for a scenario that passed, more for one that failed.
func (o *playOutput) result(r *scenario.Result) {
	if o.json {
		return
	}
	s := r.Scenario
	if r.Failure == nil {
		o.printf("%s %s: %s %s\n", o.style.green("ok"), filepath.Base(s.File), s.Name,
			o.style.dim(fmt.Sprintf("(%s, %s, %s)", counted(r.Steps, "step"), counted(r.Exchanges, "exchange"), rounded(r.Duration))))
		return
	}
	o.printf("%s %s", o.style.red("FAIL"), printable.Text(r.Failure.Text()))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func rounded(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}

// summary prints what was used, and reports whether that is too little.
func (o *playOutput) summary(results []*scenario.Result, coverages playCoverage, least map[string]int) (tooLittle bool, err error) {
	var shortfalls []string
	for i, flow := range coverages.flows {
		c, of := coverages.all[flow], ""
		if len(coverages.flows) > 1 {
			of = coverages.names[i] + ": "
		}
		shares := []struct {
			name  string
			share scenario.Share
		}{{"screens", c.Screens()}, {"actions", c.Actions()}, {"routes", c.Routes()}}
		var parts []string
		used, before := map[string]scenario.Share{}, len(shortfalls)
		for _, s := range shares {
			parts = append(parts, fmt.Sprintf("%s %d of %d", s.name, s.share.Used, s.share.All))
			used[s.name] = s.share
			if percent := s.share.Percent(); percent < least[s.name] {
				shortfalls = append(shortfalls, fmt.Sprintf("%s%s: %d %% used, at least %d %% expected", of, s.name, percent, least[s.name]))
			}
		}
		if o.json {
			o.printJSON(playCovered{used, coverages.names[i], shortfalls[before:]})
			continue
		}
		o.printf("\n%s%s\n", of, strings.Join(parts, " · "))
		for _, s := range shares {
			for _, unused := range s.share.Unused {
				o.printf("  %s %s\n", o.style.dim(strings.TrimSuffix(s.name, "s")+" never used:"), printable.Text(unused))
			}
		}
	}
	failures := 0
	for _, r := range results {
		if r.Failure != nil {
			failures++
		}
	}
	if !o.json {
		for _, s := range shortfalls {
			o.printf("%s %s\n", o.style.red("FAIL"), s)
		}
		verdict := o.style.green(counted(len(results), "scenario") + " passed.")
		if failures > 0 {
			verdict = o.style.red(fmt.Sprintf("%d of %s failed.", failures, counted(len(results), "scenario")))
		}
		o.printf("%s\n", verdict)
	}
	return len(shortfalls) > 0, o.err
}
