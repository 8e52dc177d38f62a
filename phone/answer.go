package phone

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// The kinds of verdicts.
const (
	verdictOK       = "ok"
	verdictRefused  = "refused"
	verdictSnackbar = "snackbar"
	verdictEnded    = "ended"
)

// patience is how long WhatsApp waits for an answer.
const patience = protocol.TimeoutSeconds * time.Second

// arrive decides what an answer does.
func (x *step) arrive(a arrived) {
	if a.request.notice {
		x.seq-- // nothing on the screen changes
		x.judged = &judgement{verdict: Verdict{Text: "nothing follows from the answer to an error notification", Kind: verdictOK}}
		return
	}
	if a.request.generation != x.generation {
		x.judged = &judgement{verdict: Verdict{Text: "the Flow was closed meanwhile: the answer changes nothing", Kind: verdictOK}}
		return
	}
	x.flying--
	if x.quirks.on(ruleLateAnswer) && a.request.from != x.top() {
		x.judged = &judgement{verdict: Verdict{
			Text: "the user went back meanwhile: the answer changes nothing", Kind: verdictOK, Rules: []string{ruleLateAnswer},
		}}
		return
	}
	x.last = a.request.n
	if a.reply != nil && a.reply.Status == http.StatusOK && a.err == nil && a.reply.Duration < patience {
		x.follow(a)
	} else {
		x.failed(a)
	}
	r := a.request
	x.log(Step{At: r.at, Trigger: r.trigger, Item: r.item, Action: string(r.action), From: r.from, Exchange: r.n})
}

// failed decides what follows from an exchange without a usable answer.
func (x *step) failed(a arrived) {
	r := refusal{rule: ruleStatus, kind: FailureStatus}
	switch {
	case a.offline:
		r.kind, r.rule, r.detail, r.retry = FailureOffline, ruleOffline, errOffline.Error(), &a.request
		x.refuse(r, a.request.action, a.request.from, a.request.n, nil)
		return
	case timedOut(a):
		r.kind, r.rule, r.detail = FailureTimeout, ruleTimeout, fmt.Sprintf("no answer within %d seconds", protocol.TimeoutSeconds)
		if a.reply != nil && a.reply.Status == http.StatusGatewayTimeout {
			r.detail = "the endpoint answered with status 504, which counts as no answer in time"
		}
	case a.reply == nil:
		r.detail = a.err.Error()
	case a.reply.Status == protocol.StatusKeyMismatch:
		x.refuse(refusal{
			kind: FailureKey, rule: ruleKey,
			detail: "the endpoint could not decrypt the request, nor the second attempt after the public key was fetched again",
		}, a.request.action, a.request.from, a.request.n, nil)
		return
	case a.reply.Status == protocol.StatusTokenExpired:
		x.expire(a)
		return
	case a.reply.Status == http.StatusOK:
		x.unreadable(a)
		return
	default:
		r.detail = fmt.Sprintf("the endpoint answered with status %d", a.reply.Status)
	}
	first := a.request.action == protocol.ActionInit
	if first {
		r.retry = &a.request
	}
	if first || x.ruleset == Draft {
		x.refuse(r, a.request.action, a.request.from, a.request.n, nil)
		if first {
			x.judged.verdict.Rules = append(x.judged.verdict.Rules, ruleInitRetry)
		}
		return
	}
	x.snackbar = snackbarText(r.kind)
	x.judged = &judgement{verdict: Verdict{
		Text: "stays on " + x.top() + " and shows a snackbar: " + r.detail, Kind: verdictSnackbar, Rules: []string{r.rule, ruleLaterSnackbar},
	}}
}

// timedOut reports whether the answer came too late, or a proxy says so.
func timedOut(a arrived) bool {
	var network net.Error
	switch {
	case errors.Is(a.err, context.DeadlineExceeded), errors.As(a.err, &network) && network.Timeout():
		return true
	case a.reply == nil:
		return false
	}
	return a.reply.Status == http.StatusGatewayTimeout || a.reply.Duration >= patience
}

// unreadable decides about a 200 that cannot be opened, or whose clear text is malformed.
func (x *step) unreadable(a arrived) {
	r := refusal{kind: FailureUnreadable, rule: ruleMalformed, detail: a.err.Error()}
	finding := Finding{Severity: severityError, Code: codeMalformed, Rule: r.rule, Problem: a.err.Error()}
	if errors.Is(a.err, client.ErrUndecryptable) {
		r.rule, r.key, r.notify = ruleUndecryptable, "", true
		finding.Code, finding.Rule = codeNotSealed, r.rule
		x.refuse(r, protocol.ActionDataExchange, a.request.from, a.request.n, []Finding{finding})
		return
	}
	x.refuse(r, a.request.action, a.request.from, a.request.n, []Finding{finding})
}

// expire ends a Flow whose token is no longer valid.
func (x *step) expire(a arrived) {
	r := refusal{kind: FailureExpired, rule: ruleExpired, detail: "the endpoint answered with status 427: the token is no longer valid"}
	var findings []Finding
	switch {
	case errors.Is(a.err, client.ErrUndecryptable):
		r.rule, r.kind, r.notify = ruleExpiredPlain, FailureUnreadable, true
		r.detail = "the body of the 427 is not sealed: WhatsApp cannot open it, shows no text and leaves the button enabled"
		findings = append(findings, Finding{
			Severity: severityError, Code: codeExpiredPlain, Rule: r.rule, Problem: "the body of a 427 is not sealed, so its text is not shown",
			Remedy: "seal it like every answer, although Meta's page shows it as plain JSON, or send no body",
		})
		x.refuse(r, protocol.ActionDataExchange, a.request.from, a.request.n, findings)
		return
	case a.err != nil:
		r.kind, r.rule, r.detail = FailureUnreadable, ruleMalformed, "the body of the 427: "+a.err.Error()
		findings = append(findings, expiredText(r.rule, r.detail))
	case len(a.reply.Body) == 0 && a.reply.Clear == nil:
		x.usable = false
	case !has(a.reply.Clear, protocol.KeyErrorMsg):
		x.usable = false
		r.rule, r.text = ruleExpiredUndefined, "undefined"
		findings = append(findings, expiredText(r.rule, "the body of a 427 has no error_msg, so that the user reads \"undefined\""))
	case strings.TrimSpace(a.reply.ErrorMsg) == "":
		x.usable = false
		findings = append(findings, expiredText(r.rule, "the error_msg of a 427 is blank, so the user sees no text"))
	default:
		x.usable = false
		r.text = a.reply.ErrorMsg
	}
	x.refuse(r, a.request.action, a.request.from, a.request.n, findings)
}

// expiredText is the finding about a 427 without a text for the user.
func expiredText(rule, problem string) Finding {
	return Finding{
		Severity: severityError, Code: codeExpiredText, Rule: rule, Problem: problem, Remedy: `send {"error_msg": "…"} with a text, or no body`,
	}
}

// has reports whether a clear text has a member.
func has(plaintext []byte, key string) bool {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(plaintext, &members); err != nil {
		return false
	}
	_, given := members[key]
	return given
}

// follow goes where a readable answer says.
func (x *step) follow(a arrived) {
	if a.reply.Screen == "" {
		x.unfit(a, "/screen", "the answer has no screen")
		return
	}
	var data map[string]any
	if err := json.Unmarshal(a.reply.Data, &data); err != nil {
		x.unfit(a, "/data", "the data cannot be decoded")
		return
	}
	if extension, given := data[protocol.KeyExtension]; given {
		object, ok := extension.(map[string]any)
		params, has := object[protocol.KeyParams]
		if _, isObject := params.(map[string]any); !ok || has && !isObject {
			x.unfit(a, "/data/"+protocol.KeyExtension, "extension_message_response and its params must be objects")
			return
		}
	}
	m := move{action: a.request.action, from: a.request.from, to: a.reply.Screen, data: data}
	if a.request.action == protocol.ActionInit {
		m.from = ""
	}
	findings, refusal := x.judge(m, x.violations(m, a.reply.Clear))
	if refusal != nil {
		x.refuse(*refusal, a.request.action, a.request.from, a.request.n, findings)
		return
	}
	if m.to == protocol.ScreenSuccess {
		x.succeed(a, data, findings)
		return
	}
	message, _ := data[protocol.KeyErrorMessage].(string)
	delete(data, protocol.KeyErrorMessage)
	delete(data, protocol.KeyExtension)
	data, err := x.resolved(data, a.request.from)
	if err != nil {
		x.failExpression("/data", err)
		x.judged = &judgement{x.refusedBy(ruleAnswerResolved), findings}
		return
	}
	verdict := x.describe(m, message)
	x.enter(entry{to: m.to, why: becauseAnswer, data: data})
	x.snackbar = message
	x.judged = &judgement{verdict, findings}
}

// describe says where an answer leads.
func (x *step) describe(m move, message string) Verdict {
	v := Verdict{Text: "goes to " + m.to, Kind: verdictOK, Rules: []string{ruleHistory}}
	switch n := len(x.history); {
	case n > 0 && x.history[n-1] == m.to:
		v.Text = "stays on " + m.to
	case n > 1 && x.history[n-2] == m.to:
		v.Text = "goes back to " + m.to
	}
	if message != "" {
		v.Text += " and shows a snackbar"
		v.Rules = append(v.Rules, ruleSnackbar)
	}
	return v
}

// unfit refuses an answer that is not one, of which WhatsApp reports nothing.
func (x *step) unfit(a arrived, pointer, problem string) {
	finding := Finding{Severity: severityError, Code: codeMalformed, Rule: ruleMalformed, Pointer: pointer, Problem: problem}
	x.refuse(refusal{kind: FailureUnreadable, rule: ruleMalformed, detail: problem}, a.request.action, a.request.from, a.request.n, []Finding{finding})
}
