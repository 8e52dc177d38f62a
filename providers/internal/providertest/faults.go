package providertest

import (
	"errors"
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

// expectation is what becomes of a fault that is an error.
type expectation struct {
	kind   error
	status int
	// reads is how often a read is sent.
	reads int
	// unknown: a set may have happened.
	unknown    bool
	retryAfter time.Duration
}

var expectations = map[standin.Fault]expectation{
	standin.Unauthorized: {kind: providers.ErrUnauthorized, status: 401, reads: 1},
	standin.BadRequest:   {kind: providers.ErrInvalidRequest, status: 400, reads: 1},
	standin.RateLimited:  {kind: providers.ErrRateLimited, status: 429, reads: 1, retryAfter: time.Hour},
	standin.ServerError:  {kind: providers.ErrUpstream, status: 500, reads: 3, unknown: true},
	standin.NotFoundText: {kind: providers.ErrNotFound, status: 404, reads: 1},
	standin.HTML:         {kind: providers.ErrUnexpectedResponse, status: 200, reads: 1, unknown: true},
	standin.HTMLGateway:  {kind: providers.ErrUpstream, status: 502, reads: 3, unknown: true},
	standin.BrokenJSON:   {kind: providers.ErrUnexpectedResponse, status: 200, reads: 1, unknown: true},
	standin.Huge:         {kind: providers.ErrUnexpectedResponse, status: 200, reads: 1, unknown: true},
	standin.Redirect:     {kind: providers.ErrUnexpectedResponse, status: 307, reads: 1, unknown: true},
	standin.Reset:        {kind: providers.ErrUnreachable, reads: 3, unknown: true},
	standin.EchoError:    {kind: providers.ErrInvalidRequest, status: 400, reads: 1},
	standin.EchoText:     {kind: providers.ErrInvalidRequest, status: 400, reads: 1},
	standin.EchoHTML:     {kind: providers.ErrUpstream, status: 502, reads: 3, unknown: true},
}

// special are the expectations that differ between providers.
var special = map[standin.Dialect]map[standin.Fault]expectation{
	standin.Chakra: {
		standin.Forbidden: {kind: providers.ErrForbidden, status: 403, reads: 1},
		standin.ErrorInOK: {kind: providers.ErrNotFound, status: 200, reads: 1},
	},
	standin.Kaleyra: {
		standin.Forbidden: {kind: providers.ErrForbidden, status: 401, reads: 1},
		standin.ErrorInOK: {kind: providers.ErrUnauthorized, status: 200, reads: 1},
		// WA-400 makes the adapter try GET, which meets the same fault
		standin.BadRequest: {kind: providers.ErrInvalidRequest, status: 400, reads: 2},
	},
	standin.Meta: {
		standin.Forbidden: {kind: providers.ErrForbidden, status: 403, reads: 1},
		standin.ErrorInOK: {kind: providers.ErrUnauthorized, status: 200, reads: 1},
	},
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
		want, ok := special[adapter.Dialect][fault]
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

func testReadFault(t *testing.T, adapter Adapter, fault standin.Fault, want expectation) {
	t.Helper()
	s := newSubject(t, adapter, providers.Transport{})
	s.stand.Register(string(PublicPEM(t)), "VALID")
	s.stand.Fail(fault)
	key, err := s.PublicKey(t.Context())
	if key != (registration.RemoteKey{}) {
		t.Errorf("got key %v beside an error, want none", key)
	}
	s.wantError(t, err, providers.OpGet, want.kind)
	want.check(t, apiError(t, err))
	if errors.Is(err, providers.ErrUnknownOutcome) {
		t.Error("got an unknown outcome of a read")
	}
	if got := s.stand.Count(); got != want.reads {
		t.Errorf("got %d requests, want %d", got, want.reads)
	}
	for _, r := range s.stand.Requests() {
		if r.Body != "" {
			t.Errorf("a read was sent with the body %q", r.Body)
		}
	}
}

func testSetFault(t *testing.T, adapter Adapter, fault standin.Fault, want expectation) {
	t.Helper()
	s := newSubject(t, adapter, providers.Transport{})
	s.stand.Fail(fault)
	pem := PublicPEM(t)
	err := s.SetPublicKey(t.Context(), pem)
	s.wantError(t, err, providers.OpSet, want.kind)
	want.check(t, apiError(t, err))
	if got := errors.Is(err, providers.ErrUnknownOutcome); got != want.unknown {
		t.Errorf("got unknown outcome %v, want %v: %v", got, want.unknown, err)
	}
	s.wantRequests(t, adapter.Set(string(pem))) // once, whatever happens
}

func (want expectation) check(t *testing.T, got *providers.APIError) {
	t.Helper()
	if got.Status != want.status || got.RetryAfter != want.retryAfter {
		t.Errorf("got status %d and retry after %v, want %d and %v", got.Status, got.RetryAfter, want.status, want.retryAfter)
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
	account := Account()
	account["access_token"], account["api_key"] = "another-token-entirely", "anotherkeyentirely"
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
			target := standin.New(adapter.Dialect, Account())
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
