package conformance

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/secret"
)

const (
	defaultToken       = "flowserver-check"
	defaultTimeout     = protocol.TimeoutSeconds * time.Second
	defaultConcurrency = 4
	defaultSamples     = 20

	oneByOne = 100 * time.Millisecond // endpoints that answer faster have one case at a time
)

// Config configures [Run]. URL and PublicKey are required; the zero value of every other
// field is a documented default.
type Config struct {
	// URL of the endpoint, http or https.
	URL string
	// PublicKey is the business public key that is registered for the number, RSA-2048.
	PublicKey *rsa.PublicKey
	// AppSecret of the Meta app signs each request. Empty sends unsigned requests and
	// skips the cases about signatures.
	AppSecret secret.Bytes
	// Token is the flow token of all requests except health checks. If it is empty, a
	// random one is used, and the cases about INIT are skipped for endpoints that refuse
	// it.
	Token string
	// NoInit skips the cases about INIT, for a Flow that opens with flow_action
	// "navigate", so that WhatsApp sends no INIT.
	NoInit bool
	// Screen and Data are a known screen and a payload for it that may be submitted
	// several times. Empty skips the cases that need one. Data must encode to a JSON
	// object; nil is {}.
	Screen string
	Data   any
	// Timeout is how long to wait for an answer. Zero is 10 s, as Meta waits.
	Timeout time.Duration
	// HTTPClient makes the calls. Only its Transport and Jar are used. Nil means a client
	// with its own connections.
	HTTPClient *http.Client
	// Only and Skip select cases by the ID, by the group or by a [path.Match] pattern
	// over IDs. An empty Only selects all.
	Only, Skip []string
	// Concurrency is how many cases run at the same time where they do not disturb each
	// other. Zero means 4, or 1 for an endpoint that is on this machine or answers within
	// 100 ms, so that the case that crashes it can be identified.
	Concurrency int
	// Samples is the number of health checks that measure the latency. Zero is 20.
	Samples int
	// Progress is called with each result when it is available, one at a time. It may be
	// nil.
	Progress func(Result)
}

func (c Config) withDefaults() (Config, error) {
	if c.Screen == "" && c.Data != nil {
		return c, errors.New("config: Data needs the Screen that it is submitted on")
	}
	for _, pattern := range slices.Concat(c.Only, c.Skip) {
		if !slices.ContainsFunc(Cases(), func(known Case) bool { return matches(pattern, known) }) {
			return c, fmt.Errorf("%q selects no case: use an ID, or one of the groups %s", pattern, groupNames())
		}
	}
	if c.Timeout < 0 || c.Concurrency < 0 || c.Samples < 0 {
		return c, errors.New("config: Timeout, Concurrency and Samples must not be negative")
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Samples == 0 {
		c.Samples = defaultSamples
	}
	if c.Progress == nil {
		c.Progress = func(Result) {}
	}
	return c, nil
}

func matches(pattern string, c Case) bool {
	matched, err := path.Match(pattern, c.ID)
	return pattern == c.Group || err == nil && matched
}

func (c Config) selects(known Case) bool {
	match := func(pattern string) bool { return matches(pattern, known) }
	return (len(c.Only) == 0 || slices.ContainsFunc(c.Only, match)) && !c.skips(known)
}

func (c Config) skips(known Case) bool {
	return slices.ContainsFunc(c.Skip, func(pattern string) bool { return matches(pattern, known) })
}

// Format prints the target and whether requests are signed, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{URL:%s Signed:%t}", weburl.Printable(c.URL), len(c.AppSecret) > 0)
}

// LogValue returns what Format prints.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("url", weburl.Printable(c.URL)), slog.Bool("signed", len(c.AppSecret) > 0))
}

// MarshalJSON encodes what Format prints.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"url": weburl.Printable(c.URL), "signed": len(c.AppSecret) > 0})
}

// Run checks the endpoint of cfg. It returns an error if cfg cannot be used, or if ctx
// ended; in the latter case the report contains the results until then, and unfinished
// cases as skipped.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := newSession(cfg)
	if err != nil {
		return nil, err
	}
	defer s.close()

	report := &Report{Target: weburl.Printable(cfg.URL), Signed: s.signed(), Started: time.Now().UTC()}
	s.begin(ctx)
	for _, level := range risks() {
		for _, g := range groups() {
			if !g.alone {
				s.runGroup(ctx, g, level)
			}
		}
	}
	for _, g := range groups() {
		if g.alone {
			s.runGroup(ctx, g, risks()...)
		}
	}
	report.Results = s.results(ctx)
	if s.first.reply != nil {
		report.Language = diagnosis.Language(s.first.reply.Header)
	}
	report.Causes = causesOf(report.Results)
	report.Latency = s.latency
	report.Duration = time.Since(report.Started)
	return report, ctx.Err()
}

// begin makes the first health check, and finds out why it is not answered well.
func (s *session) begin(ctx context.Context) {
	s.first = s.send(ctx, ping)
	s.cause = diagnosis.Explain(ctx, s.client, s.first.reply, s.first.err)
	if s.first.reply == nil && s.cause.ID == "connection-closed" {
		s.lookAtFirst(ctx)
	}
	s.width = s.cfg.Concurrency
	if s.width == 0 {
		s.width = s.ownWidth()
	}
	s.life = newLife(s.width)
}

// ownWidth is how many cases run at the same time if the configuration does not say.
func (s *session) ownWidth() int {
	target, err := url.Parse(s.cfg.URL)
	onThisMachine := err == nil && weburl.IsLoopback(target.Hostname())
	if onThisMachine || s.first.reply != nil && s.first.reply.Duration < oneByOne {
		return 1
	}
	return defaultConcurrency
}

// results are those of the selected cases, and of others whose failure kept a selected
// one from being judged: a run that judged nothing must not look like a success.
func (s *session) results(ctx context.Context) []Result {
	var results []Result
	for _, known := range Cases() {
		t := s.trials[known.ID]
		if t.wanted {
			s.judge(ctx, known.ID) // it was not, if a filter has left it out
		}
		if s.cfg.selects(known) || t.wanted && t.result.Outcome == Fail && !s.cfg.skips(known) {
			results = append(results, t.result)
		}
	}
	return results
}

// runGroup judges the selected checks of the levels.
func (s *session) runGroup(ctx context.Context, g group, levels ...risk) {
	width := s.width
	if g.alone {
		width = 1
	}
	var selected []string
	for _, c := range g.checks {
		if known := c.describe(g); slices.Contains(levels, c.risk) && s.cfg.selects(known) {
			selected = append(selected, known.ID)
		}
	}
	places := make(chan struct{}, width)
	var (
		running  sync.WaitGroup
		progress sync.Mutex
	)
	for _, id := range selected {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			result := s.judge(ctx, id)
			progress.Lock()
			defer progress.Unlock()
			s.cfg.Progress(result)
		})
	}
	running.Wait()
}

func newSession(cfg Config) (*session, error) {
	own := http.DefaultTransport
	if transport, ok := own.(*http.Transport); ok {
		own = transport.Clone()
	}
	s := &session{cfg: cfg, wire: &wire{base: own, owned: true}, trials: newTrials()}
	calls := &http.Client{Transport: s.wire, Timeout: cfg.Timeout}
	if given := cfg.HTTPClient; given != nil {
		calls.Jar = given.Jar
		s.wire.owned = false
		s.wire.base = given.Transport
		if given.Transport == nil {
			s.wire.base = http.DefaultTransport
		}
	}
	var err error
	s.client, err = client.New(client.Config{URL: cfg.URL, PublicKey: cfg.PublicKey, AppSecret: cfg.AppSecret, HTTPClient: calls})
	return s, err
}
