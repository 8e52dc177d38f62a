package conformance

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/pause"
	"github.com/flowserver/flowserver/protocol"
)

const (
	deepNesting  = 20_000 // levels of arrays
	hugeString   = 256 << 10
	hugeHeader   = 100 << 10
	dropsHostile = "the connection ended before an answer"
)

func hostileChecks() []check {
	cleartext := func(name, title, plaintext string) check {
		needs := ""
		if strings.Contains(plaintext, string(protocol.ActionInit)) {
			needs = anInit
		}
		return check{name: name, title: title, severity: Must, needs: needs, wrong: doesHarm(title), run: func(ctx context.Context, s *session) finding {
			return s.send(ctx, plaintext).survived()
		}}
	}
	envelope := func(name, title, member string) check {
		return check{name: name, title: title, severity: Must, wrong: doesHarm(title), run: func(ctx context.Context, s *session) finding {
			return s.sendBody(ctx, func(body []byte) []byte {
				return bytes.Replace(body, []byte("{"), []byte("{"+member+","), 1)
			}).survived()
		}}
	}
	deep := strings.Repeat("[", deepNesting) + strings.Repeat("]", deepNesting)
	checks := []check{
		cleartext("deep-data", "deeply nested data does no harm", `{"version":"3.0","action":"ping","data":{"deep":`+deep+`}}`),
		envelope("deep-envelope", "a deeply nested envelope does no harm", `"flowserver_check":`+deep),
		cleartext("huge-string", "a string of 256 KiB does no harm", `{"version":"3.0","action":"ping","screen":"`+strings.Repeat("A", hugeString)+`"}`),
		cleartext("huge-number", "a number that no type can hold does no harm", `{"version":"3.0","action":"ping","data":{"n":1e99999}}`),
		cleartext("nul", "NUL characters do no harm", `{"version":"3.0","action":"INIT","screen":"\u0000","data":{"a\u0000":"\u0000"},"flow_token":"a\u0000b"}`),
		cleartext("lone-surrogate", "half a surrogate pair does no harm", `{"version":"3.0","action":"INIT","screen":"",`+
			`"data":{"a":"\ud800"},"flow_token":"flowserver-check-\udc00"}`),
		cleartext("duplicate-keys", "duplicate keys do no harm", `{"version":"3.0","action":"zzz","action":"ping","data":{"a":1,"a":{}}}`),
		cleartext("prototype-keys", "keys such as __proto__ do no harm", `{"version":"3.0","action":"INIT","screen":"__proto__",`+
			`"data":{"__proto__":{"status":"x"},"constructor":{"prototype":{}}},"flow_token":"__proto__"}`),
		envelope("invalid-utf8", "an envelope that is not UTF-8 does no harm", "\"flowserver_check\":\"\xff\xfe\""),
		envelope("duplicate-fields", "an envelope with a field twice does no harm", `"encrypted_aes_key":"AAAA"`),
		{
			name: "oversize", title: "a body of 2 MiB is refused", severity: Should,
			meta:  "none: Meta sends no such request. Strangers do, and many at a time fill the memory",
			fix:   "limit the body to 1 MiB, and answer 413",
			wrong: "a body of 2 MiB is accepted",
			run:   oversize,
		},
		{
			name: "long-header", title: "a header of 100 KiB does no harm", severity: Must,
			wrong: "a header of 100 KiB is not answered well",
			run: func(ctx context.Context, s *session) finding {
				a := s.sendChanged(ctx, ping, func(r *client.Request) { r.Header.Set("X-Flowserver-Check", strings.Repeat("a", hugeHeader)) })
				if a.reply == nil && !a.timedOut() {
					return passedBut(dropsHostile)
				}
				return a.survived()
			},
		},
		{
			name: "slow-body", title: "other requests are answered while a body arrives slowly", severity: Must,
			wrong: "no other request is answered while a body arrives slowly",
			meta:  "one stranger with a slow connection keeps the endpoint from answering: timeout_error for everyone, and the availability alert below 90 %",
			fix:   "serve requests concurrently, with a proxy or server that buffers or times out slow bodies",
			run:   whileStalled,
		},
	}
	for i, c := range checks {
		if c.meta == "" {
			checks[i].meta = "Meta sends no such request, strangers do; if it keeps the endpoint from answering, Meta counts " +
				"no_http_response_error or timeout_error, and the availability alert fires below 90 %"
			checks[i].fix = "refuse it with a status below 500, or ignore what you do not need; limit depth and size where the parser does not"
		}
	}
	return checks
}

// doesHarm turns the title of a check round.
func doesHarm(title string) string {
	return strings.NewReplacer("does no harm", "is not answered well", "do no harm", "are not answered well").Replace(title)
}

func oversize(ctx context.Context, s *session) finding {
	fault := client.Oversize(2 << 20)
	a := s.send(ctx, ping, fault)
	if a.reply == nil && !a.timedOut() {
		return passedBut(dropsHostile) // a server may close instead of reading on
	}
	return a.refused(fault)
}

// whileStalled sends a ping while half of another one is still on its way.
func whileStalled(ctx context.Context, s *session) finding {
	release := make(chan struct{})
	slow := make(chan answer, 1)
	go func() { slow <- s.send(context.WithValue(ctx, stallKey{}, release), ping) }()
	_ = pause.For(ctx, s.cfg.Timeout/50)                         // for the first half to arrive; if ctx ends, the ping reports it
	quickly, cancel := context.WithTimeout(ctx, s.cfg.Timeout/2) // while the slow one still waits
	defer cancel()
	quick := s.send(quickly, ping)
	close(release)
	<-slow
	f := quick.active()
	if quick.timedOut() {
		f.cause = nil // the slow body is, which this case says
	}
	return f
}

// internals matches what shows a stranger how the endpoint is built.
var internals = regexp.MustCompile(`(?i)traceback \(most recent|goroutine \d|stack ?trace|exception|\.(go|js|ts|py|rb|php|java|kt|cs):\d|<html|<!doctype`)

func hygieneChecks() []check {
	const meta = "Meta ignores the body of a refusal; strangers read it"
	return []check{
		{
			name: "empty", title: "refusals have no body", severity: Should,
			risk: strange, wrong: "refusals have a body",
			meta: meta, fix: "answer refusals with an empty body; the reason belongs in the log",
			run: refusals(func(_ *session, body []byte) finding {
				if len(body) > 0 {
					return unmet("a body", "")
				}
				return passed()
			}),
		},
		{
			name: "internals", title: "refusals show no stack trace, no error page and no secret", severity: Should,
			risk: strange, wrong: "refusals show a stack trace, an error page or a secret",
			meta: meta, fix: "turn off debug mode and the framework's error page for this route",
			run: refusals(func(s *session, body []byte) finding {
				switch {
				case bytes.Contains(body, []byte("PRIVATE KEY")), s.signed() && bytes.Contains(body, s.cfg.AppSecret):
					return failed("a secret", "")
				case internals.Match(body):
					return unmet("a stack trace or an error page", "")
				}
				return passed()
			}),
		},
	}
}

// refusals looks at the bodies of some refusals, until one is flawed.
func refusals(judge func(s *session, body []byte) finding) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding {
		for _, name := range []string{"bad-tag", "bad-wrapped-key-bit", "not-json", "plaintext-text", "method-get", "signature-missing"} {
			fault, found := client.FaultNamed(name)
			if !found || fault.NeedsSecret() && !s.signed() {
				continue
			}
			a := s.send(ctx, s.request(ctx), fault)
			if a.reply == nil || a.ok() {
				continue
			}
			if f := judge(s, a.reply.Body); !f.met() {
				f.got = fmt.Sprintf("%s in the answer of status %d to %s", f.got, a.reply.Status, name)
				return f.wants("an empty body")
			}
		}
		return passed()
	}
}
