// Many providers pass Meta's resource on under an address and a header of theirs.
//
// Sources, read November 21, 2026:
//   - 360dialog: "Encryption", docs.360dialog.com/docs/messaging-api/api-reference/encryption:
//     GET and POST /whatsapp_business_encryption, header D360-API-KEY, no number in the path
//     because an API key belongs to one; Meta's answers
//   - Meta's own: see meta.go
//
// Unverified: that 360dialog's resource is below https://waba-v2.360dialog.io, where its
// Cloud API is, and the encoding of its set. Nothing was tried with an account.

package providers

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// The values of [GraphConfig.Encoding].
const (
	EncodingForm = "form"
	EncodingJSON = "json"
)

// The placeholders of [GraphConfig.Path].
const (
	numberPlaceholder  = "{phone_number_id}"
	versionPlaceholder = "{graph_version}"
)

// The defaults of [GraphConfig] are Meta's.
const (
	defaultGraphPath   = "/" + versionPlaceholder + "/" + numberPlaceholder + "/" + graphResource
	defaultGraphHeader = "Authorization Bearer"
)

// GraphConfig configures a [Graph]. Printed, it shows no secret.
type GraphConfig struct {
	// BaseURL is where the provider's API is. Required.
	BaseURL secret.URL
	// Path is what follows BaseURL. {phone_number_id} and {graph_version} in it are
	// replaced. The default is Meta's: /{graph_version}/{phone_number_id}/whatsapp_business_encryption.
	Path string
	// Header is the name of the header that has the token, and after a blank what
	// precedes the token in it, if anything: D360-API-KEY, or Authorization Bearer, which
	// is the default.
	Header string
	// AccessToken is the token or API key. Required.
	AccessToken secret.Bytes
	// PhoneNumberID is Meta's numeric id of the number, not the number itself. It is
	// required even if Path does not have it: what is known of a number is kept under it.
	PhoneNumberID string
	// GraphVersion is v24.0 by default.
	GraphVersion string
	// Encoding is how a key is sent: [EncodingForm], the default, or [EncodingJSON].
	Encoding string

	Transport `json:"-"`
}

// Keys implements [Settings].
func (c *GraphConfig) Keys() []Key {
	base := baseURLKey(&c.BaseURL, "")
	base.Required, base.Example = true, "https://waba-v2.360dialog.io"
	base.Meaning = "address of the provider's API; https, or http on this host"
	return []Key{
		base,
		{
			Name: "path", Default: defaultGraphPath, Example: "/" + graphResource, Text: &c.Path, check: checkGraphPath,
			Meaning: "path of the resource below `base_url`; `" + numberPlaceholder + "` and `" + versionPlaceholder + "` are replaced",
		},
		{
			Name: "header", Default: defaultGraphHeader, Example: "D360-API-KEY", Text: &c.Header, check: checkGraphHeader, manner: true,
			Meaning: "name of the header with the token; after a space, the text that precedes the token in it",
		},
		accessTokenKey(&c.AccessToken, "token or API key of the provider's API", "secrets/360dialog"),
		phoneNumberIDKey(&c.PhoneNumberID, "Meta's id of the number, not the number itself; needed even if it is not in `path`"),
		graphVersionKey(&c.GraphVersion),
		{
			Name: "encoding", Default: EncodingForm, Choices: []string{EncodingForm, EncodingJSON}, Text: &c.Encoding, manner: true,
			Meaning: "how a key is sent",
		},
	}
}

// graphPathForm allows placeholders as segments or parts of one, and nothing that a URL
// would have to escape.
var graphPathForm = regexp.MustCompile(`^(/[A-Za-z0-9._~+-]*[A-Za-z0-9_~+-])+$`)

func checkGraphPath(path string) (wrong, remedy string) {
	plain := strings.NewReplacer(numberPlaceholder, "1", versionPlaceholder, "v1").Replace(path)
	if !graphPathForm.MatchString(plain) {
		return "is not a path", "begin it with a slash, and omit a query; placeholders are " + numberPlaceholder + " and " + versionPlaceholder
	}
	return "", ""
}

var graphHeaderForm = regexp.MustCompile(`^([A-Za-z0-9-]+):?(?: +([A-Za-z0-9-]+))?$`)

// ownHeaders are set for other reasons.
var ownHeaders = []string{"Accept", "Connection", "Content-Length", "Content-Type", "Host", "Te", "Transfer-Encoding", "Upgrade", "User-Agent"}

func checkGraphHeader(header string) (wrong, remedy string) {
	found := graphHeaderForm.FindStringSubmatch(header)
	switch {
	case found == nil:
		return "is not the name of a header", "write the name alone, for example D360-API-KEY, or a scheme after it: " + defaultGraphHeader
	case slices.Contains(ownHeaders, http.CanonicalHeaderKey(found[1])):
		return "is a header that has another purpose", "write the header in which the provider's API expects the token"
	}
	return "", ""
}

// tokenHeaderOf reads a header that has been checked.
func tokenHeaderOf(text string) tokenHeader {
	found := graphHeaderForm.FindStringSubmatch(text)
	header := tokenHeader{name: found[1]}
	if found[2] != "" {
		header.before = found[2] + " "
	}
	return header
}

// Format writes the configuration without its secrets, whatever the verb.
func (c GraphConfig) Format(f fmt.State, _ rune) { printSettings(f, &c) }

// Open implements [Settings]. It is [NewGraph] with the given transport.
func (c *GraphConfig) Open(transport Transport) (registration.Registrar, error) {
	cfg := *c
	cfg.Transport = transport
	return opened(NewGraph(cfg))
}

// graph is the row of the table.
var graph = Provider{Name: "graph", Title: "Graph", New: func() Settings { return new(GraphConfig) }, remedies: graphKindRemedies}

// Graph reads and sets a business public key through a provider that passes Meta's
// resource on, for example 360dialog. It is safe for concurrent use.
type Graph struct{ graph *graphClient }

var _ registration.Registrar = (*Graph)(nil)

// NewGraph returns an adapter, or an error that lists everything that is wrong with
// the configuration. It sends nothing.
func NewGraph(cfg GraphConfig) (*Graph, error) {
	if err := cfg.check(graph, &cfg); err != nil {
		return nil, err
	}
	encode := formEncoded
	if cfg.Encoding == EncodingJSON {
		encode = jsonEncoded
	}
	path := strings.NewReplacer(numberPlaceholder, cfg.PhoneNumberID, versionPlaceholder, cfg.GraphVersion).Replace(cfg.Path)
	client, err := newGraphClient(&graphSettings{
		provider: graph, baseURL: cfg.BaseURL, path: []string{path},
		accessToken: cfg.AccessToken, header: tokenHeaderOf(cfg.Header), transport: cfg.Transport, encode: encode,
	})
	if err != nil {
		return nil, err
	}
	return &Graph{client}, nil
}

// PublicKey reads the key on record. A missing key is not an error: the result then
// has a blank PEM. Errors are of type [*APIError].
func (g *Graph) PublicKey(ctx context.Context) (registration.RemoteKey, error) {
	return g.graph.publicKey(ctx)
}

// SetPublicKey replaces the key on record. It sends one request. Private keys, and
// keys that are not RSA 2048, are refused before anything is sent, with the errors of
// package keystore; other errors are of type [*APIError]. After [ErrUnknownOutcome],
// read the key back.
func (g *Graph) SetPublicKey(ctx context.Context, publicPEM []byte) error {
	return g.graph.setPublicKey(ctx, publicPEM)
}

var graphKindRemedies = map[error]string{
	ErrUnauthorized:       "check access_token, and header, which must be the one that the provider wants it in",
	ErrForbidden:          "ask the provider to allow the API key of this number to manage its public key",
	ErrNotFound:           "check base_url, path and phone_number_id",
	ErrInvalidRequest:     "check phone_number_id and path; if they are right, ask the provider's support",
	ErrRateLimited:        "nothing to repair: wait, then try again",
	ErrUpstream:           "nothing to repair here: try again later, and ask the provider's support if it lasts",
	ErrUnexpectedResponse: "check base_url and path, and that no proxy answers in the provider's place",
	ErrUnreachable:        "check network, DNS, proxy and base_url, then try again",
}
