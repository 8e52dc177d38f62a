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
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/flowserver/flowserver/registration"
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

// KaleyraConfig configures a [Kaleyra]. It prints without API key and SID.
type KaleyraConfig struct {
	// Pod is in, sg, eu or na, where the account lives.
	Pod string
	// BaseURL is used in place of the pod's: the API Domain that the console
	// shows (Developers, API Keys, Edit), with https:// and without /v2.
	BaseURL string
	// SID is the account's, APIKey one of its keys.
	SID, APIKey string
	// PhoneNumber is the business number, +E.164. Spaces, hyphens and a leading
	// 00 are accepted, and + is added.
	PhoneNumber string
	// GetMethod is [GetAuto] by default.
	GetMethod GetMethod

	Transport
}

// Kaleyra reads and sets a business public key through Kaleyra. It is safe for
// concurrent use.
type Kaleyra struct {
	call      *caller
	endpoint  secret // holds the SID
	apiKey    secret
	getMethod GetMethod
	readByGET atomic.Bool // GetAuto found that GET works where POST does not
}

var _ registration.Registrar = (*Kaleyra)(nil)

// NewKaleyra returns an adapter, or an error that names everything that is
// wrong with the configuration. It sends nothing.
func NewKaleyra(cfg KaleyraConfig) (*Kaleyra, error) {
	var p problems
	podURL, isPod := kaleyraPods[cfg.Pod]
	p.require(isPod || cfg.Pod == "" && cfg.BaseURL != "", "pod must be in, sg, eu or na, or base_url must be given")
	var base *url.URL
	if baseURL := cmp.Or(cfg.BaseURL, podURL); baseURL != "" {
		var err error
		if base, err = parseBaseURL(baseURL); err != nil {
			p = append(p, err)
		}
	}
	phoneNumber := normalizePhone(cfg.PhoneNumber)
	getMethod := cmp.Or(cfg.GetMethod, GetAuto)
	p.require(sidForm.MatchString(cfg.SID), "sid must be given, letters and digits only")
	p.require(credential.MatchString(cfg.APIKey), "api_key must be given, without spaces and line breaks")
	p.require(e164.MatchString(phoneNumber), "phone_number must be the business number with country code, such as +919900000000")
	p.require(getMethod == GetAuto || getMethod == GetByPost || getMethod == GetByGet, "get_method must be auto, post or get")
	cfg.check(&p)
	if err := p.err("kaleyra"); err != nil {
		return nil, err
	}
	// the + of the number stays as it is, which is right in a path
	endpoint := base.JoinPath("v2", cfg.SID, "whatsapp", phoneNumber, "flows_encryption").String()
	return &Kaleyra{
		call: &caller{
			Transport: cfg.withDefaults(), provider: "kaleyra", remedies: kaleyraRemedies, quote: quoter(cfg.SID, cfg.APIKey),
		},
		endpoint:  newSecret(endpoint),
		apiKey:    newSecret(cfg.APIKey),
		getMethod: getMethod,
	}, nil
}

// PublicKey reads the key on record. That none is registered is no error: the
// key then has a blank PEM. Errors are of type [*APIError].
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

// takenForSet tells that a gateway may have taken the empty POST for a set
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

// SetPublicKey replaces the key on record, and sends its request once. Private
// keys and keys that are not RSA 2048 are refused before anything is sent, with
// keystore's errors; other errors are of type [*APIError]. After
// [ErrUnknownOutcome], read the key back.
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
	req, err := http.NewRequestWithContext(ctx, method, k.endpoint(), strings.NewReader(form))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Api-Key", k.apiKey())
	if method == http.MethodPost {
		req.Header.Set("Content-Type", formType) // "the only allowed value", also without a body
	}
	return req, nil
}

// normalizePhone turns the usual ways to write a number into +E.164.
func normalizePhone(number string) string {
	number = strings.NewReplacer(" ", "", "-", "").Replace(number)
	number = strings.TrimPrefix(number, "00")
	if number == "" || strings.HasPrefix(number, "+") {
		return number
	}
	return "+" + number
}

// LogValue leaves API key and SID out.
func (c KaleyraConfig) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("pod", c.Pod),
		slog.String("base_url", origin(c.BaseURL)),
		slog.String("sid", redacted(c.SID)),
		slog.String("api_key", redacted(c.APIKey)),
		slog.String("phone_number", c.PhoneNumber),
		slog.String("get_method", string(c.GetMethod)),
	)
}

// Format leaves API key and SID out, whatever the verb.
func (c KaleyraConfig) Format(f fmt.State, _ rune) {
	formatGroup(f, "providers.KaleyraConfig", c.LogValue())
}

// MarshalJSON leaves API key and SID out.
func (c KaleyraConfig) MarshalJSON() ([]byte, error) { return marshalGroup(c.LogValue()) }
