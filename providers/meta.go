// Meta's Graph API is the resource itself that every provider passes on.
//
// Sources, read November 21, 2026:
//   - business-messaging-api_v23.0.yaml, github.com/facebook/openapi, November 21, 2025: requests, answers, errors
//   - "WhatsApp Business Encryption", WhatsApp Flows guides, updated December 17, 2025: flat answer, form-encoded set
//   - "Business Encryption API", reference of the WhatsApp Business Phone Number: answer wrapped in "data"
//   - Graph API changelog: versions and their end
//
// Unverified: Graph error 100/33 and HTTP 400 for most errors are seen in
// practice but not documented for this resource; codes 17, 32 and 613 are
// documented for other Graph products. Nothing was tried with an account.

package providers

import (
	"context"
	"fmt"

	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// metaURL is where Meta's Graph API is.
const metaURL = "https://graph.facebook.com"

// MetaConfig configures a [Meta]. Printed, it shows no secret.
type MetaConfig struct {
	// BaseURL is https://graph.facebook.com by default.
	BaseURL secret.URL
	// AccessToken is the token of a system user, with the permission
	// whatsapp_business_management for the account that has the number.
	AccessToken secret.Bytes
	// GraphVersion is v24.0 by default.
	GraphVersion string
	// PhoneNumberID is Meta's numeric id of the number, not the number itself.
	PhoneNumberID string

	Transport `json:"-"`
}

// Keys implements [Settings].
func (c *MetaConfig) Keys() []Key {
	return []Key{
		phoneNumberIDKey(&c.PhoneNumberID, "Meta's id of the number, not the number itself; WhatsApp Manager shows it under Phone numbers"),
		accessTokenKey(&c.AccessToken, "token of a system user with the permission `whatsapp_business_management` for the account that has the number",
			"secrets/meta"),
		graphVersionKey(&c.GraphVersion),
		baseURLKey(&c.BaseURL, metaURL),
	}
}

// Format writes the configuration without its secrets, whatever the verb.
func (c MetaConfig) Format(f fmt.State, _ rune) { printSettings(f, &c) }

// Open implements [Settings]. It is [NewMeta] with the given transport.
func (c *MetaConfig) Open(transport Transport) (registration.Registrar, error) {
	cfg := *c
	cfg.Transport = transport
	return opened(NewMeta(cfg))
}

// meta is the row of the table.
var meta = Provider{Name: "meta", Title: "Meta", New: func() Settings { return new(MetaConfig) }, remedies: metaRemedies}

// Meta reads and sets a business public key at Meta's Graph API. It is safe for
// concurrent use.
type Meta struct{ graph *graphClient }

var _ registration.Registrar = (*Meta)(nil)

// NewMeta returns an adapter, or an error that lists everything that is wrong with
// the configuration. It sends nothing.
func NewMeta(cfg MetaConfig) (*Meta, error) {
	if err := cfg.check(meta, &cfg); err != nil {
		return nil, err
	}
	graph, err := newGraphClient(&graphSettings{
		provider: meta, baseURL: cfg.BaseURL, path: []string{cfg.GraphVersion, cfg.PhoneNumberID, graphResource},
		accessToken: cfg.AccessToken, header: bearerHeader, transport: cfg.Transport, encode: formEncoded,
	})
	if err != nil {
		return nil, err
	}
	return &Meta{graph}, nil
}

// PublicKey reads the key on record. A missing key is not an error: the result then
// has a blank PEM. Errors are of type [*APIError].
func (m *Meta) PublicKey(ctx context.Context) (registration.RemoteKey, error) {
	return m.graph.publicKey(ctx)
}

// SetPublicKey replaces the key on record. It sends one request. Private keys, and
// keys that are not RSA 2048, are refused before anything is sent, with the errors of
// package keystore; other errors are of type [*APIError]. After [ErrUnknownOutcome],
// read the key back.
func (m *Meta) SetPublicKey(ctx context.Context, publicPEM []byte) error {
	return m.graph.setPublicKey(ctx, publicPEM)
}

var metaRemedies = map[error]string{
	ErrUnauthorized: "make a new access token of a system user in Meta's Business settings and put it into access_token: " +
		"this one is wrong, expired or revoked",
	ErrForbidden: "give the token's app and system user the permission whatsapp_business_management for the account that has this number",
	ErrNotFound: "check phone_number_id (WhatsApp Manager, Phone numbers), and that the token's system user is assigned " +
		"to the account that has this number",
	ErrInvalidRequest: "check phone_number_id, and that the number is registered with the Cloud API",
	ErrRateLimited:    "nothing to repair: wait, then try again",
	ErrUpstream:       "nothing to repair here: try again later, and see metastatus.com if it lasts",
	ErrUnexpectedResponse: "check that base_url is Meta's Graph API, that no proxy answers in its place, " +
		"and that Meta still serves graph_version",
	ErrUnreachable: "check network, DNS, proxy and base_url, then try again",
}
