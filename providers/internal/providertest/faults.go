package providertest

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
)

// Expectation is what an adapter makes of a fault.
type Expectation struct {
	Kind       error
	Status     int
	Reads      int  // how often a read is sent
	Unknown    bool // a set may have happened
	RetryAfter time.Duration
}

var expectations = map[standin.Fault]Expectation{
	standin.Unauthorized: {Kind: providers.ErrUnauthorized, Status: 401, Reads: 1},
	standin.BadRequest:   {Kind: providers.ErrInvalidRequest, Status: 400, Reads: 1},
	standin.RateLimited:  {Kind: providers.ErrRateLimited, Status: 429, Reads: 1, RetryAfter: time.Hour},
	standin.ServerError:  {Kind: providers.ErrUpstream, Status: 500, Reads: 3, Unknown: true},
	standin.NotFoundText: {Kind: providers.ErrNotFound, Status: 404, Reads: 1},
	standin.HTML:         {Kind: providers.ErrUnexpectedResponse, Status: 200, Reads: 1, Unknown: true},
	standin.HTMLGateway:  {Kind: providers.ErrUpstream, Status: 502, Reads: 3, Unknown: true},
	standin.BrokenJSON:   {Kind: providers.ErrUnexpectedResponse, Status: 200, Reads: 1, Unknown: true},
	standin.Huge:         {Kind: providers.ErrUnexpectedResponse, Status: 200, Reads: 1, Unknown: true},
	standin.Redirect:     {Kind: providers.ErrUnexpectedResponse, Status: 307, Reads: 1, Unknown: true},
	standin.Reset:        {Kind: providers.ErrUnreachable, Reads: 3, Unknown: true},
	standin.EchoError:    {Kind: providers.ErrInvalidRequest, Status: 400, Reads: 1},
	standin.EchoText:     {Kind: providers.ErrInvalidRequest, Status: 400, Reads: 1},
	standin.EchoHTML:     {Kind: providers.ErrUpstream, Status: 502, Reads: 3, Unknown: true},
}

// elsewhere are the faults that tests of their own look at.
var elsewhere = map[standin.Fault]bool{
	standin.Slow: true, standin.SetThenReset: true, standin.BlankKey: true, standin.NullKey: true,
	standin.EmptyArray: true, standin.EmptyObject: true, standin.Flat: true,
}

func testFaults(t *testing.T, adapter Adapter) {
	t.Parallel()
	for _, fault := range standin.Faults() {
		if elsewhere[fault] {
			continue
		}
		want, ok := adapter.Faults[fault]
		if !ok {
			want, ok = expectations[fault]
		}
		if !ok {
			t.Errorf("fault %q: nothing is expected of it", fault)
			continue
		}
		t.Run(string(fault)+"/get", func(t *testing.T) { t.Parallel(); testReadFault(t, adapter, fault, want) })
		t.Run(string(fault)+"/set", func(t *testing.T) { t.Parallel(); testSetFault(t, adapter, fault, want) })
	}
}

func testReadFault(t *testing.T, adapter Adapter, fault standin.Fault, want Expectation) {
	t.Helper()
	s := newSubject(t, adapter, providers.Transport{})
	s.stand.Register(string(PublicPEM(t)), "VALID")
	s.stand.Fail(fault)
	key, err := s.PublicKey(t.Context())
	if key != (registration.RemoteKey{}) {
		t.Errorf("got key %v with an error, want none", key)
	}
	s.wantError(t, err, providers.OpGet, want.Kind)
	want.check(t, apiError(t, err))
	if errors.Is(err, providers.ErrUnknownOutcome) {
		t.Error("got an unknown outcome of a read")
	}
	if got := s.stand.Count(); got != want.Reads {
		t.Errorf("got %d requests, want %d", got, want.Reads)
	}
	for _, r := range s.stand.Requests() {
		if r.Body != "" {
			t.Errorf("a read was sent with the body %q", r.Body)
		}
	}
}

func testSetFault(t *testing.T, adapter Adapter, fault standin.Fault, want Expectation) {
	t.Helper()
	s := newSubject(t, adapter, providers.Transport{})
	s.stand.Fail(fault)
	pem := PublicPEM(t)
	err := s.SetPublicKey(t.Context(), pem)
	s.wantError(t, err, providers.OpSet, want.Kind)
	want.check(t, apiError(t, err))
	if got := errors.Is(err, providers.ErrUnknownOutcome); got != want.Unknown {
		t.Errorf("got unknown outcome %v, want %v: %v", got, want.Unknown, err)
	}
	s.wantRequests(t, adapter.Set(string(pem))) // once, whatever happens
}

func (want Expectation) check(t *testing.T, got *providers.APIError) {
	t.Helper()
	if got.Status != want.Status || got.RetryAfter != want.RetryAfter {
		t.Errorf("got status %d and retry after %v, want %d and %v", got.Status, got.RetryAfter, want.Status, want.RetryAfter)
	}
	if strings.ContainsAny(got.Error(), "\r\n") || len(got.Error()) > 1000 {
		t.Errorf("got an error of more than a line: %q", got.Error())
	}
	if strings.Contains(got.Error(), "<html") {
		t.Errorf("got HTML in the error: %v", got)
	}
}

func testShapes(t *testing.T, adapter Adapter) {
	t.Parallel()
	pem := string(PublicPEM(t))
	for fault, want := range map[standin.Fault]registration.RemoteKey{
		standin.BlankKey:     {PEM: " ", SignatureStatus: "MISMATCH"},
		standin.NullKey:      {},
		standin.EmptyArray:   {},
		standin.EmptyObject:  {},
		standin.Flat:         {PEM: pem, SignatureStatus: "VALID"},
		standin.SetThenReset: {PEM: pem, SignatureStatus: "VALID"},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, adapter, providers.Transport{})
			s.stand.Register(pem, "VALID")
			s.stand.Fail(fault)
			got, err := s.PublicKey(t.Context())
			if err != nil {
				t.Fatalf("PublicKey: %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("key (-want +got):\n%s", diff)
			}
			s.wantRequests(t, adapter.Get)
		})
	}
}

// testWrongAccount checks the requests by what the stand-in, as the vendor,
// makes of credentials that are not those of the account.
func testWrongAccount(t *testing.T, adapter Adapter) {
	t.Parallel()
	account := maps.Clone(adapter.Account)
	for _, key := range adapter.settings(t).Keys() {
		if key.File { // a credential
			account[key.Name] = "anotherkeyentirely"
		}
	}
	s := newSubjectFor(t, adapter, providers.Transport{}, account)
	_, err := s.PublicKey(t.Context())
	s.wantError(t, err, providers.OpGet, providers.ErrUnauthorized)
	err = s.SetPublicKey(t.Context(), PublicPEM(t))
	s.wantError(t, err, providers.OpSet, providers.ErrUnauthorized)
	if pem, _ := s.stand.Registered(); strings.TrimSpace(pem) != "" {
		t.Error("a key was registered")
	}
}

func testRetry(t *testing.T, adapter Adapter) {
	t.Parallel()
	for _, fault := range []standin.Fault{standin.ServerError, standin.HTMLGateway, standin.Reset} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, adapter, providers.Transport{})
			s.stand.FailNext(2, fault)
			if _, err := s.PublicKey(t.Context()); err != nil {
				t.Errorf("PublicKey: %v", err)
			}
			s.wantRequests(t, adapter.Get, adapter.Get, adapter.Get)
		})
	}
	t.Run("attempts as configured", func(t *testing.T) {
		t.Parallel()
		s := newSubject(t, adapter, providers.Transport{Attempts: 1})
		s.stand.Fail(standin.ServerError)
		_, err := s.PublicKey(t.Context())
		s.wantError(t, err, providers.OpGet, providers.ErrUpstream)
		s.wantRequests(t, adapter.Get)
		s.wantObserved(t, "get upstream")
	})
}

func testRedirect(t *testing.T, adapter Adapter) {
	t.Parallel()
	for name, client := range map[string]providers.Doer{"own client": nil, "client given": http.DefaultClient} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := adapter.Stand()
			elsewhere := httptest.NewServer(target)
			t.Cleanup(elsewhere.Close)
			s := newSubject(t, adapter, providers.Transport{HTTPClient: client})
			s.stand.RedirectTo(elsewhere.URL + adapter.Get.URI)
			s.stand.Fail(standin.Redirect)
			_, err := s.PublicKey(t.Context())
			s.wantError(t, err, providers.OpGet, providers.ErrUnexpectedResponse)
			err = s.SetPublicKey(t.Context(), PublicPEM(t))
			s.wantError(t, err, providers.OpSet, providers.ErrUnexpectedResponse)
			if got := target.Count(); got != 0 {
				t.Errorf("the target of the redirect got %d requests, want none", got)
			}
		})
	}
}

// testUncertainSet is the case that forbids to retry sets: the key was
// replaced, the answer was lost.
func testUncertainSet(t *testing.T, adapter Adapter) {
	t.Parallel()
	s := newSubject(t, adapter, providers.Transport{})
	s.stand.FailNext(1, standin.SetThenReset)
	pem := PublicPEM(t)
	err := s.SetPublicKey(t.Context(), pem)
	s.wantError(t, err, providers.OpSet, providers.ErrUnreachable)
	s.wantError(t, err, providers.OpSet, providers.ErrUnknownOutcome)
	got, err := s.PublicKey(t.Context())
	if err != nil || got.PEM != string(pem) {
		t.Errorf("read back: got %v, %v", got, err)
	}
	s.wantRequests(t, adapter.Set(string(pem)), adapter.Get)
	s.wantObserved(t, "set unreachable", "get ok")
}
