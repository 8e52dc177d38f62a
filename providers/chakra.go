// ChakraHQ passes Meta's resource on under its own host and token.
//
// Sources, read November 21, 2026:
//   - "Get Business Public Key", apidocs.chakrahq.com, modified January 20, 2026
//   - "Response Format", apidocs.chakrahq.com/doc-738798
//   - "API Keys", docs.chakrahq.com/docs/platform/api/api-keys
//   - chakra-chat-sdk, github.com/chakrahq/chakra-chat-sdk, July 2, 2026: errors under "_errors", also with a 2xx status
//   - ChakraHQ help, "WhatsApp API throttling errors", help.chakrahq.com: Graph code 4 comes with HTTP 400
//
// Unverified: the whole of the set (path, JSON body, answer; the page is listed
// but was not readable; the SDK sends JSON to sibling routes), every failure
// (none is documented for the get), rate limits, the role that a key needs, and
// what a number without a key looks like. Nothing was tried with an account.

package providers

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// chakraURL is where ChakraHQ's API is.
const chakraURL = "https://api.chakrahq.com"

// ChakraConfig configures a [Chakra]. Printed, it shows no secret.
type ChakraConfig struct {
	// BaseURL is https://api.chakrahq.com by default.
	BaseURL secret.URL
	// AccessToken is the value under Access Tokens of an API key that was made
	// in ChakraHQ's admin.
	AccessToken secret.Bytes
	// GraphVersion is v24.0 by default.
	GraphVersion string
	// PhoneNumberID is Meta's numeric id of the number, not the number itself.
	PhoneNumberID string

	Transport `json:"-"`
}

// Keys implements [Settings].
func (c *ChakraConfig) Keys() []Key {
	return []Key{
		phoneNumberIDKey(&c.PhoneNumberID, "Meta's id of the number, not the number itself; ChakraHQ lists it with the connected numbers of its WhatsApp plugin"),
		accessTokenKey(&c.AccessToken, "the value under Access Tokens of an API key, in ChakraHQ's admin", "secrets/chakra"),
		graphVersionKey(&c.GraphVersion),
		baseURLKey(&c.BaseURL, chakraURL),
	}
}

// Format writes the configuration without its secrets, whatever the verb.
func (c ChakraConfig) Format(f fmt.State, _ rune) { printSettings(f, &c) }

// Open implements [Settings]. It is [NewChakra] with the given transport.
func (c *ChakraConfig) Open(transport Transport) (registration.Registrar, error) {
	cfg := *c
	cfg.Transport = transport
	return opened(NewChakra(cfg))
}

// chakra is the row of the table.
var chakra = Provider{Name: "chakra", Title: "ChakraHQ", New: func() Settings { return new(ChakraConfig) }, remedies: chakraRemedies}

// Chakra reads and sets a business public key through ChakraHQ. It is safe for
// concurrent use.
type Chakra struct{ graph *graphClient }

var _ registration.Registrar = (*Chakra)(nil)

// NewChakra returns an adapter, or an error that lists everything that is wrong with
// the configuration. It sends nothing.
func NewChakra(cfg ChakraConfig) (*Chakra, error) {
	if err := cfg.check(chakra, &cfg); err != nil {
		return nil, err
	}
	graph, err := newGraphClient(&graphSettings{
		provider: chakra, baseURL: cfg.BaseURL, path: []string{"v1", "whatsapp", cfg.GraphVersion, cfg.PhoneNumberID, graphResource},
		accessToken: cfg.AccessToken, header: bearerHeader, transport: cfg.Transport, encode: jsonEncoded,
	})
	if err != nil {
		return nil, err
	}
	return &Chakra{graph}, nil
}

// PublicKey reads the key on record. A missing key is not an error: the result then
// has a blank PEM. Errors are of type [*APIError].
func (c *Chakra) PublicKey(ctx context.Context) (registration.RemoteKey, error) {
	return c.graph.publicKey(ctx)
}

// SetPublicKey replaces the key on record. It sends one request. Private keys, and
// keys that are not RSA 2048, are refused before anything is sent, with the errors of
// package keystore; other errors are of type [*APIError]. After [ErrUnknownOutcome],
// read the key back.
func (c *Chakra) SetPublicKey(ctx context.Context, publicPEM []byte) error {
	return c.graph.setPublicKey(ctx, publicPEM)
}

var chakraRemedies = map[error]string{
	ErrUnauthorized:       "check access_token: it must be the access token of a ChakraHQ API key that still exists (admin, API Keys, Access Tokens)",
	ErrForbidden:          "give the access role of the ChakraHQ API key the right to manage this WhatsApp number",
	ErrNotFound:           "check phone_number_id (Meta's id, shown on ChakraHQ's WhatsApp plugin page), graph_version and base_url",
	ErrInvalidRequest:     "check phone_number_id and graph_version; if they are right, ask ChakraHQ's support",
	ErrRateLimited:        "nothing to repair: wait, then try again",
	ErrUpstream:           "nothing to repair here: try again later, and ask ChakraHQ's support if it lasts",
	ErrUnexpectedResponse: "check that base_url is ChakraHQ's API and that no proxy answers in its place",
	ErrUnreachable:        "check network, DNS, proxy and base_url, then try again",
}
