package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/protocol"
)

// callResult is what came of a call.
type callResult struct {
	sent
	reply *client.Reply
	err   error // what is wrong with the answer itself
	cause *diagnosis.Cause

	signature string // what to do if the endpoint refuses the signature
	elsewhere string // what to do if nothing is served at its URL
}

// problem says why a call has failed, or nil.
func (r callResult) problem() error {
	switch {
	case errors.Is(r.err, client.ErrMalformed) && r.known():
		return hint(errors.New(r.cause.Text), r.cause.Fix)
	case r.err != nil && r.known() && r.cause.Fix != "":
		return hint(r.err, r.cause.Fix)
	case r.err != nil:
		return r.err
	case r.reply.Status != http.StatusOK:
		err := fmt.Errorf("status %d", r.reply.Status)
		if text := r.statusHint(); text != "" {
			return hint(err, text)
		}
		return err
	case r.action == callPing && !r.reply.Active():
		return hint(errors.New("the answer to a health check must be {\"data\":{\"status\":\"active\"}}"), "Meta refuses to publish the Flow")
	case r.action == callError && !r.reply.Acknowledged():
		return errors.New("the answer to an error notification must be {\"data\":{\"acknowledged\":true}}")
	}
	return nil
}

// known reports whether the cause of the failure is proved.
func (r callResult) known() bool { return r.cause != nil && r.cause.Known() }

// flaws returns what a phone would refuse in the answer.
func (r callResult) flaws() []string {
	if r.action == callPing || r.action == callError {
		return nil
	}
	var texts []string
	for _, flaw := range r.reply.Flaws() {
		texts = append(texts, printable.Text(flaw.Text))
	}
	return texts
}

// notBare says what stands around the base64 of an answer that opens all the same.
func (r callResult) notBare() string {
	if r.reply.Clear == nil || !bytes.ContainsAny(r.reply.Body, " \t\r\n") {
		return ""
	}
	return "the base64 of the answer has a line end or blanks around or within it: send it bare"
}

// warnings are the flaws of the answer, and what is around it.
func (r callResult) warnings() []string {
	texts := r.flaws()
	if text := r.notBare(); text != "" {
		texts = append(texts, text)
	}
	return texts
}

// statusHint says what a status of the protocol means. If the endpoint has given its
// reason, its log has nothing to add.
func (r callResult) statusHint() string {
	if r.known() && !slices.Contains(hinted(), r.cause.ID) {
		return r.cause.Fix
	}
	switch r.reply.Status {
	case http.StatusNotFound:
		if !r.known() && r.reply.Reason() == "" {
			break // other messages are answered here
		}
		return r.elsewhere
	case protocol.StatusKeyMismatch:
		return "the endpoint has no private key for this public key, or does not decrypt as it should"
	case protocol.StatusTokenExpired:
		return "the Flow has ended for this token: start again with init, or use another token with --token"
	case protocol.StatusBadSignature:
		return r.signature
	case http.StatusServiceUnavailable:
		return "the endpoint is overloaded or shutting down; try again"
	}
	if r.reply.Reason() != "" {
		return ""
	}
	switch r.reply.Status {
	case http.StatusBadRequest:
		return "the endpoint does not know this action or screen, or cannot read the request; its log says which"
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "the handler, or the server behind it, failed or did not answer in time; the endpoint's log says why"
	default:
		return "the endpoint's log says why; a phone shows a generic error"
	}
}

// hinted are the causes about which call itself knows more: which key, secret and folder
// were used.
func hinted() []string {
	return []string{string(mistake.OtherKey), string(mistake.OtherSecret), "unsigned", "nothing-at-url"}
}

// print writes the answer, whatever it is.
func (r callResult) print(p *Program, asJSON bool) error {
	if asJSON {
		return r.printJSON(p)
	}
	if err := r.printText(p); err != nil {
		return err
	}
	for _, flaw := range r.flaws() {
		p.warnf("a phone refuses this answer: %s", flaw)
	}
	if text := r.notBare(); text != "" {
		p.warnf("%s", text)
	}
	return nil
}

// words is what was assumed, on one line.
func (a assumption) words() string {
	var words []string
	if a.URL != "" {
		words = append(words, a.URL)
	}
	if a.Screen != "" {
		words = append(words, "screen "+printable.Text(a.Screen))
	}
	if a.Token != "" {
		words = append(words, "token "+printable.Text(a.Token))
	}
	return strings.Join(words, ", ")
}

func (r callResult) printText(p *Program) error {
	s := p.style(p.Stdout)
	var text bytes.Buffer
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "%s %s\n", s.dim(fmt.Sprintf("%-8s", name)), value)
		}
	}
	line("assumed", s.dim(r.assumed.words()))
	status := s.red(strconv.Itoa(r.reply.Status))
	if r.reply.Status == http.StatusOK && r.err == nil {
		status = s.green(strconv.Itoa(r.reply.Status))
	}
	status += " in " + r.reply.Duration.Round(100*time.Microsecond).String()
	if r.reply.Attempts > 1 {
		status += ", on the second attempt"
	}
	line("status", status)
	line("reason", r.reply.Reason())
	switch {
	case r.known():
		line("cause", s.bold(printable.Text(r.cause.Text)))
		line("seen", r.cause.Evidence)
	case r.cause != nil:
		line("cause", "not known: "+printable.Text(r.cause.Text))
		line("seen", r.cause.Evidence)
	}
	line("screen", s.bold(printable.Text(r.reply.Screen)))
	line("message", printable.Text(r.reply.ErrorMessage+r.reply.ErrorMsg)) // an answer has one of them at most
	if r.reply.Data != nil {
		var data bytes.Buffer
		if err := json.Indent(&data, r.reply.Data, "         ", "  "); err != nil {
			return err
		}
		line("data", printable.Text(data.String()))
	}
	if r.known() {
		for _, code := range codeFor(r.cause.Code, diagnosis.Language(r.reply.Header)) {
			fmt.Fprintf(&text, "\n%s\n  %s\n", s.dim(code.Language), strings.ReplaceAll(code.Text, "\n", "\n  "))
		}
	}
	_, err := p.Stdout.Write(text.Bytes())
	return err
}

// codeFor returns the code in the language of the endpoint, or in all languages if it is
// not known.
func codeFor(all []mistake.Code, language string) []mistake.Code {
	i := slices.IndexFunc(all, func(code mistake.Code) bool { return code.Language == language })
	if i < 0 {
		return all
	}
	return all[i : i+1]
}

type callCause struct {
	ID       string `json:"id,omitempty"`
	Known    bool   `json:"known"`
	Text     string `json:"text"`
	Evidence string `json:"evidence,omitempty"`
	Fix      string `json:"fix,omitempty"`
}

func (r callResult) printJSON(p *Program) error {
	out := struct {
		Status       int             `json:"status"`
		Screen       string          `json:"screen"`
		Data         json.RawMessage `json:"data,omitempty"`
		ErrorMessage string          `json:"error_message,omitempty"`
		ErrorMsg     string          `json:"error_msg,omitempty"`
		Attempts     int             `json:"attempts"`
		DurationMS   float64         `json:"duration_ms"`
		Assumed      assumption      `json:"assumed,omitzero"`
		Reason       string          `json:"reason,omitempty"`
		Warnings     []string        `json:"warnings,omitempty"`
		Problem      string          `json:"problem,omitempty"`
		Cause        *callCause      `json:"cause,omitempty"`
	}{
		Status: r.reply.Status, Screen: r.reply.Screen, Data: r.reply.Data, ErrorMessage: r.reply.ErrorMessage, ErrorMsg: r.reply.ErrorMsg,
		Attempts: r.reply.Attempts, DurationMS: float64(r.reply.Duration.Microseconds()) / 1000,
		Assumed: r.assumed, Reason: r.reply.Reason(), Warnings: r.warnings(),
	}
	if r.err != nil {
		out.Problem = r.err.Error()
	}
	if r.cause != nil {
		out.Cause = &callCause{ID: r.cause.ID, Known: r.known(), Text: r.cause.Text, Evidence: r.cause.Evidence, Fix: r.cause.Fix}
	}
	encoder := json.NewEncoder(p.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}
