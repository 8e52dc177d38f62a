package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

func initChecks() []check {
	opened := func(format string) func(context.Context, *session) finding {
		return func(ctx context.Context, s *session) finding {
			a := s.send(ctx, s.withToken(format))
			return s.unlessTokenRefused(a, a.screen)
		}
	}
	return []check{
		{
			name: "screen", title: "INIT is answered with a screen and its data", severity: Must,
			first: true, wrong: "INIT is not answered with a screen", symptom: true, run: opensFlow,
		},
		{
			name: "no-null", title: "there is no null in the data of the first screen", severity: Must,
			needs: anInit, wrong: "the data of the first screen has null in it",
			meta: "the data model of a screen has no null: the phone shows a generic error and reports payload-schema-error",
			fix:  "omit the key, or give it an empty value, instead of null",
			run: func(ctx context.Context, s *session) finding {
				a := s.send(ctx, s.initial())
				return s.unlessTokenRefused(a, a.withoutNull)
			},
		},
		{
			name: "version-4", title: "INIT of Data API 4.0 is answered", severity: Must,
			needs: anInit, wrong: "INIT of Data API 4.0 is not answered with a screen",
			fix: `accept any version string: "4.0" exists since November 11, 2025`,
			run: opened(`{"version":"4.0","action":"INIT","screen":"","data":{},"flow_token":%s}`),
		},
		{
			name: "absent", title: "INIT without screen and data is answered", severity: Must,
			needs: anInit, risk: strange, wrong: "INIT without screen and data is not answered with a screen",
			fix: "treat an absent screen as an empty one, and absent data as {}: Meta documents both forms",
			run: opened(`{"version":"3.0","action":"INIT","flow_token":%s}`),
		},
		{
			name: "null", title: "INIT whose screen and data are null is answered", severity: Should,
			needs: anInit, risk: strange, wrong: "INIT whose screen and data are null is not answered with a screen",
			fix: "treat null for screen or data as if it were absent",
			run: opened(`{"version":"3.0","action":"INIT","screen":null,"data":null,"flow_token":%s}`),
		},
		{
			name: "unknown-keys", title: "INIT with keys of a later version is answered", severity: Must,
			needs: anInit, risk: strange, wrong: "INIT with keys of a later version is not answered with a screen",
			fix: "ignore keys that you do not know: Data API 4.0 has added flow_token_signature, and more may come",
			run: opened(`{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":%s,"flowserver_check":{"list":[1,"a",true]}}`),
		},
		{
			name: "unknown-token", title: "an unknown flow token is accepted, or refused with 427", severity: Must,
			needs: anInit, wrong: "an unknown flow token is refused, but not with status 427",
			meta: "only a 427 disables the button of the message and shows your text; with another status the phone shows a generic error, " +
				"and the user tries again in vain",
			fix: `refuse a flow token with 427, and a body that is empty or {"error_msg":"…"} sealed like any answer`,
			run: takenOrRefused(`{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":"flowserver-check-no-such-token"}`),
		},
		{
			name: "unused-token", title: `the default flow token "unused" is accepted, or refused with 427`, severity: Must,
			needs: anInit, wrong: `the default flow token "unused" is refused, but not with status 427`,
			meta: "messages that are sent without a flow token have the literal \"unused\"; with a status other than 200 and 427 the phone shows a generic error",
			fix:  `serve "unused" without a session, or refuse it with 427`,
			run:  takenOrRefused(`{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":"unused"}`),
		},
	}
}

// noInitFix is what a flow without INIT needs instead.
const noInitFix = `answer INIT with the first screen; if the flow opens with flow_action "navigate", WhatsApp sends no INIT: check with --no-init`

// opensFlow judges the answer to INIT. A flow that opens with "navigate" need not know
// INIT: an endpoint that answers health checks and refuses INIT with a 4xx is not wrong.
func opensFlow(ctx context.Context, s *session) finding {
	if s.cfg.NoInit {
		return absent(`WhatsApp sends no INIT to a flow that opens with flow_action "navigate"`)
	}
	a := s.send(ctx, s.initial())
	switch {
	case s.failsLikePing(a):
		return absent(notJudged + "INIT fails as the health check does")
	case s.first.ok() && a.reply != nil && refusesAction(a.reply.Status):
		return absent(fmt.Sprintf(`INIT is refused with status %d, which is right if the flow opens with flow_action "navigate"; `+
			"if it opens with data_exchange, INIT needs a handler", a.reply.Status))
	}
	f := s.unlessTokenRefused(a, a.screen)
	if a.reply != nil && !a.ok() {
		f.fix = noInitFix
	}
	if f.cause == nil {
		f.wrong = "INIT is not answered with a screen: " + f.got
	}
	return f
}

// failsLikePing reports whether a is refused by the status that health checks have, too,
// or does not open like them.
func (s *session) failsLikePing(a answer) bool {
	alike := a.reply != nil && s.first.reply.Status == a.reply.Status && !a.ok() ||
		errors.Is(a.err, client.ErrUndecryptable) && errors.Is(s.first.err, client.ErrUndecryptable)
	if alike {
		s.want("reachability/status")
	}
	return alike
}

// refusesAction reports whether a status may mean that the action is not known: a 4xx
// that has no other meaning.
func refusesAction(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests,
		protocol.StatusKeyMismatch, protocol.StatusTokenExpired, protocol.StatusBadSignature:
		return false
	}
	return status/100 == 4
}

// unlessTokenRefused skips the judgement if a made-up token stands in its way.
func (s *session) unlessTokenRefused(a answer, judge func() finding) finding {
	if s.cfg.Token == "" && a.tokenRefused() {
		return skipped("the endpoint refuses a random flow token: give a valid one with --token")
	}
	return judge()
}

func takenOrRefused(plaintext string) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding {
		a := s.send(ctx, plaintext)
		if !a.tokenRefused() {
			return a.screen().wants("a screen, or status 427")
		}
		if a.err != nil {
			return warned(a.words(), "a body that is empty or sealed").because(clear427Reason)
		}
		return passed()
	}
}

func submitChecks() []check {
	return []check{
		{
			name: "screen", title: "the given payload is answered with a screen and its data", severity: Must,
			first: true, wrong: "the given payload is not answered with a screen", symptom: true,
			run: withScreen(func(ctx context.Context, s *session) finding {
				a := s.submit(ctx, nil)
				if s.failsLikePing(a) {
					return absent(notJudged + "it fails as the health check does")
				}
				f := a.screen()
				if f.cause == nil {
					f.wrong = "the given payload is not answered with a screen: " + f.got
				}
				return f
			}),
		},
		{
			name: "no-null", title: "there is no null in the data of the answer", severity: Must,
			needs: "submit/screen", wrong: "the data of the answer has null in it",
			meta: "the data model of a screen has no null: the phone shows a generic error and reports payload-schema-error",
			fix:  "omit the key, or give it an empty value, instead of null",
			run: withScreen(func(ctx context.Context, s *session) finding {
				return s.submit(ctx, nil).withoutNull()
			}),
		},
		{
			name: "unknown-keys", title: "further keys in the payload are tolerated", severity: Must,
			needs: "submit/screen", wrong: "a payload with further keys is not answered with a screen",
			meta: "components may add their own keys to a payload, and a flow may be published before its endpoint: the phone shows a generic error",
			fix:  "ignore keys of the payload that you do not know",
			run: withScreen(func(ctx context.Context, s *session) finding {
				return s.submit(ctx, map[string]any{"flowserver_check": []any{1, "a", true}}).screen()
			}),
		},
		{
			name: "unicode", title: "a payload with text in many scripts is answered", severity: Must,
			needs: "submit/screen", wrong: "a payload with text in many scripts is not answered with a screen",
			meta: "people write in their own script: the phone shows a generic error to them",
			fix:  "decode the clear text as UTF-8, and keep it as UTF-8 up to the database",
			run: withScreen(func(ctx context.Context, s *session) finding {
				return s.submit(ctx, map[string]any{"flowserver_check": "ação 你好 مرحبا 👩‍👩‍👧 𝒳 \u2028"}).screen()
			}),
		},
	}
}

func withScreen(run func(context.Context, *session) finding) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding {
		if s.cfg.Screen == "" {
			return absent("no screen and payload to submit: give them with --screen and --data")
		}
		return run(ctx, s)
	}
}

// submission is the clear text that submits the given payload, with more keys in it.
func (s *session) submission(more map[string]any) (string, error) {
	data := s.cfg.Data
	if more != nil {
		members, err := asObject(s.cfg.Data)
		if err != nil {
			return "", err
		}
		maps.Copy(members, more)
		data = members
	}
	plaintext, err := client.Message{
		Version: "3.0", Action: protocol.ActionDataExchange, Screen: s.cfg.Screen, Data: data, FlowToken: s.token(),
	}.MarshalJSON()
	return string(plaintext), err
}

func (s *session) submit(ctx context.Context, more map[string]any) answer {
	plaintext, err := s.submission(more)
	if err != nil {
		return answer{err: fmt.Errorf("encode the payload: %w", err)}
	}
	return s.send(ctx, plaintext)
}
