package exchange

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// foreignMethod describes a request that is not a POST; empty if nothing is known about
// it.
func foreignMethod(r *http.Request) string {
	switch {
	case r.Method == http.MethodOptions:
		return "it is the preflight of a browser, and web pages cannot call an endpoint: WhatsApp calls it from its servers"
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		return ""
	case hasHubParameter(r.URL.RawQuery):
		return "it is the verification of a webhook (hub.challenge), which the endpoint of a Flow does not have: " +
			"set the callback URL of the Meta app to your webhook server"
	case r.Header.Get(flowcrypto.SignatureHeader) != "":
		return "it is signed, so a redirect on the way, for example to https or to www, may have made it a " + r.Method +
			": set the endpoint URI of the Flow to the final URL"
	default:
		return "it is from a browser or a monitor: WhatsApp sends POST, and a monitor can use public_health, or /readyz of the admin address"
	}
}

// hasHubParameter reports whether a query has a parameter that Meta verifies a webhook
// with.
func hasHubParameter(query string) bool {
	const enough = 1024 // bytes to look at
	values, _ := url.ParseQuery(query[:min(len(query), enough)])
	return values.Has("hub.mode") || values.Has("hub.challenge") || values.Has("hub.verify_token")
}

const (
	// maxForeign is how many bytes of a body without a valid signature are looked at.
	maxForeign = partSize
	// foreignWait is how long the body of a request without a signature may take.
	foreignWait = 200 * time.Millisecond
)

// foreignUnsigned describes a request without a signature. Its body is looked at only if
// it is short and arrives at once: it may be a stranger's.
func foreignUnsigned(w http.ResponseWriter, r *http.Request) string {
	if what := foreignHeader(r); what != "" {
		return what
	}
	if r.Header.Get("X-Hub-Signature") != "" && r.Header.Get(flowcrypto.SignatureHeader) == "" {
		return "only the older X-Hub-Signature (SHA-1) arrived: have the proxy in front pass on both headers"
	}
	if r.ContentLength > maxForeign || r.Header.Get("Expect") != "" {
		return ""
	}
	if r.ContentLength == 0 {
		return foreignBody(nil)
	}
	if http.NewResponseController(w).SetReadDeadline(time.Now().Add(foreignWait)) != nil {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForeign+1))
	if err != nil || len(body) > maxForeign {
		return ""
	}
	return foreignBody(body)
}

// foreignHeader describes a body by its headers; empty if they are those of a JSON text.
func foreignHeader(r *http.Request) string {
	encoding := r.Header.Get("Content-Encoding")
	switch {
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return compressed
	case r.UserAgent() == "flowserver" && r.Header.Get("Webhook-Id") != "":
		return "it is a message of flowserver to an upstream: upstream.url is the URL of a Flow, set it to the server that answers"
	default:
		return ""
	}
}

const (
	passOn     = "have the proxy or the workflow in front pass the raw body on, unchanged"
	compressed = "the body is compressed, for example by gzip (Content-Encoding), and Meta does not compress: " + passOn
)

// foreignBody describes a body that is not an envelope, or is one that was changed on the
// way; empty if nothing is known about it. The text has nothing of the body but names
// that this file knows.
func foreignBody(body []byte) string {
	text := bytes.TrimSpace(body)
	if len(text) == 0 {
		return "the body is empty: a proxy or a redirect on the way may have dropped it"
	}
	if what, layers := unwrap(text, nil); what == sealed && len(layers) > 0 {
		return "the envelope of a Flow request arrived " + strings.Join(layers, ", ") + ": " + passOn
	} else if what != nothing {
		return explanations[what]
	}
	return foreignText(text)
}

// foreign describes a body that is not that of a request; empty if nothing is known about
// it, or if it has more than most bytes.
func (x *body) foreign(r *http.Request, most int) string {
	what := foreignHeader(r)
	if what == "" && x.size <= most {
		what = foreignBody(x.text())
	}
	return what
}

// foreignText describes a body that is not JSON by its beginning.
func foreignText(text []byte) string {
	switch {
	case isCompressed(text):
		return compressed
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "the body is UTF-16, and Meta sends UTF-8: " + passOn
	case text[0] == '<':
		return "the body is XML or HTML, so it is not from Meta"
	case bytes.HasPrefix(text, []byte("--")) && bytes.Contains(text, []byte("Content-Disposition")):
		return "the body is a form (multipart/form-data): " + passOn
	case bytes.HasPrefix(text, []byte("{'")):
		return "the body has single quotes, as Python prints a dict: post the JSON text itself"
	case brokenOff(text):
		return "the JSON breaks off at its end: a proxy on the way may have cut the body"
	}
	if _, ok := decodeHex(text); ok {
		return "the body is hex digits: post a request as JSON"
	}
	if decoded, ok := decodeBase64(text); ok && !utf8.Valid(decoded) {
		return "the body is base64 of something that is not text, for example a sealed answer: post a request"
	}
	return ""
}

// isCompressed reports whether text begins as gzip, zstd or zlib does.
func isCompressed(text []byte) bool {
	return slices.ContainsFunc([]string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "\x78\x01", "\x78\x9c", "\x78\xda"}, func(magic string) bool {
		return bytes.HasPrefix(text, []byte(magic))
	})
}

// brokenOff reports whether text is the beginning of a JSON object.
func brokenOff(text []byte) bool {
	return text[0] == '{' && errors.Is(json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage)), io.ErrUnexpectedEOF)
}

// foreign is what a JSON text is.
type foreign int

const (
	nothing    foreign = iota // that is known
	sealed                    // an envelope
	renamed                   // an envelope whose fields have other names
	incomplete                // a part of an envelope
	unsealed                  // a clear request
	webhook
	passedOn // the contents of a webhook, as providers pass them on
)

var explanations = map[foreign]string{
	renamed:    "the fields of an envelope have other names (expected encrypted_flow_data, encrypted_aes_key, initial_vector): " + passOn,
	incomplete: "only a part of an envelope arrived (expected encrypted_flow_data, encrypted_aes_key, initial_vector): " + passOn,
	unsealed:   "it is a clear request, and only encrypted ones are answered: send it with `flowserver call`",
	webhook: "it is a webhook of Meta, which goes to the callback URL of the Meta app, and that is the endpoint URI of the Flow: " +
		"set the callback URL to your webhook server",
	passedOn: "it has messages or statuses, so it is a webhook of a provider, whose URL is the endpoint URI of the Flow: " +
		"set the webhook URL to your webhook server",
}

// envelopeFields are the fields of an envelope, without underscores.
var envelopeFields = []string{"encryptedflowdata", "encryptedaeskey", "initialvector"}

// identify returns what an object is by the names of its members.
func identify(members map[string]json.RawMessage) foreign {
	exact, similar := 0, 0
	for name := range members {
		plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name[:min(len(name), 40)]))
		if slices.Contains(envelopeFields, plain) {
			similar++
			if strings.Contains(name, "_") {
				exact++
			}
		}
	}
	object, _ := jsonobject.String(members["object"])
	_, entry := members["entry"]
	product, _ := jsonobject.String(members["messaging_product"])
	action, _ := jsonobject.String(members[protocol.KeyAction])
	_, versioned := members[protocol.KeyVersion]
	switch {
	case exact == len(envelopeFields):
		return sealed
	case similar == len(envelopeFields):
		return renamed
	case similar > 0:
		return incomplete
	case entry && object != "", object == "whatsapp_business_account", product == "whatsapp":
		return webhook
	case isList(members["messages"]), isList(members["statuses"]):
		return passedOn
	case versioned && action != "", Action(action).Known():
		return unsealed
	default:
		return nothing
	}
}

// isList reports whether a JSON text is a list.
func isList(text json.RawMessage) bool { return len(text) > 0 && text[0] == '[' }

// The members that proxies, workflows and functions put a body into. Others are not named,
// because a stranger may have chosen them.
var wrappers = []string{"body", "rawBody", "data", "payload", "json", "content", "event", "message", "request", "params", "query", "Records", "isBase64Encoded"}

// maxLayers is how deep an envelope is looked for.
const maxLayers = 6

// unwrap looks for what identify knows in text and in the layers around it, each of which
// it describes, from outside in.
func unwrap(text []byte, layers []string) (what foreign, around []string) {
	if len(layers) > maxLayers {
		return nothing, nil
	}
	in := func(layer string, inner []byte) bool {
		if inner = bytes.TrimSpace(inner); len(inner) > 0 {
			what, around = unwrap(inner, append(slices.Clone(layers), layer))
		}
		return what != nothing
	}
	if rest, marked := bytes.CutPrefix(text, []byte("\ufeff")); marked {
		in("after a byte order mark", rest)
		return what, around
	}
	switch text[0] {
	case '{':
		members, err := jsonobject.Members(text)
		if err != nil {
			return nothing, nil
		}
		if what = identify(members); what != nothing {
			return what, layers
		}
		if inner, isBuffer := bufferOf(members); isBuffer && in("as a Buffer of Node.js", inner) {
			return what, around
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			layer := "in a member of an object"
			if slices.Contains(wrappers, name) {
				layer = `in "` + name + `"`
			}
			if in(layer, members[name]) {
				return what, around
			}
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(text, &list) == nil && len(list) > 0 && in("in a list", list[0]) {
			return what, around
		}
	case '"':
		var inner string
		if json.Unmarshal(text, &inner) == nil && in("as a string of JSON", []byte(inner)) {
			return what, around
		}
	default:
		if inner, ok := decodeHex(text); ok && in("encoded in hex", inner) {
			return what, around
		}
		if inner, ok := decodeBase64(text); ok && utf8.Valid(inner) && in("encoded in base64", inner) {
			return what, around
		}
		if inner, ok := formValue(text); ok && in("as a form (application/x-www-form-urlencoded)", inner) {
			return what, around
		}
	}
	return nothing, nil
}

// bufferOf returns the bytes of a Buffer of Node.js that was written as JSON.
func bufferOf(members map[string]json.RawMessage) (content []byte, isBuffer bool) {
	if kind, _ := jsonobject.String(members["type"]); kind != "Buffer" {
		return nil, false
	}
	var numbers []byte
	for _, number := range bytes.Split(bytes.Trim(members["data"], "[]"), []byte(",")) {
		var one byte
		if json.Unmarshal(number, &one) != nil {
			return nil, false
		}
		numbers = append(numbers, one)
	}
	return numbers, true
}

// decodeHex decodes hex digits.
func decodeHex(text []byte) (decoded []byte, ok bool) {
	const shortest = 32 // anything shorter may be a word or a number
	if len(text) < shortest {
		return nil, false
	}
	decoded, err := hex.DecodeString(string(text))
	return decoded, err == nil
}

// decodeBase64 decodes base64 of either alphabet, with padding or without.
func decodeBase64(text []byte) (decoded []byte, ok bool) {
	const shortest = 16 // anything shorter may be a word
	if len(text) < shortest {
		return nil, false
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(string(text), "="))
	decoded, err := base64.RawStdEncoding.DecodeString(standard)
	return decoded, err == nil
}

// formValue returns what a form contains: the JSON text that is its only name or one of
// its values, or the fields of an envelope as JSON.
func formValue(text []byte) (inner []byte, ok bool) {
	if !bytes.ContainsAny(text, "=%") {
		return nil, false
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, false
	}
	fields := map[string]string{}
	for name, all := range values {
		for _, candidate := range append(all, name) {
			if candidate = strings.TrimSpace(candidate); strings.HasPrefix(candidate, "{") && json.Valid([]byte(candidate)) {
				return []byte(candidate), true
			}
		}
		fields[name] = all[0]
	}
	inner, err = json.Marshal(fields)
	return inner, err == nil
}
