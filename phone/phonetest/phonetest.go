// Package phonetest plays scenarios in Go tests:
//
//	func TestScenarios(t *testing.T) {
//		phonetest.Run(t, "testdata/scenarios/*.yaml", booking.Routes())
//	}
//
// Every scenario is a subtest. A failure names the step, its line, and the expected and
// the actual value. The handlers run in the test's process: requests are sealed and
// signed, and no port is opened.
package phonetest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/inprocess"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
	"github.com/flowserver/flowserver/secret"
)

// Option configures Run.
type Option func(*options)

type options struct {
	flow      *flowjson.Flow
	now       func() time.Time
	variables map[string]string
	configure []func(*exchange.Config)
}

// WithFlow plays a Flow JSON file instead of the one of the registry.
func WithFlow(source []byte) Option {
	return func(o *options) {
		flow, err := flowjson.Read(source)
		if err != nil {
			panic(fmt.Sprintf("phonetest: WithFlow: %v", err))
		}
		o.flow = flow
	}
}

// WithNow sets the clock of the phone; [time.Now] by default.
func WithNow(now func() time.Time) Option {
	return func(o *options) { o.now = now }
}

// WithVariable sets a variable, which scenarios write as ${name}.
func WithVariable(name, value string) Option {
	return func(o *options) { o.variables[name] = value }
}

// WithConfig changes the configuration of the endpoint, for example its deadline. The
// keys are always those of the test.
func WithConfig(change func(*exchange.Config)) Option {
	return func(o *options) { o.configure = append(o.configure, change) }
}

// Run plays the scenarios of all files that match a pattern of [filepath.Glob], each as a
// subtest. h is a registry with its Flow JSON ([exchange.WithFlow]), or any handler with
// the option WithFlow. It fails if no file matches. The log lists the parts of the Flow
// that the scenarios have not used.
func Run(t *testing.T, pattern string, h exchange.Handler, opts ...Option) {
	t.Helper()
	o := options{now: time.Now, variables: map[string]string{}}
	for _, opt := range opts {
		opt(&o)
	}
	if registry, err := exchange.RegistryOf(h); err == nil && registry != nil && o.flow == nil {
		o.flow = registry.FlowJSON()
	}
	if o.flow == nil {
		t.Fatal("phonetest: there is no Flow JSON: use exchange.WithFlow or phonetest.WithFlow")
	}
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("phonetest: no file matches %s: %v", pattern, err)
	}
	endpoint, sign := o.endpoint(t, h)
	coverage := scenario.NewCoverage(o.flow)
	for _, path := range paths {
		file, err := scenario.Load(path)
		if err != nil {
			t.Errorf("phonetest: %v", err)
			continue
		}
		for _, s := range file.Scenarios {
			t.Run(filepath.Base(path)+": "+s.Name, func(t *testing.T) { play(t, s, o, endpoint, sign, coverage) })
		}
	}
	for what, share := range map[string]scenario.Share{"screens": coverage.Screens(), "actions": coverage.Actions(), "routes": coverage.Routes()} {
		t.Logf("%s: %d of %d, unused: %v", what, share.Used, share.All, share.Unused)
	}
}

// signature returns the flow_token_signature of a token.
type signature func(flowToken string) string

func play(t *testing.T, s *scenario.Scenario, o options, endpoint phone.Endpoint, sign signature, coverage *scenario.Coverage) {
	t.Helper()
	ctx := t.Context()
	var cdn *mediacdn.CDN // nil accepts no file
	if s.Uploads() {
		ctx, cdn = mediaCDN(ctx, t)
	}
	options := scenario.Options{
		Flow: o.flow, Endpoint: endpoint, Now: o.now, Variables: o.variables, Getenv: os.LookupEnv,
		Phone: func(cfg *phone.Config) { cfg.Signature, cfg.Media = sign, cdn },
	}
	result := s.Run(ctx, options)
	coverage.Add(result.Journal)
	if result.Failure != nil {
		t.Error(result.Failure.Text())
	}
}

// mediaCDN returns a CDN for one scenario, and a context in which handlers may fetch from
// it: exchange/media refuses addresses of this machine otherwise.
func mediaCDN(ctx context.Context, t *testing.T) (context.Context, *mediacdn.CDN) {
	t.Helper()
	cdn, err := mediacdn.Listen(ctx)
	if err != nil {
		t.Fatalf("phonetest: %v", err)
	}
	t.Cleanup(func() {
		if err := cdn.Close(); err != nil {
			t.Errorf("phonetest: close the media CDN: %v", err)
		}
	})
	ctx, err = media.WithOrigin(ctx, cdn.Origin())
	if err != nil {
		t.Fatalf("phonetest: %v", err)
	}
	return ctx, cdn
}

// endpoint returns the endpoint that the scenarios call, and what signs their tokens for it.
func (o options) endpoint(t *testing.T, h exchange.Handler) (*client.Client, signature) {
	t.Helper()
	cfg := exchange.Config{
		Flow: "test", Handler: h, Guard: exchange.GuardWarn, FlowJSON: o.flow,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
	}
	for _, change := range o.configure {
		change(&cfg)
	}
	var appSecret secret.Bytes
	c, endpoint, err := inprocess.New(cfg, func(c *client.Config) { appSecret, c.RetryWait = c.AppSecret, -1 })
	if err != nil {
		t.Fatalf("phonetest: %v", err)
	}
	t.Cleanup(func() {
		if err := endpoint.Close(); err != nil {
			t.Errorf("phonetest: close the endpoint: %v", err)
		}
	})
	return c, func(flowToken string) string {
		signed, err := token.Sign(appSecret, flowToken)
		if err != nil {
			t.Errorf("phonetest: sign the token: %v", err)
		}
		return signed
	}
}
