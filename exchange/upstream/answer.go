package upstream

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/internal/success"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// answer is what the upstream answered, not yet judged.
type answer struct {
	status      int
	contentType string
	body        []byte
	limit       int64
	size        int64 // at least; of a body over the limit, which is nil then
}

// isAnswer reports whether a status has an answer: any 2xx, as frameworks answer a POST
// with 201, and 427.
func (a *answer) isAnswer() bool { return a.succeeded() || a.status == protocol.StatusTokenExpired }

func (a *answer) succeeded() bool {
	return a.status >= http.StatusOK && a.status < http.StatusMultipleChoices
}

// response judges an answer. Mistakes that do not keep it from being sent are warnings of
// the exchange that ctx belongs to.
func (a *answer) response(ctx context.Context) (*exchange.Response, error) {
	if !a.isAnswer() {
		return nil, a.refusal()
	}
	if a.size > a.limit {
		return nil, fmt.Errorf("%w: its answer is over the limit: it has at least %d bytes, and upstream.max_answer is %d: send less, or raise it",
			exchange.ErrUpstream, a.size, a.limit)
	}
	resp, err := a.decode(ctx)
	if _, expired := errors.AsType[*exchange.TokenError](err); expired {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: its answer of status %d is unusable: %w", exchange.ErrUpstream, a.status, err)
	}
	return resp, nil
}

// refusal returns the error for a status other than that of an answer.
func (a *answer) refusal() error {
	switch problem := workflowProblem(string(a.body)); {
	case problem != "":
		return fmt.Errorf("%w: status %d: %s", exchange.ErrUpstream, a.status, problem)
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		return fmt.Errorf("%w: status %d: does it have the same secret, and the right time?", exchange.ErrUpstream, a.status)
	case a.status >= http.StatusMultipleChoices && a.status < http.StatusBadRequest:
		return fmt.Errorf("%w: status %d: redirects are not followed: set upstream.url to the final address", exchange.ErrUpstream, a.status)
	default:
		return fmt.Errorf("%w: status %d, where 200 (any 2xx) or 427 is an answer%s", exchange.ErrUpstream, a.status, statusHint(a.status))
	}
}

// statusHint is what a status usually means here.
func statusHint(status int) string {
	switch {
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return ": does upstream.url have the right path, and is that path for POST?"
	case status == http.StatusUnsupportedMediaType:
		return ": the message is application/json"
	case status == http.StatusTooManyRequests:
		return ": it limits the rate of requests"
	case status == protocol.StatusKeyMismatch, status == protocol.StatusBadSignature:
		return ": it is an endpoint that decrypts itself, and an upstream gets plain JSON: leave out its decryption"
	case status >= http.StatusInternalServerError:
		return ": its own log says why"
	default:
		return ""
	}
}

// decode reads the body of an answer. No error quotes a value.
func (a *answer) decode(ctx context.Context) (*exchange.Response, error) {
	expired := a.status == protocol.StatusTokenExpired
	body, err := a.object()
	switch {
	case errors.Is(err, errEmpty) && expired:
		return nil, exchange.ExpireToken("")
	case errors.Is(err, errEmpty) && a.status == http.StatusAccepted:
		return nil, fmt.Errorf("%w, and 202 promises an answer later: WhatsApp needs it at once", err)
	case err != nil:
		return nil, err
	case expired:
		return nil, tokenExpired(ctx, body)
	}
	return screen(ctx, body)
}

// tokenExpired returns the [exchange.TokenError] of an answer with status 427. Its text is
// in error_msg, or under the names that upstreams and frameworks give it.
func tokenExpired(ctx context.Context, body map[string]json.RawMessage) error {
	for _, key := range []string{protocol.KeyErrorMsg, protocol.KeyErrorMessage, "message"} {
		message, found, err := text(body, key)
		if err != nil {
			return err
		}
		if found {
			return exchange.ExpireToken(message)
		}
	}
	if len(body) > 0 {
		exchange.Warn(ctx, exchange.WarningUnusedKeys, "status 427 has keys that go nowhere: send the text for the user as error_msg: "+jsonobject.KeyNames(body))
	}
	return exchange.ExpireToken("")
}

// text returns a member that is a string if it is there. Null counts as absent: many
// languages write it for a field without a value.
func text(members map[string]json.RawMessage, key string) (message string, found bool, err error) {
	if string(members[key]) == "null" {
		return "", false, nil
	}
	return jsonobject.Text(members, key)
}

// screen makes a response of {"screen": …, "data": …}.
func screen(ctx context.Context, body map[string]json.RawMessage) (*exchange.Response, error) {
	id, _, err := text(body, protocol.KeyScreen)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, noScreen(body)
	}
	if strings.Contains(id, "{{") {
		return nil, errors.New("screen is an expression in braces that the workflow did not evaluate: switch the field to an expression")
	}
	data := map[string]json.RawMessage{}
	if raw, given := body[protocol.KeyData]; given && string(raw) != "null" {
		if data, err = jsonobject.MembersOrEmptyList(raw); err != nil {
			return nil, fmt.Errorf("data is not a JSON object, but %s", jsonobject.Kind(raw))
		}
	}
	if id == protocol.ScreenSuccess {
		return ending(ctx, body, data)
	}
	warnUnused(ctx, body, "")
	message, found, err := text(data, protocol.KeyErrorMessage)
	if err != nil {
		return nil, fmt.Errorf("in data, %w", err)
	}
	delete(data, protocol.KeyErrorMessage) // the response adds it again
	resp := exchange.NewResponse(id, data)
	if found {
		resp = resp.WithError(message)
	}
	return resp, nil
}

// ending ends the Flow, with a message in the chat if there are params for it.
func ending(ctx context.Context, body, data map[string]json.RawMessage) (*exchange.Response, error) {
	message, _, err := text(body, protocol.KeyErrorMessage)
	if err != nil {
		return nil, err
	}
	if err := success.CheckMessage(message); err != nil {
		return nil, err
	}
	judged, err := success.Judge(data, body[protocol.KeyParams])
	if err != nil {
		return nil, err
	}
	if judged.Oddity != "" {
		exchange.Warn(ctx, exchange.Warning(judged.Oddity), judged.Text)
	}
	warnUnused(ctx, body, protocol.KeyParams)
	if judged.Params == nil {
		return exchange.Close(), nil
	}
	return exchange.Complete(judged.Params), nil
}

// warnUnused warns of members of the body that are not sent; also is another one that is.
func warnUnused(ctx context.Context, body map[string]json.RawMessage, also string) {
	unused := maps.Clone(body)
	maps.DeleteFunc(unused, func(key string, value json.RawMessage) bool {
		switch key {
		case protocol.KeyScreen, protocol.KeyData, protocol.KeyVersion, also:
			return true
		}
		return string(value) == "null" || string(value) == `""`
	})
	if len(unused) == 0 {
		return
	}
	problem := "keys at the top level go nowhere, because only screen and data are sent: " + jsonobject.KeyNames(unused)
	if _, misplaced := unused[protocol.KeyErrorMessage]; misplaced {
		problem += "; error_message belongs in data"
	}
	exchange.Warn(ctx, exchange.WarningUnusedKeys, problem)
}

// noScreen is the error for an answer that names no screen, with what it has instead.
func noScreen(body map[string]json.RawMessage) error {
	const names = "it names no screen"
	message, _ := jsonobject.String(body["message"])
	if problem := workflowProblem(message); problem != "" {
		return errors.New(names + ": " + problem)
	}
	if _, given := body[protocol.KeyErrorMsg]; given {
		return errors.New(names + ": error_msg belongs to status 427")
	}
	for key := range body {
		if key != protocol.KeyScreen && strings.EqualFold(key, protocol.KeyScreen) {
			return errors.New(names + `: the key is "screen", in lower case`)
		}
	}
	if _, given := body[protocol.KeyScreen]; given {
		return errors.New(names + ": screen is empty")
	}
	if len(body) == 0 {
		return errors.New(names + ", and has no keys")
	}
	if body["attempt"] != nil && body["request_id"] != nil && body["status"] != nil {
		return errors.New(names + ": Zapier answered at once, and its webhooks cannot answer with a screen")
	}
	if about, _ := jsonobject.String(body["about"]); about == "https://pipedream.com" {
		return errors.New(names + ": Pipedream answered at once: let the HTTP trigger return a custom response")
	}
	for _, key := range slices.Sorted(maps.Keys(body)) {
		if hasScreen(body[key]) {
			return fmt.Errorf("%s: the answer is in the member %s, but must be the whole body", names, jsonobject.KeyName(key))
		}
	}
	return fmt.Errorf("%s, and has the keys %s", names, jsonobject.KeyNames(body))
}

// hasScreen reports whether a value is an answer, as such, as a string or in base64.
func hasScreen(value json.RawMessage) bool {
	if text, isText := jsonobject.String(value); isText {
		value = json.RawMessage(text)
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			value = decoded
		}
	}
	members, err := jsonobject.Members(value)
	return err == nil && members[protocol.KeyScreen] != nil
}
