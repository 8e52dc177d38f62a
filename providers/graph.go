package providers

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// defaultGraphVersion is the version in ChakraHQ's documentation of January 20,
// 2026. Meta serves it until February 18, 2028 (Graph API changelog).
const defaultGraphVersion = "v24.0"

// graphClient speaks to Meta's Business Encryption API, or to what passes it
// on: one resource, read with GET and set with POST, a bearer token, Meta's
// answers and errors.
type graphClient struct {
	*caller
	endpoint func() secret.Bytes // a base URL may hold more than it should
	token    func() secret.Bytes
	header   tokenHeader
	encode   func(pem string) (contentType string, body []byte)
}

func (g *graphClient) publicKey(ctx context.Context) (registration.RemoteKey, error) {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	var key registration.RemoteKey
	failure := g.read(ctx,
		func(ctx context.Context) (*http.Request, error) {
			return g.request(ctx, http.MethodGet, http.NoBody)
		},
		func(a *answer) (failure *APIError) {
			key, failure = decodeGraphKey(a)
			return failure
		})
	if failure != nil {
		return registration.RemoteKey{}, failure
	}
	return key, nil
}

func (g *graphClient) setPublicKey(ctx context.Context, publicPEM []byte) error {
	pem, err := g.canonicalKey(publicPEM)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	build := func(ctx context.Context) (*http.Request, error) {
		contentType, body := g.encode(pem)
		req, err := g.request(ctx, http.MethodPost, bytes.NewReader(body))
		if err == nil {
			req.Header.Set("Content-Type", contentType)
		}
		return req, err
	}
	if failure := g.once(ctx, OpSet, build, decodeGraphSet); failure != nil {
		return failure
	}
	return nil
}

func (g *graphClient) request(ctx context.Context, method string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, string(g.endpoint()), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set(g.header.name, g.header.before+string(g.token()))
	return req, nil
}

// graphAnswer has the fields of all known answers; they are raw, since their
// types differ between answers.
type graphAnswer struct {
	Errors  json.RawMessage `json:"_errors"`
	Wrapped json.RawMessage `json:"_data"`
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
	Success json.RawMessage `json:"success"`
	passedError
	retryHints
}

// passedError is how providers that pass Meta's API on report errors of their own:
// 360dialog with developer_message under "meta", and with "errors" as WhatsApp's
// On-Premises API had them; others with the members of RFC 9457.
type passedError struct {
	Developer json.RawMessage `json:"developer_message"`
	Meta      json.RawMessage `json:"meta"`
	List      json.RawMessage `json:"errors"`
	Detail    json.RawMessage `json:"detail"`
	Title     json.RawMessage `json:"title"`
}

// passedMeta is "meta" of 360dialog.
type passedMeta struct {
	Developer json.RawMessage `json:"developer_message"`
	Success   json.RawMessage `json:"success"`
}

func (e passedError) meta() (meta passedMeta) {
	_ = json.Unmarshal(e.Meta, &meta) // if it is not an object, it says nothing
	return meta
}

// failed reports whether the answer says so, whatever its HTTP status.
func (e passedError) failed() bool { return string(e.meta().Success) == "false" }

func (e passedError) text() string {
	return cmp.Or(anyText(e.Developer), anyText(e.meta().Developer), firstMessage(e.List), anyText(e.Detail), anyText(e.Title))
}

// text is the message of an answer that is not Meta's.
func (a graphAnswer) text() string { return cmp.Or(anyText(a.Message), a.passedError.text()) }

func decodeGraphKey(a *answer) (registration.RemoteKey, *APIError) {
	body, failure := parseGraph(a)
	if failure != nil {
		return registration.RemoteKey{}, failure
	}
	key, err := findKey(a.body)
	if err != nil {
		return registration.RemoteKey{}, &APIError{
			Kind: ErrUnexpectedResponse, detail: err.Error(), Message: body.text(), remedy: unclearRemedy(err),
		}
	}
	return key, nil
}

// decodeGraphSet accepts {"success":true}, as Meta documents it, also under
// "_data". Whatever else came, the set may have happened.
func decodeGraphSet(a *answer) *APIError {
	body, failure := parseGraph(a)
	if failure != nil {
		return failure
	}
	var wrapped graphAnswer
	_ = json.Unmarshal(body.Wrapped, &wrapped) // if it is not an object, it does not say success
	if string(body.Success) == "true" || string(wrapped.Success) == "true" {
		return nil
	}
	return &APIError{Kind: ErrUnexpectedResponse, detail: "JSON that does not report success", Message: body.text()}
}

// parseGraph finds the error in an answer, whatever its HTTP status.
func parseGraph(a *answer) (graphAnswer, *APIError) {
	var body graphAnswer
	if err := json.Unmarshal(a.body, &body); err != nil {
		return body, notJSON(a)
	}
	if !a.ok() || !isEmpty(body.Errors) || !isEmpty(body.Error) || body.failed() {
		return body, graphFailure(a, body)
	}
	return body, nil
}

// notJSON classifies by status: gateways answer in plain text or HTML.
func notJSON(a *answer) *APIError {
	failure := &APIError{Kind: kindOfStatus(a.status), Message: plainText(a)}
	switch {
	case a.ok():
		failure.detail = "no JSON object"
	case a.status == http.StatusForbidden:
		failure.detail = "not the API itself"
		failure.remedy = "a firewall or a proxy in front of the API refuses this host: check HTTPS_PROXY and base_url, " +
			"and ask the provider to allow this host's address"
	case a.status == http.StatusProxyAuthRequired:
		failure.detail = "a proxy asks for a login"
		failure.remedy = "give the proxy's user and password in HTTPS_PROXY, or go around it with NO_PROXY"
	case a.status == http.StatusTooManyRequests:
	case a.status >= http.StatusBadRequest && a.status < http.StatusInternalServerError && bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")):
		failure.detail = "not the API itself, but HTML"
		failure.remedy = "a web server or a proxy answers in place of the API: check base_url and what follows it, and HTTPS_PROXY"
	}
	return failure
}

// plainText returns the body if it is a message to read, which HTML is not.
func plainText(a *answer) string {
	body := strings.TrimSpace(string(a.body))
	if strings.ContainsAny(body, "<{[") {
		return ""
	}
	return body
}

func formEncoded(pem string) (contentType string, body []byte) {
	return formType, []byte(url.Values{keyField: {pem}}.Encode())
}

func jsonEncoded(pem string) (contentType string, body []byte) {
	body, err := json.Marshal(map[string]string{keyField: pem})
	if err != nil {
		panic("providers: " + err.Error()) // strings always encode
	}
	return "application/json", body
}

const (
	keyField = "business_public_key"
	formType = "application/x-www-form-urlencoded"
)

// The keys that ChakraHQ and Meta have in common.

func phoneNumberIDKey(field *string, meaning string) Key {
	return Key{
		Name: "phone_number_id", Variable: "PHONE_NUMBER_ID", Required: true,
		Meaning: meaning, Example: "106540352242922", Text: field, check: phoneNumberIDForm,
	}
}

func accessTokenKey(field *secret.Bytes, meaning, example string) Key {
	return Key{
		Name: "access_token", Variable: "ACCESS_TOKEN", Required: true, File: true,
		Meaning: meaning, Example: example, Secret: field, check: credentialForm,
	}
}

func graphVersionKey(field *string) Key {
	return Key{
		Name: "graph_version", Variable: "GRAPH_VERSION", Default: defaultGraphVersion,
		Meaning: "version of Meta's Graph API", Text: field, check: graphVersionForm, manner: true,
	}
}

// graphResource is the last part of the resource's path.
const graphResource = "whatsapp_business_encryption"

// tokenHeader is the header that carries the token.
type tokenHeader struct {
	name   string
	before string // the token, in the value
}

var bearerHeader = tokenHeader{"Authorization", "Bearer "}

// graphSettings is what the configurations of ChakraHQ, Meta and others have in common.
type graphSettings struct {
	provider    Provider
	baseURL     secret.URL
	path        []string
	accessToken secret.Bytes
	header      tokenHeader
	transport   Transport
	encode      func(pem string) (contentType string, body []byte)
}

// newGraphClient expects settings that have been checked.
func newGraphClient(s *graphSettings) (*graphClient, error) {
	base, err := url.Parse(string(s.baseURL))
	if err != nil {
		return nil, err
	}
	endpoint := base.JoinPath(s.path...)
	return &graphClient{
		caller:   newCaller(s.provider, s.transport, string(s.accessToken)),
		endpoint: secret.Bytes(endpoint.String()).Hidden(),
		token:    s.accessToken.Hidden(),
		header:   s.header,
		encode:   s.encode,
	}, nil
}
