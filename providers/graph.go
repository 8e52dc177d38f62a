package providers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/flowserver/flowserver/registration"
)

// DefaultGraphVersion is the version in ChakraHQ's documentation of January 20,
// 2026. Meta serves it until February 18, 2028 (Graph API changelog).
const DefaultGraphVersion = "v24.0"

// graphClient speaks to Meta's Business Encryption API, or to what passes it
// on: one resource, read with GET and set with POST, a bearer token, Meta's
// answers and errors.
type graphClient struct {
	*caller
	endpoint secret // a base URL may hold more than it should
	token    secret
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
	req, err := http.NewRequestWithContext(ctx, method, g.endpoint(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+g.token())
	return req, nil
}

// graphAnswer holds the fields of all answers that are known; raw, since their
// types differ between answers.
type graphAnswer struct {
	Errors  json.RawMessage `json:"_errors"`
	Wrapped json.RawMessage `json:"_data"`
	Error   json.RawMessage `json:"error"`
	Message json.RawMessage `json:"message"`
	Success json.RawMessage `json:"success"`
	retryHints
}

func decodeGraphKey(a *answer) (registration.RemoteKey, *APIError) {
	body, failure := parseGraph(a)
	if failure != nil {
		return registration.RemoteKey{}, failure
	}
	key, found := findKey(a.body)
	if !found {
		return registration.RemoteKey{}, &APIError{
			Kind: ErrUnexpectedResponse, detail: "JSON without a business public key", Message: anyText(body.Message),
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
	_ = json.Unmarshal(body.Wrapped, &wrapped) // if it is no object, it does not say success
	if string(body.Success) == "true" || string(wrapped.Success) == "true" {
		return nil
	}
	return &APIError{Kind: ErrUnexpectedResponse, detail: "JSON that does not say success", Message: anyText(body.Message)}
}

// parseGraph finds the error in an answer, whatever its HTTP status.
func parseGraph(a *answer) (graphAnswer, *APIError) {
	var body graphAnswer
	if err := json.Unmarshal(a.body, &body); err != nil {
		return body, notJSON(a)
	}
	if !a.ok() || !isEmpty(body.Errors) || !isEmpty(body.Error) {
		return body, graphFailure(a, body)
	}
	return body, nil
}

// notJSON classifies by status: gateways answer in plain text or HTML.
func notJSON(a *answer) *APIError {
	failure := &APIError{Kind: kindOfStatus(a.status), Message: plainText(a)}
	if a.ok() {
		failure.detail = "no JSON object"
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

// graphSettings is what ChakraConfig and MetaConfig have in common.
type graphSettings struct {
	provider, baseURL, accessToken, graphVersion, phoneNumberID string
	path                                                        []string // before the version
	transport                                                   Transport
	remedies                                                    map[error]string
	encode                                                      func(pem string) (contentType string, body []byte)
}

func newGraphClient(s graphSettings) (*graphClient, error) {
	var p problems
	base, err := parseBaseURL(s.baseURL)
	if err != nil {
		p = append(p, err)
	}
	p.require(credential.MatchString(s.accessToken), "access_token must be given, without spaces and line breaks")
	p.require(graphVersion.MatchString(s.graphVersion), "graph_version must look like "+DefaultGraphVersion)
	p.require(digits.MatchString(s.phoneNumberID), "phone_number_id must be Meta's id of the number, digits only, not the phone number itself")
	s.transport.check(&p)
	if err := p.err(s.provider); err != nil {
		return nil, err
	}
	endpoint := base.JoinPath(s.path...).JoinPath(s.graphVersion, s.phoneNumberID, "whatsapp_business_encryption")
	return &graphClient{
		caller: &caller{
			Transport: s.transport.withDefaults(), provider: s.provider, remedies: s.remedies, quote: quoter(s.accessToken),
		},
		endpoint: newSecret(endpoint.String()),
		token:    newSecret(s.accessToken),
		encode:   s.encode,
	}, nil
}
