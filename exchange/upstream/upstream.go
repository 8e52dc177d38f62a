package upstream

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/weburl"
)

// actionError is what the upstream gets error notifications as. No message has
// it: the endpoint refuses actions that the protocol does not know.
const actionError exchange.Action = "error"

// Upstream passes the messages of one Flow to another server and returns its answers.
// Create one with [New].
type Upstream struct {
	flow      string
	url       *url.URL
	signer    *standardwebhooks.Webhook
	client    *http.Client
	timeout   time.Duration
	maxAnswer int64
	retries   int
	forward   bool
	id        func(context.Context, *exchange.Message) string
	claims    func(context.Context) any
	log       *slog.Logger
}

var _ exchange.Handler = (*Upstream)(nil)

// New creates an upstream without connecting to it. It refuses a Config without Flow or
// URL, and a Secret that begins with whsec_ but is not base64.
func New(cfg Config) (*Upstream, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	endpoint, err := cfg.endpoint()
	if err != nil {
		return nil, err
	}
	webhook, err := signer(cfg.Secret)
	if err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Upstream{
		flow: cfg.Flow, url: endpoint, signer: webhook, client: httpClient(cfg),
		timeout: cfg.Timeout, maxAnswer: cfg.MaxAnswer, retries: cfg.Retries,
		forward: cfg.ForwardClientErrors, id: cfg.ID, claims: cfg.Claims, log: cfg.Logger,
	}, nil
}

// Format keeps the secret and the URL's credentials out of every fmt verb.
func (u *Upstream) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "upstream.Upstream{Flow:%q URL:%q}", u.flow, weburl.Printable(u.url.String()))
}

// LogValue keeps the secret and the URL's credentials out of logs.
func (u *Upstream) LogValue() slog.Value {
	return slog.GroupValue(slog.String("flow", u.flow), slog.String("url", weburl.Printable(u.url.String())))
}

// ServeFlow posts a message and returns the upstream's answer. Errors are
// [exchange.ErrUpstream], [exchange.ErrDeadline], the [exchange.TokenError] that
// the upstream answered with, or the context's own if the caller hung up.
func (u *Upstream) ServeFlow(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
	a, err := u.send(ctx, msg)
	if err != nil {
		return nil, err
	}
	return a.response(ctx)
}

// ClientError posts an error notification, if Config.ForwardClientErrors asks for
// it; otherwise it does nothing. It is meant for the OnClientError of an
// [exchange.Config]. The upstream gets the usual fields:
//
//	{"flow":"booking","action":"error","screen":"SLOT",
//	 "data":{"error":"payload-schema-error","error_message":"…","action":"data_exchange"},
//	 "flow_token":"a1b2c3","version":"3.0","request_id":"4f1c9a0be1d2c3b4"}
//
// where data.action is the action of the exchange that failed. Its answer does not matter
// if the status is 2xx; otherwise the failure is logged.
func (u *Upstream) ClientError(ctx context.Context, report exchange.ClientError) {
	if !u.forward {
		return
	}
	if err := u.forwardError(ctx, report); err != nil {
		u.log.LogAttrs(ctx, slog.LevelWarn, "client error could not be forwarded",
			slog.String("flow", u.flow), slog.String("request_id", exchange.RequestID(ctx)), slog.String("reason", err.Error()))
	}
}

func (u *Upstream) forwardError(ctx context.Context, report exchange.ClientError) error {
	data, err := json.Marshal(struct {
		Error        string          `json:"error"`
		ErrorMessage string          `json:"error_message"`
		Action       exchange.Action `json:"action"`
	}{report.Key, report.Message, report.Action})
	if err != nil {
		return err
	}
	a, err := u.send(ctx, &exchange.Message{
		Version: report.Version, Action: actionError, Screen: report.Screen, Data: data, FlowToken: report.FlowToken,
	})
	if err != nil {
		return err
	}
	if !a.succeeded() {
		return a.refusal()
	}
	return nil
}

// send posts a message and returns the answer as it came.
func (u *Upstream) send(ctx context.Context, msg *exchange.Message) (*answer, error) {
	data := msg.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	body, err := json.Marshal(request{
		u.flow, msg.Action, msg.Screen, data, msg.FlowToken, msg.FlowTokenSignature, u.claims(ctx), msg.Version, exchange.RequestID(ctx),
	})
	if err != nil {
		return nil, errors.New("upstream: the message's data is not JSON") // json's own text may quote it
	}
	id := cmp.Or(u.id(ctx, msg), rand.Text())
	if strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("upstream: Config.ID returned an id that is not printable ASCII")
	}
	return u.post(ctx, id, body)
}

// request is what is posted.
type request struct {
	Flow               string          `json:"flow"`
	Action             exchange.Action `json:"action"`
	Screen             string          `json:"screen"`
	Data               json.RawMessage `json:"data"`
	FlowToken          string          `json:"flow_token"`
	FlowTokenSignature string          `json:"flow_token_signature,omitempty"`
	FlowTokenClaims    any             `json:"flow_token_claims,omitempty"`
	Version            string          `json:"version"`
	RequestID          string          `json:"request_id"`
}
