package conformance

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/protocol"
)

func replayChecks() []check {
	const (
		meta = "the answer's nonce follows from the request: two different answers under one key and nonce let a listener take AES-GCM " +
			"apart, read both and forge others. The same request can arrive twice, from a retrying proxy or from someone who recorded it"
		fix = "keep the sealed answer of each envelope for some minutes and repeat its bytes, or refuse the second request; run the handler once"
	)
	type (
		texts  = func(s *session) (text, missing string)
		change = func(*session, *client.Request)
	)
	repeated := func(name, title string, severity Severity, needs string, plaintext texts, again change) check {
		wrong := "a request that comes again has another answer, under the same key and nonce"
		if severity == Should {
			wrong = "a request that comes again in other JSON has another answer, under the same key and nonce"
		}
		run := func(ctx context.Context, s *session) finding {
			text, missing := plaintext(s)
			if missing != "" {
				return skipped(missing)
			}
			return s.replay(ctx, text, again)
		}
		return check{name: name, title: title, severity: severity, needs: needs, wrong: wrong, meta: meta, fix: fix, run: run}
	}
	same := func(*session, *client.Request) {}
	initial := func(s *session) (string, string) { return s.initial(), "" }
	return []check{
		repeated("ping", "a repeated health check gets the same bytes, or is refused", Must, aPing,
			func(*session) (string, string) { return ping, "" }, same),
		repeated("init", "a repeated INIT gets the same bytes, or is refused", Must, anInit, initial, same),
		repeated("submit", "a repeated submission gets the same bytes, or is refused", Must, "submit/screen", func(s *session) (string, string) {
			if s.cfg.Screen == "" {
				return "", "no screen and payload to submit: give them with --screen and --data"
			}
			text, err := s.submission(nil)
			if err != nil {
				return "", "the payload cannot be encoded"
			}
			return text, ""
		}, same),
		repeated("rewritten", "an INIT repeated in other JSON gets the same bytes, or is refused", Should,
			anInit, initial, func(s *session, r *client.Request) { s.reshaped(plainSlashes)(r) }),
	}
}

// replay sends one sealed request three times, the last time after a pause, so that
// answers with a clock in them differ.
func (s *session) replay(ctx context.Context, plaintext string, again func(*session, *client.Request)) finding {
	request, err := s.client.Seal([]byte(plaintext))
	if err != nil {
		return unmet("a request that cannot be sealed", "a request")
	}
	first := s.do(ctx, request)
	if s.cfg.Token == "" && first.tokenRefused() && len(first.reply.Body) == 0 {
		return skipped("the endpoint refuses a random flow token: give a valid one with --token")
	}
	if first.reply == nil || !first.sealed() {
		return skipped("the first request had no sealed answer: " + first.words())
	}
	again(s, request)
	for _, wait := range []time.Duration{0, 1100 * time.Millisecond} {
		_ = pause.For(ctx, wait) // if ctx ends, the next request reports it
		second := s.do(ctx, request)
		if second.reply != nil && second.sealed() && !bytes.Equal(first.reply.Body, second.reply.Body) {
			return unmet("two different answers, sealed under the same key and nonce", "the same bytes again, or a refusal")
		}
	}
	return passed()
}

// sealed reports whether a has a body that only the phone can read.
func (a answer) sealed() bool {
	return len(a.reply.Body) > 0 && (a.reply.Status == http.StatusOK || a.reply.Status == protocol.StatusTokenExpired)
}
