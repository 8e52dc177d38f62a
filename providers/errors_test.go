package providers_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
)

// The texts are what an operator reads: what happened, what the provider says,
// what to do.
func TestErrorTexts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		adapter providertest.Adapter
		op      string
		answer  standin.Answer
		want    string
	}{
		"kaleyra, credentials": {
			kaleyra(), providers.OpGet, answer(401, fixture(t, "kaleyra-401-unauthorized.json")),
			`kaleyra: get business public key: credentials refused (HTTP 401, code RBC001): kaleyra says "Incorrect SID or API key.": ` +
				`check sid, api_key and pod (or base_url) in the console (Developers, API Keys): the key may be deactivated, ` +
				`limited to other IP addresses, or revoked with the team member who created it`,
		},
		"kaleyra, account": {
			kaleyra(), providers.OpGet, answer(401, fixture(t, "kaleyra-401-wrong-account.json")),
			`kaleyra: get business public key: not permitted (HTTP 401, code WA-401): kaleyra says ` +
				`"API is not available for given customer.Please contact support for more info": ` +
				`the credentials are right, but the account may not use this API: ask Kaleyra's support to enable WhatsApp API V2 for it`,
		},
		"meta, token": {
			meta(), providers.OpGet, answer(400, `{"error":{"message":"Invalid OAuth access token","code":190,"error_subcode":463,"fbtrace_id":"Ab1"}}`),
			`meta: get business public key: credentials refused (HTTP 400, code 190/463, trace Ab1): meta says "Invalid OAuth access token": ` +
				`make a new access token of a system user in Meta's Business settings and put it into access_token: this one is wrong, expired or revoked`,
		},
		"meta, limit": {
			meta(), providers.OpSet, answer(429, `{"error":{"code":4}}`, "Retry-After", "60"),
			`meta: set business public key: rate limited (HTTP 429, code 4, retry after 1m0s): nothing to repair: wait, then try again`,
		},
		"chakra, set failed": {
			chakra(), providers.OpSet, answer(502, "<html>"),
			`chakra: set business public key: provider failed (HTTP 502): ` +
				`the key may or may not have been replaced, read it back before setting it again: ` +
				`nothing to repair here: try again later, and ask ChakraHQ's support if it lasts`,
		},
		"chakra, no JSON": {
			chakra(), providers.OpGet, answer(200, "hello"),
			`chakra: get business public key: unexpected answer (HTTP 200): no JSON object: chakra says "hello": ` +
				`check that base_url is ChakraHQ's API and that no proxy answers in its place`,
		},
		"chakra, redirect": {
			chakra(), providers.OpGet, answer(301, "", "Location", "https://elsewhere.example.com"),
			`chakra: get business public key: unexpected answer (HTTP 301): a redirect, which is not followed: ` +
				`check that base_url is ChakraHQ's API and that no proxy answers in its place`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, c.adapter, providers.Transport{Attempts: 1})
			stand.Respond(c.answer)
			_, err := registrar.PublicKey(t.Context())
			if c.op == providers.OpSet {
				err = registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t))
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// An APIError made elsewhere, as in a caller's tests, prints too.
func TestErrorMadeElsewhere(t *testing.T) {
	t.Parallel()
	err := &providers.APIError{Provider: "meta", Op: providers.OpGet, Kind: providers.ErrNotFound}
	if got, want := err.Error(), "meta: get business public key: not found"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Codes that have a cause of their own are explained by it; a failed read is never blamed
// on the key that was to be read.
func TestRemediesByCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer standin.Answer
		kind   error
		want   string // part of the remedy
	}{
		"locked":         {answer(403, `{"error":{"message":"Account has been locked","code":131031}}`), providers.ErrForbidden, "is locked or restricted for a violation of policies"},
		"locked, 400":    {answer(400, `{"error":{"message":"Business Account locked","code":"131031"}}`), providers.ErrForbidden, "is locked or restricted for a violation of policies"},
		"blocked":        {answer(403, `{"error":{"code":368}}`), providers.ErrForbidden, "is locked or restricted for a violation of policies"},
		"integrity":      {answer(400, `{"error":{"message":"Blocked by Integrity","code":139000}}`), providers.ErrForbidden, "Meta has blocked Flows for the business account"},
		"not registered": {answer(400, `{"error":{"message":"Account not registered","code":133010}}`), providers.ErrInvalidRequest, "the number is not registered with the Cloud API"},
		"deleted":        {answer(400, `{"error":{"code":33}}`), providers.ErrNotFound, "the phone number was deleted"},
		"permission":     {answer(403, `{"error":{"code":10}}`), providers.ErrForbidden, "lacks the permission whatsapp_business_management"},
		"access denied":  {answer(403, `{"error":{"code":131005}}`), providers.ErrForbidden, "was not given to the token, or was taken away"},
		"maintenance":    {answer(500, `{"error":{"code":131057}}`), providers.ErrUpstream, "the account is in maintenance"},
		"Cloudflare":     {answer(403, "error code: 1020"), providers.ErrForbidden, "a firewall or a proxy in front of the API refuses this host"},
		"HTML":           {answer(403, "<html>Access denied</html>"), providers.ErrForbidden, "a firewall or a proxy in front of the API refuses this host"},
		"HTML, 404":      {answer(404, "\n<html>nginx</html>"), providers.ErrNotFound, "a web server or a proxy answers in place of the API: check base_url"},
		"HTML, 405":      {answer(405, "<html>nginx</html>"), providers.ErrInvalidRequest, "a web server or a proxy answers in place of the API: check base_url"},
		"two keys": {
			answer(200, `{"data":[{"business_public_key":"k"},{"business_public_key":"l"}]}`),
			providers.ErrUnexpectedResponse, "ask the provider which of them WhatsApp uses",
		},
		"another": {answer(400, `{"error":{"message":"no","code":100}}`), providers.ErrInvalidRequest, "check phone_number_id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, adapter := range []providertest.Adapter{meta(), chakra(), graph()} {
				registrar, stand := newInMemory(t, adapter, providers.Transport{Attempts: 1})
				stand.Respond(c.answer)
				_, err := registrar.PublicKey(t.Context())
				if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "2048") {
					t.Errorf("%s: got %v, want %v and %q", adapter.Provider, err, c.kind, c.want)
				}
			}
		})
	}
	for _, adapter := range adapters() {
		registrar, stand := newInMemory(t, adapter, providers.Transport{Attempts: 1})
		stand.Fail(standin.BadRequest)
		if err := registrar.SetPublicKey(t.Context(), providertest.PublicPEM(t)); err == nil || !strings.Contains(err.Error(), "must be a 2048-bit RSA public key") {
			t.Errorf("%s: set: got %v, want what a key must be", adapter.Provider, err)
		}
	}
}
