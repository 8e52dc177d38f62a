package providers_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
	"github.com/flowserver/flowserver/secret"
)

// graph is 360dialog.
func graph() providertest.Adapter {
	const uri = "/whatsapp_business_encryption"
	header := func(contentType ...string) map[string][]string {
		return map[string][]string{
			"D360-Api-Key": {"kT9xQ2vBnM8rLpW4_AK"}, "Authorization": {}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
			"Content-Type": append([]string{}, contentType...),
		}
	}
	return providertest.Adapter{
		Provider: "graph",
		Account: standin.Account{
			"access_token": "kT9xQ2vBnM8rLpW4_AK", "phone_number_id": "106540352242922", "path": uri, "header": "D360-API-KEY",
		},
		Get: providertest.Request{Method: "GET", URI: uri, Header: header()},
		Set: func(publicPEM string) providertest.Request {
			return providertest.Request{
				Method: "POST", URI: uri, Body: "business_public_key=" + url.QueryEscape(publicPEM), Header: header("application/x-www-form-urlencoded"),
			}
		},
		Faults: map[standin.Fault]providertest.Expectation{
			standin.Forbidden: {Kind: providers.ErrForbidden, Status: 403, Reads: 1},
			standin.ErrorInOK: {Kind: providers.ErrUnauthorized, Status: 200, Reads: 1},
		},
	}
}

// The defaults of the provider graph are Meta's; path, header and encoding change what is
// sent.
func TestGraphRequests(t *testing.T) {
	t.Parallel()
	pem := providertest.PublicPEM(t)
	asJSON, err := json.Marshal(map[string]string{"business_public_key": string(pem)})
	if err != nil {
		t.Fatal(err)
	}
	asForm := "business_public_key=" + url.QueryEscape(string(pem))
	for name, c := range map[string]struct {
		path, header, encoding   string // of the configuration
		uri, sent, value, posted string
	}{
		"as Meta":     {"", "", "", "/base/v24.0/17/whatsapp_business_encryption", "Authorization", "Bearer " + token, asForm},
		"360dialog":   {"/whatsapp_business_encryption", "D360-API-KEY", "", "/base/whatsapp_business_encryption", "D360-Api-Key", token, asForm},
		"colon":       {"/a", "X-Key:", "form", "/base/a", "X-Key", token, asForm},
		"scheme":      {"/a", "Authorization: App", "json", "/base/a", "Authorization", "App " + token, string(asJSON)},
		"in segments": {"/wa/{graph_version}/n-{phone_number_id}/x", "", "json", "/base/wa/v24.0/n-17/x", "Authorization", "Bearer " + token, string(asJSON)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(standin.Graph, nil)
			stand.Respond(standin.Answer{Status: 200, Body: `{"data":[],"success":true}`})
			g, err := providers.NewGraph(providers.GraphConfig{
				BaseURL: "https://api.example.com/base", Path: c.path, Header: c.header, Encoding: c.encoding,
				AccessToken: secret.Bytes(token), PhoneNumberID: "17", Transport: providers.Transport{HTTPClient: inMemory{stand}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := g.PublicKey(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := g.SetPublicKey(t.Context(), pem); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range stand.Requests() {
				got = append(got, r.Method+" "+r.Body)
				if r.URI != c.uri || r.Header.Get(c.sent) != c.value {
					t.Errorf("%s %s with %s %q; want %s and %q", r.Method, r.URI, c.sent, r.Header.Get(c.sent), c.uri, c.value)
				}
			}
			if diff := cmp.Diff([]string{"GET ", "POST " + c.posted}, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGraphPassThroughConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*providers.GraphConfig)
		want   string // part of the error; "" for none
	}{
		"complete":            {func(*providers.GraphConfig) {}, ""},
		"no base_url":         {func(c *providers.GraphConfig) { c.BaseURL = "" }, "base_url: is missing"},
		"http":                {func(c *providers.GraphConfig) { c.BaseURL = "http://api.example.com" }, "base_url: is not https"},
		"no token":            {func(c *providers.GraphConfig) { c.AccessToken = nil }, "access_token: has no access_token"},
		"no id":               {func(c *providers.GraphConfig) { c.Path, c.PhoneNumberID = "/a", "" }, "phone_number_id: is missing"},
		"path without slash":  {func(c *providers.GraphConfig) { c.Path = "a" }, "path: is not a path"},
		"path with a query":   {func(c *providers.GraphConfig) { c.Path = "/a?token=" + token }, "path: is not a path"},
		"path up":             {func(c *providers.GraphConfig) { c.Path = "/a/../b" }, "path: is not a path"},
		"dots":                {func(c *providers.GraphConfig) { c.Path = "/.." }, "path: is not a path"},
		"unknown placeholder": {func(c *providers.GraphConfig) { c.Path = "/{number}/x" }, "path: is not a path"},
		"escaped slash":       {func(c *providers.GraphConfig) { c.Path = "/a%2fb" }, "path: is not a path"},
		"header with a value": {func(c *providers.GraphConfig) { c.Header = "Authorization: Bearer " + token }, "header: is not the name of a header"},
		"line break":          {func(c *providers.GraphConfig) { c.Header = "A\nB" }, "header: is not the name of a header"},
		"header of HTTP":      {func(c *providers.GraphConfig) { c.Header = "host" }, "header: is a header that has another purpose"},
		"unknown encoding":    {func(c *providers.GraphConfig) { c.Encoding = "xml" }, "encoding: is not one of form, json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := providers.GraphConfig{BaseURL: "https://api.example.com", AccessToken: secret.Bytes(token), PhoneNumberID: "17"}
			c.change(&cfg)
			_, err := providers.NewGraph(cfg)
			wantProblem(t, err, c.want, token)
		})
	}
}
