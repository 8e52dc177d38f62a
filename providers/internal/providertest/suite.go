package providertest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
)

// Adapter is an adapter under test.
type Adapter struct {
	// Provider is its name in the table of providers. The stand-in of this name
	// answers.
	Provider string
	// Account has the values of its required keys. Credentials must be hard to
	// mistake for anything else in an error.
	Account standin.Account
	// Get and Set are the requests that it must send.
	Get Request
	Set func(publicPEM string) Request
	// Faults are the expectations of faults that differ between providers:
	// [standin.Forbidden], [standin.ErrorInOK] and those that differ from what most
	// adapters do.
	Faults map[standin.Fault]Expectation
}

// Stand returns a stand-in that knows the account.
func (a Adapter) Stand() *standin.Server { return standin.New(standin.Dialect(a.Provider), a.Account) }

// Open returns the adapter under test, for an account at the base URL.
func (a Adapter) Open(t testing.TB, baseURL string, account standin.Account, transport providers.Transport) registration.Registrar {
	t.Helper()
	settings := a.settings(t)
	for _, key := range settings.Keys() {
		if key.Name == "base_url" {
			key.Set(baseURL)
		} else {
			key.Set(account[key.Name])
		}
	}
	registrar, err := settings.Open(transport)
	if err != nil {
		t.Fatalf("open the adapter: %v", err)
	}
	return registrar
}

func (a Adapter) settings(t testing.TB) providers.Settings {
	t.Helper()
	row, ok := providers.Lookup(a.Provider)
	if !ok {
		t.Fatalf("the table of providers has no %s", a.Provider)
	}
	return row.New()
}

// Request is the part of a request that matters. Header has what must be
// there; an empty list means that the header must be absent.
type Request struct {
	Method, URI string
	Header      map[string][]string
	Body        string
}

// publicPEM is a key that can be registered. Making one takes a while.
var publicPEM = sync.OnceValues(func() ([]byte, error) {
	pair, err := keystore.Generate()
	if err != nil {
		return nil, err
	}
	return pair.PublicPEM(), nil
})

// PublicPEM returns an RSA 2048 public key, the same for all tests.
func PublicPEM(t testing.TB) []byte {
	t.Helper()
	pem, err := publicPEM()
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	return pem
}

// Run runs the suite.
func Run(t *testing.T, adapter Adapter) {
	t.Run("read", func(t *testing.T) { testRead(t, adapter) })
	t.Run("set and read back", func(t *testing.T) { testSet(t, adapter) })
	t.Run("keys that are refused", func(t *testing.T) { testRefusedKeys(t, adapter) })
	t.Run("shapes of a read", func(t *testing.T) { testShapes(t, adapter) })
	t.Run("faults", func(t *testing.T) { testFaults(t, adapter) })
	t.Run("wrong account", func(t *testing.T) { testWrongAccount(t, adapter) })
	t.Run("retry", func(t *testing.T) { testRetry(t, adapter) })
	t.Run("redirect", func(t *testing.T) { testRedirect(t, adapter) })
	t.Run("context", func(t *testing.T) { testContext(t, adapter) })
	t.Run("uncertain set", func(t *testing.T) { testUncertainSet(t, adapter) })
	t.Run("concurrent use", func(t *testing.T) { testConcurrent(t, adapter) })
}

// subject is an adapter with its own stand-in.
type subject struct {
	registration.Registrar
	adapter Adapter
	stand   *standin.Server
	url     string

	mu       sync.Mutex
	observed []string
}

func newSubject(t *testing.T, adapter Adapter, transport providers.Transport) *subject {
	t.Helper()
	return newSubjectFor(t, adapter, transport, adapter.Account)
}

// newSubjectFor makes an adapter with credentials that the stand-in may refuse.
func newSubjectFor(t *testing.T, adapter Adapter, transport providers.Transport, account standin.Account) *subject {
	t.Helper()
	s := &subject{adapter: adapter, stand: adapter.Stand()}
	server := httptest.NewServer(s.stand)
	t.Cleanup(server.Close)
	s.url = server.URL
	transport.Observe = func(op, outcome string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.observed = append(s.observed, op+" "+outcome)
	}
	if transport.Backoff == 0 {
		transport.Backoff = time.Microsecond
	}
	s.Registrar = adapter.Open(t, server.URL, account, transport)
	return s
}

// wantRequests checks that exactly these were received.
func (s *subject) wantRequests(t *testing.T, want ...Request) {
	t.Helper()
	var got []Request
	for i, r := range s.stand.Requests() {
		header := map[string][]string{}
		for name := range expectedHeader(want, i) {
			header[name] = append([]string{}, r.Header.Values(name)...)
		}
		got = append(got, Request{r.Method, r.URI, header, r.Body})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// expectedHeader is nil for an unexpected request.
func expectedHeader(want []Request, i int) map[string][]string {
	if i >= len(want) {
		return nil
	}
	return want[i].Header
}

// wantObserved checks what Transport.Observe was told.
func (s *subject) wantObserved(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if diff := cmp.Diff(want, s.observed); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

// wantError checks an error's kind and fields, and that no secret is in it.
func (s *subject) wantError(t *testing.T, err error, op string, kind error) {
	t.Helper()
	failure := apiError(t, err)
	if !errors.Is(err, kind) {
		t.Errorf("got error %v, want kind %q", err, kind)
	}
	if failure.Provider != s.adapter.Provider || failure.Op != op {
		t.Errorf("got error of %s %s, want %s %s", failure.Provider, failure.Op, s.adapter.Provider, op)
	}
	s.wantNoSecrets(t, failure)
}

func apiError(t *testing.T, err error) *providers.APIError {
	t.Helper()
	failure, ok := errors.AsType[*providers.APIError](err)
	if !ok {
		t.Fatalf("got error %v, want an APIError", err)
	}
	return failure
}

// wantNoSecrets looks for pieces of the secrets in everything that an error says.
func (s *subject) wantNoSecrets(t *testing.T, failure *providers.APIError) {
	t.Helper()
	const piece = 8
	told := strings.Join([]string{failure.Error(), failure.Message, failure.Code, failure.TraceID}, "\n")
	for _, key := range s.adapter.settings(t).Keys() {
		secret := s.adapter.Account[key.Name]
		if key.Secret == nil {
			continue
		}
		for i := 0; i+piece <= len(secret); i++ {
			if strings.Contains(told, secret[i:i+piece]) {
				t.Errorf("the error has a piece of a credential: %s", told)
				return
			}
		}
	}
}

func testRead(t *testing.T, adapter Adapter) {
	t.Parallel()
	s := newSubject(t, adapter, providers.Transport{})
	pem := string(PublicPEM(t))
	for _, status := range []string{"VALID", "MISMATCH"} {
		s.stand.Register(pem, status)
		got, err := s.PublicKey(t.Context())
		if err != nil {
			t.Fatalf("PublicKey: %v", err)
		}
		if diff := cmp.Diff(registration.RemoteKey{PEM: pem, SignatureStatus: status}, got); diff != "" {
			t.Errorf("key (-want +got):\n%s", diff)
		}
	}
	s.wantRequests(t, adapter.Get, adapter.Get)
	s.wantObserved(t, "get ok", "get ok")
}

func testSet(t *testing.T, adapter Adapter) {
	t.Parallel()
	s := newSubject(t, adapter, providers.Transport{})
	pem := PublicPEM(t)
	// the same key with Windows line breaks: what is sent is canonical all the same
	if err := s.SetPublicKey(t.Context(), []byte(strings.ReplaceAll(string(pem), "\n", "\r\n"))); err != nil {
		t.Fatalf("SetPublicKey: %v", err)
	}
	got, err := s.PublicKey(t.Context())
	if err != nil {
		t.Fatalf("PublicKey: %v", err)
	}
	if diff := cmp.Diff(registration.RemoteKey{PEM: string(pem), SignatureStatus: "VALID"}, got); diff != "" {
		t.Errorf("key read back (-want +got):\n%s", diff)
	}
	s.wantRequests(t, adapter.Set(string(pem)), adapter.Get)
	s.wantObserved(t, "set ok", "get ok")
}

func testConcurrent(t *testing.T, adapter Adapter) {
	t.Parallel()
	s := newSubject(t, adapter, providers.Transport{})
	pem := PublicPEM(t)
	s.stand.Register(string(pem), "VALID")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if i%2 == 0 {
				if err := s.SetPublicKey(t.Context(), pem); err != nil {
					t.Errorf("SetPublicKey: %v", err)
				}
				return
			}
			if got, err := s.PublicKey(t.Context()); err != nil || got.PEM != string(pem) {
				t.Errorf("PublicKey: got %v, %v", got, err)
			}
		})
	}
	group.Wait()
	if got := s.stand.Count(); got != 8 {
		t.Errorf("got %d requests, want 8", got)
	}
}

func testContext(t *testing.T, adapter Adapter) {
	t.Parallel()
	pem := PublicPEM(t)
	calls := map[string]func(context.Context, *subject) error{
		providers.OpGet: func(ctx context.Context, s *subject) error { _, err := s.PublicKey(ctx); return err },
		providers.OpSet: func(ctx context.Context, s *subject) error { return s.SetPublicKey(ctx, pem) },
	}
	for op, call := range calls {
		t.Run(op+" canceled before", func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, adapter, providers.Transport{})
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call(ctx, s)
			s.wantError(t, err, op, context.Canceled)
			s.wantError(t, err, op, providers.ErrUnreachable)
			if errors.Is(err, providers.ErrUnknownOutcome) {
				t.Error("got an unknown outcome of what was never sent")
			}
			s.wantRequests(t)
			s.wantObserved(t, op+" canceled")
		})
		t.Run(op+" canceled on the way", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := newSubject(t, adapter, providers.Transport{HTTPClient: canceler{cancel}})
			s.stand.Fail(standin.Slow)
			err := call(ctx, s)
			s.wantError(t, err, op, context.Canceled)
			if got, want := errors.Is(err, providers.ErrUnknownOutcome), op == providers.OpSet; got != want {
				t.Errorf("got unknown outcome %v, want %v", got, want)
			}
			s.wantObserved(t, op+" canceled")
		})
		t.Run(op+" deadline of the transport", func(t *testing.T) {
			t.Parallel()
			s := newSubject(t, adapter, providers.Transport{Timeout: 50 * time.Millisecond})
			s.stand.Fail(standin.Slow)
			s.wantError(t, call(t.Context(), s), op, context.DeadlineExceeded)
			if got := s.stand.Count(); got > 1 {
				t.Errorf("got %d requests, want one", got)
			}
			s.wantObserved(t, op+" unreachable")
		})
	}
}

// canceler cancels the context once the request is sent.
type canceler struct{ cancel func() }

func (c canceler) Do(req *http.Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { c.cancel() }}
	//nolint:gosec // G704: the URL is that of the test's own server
	return http.DefaultClient.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
}
