package providers_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/providers/internal/providertest"
	"github.com/flowserver/flowserver/secret"
)

func kaleyra() providertest.Adapter {
	const uri = "/v2/HXAP16QWERTY97IN/whatsapp/+919900000000/flows_encryption"
	header := map[string][]string{
		"Api-Key": {"A8d1f0c7e2b95463f"}, "Accept": {"application/json"}, "User-Agent": {"flowserver"},
		"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {},
	}
	return providertest.Adapter{
		Provider: "kaleyra",
		Account:  standin.Account{"sid": "HXAP16QWERTY97IN", "api_key": "A8d1f0c7e2b95463f", "phone_number": "+919900000000"},
		Get:      providertest.Request{Method: "POST", URI: uri, Header: header},
		Set: func(publicPEM string) providertest.Request {
			return providertest.Request{
				Method: "POST", URI: uri, Header: header,
				Body: "business_public_key=" + url.QueryEscape(publicPEM),
			}
		},
		Faults: map[standin.Fault]providertest.Expectation{
			standin.Forbidden: {Kind: providers.ErrForbidden, Status: 401, Reads: 1},
			standin.ErrorInOK: {Kind: providers.ErrUnauthorized, Status: 200, Reads: 1},
			// WA-400 makes the adapter try GET, which meets the same fault
			standin.BadRequest: {Kind: providers.ErrInvalidRequest, Status: 400, Reads: 2},
		},
	}
}

func newKaleyra(t *testing.T, method providers.GetMethod) (*providers.Kaleyra, *standin.Server) {
	t.Helper()
	account, stand := kaleyra().Account, kaleyra().Stand()
	adapter, err := providers.NewKaleyra(providers.KaleyraConfig{
		Pod: "in", SID: secret.Bytes(account["sid"]), APIKey: secret.Bytes(account["api_key"]), PhoneNumber: account["phone_number"], GetMethod: method,
		Transport: providers.Transport{HTTPClient: inMemory{stand}, Backoff: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return adapter, stand
}

func methods(stand *standin.Server) []string {
	methods := []string{}
	for _, r := range stand.Requests() {
		methods = append(methods, r.Method)
	}
	return methods
}

func TestKaleyraGetMethod(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method  providers.GetMethod
		refusal int // of an empty POST; 0: POST reads
		want    error
		methods []string // of two reads
	}{
		"auto, as documented":  {providers.GetAuto, 0, nil, []string{"POST", "POST"}},
		"auto, after 405":      {providers.GetAuto, 405, nil, []string{"POST", "GET", "GET"}},
		"auto, after WA-400":   {providers.GetAuto, 400, nil, []string{"POST", "GET", "GET"}},
		"default is auto":      {"", 400, nil, []string{"POST", "GET", "GET"}},
		"post":                 {providers.GetByPost, 0, nil, []string{"POST", "POST"}},
		"post, not from WA400": {providers.GetByPost, 400, providers.ErrInvalidRequest, []string{"POST", "POST"}},
		"get":                  {providers.GetByGet, 405, nil, []string{"GET", "GET"}},
		"get, not there":       {providers.GetByGet, 0, providers.ErrInvalidRequest, []string{"GET", "GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			adapter, stand := newKaleyra(t, c.method)
			if c.refusal != 0 {
				stand.ReadByGET(c.refusal)
			}
			pem := string(providertest.PublicPEM(t))
			stand.Register(pem, "VALID")
			for range 2 {
				got, err := adapter.PublicKey(t.Context())
				if !errors.Is(err, c.want) || err == nil && got.PEM != pem {
					t.Errorf("got %v, %v; want error %v", got, err, c.want)
				}
			}
			if diff := cmp.Diff(c.methods, methods(stand)); diff != "" {
				t.Errorf("methods (-want +got):\n%s", diff)
			}
			for _, r := range stand.Requests() {
				if r.Body != "" {
					t.Errorf("%s has the body %q", r.Method, r.Body)
				}
			}
		})
	}
}

// What comes of the fallback when GET fails too.
func TestKaleyraFallbackFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   standin.Fault // that GET meets
		want    error
		methods []string
	}{
		"no such method: POST counts": {"", providers.ErrInvalidRequest, []string{"POST", "GET"}},
		"no such page: POST counts":   {standin.NotFoundText, providers.ErrInvalidRequest, []string{"POST", "GET"}},
		"refused: GET counts":         {standin.Unauthorized, providers.ErrUnauthorized, []string{"POST", "GET"}},
		"down: GET counts":            {standin.ServerError, providers.ErrUpstream, []string{"POST", "GET", "GET", "GET"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := kaleyra().Account
			account["phone_number"] = "+910000000000" // another number, so that POST is refused with WA-400
			stand := standin.New(standin.Kaleyra, account)
			adapter := kaleyra().Open(t, "https://api.example.com", kaleyra().Account, providers.Transport{
				HTTPClient: onGET{inMemory{stand}, stand, c.fault}, Backoff: 1,
			})
			if _, err := adapter.PublicKey(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("got error %v, want %v", err, c.want)
			}
			if diff := cmp.Diff(c.methods, methods(stand)); diff != "" {
				t.Errorf("methods (-want +got):\n%s", diff)
			}
		})
	}
}

// onGET lets GET requests meet a fault, or 405 if there is none.
type onGET struct {
	inMemory
	stand *standin.Server
	fault standin.Fault
}

func (d onGET) Do(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		if d.fault == "" {
			d.stand.Respond(answer(405, "Method Not Allowed"))
		}
		d.stand.FailNext(1, d.fault)
	}
	return d.inMemory.Do(req)
}

// A set is never taken for a read: no fallback, and the field is there.
func TestKaleyraSetHasNoFallback(t *testing.T) {
	t.Parallel()
	adapter, stand := newKaleyra(t, providers.GetAuto)
	stand.Fail(standin.BadRequest)
	err := adapter.SetPublicKey(t.Context(), providertest.PublicPEM(t))
	if !errors.Is(err, providers.ErrInvalidRequest) {
		t.Errorf("got error %v, want ErrInvalidRequest", err)
	}
	if diff := cmp.Diff([]string{"POST"}, methods(stand)); diff != "" {
		t.Errorf("methods (-want +got):\n%s", diff)
	}
}

func TestKaleyraHostsAndNumbers(t *testing.T) {
	t.Parallel()
	const path = "/v2/HXAP16QWERTY97IN/whatsapp/+919900000000/flows_encryption"
	for name, c := range map[string]struct {
		pod, baseURL, number string
		want                 string
	}{
		"in":                   {"in", "", "+919900000000", "https://api.in.kaleyra.io" + path},
		"sg":                   {"sg", "", "+919900000000", "https://api.kaleyra.io" + path},
		"eu":                   {"eu", "", "+919900000000", "https://api.eu.kaleyra.io" + path},
		"na":                   {"na", "", "+919900000000", "https://api.na.kaleyra.ai" + path},
		"base URL alone":       {"", "https://api.ap.kaleyra.io", "+919900000000", "https://api.ap.kaleyra.io" + path},
		"base URL before pod":  {"sg", "https://api.ap.kaleyra.io/", "+919900000000", "https://api.ap.kaleyra.io" + path},
		"base URL with a path": {"", "https://proxy.example.com/kaleyra", "+919900000000", "https://proxy.example.com/kaleyra" + path},
		"number without plus":  {"in", "", "919900000000", "https://api.in.kaleyra.io" + path},
		"number as written":    {"in", "", "+91 99000-00000", "https://api.in.kaleyra.io" + path},
		"number with 00":       {"in", "", "00919900000000", "https://api.in.kaleyra.io" + path},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			account := kaleyra().Account
			seen := &urls{}
			adapter, err := providers.NewKaleyra(providers.KaleyraConfig{
				Pod: c.pod, BaseURL: secret.URL(c.baseURL), SID: secret.Bytes(account["sid"]), APIKey: secret.Bytes(account["api_key"]), PhoneNumber: c.number,
				Transport: providers.Transport{HTTPClient: seen, Attempts: 1},
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := adapter.PublicKey(t.Context()); !errors.Is(err, providers.ErrUnreachable) {
				t.Errorf("got error %v, want ErrUnreachable", err)
			}
			if diff := cmp.Diff([]string{c.want}, seen.got); diff != "" {
				t.Errorf("URLs (-want +got):\n%s", diff)
			}
		})
	}
}

// urls notes where requests go, and lets them fail.
type urls struct{ got []string }

func (u *urls) Do(req *http.Request) (*http.Response, error) {
	u.got = append(u.got, req.URL.String())
	return nil, errors.New("no network")
}
