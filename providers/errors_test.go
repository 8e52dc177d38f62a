package providers_test

import (
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
				`limited to other IP addresses, or gone with the team member who made it`,
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
