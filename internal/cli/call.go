package cli

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
)

// target is the endpoint that a command plays WhatsApp towards.
type target struct {
	URL           string `arg:"" name:"url" help:"The endpoint."`
	PublicKey     string `required:"" placeholder:"FILE" help:"The public key that the endpoint's number has."`
	AppSecret     string `placeholder:"SECRET" help:"Sign with this Meta app secret. Unsigned without."`
	AppSecretFile string `placeholder:"FILE" help:"Sign with the app secret in this file."`
}

type callCommand struct {
	target
	Action  string        `arg:"" enum:"ping,init,submit,back,error" help:"What to send: ping (Meta's health check), init (open the flow), submit (a screen's payload), back (from a screen with refresh_on_back), error (report an answer that could not be used)."`
	Screen  string        `placeholder:"ID" help:"The screen that the user is on."`
	Data    string        `placeholder:"JSON" help:"The payload: a JSON object, or @FILE to read one."`
	Token   string        `default:"flowserver-call" help:"The flow token (${default}). WhatsApp sends unused if the sender gave none."`
	DataAPI string        `name:"data-api" default:"3.0" help:"The Data API version (${default})."`
	Timeout time.Duration `default:"10s" help:"How long to wait; WhatsApp waits for ${default}."`
	JSON    bool          `name:"json" help:"Print the answer as JSON."`
}

// Run sends the message; it fails unless the answer is one that a phone can use.
func (c callCommand) Run(ctx context.Context, p *Program) error {
	msg, err := c.message()
	if err != nil {
		return err
	}
	phone, err := c.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	reply, err := phone.Send(ctx, msg)
	if reply == nil {
		return hint(err, "is the server running, and is this its address?")
	}
	if err := c.print(p, reply, err); err != nil {
		return err
	}
	if problem := c.problem(reply, err); problem != nil {
		return problem
	}
	return nil
}

func (c callCommand) message() (client.Message, error) {
	msg := client.Message{Version: c.DataAPI, Screen: c.Screen, FlowToken: c.Token}
	data, err := readPayload(c.Data)
	if err != nil {
		return msg, err
	}
	if data != nil {
		msg.Data = data
	}
	switch c.Action {
	case "ping":
		return client.Message{Version: c.DataAPI, Action: protocol.ActionPing}, nil
	case "init":
		msg.Action = protocol.ActionInit
	case "submit":
		msg.Action = protocol.ActionDataExchange
	case "back":
		msg.Action = protocol.ActionBack
	case "error":
		msg.Action = protocol.ActionDataExchange
		if data == nil {
			msg.Data = map[string]string{protocol.KeyError: protocol.ErrorPayloadSchema, protocol.KeyErrorMessage: "sent by flowserver call"}
		}
	}
	if c.Screen == "" && (c.Action == "submit" || c.Action == "back") {
		return msg, usagef("%s needs --screen, the screen that the user is on", c.Action)
	}
	return msg, nil
}

// readPayload reads --data: a JSON object, or @FILE. No text is no payload.
func readPayload(text string) (json.RawMessage, error) {
	data := []byte(text)
	if path, isFile := strings.CutPrefix(text, "@"); isFile {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	} else if text == "" {
		return nil, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil || object == nil {
		return nil, usagef("--data is not a JSON object, as {\"day\":\"mon\"}")
	}
	return data, nil
}

func (c callCommand) client() (*client.Client, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	secret, err := c.secret()
	if err != nil {
		return nil, err
	}
	phone, err := client.New(client.Config{URL: c.URL, PublicKey: key, AppSecret: secret, HTTPClient: &http.Client{Timeout: c.Timeout}})
	if err != nil {
		return nil, &usageError{err}
	}
	return phone, nil
}

// key reads the public key.
func (t target) key() (*rsa.PublicKey, error) {
	text, err := os.ReadFile(t.PublicKey)
	if err != nil {
		return nil, err
	}
	key, err := keystore.ParsePublic(text)
	if errors.Is(err, keystore.ErrPrivateKey) {
		return nil, hint(fmt.Errorf("%s: %w", t.PublicKey, err), "flowserver keys show prints the public key of a private one")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.PublicKey, err)
	}
	return key, nil
}

// secret reads the app secret; none means unsigned.
func (t target) secret() ([]byte, error) {
	if t.AppSecret != "" || t.AppSecretFile == "" {
		return []byte(t.AppSecret), nil
	}
	text, err := os.ReadFile(t.AppSecretFile)
	return bytes.TrimRight(text, "\r\n"), err
}

// problem says what is wrong with an answer and what it would do to a phone.
func (c callCommand) problem(reply *client.Reply, err error) error {
	switch {
	case err != nil:
		return err
	case reply.Status != http.StatusOK:
		return hint(fmt.Errorf("status %d", reply.Status), statusHint(reply.Status))
	case c.Action == "ping" && !reply.Active():
		return hint(errors.New("the answer to a health check must be {\"data\":{\"status\":\"active\"}}"), "Meta refuses to publish the flow")
	case c.Action == "error" && !reply.Acknowledged():
		return errors.New("the answer to an error notification must be {\"data\":{\"acknowledged\":true}}")
	}
	return nil
}

// statusHint says what a status of the protocol means.
func statusHint(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "the endpoint does not know this action or screen, or cannot read the request; its log says which"
	case http.StatusNotFound:
		return "nothing is served at this URL"
	case http.StatusMisdirectedRequest:
		return "the endpoint has no private key for this public key"
	case exchange.StatusTokenExpired:
		return "the flow is over for this token: send another with --token"
	case exchange.StatusBadSignature:
		return "the signature is missing or made with another secret: give --app-secret or --app-secret-file"
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return "the handler, or the server behind it, did not answer well or in time; the endpoint's log says why"
	case http.StatusServiceUnavailable:
		return "the endpoint is overloaded or going down; try again"
	default:
		return "the endpoint's log says why; a phone shows a generic error"
	}
}

// print writes the answer, whatever it is.
func (c callCommand) print(p *Program, reply *client.Reply, problem error) error {
	if c.JSON {
		return c.printJSON(p, reply, problem)
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "status   %d in %s", reply.Status, reply.Duration.Round(100*time.Microsecond))
	if reply.Attempts > 1 {
		fmt.Fprintf(&text, ", at the second attempt")
	}
	for _, line := range []struct{ name, value string }{
		{"screen", reply.Screen}, {"message", reply.ErrorMessage}, {"message", reply.ErrorMsg},
	} {
		if line.value != "" {
			fmt.Fprintf(&text, "\n%-8s %s", line.name, line.value)
		}
	}
	if reply.Data != nil {
		fmt.Fprintf(&text, "\ndata     ")
		if err := json.Indent(&text, reply.Data, "         ", "  "); err != nil {
			return err
		}
	}
	fmt.Fprintln(&text)
	_, err := p.Stdout.Write(text.Bytes())
	return err
}

func (c callCommand) printJSON(p *Program, reply *client.Reply, problem error) error {
	out := struct {
		Status       int             `json:"status"`
		Screen       string          `json:"screen"`
		Data         json.RawMessage `json:"data,omitempty"`
		ErrorMessage string          `json:"error_message,omitempty"`
		ErrorMsg     string          `json:"error_msg,omitempty"`
		Attempts     int             `json:"attempts"`
		DurationMS   float64         `json:"duration_ms"`
		Problem      string          `json:"problem,omitempty"`
	}{
		Status: reply.Status, Screen: reply.Screen, Data: reply.Data, ErrorMessage: reply.ErrorMessage, ErrorMsg: reply.ErrorMsg,
		Attempts: reply.Attempts, DurationMS: float64(reply.Duration.Microseconds()) / 1000,
	}
	if problem != nil {
		out.Problem = problem.Error()
	}
	encoder := json.NewEncoder(p.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}
