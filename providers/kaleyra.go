// Kaleyra reads and sets with the same method and URL; the form field makes the
// difference.
//
// Sources, read November 21, 2026 (developers.kaleyra.io/docs):
//   - "Get Encryption Public Key", whatsapp-flow-api-v2-get-encryption-public-key: request, success, four failures
//   - "Set Encryption Public Key", whatsapp-flow-api-v2-set-encryption-public-key: request
//   - "WhatsApp API V2 error codes for send message": the same codes without hyphen
//   - "Generating an API key", "View API key and SID"
//
// Unverified: that an empty POST reads (other reads of this API are GET, so the
// page may be mistaken: hence get_method), answers to a set, 404, 405 and 429,
// and the domain of the pod sg (other pages have api.ap.kaleyra.io). Nothing was
// tried with an account.

package providers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// GetMethod is the HTTP method with which Kaleyra's get is sent.
type GetMethod string

const (
	// GetAuto sends POST, as documented. If that is answered with HTTP 405 or
	// WA-400, GET is tried, and used from then on if it works.
	GetAuto GetMethod = "auto"
	// GetByPost sends POST only.
	GetByPost GetMethod = "post"
	// GetByGet sends GET only.
	GetByGet GetMethod = "get"
)

// kaleyraPods are the API domains of the get and set pages.
var kaleyraPods = map[string]string{
	"in": "https://api.in.kaleyra.io",
	"sg": "https://api.kaleyra.io",
	"eu": "https://api.eu.kaleyra.io",
	"na": "https://api.na.kaleyra.ai",
}

var sidForm = form(`^[A-Za-z0-9]+$`, "is not a SID", "give letters and digits only")

// KaleyraConfig configures a [Kaleyra]. Printed, it shows no secret.
type KaleyraConfig struct {
	// Pod is in, sg, eu or na, where the account is.
	Pod string
	// BaseURL replaces the pod's: it is the API Domain that the console shows
	// (Developers, API Keys, Edit), with https:// and without /v2.
	BaseURL secret.URL
	// SID identifies the account; APIKey is one of its keys.
	SID, APIKey secret.Bytes
	// PhoneNumber is the business number in the form +E.164. Spaces, hyphens and a
	// leading 00 are removed, and a missing + is added.
	PhoneNumber string
	// GetMethod is [GetAuto] by default.
	GetMethod GetMethod

	Transport `json:"-"`
}

// Keys implements [Settings].
func (c *KaleyraConfig) Keys() []Key {
	return []Key{
		{
			Name: "pod", Required: true, Or: "base_url", Choices: slices.Sorted(maps.Keys(kaleyraPods)), Example: "in",
			Meaning: "the region of the account, shown in the API domain in the console; not needed with `base_url`",
			Text:    &c.Pod,
		},
		{
			Name: "sid", Required: true, Example: "HXAP16XXXXXX97IN",
			Meaning: "SID of the account (console, Developers)",
			Secret:  &c.SID, check: sidForm,
		},
		{
			Name: "api_key", Required: true, File: true, Example: "secrets/kaleyra",
			Meaning: "API key of the account (console, Developers, API Keys); it is revoked when the team member who created it is removed",
			Secret:  &c.APIKey, check: credentialForm,
		},
		{
			Name: "phone_number", Required: true, Example: "+919900000000",
			Meaning: "the number itself, with its country code",
			Text:    &c.PhoneNumber, normalize: internationalNumber, check: phoneNumberForm,
		},
		{
			Name: "get_method", Default: string(GetAuto), Choices: []string{string(GetByPost), string(GetByGet), string(GetAuto)},
			Meaning: "how to read the key: `post` as documented, `get`, or `auto`, which tries GET if POST is refused",
			Text:    (*string)(&c.GetMethod), manner: true,
		},
		baseURLKey(&c.BaseURL, ""),
	}
}

// Format writes the configuration without its secrets, whatever the verb.
func (c KaleyraConfig) Format(f fmt.State, _ rune) { printSettings(f, &c) }

// Open implements [Settings]. It is [NewKaleyra] with the given transport.
func (c *KaleyraConfig) Open(transport Transport) (registration.Registrar, error) {
	cfg := *c
	cfg.Transport = transport
	return opened(NewKaleyra(cfg))
}

// kaleyra is the row of the table.
var kaleyra = Provider{Name: "kaleyra", Title: "Kaleyra", New: func() Settings { return new(KaleyraConfig) }, remedies: kaleyraRemedies}

// Kaleyra reads and sets a business public key through Kaleyra. It is safe for
// concurrent use.
type Kaleyra struct {
	call      *caller
	endpoint  func() secret.Bytes // it has the SID in it
	apiKey    func() secret.Bytes
	getMethod GetMethod
	readByGET atomic.Bool // GetAuto found that GET works where POST does not
}

var _ registration.Registrar = (*Kaleyra)(nil)

// NewKaleyra returns an adapter, or an error that lists everything that is wrong with
// the configuration. It sends nothing.
func NewKaleyra(cfg KaleyraConfig) (*Kaleyra, error) {
	if err := cfg.check(kaleyra, &cfg); err != nil {
		return nil, err
	}
	base, err := url.Parse(cmp.Or(string(cfg.BaseURL), kaleyraPods[cfg.Pod]))
	if err != nil {
		return nil, err
	}
	// the + of the number stays as it is, which is right in a path
	endpoint := base.JoinPath("v2", string(cfg.SID), "whatsapp", cfg.PhoneNumber, "flows_encryption")
	return &Kaleyra{
		call:      newCaller(kaleyra, cfg.Transport, string(cfg.SID), string(cfg.APIKey)),
		endpoint:  secret.Bytes(endpoint.String()).Hidden(),
		apiKey:    cfg.APIKey.Hidden(),
		getMethod: cfg.GetMethod,
	}, nil
}

// PublicKey reads the key on record. A missing key is not an error: the result then
// has a blank PEM. Errors are of type [*APIError].
func (k *Kaleyra) PublicKey(ctx context.Context) (registration.RemoteKey, error) {
	ctx, cancel := context.WithTimeout(ctx, k.call.Timeout)
	defer cancel()
	key, failure := k.get(ctx)
	if failure != nil {
		return registration.RemoteKey{}, failure
	}
	return key, nil
}

func (k *Kaleyra) get(ctx context.Context) (registration.RemoteKey, *APIError) {
	if k.getMethod == GetByGet || k.readByGET.Load() {
		return k.getBy(ctx, http.MethodGet)
	}
	key, failure := k.getBy(ctx, http.MethodPost)
	if k.getMethod != GetAuto || failure == nil || !takenForSet(failure) {
		return key, failure
	}
	key, second := k.getBy(ctx, http.MethodGet)
	switch {
	case second == nil:
		k.readByGET.Store(true)
	case second.Status == http.StatusMethodNotAllowed || errors.Is(second, ErrNotFound):
		return key, failure // there is no GET: what the documented method said counts
	}
	return key, second
}

// takenForSet reports whether a gateway may have taken the empty POST for a set
// without its field.
func takenForSet(failure *APIError) bool {
	return failure.Status == http.StatusMethodNotAllowed || kaleyraCode(failure.Code) == "WA400"
}

// getBy reads without a body: the form field would make it a set.
func (k *Kaleyra) getBy(ctx context.Context, method string) (key registration.RemoteKey, failure *APIError) {
	failure = k.call.read(ctx,
		func(ctx context.Context) (*http.Request, error) { return k.request(ctx, method, "") },
		func(a *answer) (failure *APIError) {
			key, failure = decodeKaleyraKey(a)
			return failure
		})
	return key, failure
}

// SetPublicKey replaces the key on record. It sends one request. Private keys, and
// keys that are not RSA 2048, are refused before anything is sent, with the errors of
// package keystore; other errors are of type [*APIError]. After [ErrUnknownOutcome],
// read the key back.
func (k *Kaleyra) SetPublicKey(ctx context.Context, publicPEM []byte) error {
	pem, err := k.call.canonicalKey(publicPEM)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, k.call.Timeout)
	defer cancel()
	build := func(ctx context.Context) (*http.Request, error) {
		_, form := formEncoded(pem)
		return k.request(ctx, http.MethodPost, string(form))
	}
	if failure := k.call.once(ctx, OpSet, build, decodeKaleyraSet); failure != nil {
		return failure
	}
	return nil
}

func (k *Kaleyra) request(ctx context.Context, method, form string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, string(k.endpoint()), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Api-Key", string(k.apiKey()))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", formType) // "the only allowed value", also without a body
	}
	return req, nil
}
