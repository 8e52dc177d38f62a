package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
)

const callName = "call"

// The actions of call.
const (
	callPing   = "ping"
	callInit   = "init"
	callSubmit = "submit"
	callBack   = "back"
	callError  = "error"
)

const callActions = "ping, init, submit, back, error"

type callCommand struct {
	target
	Words   []string      `arg:"" optional:"" name:"word" help:"[URL] ACTION [SCREEN] [key=value ...]"`
	Screen  string        `placeholder:"ID" help:"The screen that the user is on, if not given as an argument."`
	Data    string        `placeholder:"JSON" help:"The payload: a JSON object, or @FILE to read one. key=value adds to it."`
	File    []string      `placeholder:"KEY=@PATH" sep:"none" help:"Pick this photo or document for the picker KEY, and serve it while the request runs. Can be repeated."`
	Token   string        `placeholder:"T" help:"The flow token. By default init generates one, and the other actions reuse the last one."`
	DataAPI string        `name:"data-api" default:"3.0" placeholder:"VERSION" help:"The Data API version."`
	Timeout time.Duration `default:"10s" placeholder:"DURATION" help:"How long to wait, as WhatsApp does."`
	JSON    bool          `name:"json" help:"Print the answer as JSON."`
}

// Help explains the arguments, which kong sees as one list.
func (callCommand) Help() string {
	return `The words are [URL] ACTION [SCREEN] [key=value ...]. ACTION is ping (Meta's health
check), init (open the Flow), submit (send a screen's payload), back (leave a screen
with refresh_on_back) or error (report an answer that could not be used).

In a folder where "flowserver dev" has run, URL, keys and app secret come from
.flowserver/, and the screen and the token from the last answer. Values are strings;
key:=JSON sends a number, a boolean, a list or an object. Flags override variables,
and variables override .flowserver/.

--file photos=@id.jpg seals the file as a phone does and serves it on this machine until
the answer is there. A handler under "flowserver dev" downloads it with the context of
its request. Any other endpoint must accept cdn_url at http://127.0.0.1, which
exchange/media does not: an endpoint in production must refuse it.

If the endpoint refuses the request or seals its answer wrongly, call sends up to 70
health checks, each as an endpoint with one known mistake expects it, and names the
mistake.

Exit codes: 0 if the answer has status 200 and can be opened, 1 otherwise. call warns
if a phone would refuse the answer.`
}

// request is what the words of a command line say.
type request struct {
	url     string // empty if the words have none
	action  string
	screen  string
	payload json.RawMessage // nil if there is none
	files   []pickedFile
}

// sent is a request with what was assumed for it.
type sent struct {
	request
	token   string
	assumed assumption
}

// assumption is what neither the command line nor a variable gave.
type assumption struct {
	URL    string `json:"url,omitempty"`
	Screen string `json:"screen,omitempty"`
	Token  string `json:"token,omitempty"`
}

// Run sends the message; it fails unless the answer opens and has status 200.
func (c callCommand) Run(ctx context.Context, p *Program, parsed *kong.Context) error {
	req, err := c.parse()
	if err != nil {
		return err
	}
	given := flagsGiven(parsed)
	address, assumed, err := c.chooseURL(req.url, given)
	if err != nil {
		return err
	}
	memory := c.remember(p, address)
	out, err := c.fill(req, memory)
	if err != nil {
		return err
	}
	if assumed {
		out.assumed.URL = weburl.Printable(address)
	}
	key, signer, err := c.credentials(given)
	if err != nil {
		return err
	}
	origin, stop, err := c.upload(ctx, &out)
	if err != nil {
		return err
	}
	defer stop()
	phone, err := client.New(client.Config{
		URL: address, PublicKey: key, AppSecret: signer.value, HTTPClient: &http.Client{}, // the context ends what takes too long
		MediaOrigin: origin,
	})
	if err != nil {
		return &usageError{err}
	}
	waiting, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	reply, err := phone.Send(waiting, c.message(out))
	if reply == nil {
		return c.unanswered(err, address, assumed)
	}
	memory.keep(p, out, reply)
	result := callResult{sent: out, reply: reply, err: err, signature: c.signatureHint(signer), elsewhere: c.elsewhereHint(address)}
	if reply.Reason() == "" { // else the endpoint knows better
		looking, cancel := context.WithTimeout(ctx, c.Timeout)
		defer cancel()
		result.cause = diagnosis.Explain(looking, phone, reply, err)
	}
	if err := result.print(p, c.JSON); err != nil {
		return err
	}
	return result.problem()
}

// parse takes the words apart: [URL] ACTION [SCREEN] [key=value ...].
func (c callCommand) parse() (request, error) {
	var req request
	words := c.Words
	if len(words) > 0 && looksLikeURL(words[0]) {
		req.url, words = words[0], words[1:]
	}
	if len(words) == 0 {
		return req, usagef("expected an action: one of %s", callActions)
	}
	switch req.action = strings.ToLower(words[0]); req.action {
	case callPing, callInit, callSubmit, callBack, callError:
	default:
		return req, notAnAction(words[0])
	}
	words = words[1:]
	req.screen = c.Screen
	if len(words) > 0 && !strings.Contains(words[0], "=") {
		if c.Screen != "" {
			return req, usagef("the screen is given both as an argument and as --screen")
		}
		req.screen, words = words[0], words[1:]
	}
	if strings.Contains(req.screen, "://") {
		return req, usagef("the URL comes before the action: flowserver call URL %s", req.action)
	}
	for _, word := range words {
		if !strings.Contains(word, "=") {
			return req, usagef("expected key=value after the screen, got an argument without =")
		}
	}
	payload, err := payloadOf(c.Data, words)
	if err != nil {
		return req, err
	}
	if req.action == callPing && (req.screen != "" || payload != nil) {
		return req, usagef("ping has no screen or payload")
	}
	req.payload = payload
	req.files, err = c.pickedFiles(req)
	return req, err
}

// notAnAction is the error for a word that is neither a URL nor an action.
func notAnAction(word string) error {
	err := usagef("%q is not an action: must be one of %s", word, callActions)
	meant := nearest.Word(word, strings.Split(callActions, ", "))
	if strings.EqualFold(word, string(protocol.ActionDataExchange)) {
		meant = callSubmit // Meta's word for it
	}
	if meant == "" {
		return err
	}
	return hint(err, "did you mean "+meant+"?")
}

// looksLikeURL distinguishes a URL from an action.
func looksLikeURL(word string) bool {
	return strings.ContainsAny(word, ":/.") || strings.EqualFold(word, "localhost")
}

// fill adds the screen and the token that were not given.
func (c callCommand) fill(req request, memory *callMemory) (sent, error) {
	out := sent{request: req, token: c.Token}
	if req.action == callPing {
		return out, nil
	}
	if req.screen == "" && req.action != callInit {
		out.screen = memory.last.Screen
		switch {
		case out.screen != "":
			out.assumed.Screen = out.screen
		case req.action == callError: // of the answer to INIT, say
		case memory.last.Token != "":
			return out, usagef("%s needs a screen, and the last answer has none: name the screen, or start again with init", req.action)
		default:
			return out, usagef("%s needs the screen that the user is on: give it as an argument or with --screen", req.action)
		}
	}
	if out.token != "" {
		return out, nil
	}
	if out.token = memory.token(req.action); out.token != noToken {
		out.assumed.Token = out.token
	}
	return out, nil
}

func (c callCommand) message(out sent) client.Message {
	msg := client.Message{Version: c.DataAPI, Screen: out.screen, FlowToken: out.token}
	if out.payload != nil {
		msg.Data = out.payload
	}
	switch out.action {
	case callPing:
		return client.Message{Version: c.DataAPI, Action: protocol.ActionPing}
	case callInit:
		msg.Action = protocol.ActionInit
	case callBack:
		msg.Action = protocol.ActionBack
	case callSubmit:
		msg.Action = protocol.ActionDataExchange
	case callError:
		msg.Action = protocol.ActionDataExchange
		if out.payload == nil {
			msg.Data = map[string]string{protocol.KeyError: protocol.ErrorPayloadSchema, protocol.KeyErrorMessage: "sent by flowserver call"}
		}
	}
	return msg
}

// unanswered explains why no answer came.
func (c callCommand) unanswered(err error, address string, assumed bool) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case diagnosis.TimedOut(err) && !errors.Is(err, client.ErrIncomplete):
		return hint(fmt.Errorf("no answer within %s from %s", c.Timeout, weburl.Printable(address)),
			"a phone gives up after 10s; --timeout sets how long call waits")
	}
	if cause := diagnosis.Read(nil, err); cause.Known() && !slices.Contains(nothingThere(), cause.ID) {
		return hint(fmt.Errorf("no answer from %s: %s", weburl.Printable(address), cause.Text), cause.Fix)
	}
	return hint(err, c.unansweredHint(assumed))
}
