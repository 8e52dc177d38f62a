package server_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
)

// The public listener has the flows and nothing else, and explains nothing.
func TestPublicListener(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	if got := send(t, s.phone("a"), initMessage()); got != 200 {
		t.Errorf("exchange: status %d, want 200", got)
	}
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404},
		{"GET", "/livez", 404},
		{"GET", "/readyz", 404},
		{"GET", "/healthz", 404},
		{"GET", "/metrics", 404},
		{"GET", "/debug/pprof/", 404},
		{"GET", "/flows", 404},
		{"POST", "/flows/", 404},
		{"POST", "/flows/other", 404},
		{"POST", "/flows/greeting/", 432},
		{"POST", "/flows/../flows/greeting", 404},
		{"GET", "/flows/greeting", 405},
		{"PUT", "/flows/greeting", 405},
		{"DELETE", "/flows/greeting", 405},
		{"OPTIONS", "/flows/greeting", 405},
		{"BREW", "/flows/greeting", 405},
		{"POST", "/flows/greeting", 432},
	} {
		if status, body := request(t, c.method, s.public+c.path); status != c.status || body != "" {
			t.Errorf("%s %s: %d %q, want %d without a body", c.method, c.path, status, body, c.status)
		}
	}
}

func TestAdminListener(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/livez", 200},
		{"GET", "/readyz", 200},
		{"GET", "/healthz", 200},
		{"GET", "/metrics", 200},
		{"POST", "/healthz", 405},
		{"POST", "/flows/greeting", 404},
		{"GET", "/", 404},
	} {
		if status, body := request(t, c.method, s.admin+c.path); status != c.status || (status >= 400) != (body == "") {
			t.Errorf("%s %s: %d %q, want %d", c.method, c.path, status, body, c.status)
		}
	}
}

func TestListenFails(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close() //nolint:errcheck // nobody used it
	for _, name := range []string{"listen", "admin"} {
		cfg := setup{}.config(t)
		if name == "listen" {
			cfg.Listen = taken.Addr().String()
		} else {
			cfg.Admin = taken.Addr().String()
		}
		s, err := server.New(server.Options{Config: cfg, Flows: setup{}.flows()})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Listen(t.Context()); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: Listen: %v, want an error that names it", name, err)
		}
	}
}

// New reports everything that is wrong, and warns of what is not done.
func TestNewFails(t *testing.T) {
	t.Parallel()
	two := `
numbers:
  - {id: first, private_keys: [{file: %KEYS%/ec.pkcs8.pem}]}
  - {id: second, private_keys: [{file: %KEYS%/a.pkcs8.pem}, {file: %KEYS%/a.public.pem}, {file: %KEYS%/weak1024.pkcs8.pem}]}
flows:
  - {id: greeting, app_secrets: [x], numbers: [first]}
`
	dir, err := filepath.Abs(keysDir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = server.New(server.Options{Config: loadConfig(t, strings.ReplaceAll(two, "%KEYS%", dir)), Flows: setup{}.flows()})
	for _, part := range []string{
		"number first: private_keys[0]", "ec.pkcs8.pem",
		"number second: private_keys[1]", "a.public.pem",
		"private_keys[2]", "weak1024.pkcs8.pem",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("New: %v\nlacks %q", err, part)
		}
	}

	if _, err := server.New(server.Options{Config: setup{}.config(t)}); err == nil || !strings.Contains(err.Error(), "greeting") {
		t.Errorf("New without the flow: %v, want an error that names it", err)
	}
}

// An exchange in flight finishes; nothing new is let in; the admin listener tells.
func TestDrain(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	s := setup{handler: exchange.Unrouted(exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
		close(entered)
		select {
		case <-release:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return greet(ctx, msg)
	}))}.start(t)
	phone := s.phone("a")
	answered := make(chan error, 1)
	var reply *client.Reply
	go func() {
		var err error
		reply, err = phone.Send(context.WithoutCancel(t.Context()), initMessage())
		answered <- err
	}()
	<-entered
	s.cancel()
	eventually(t, "draining", func() bool {
		status, reasons := s.ready()
		return status == http.StatusServiceUnavailable && reasons == "draining\n"
	})
	eventually(t, "new connections are refused", func() bool {
		conn, err := net.Dial("tcp", s.PublicAddr().String())
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-answered:
		t.Fatalf("the exchange ended before its handler did: %v", err)
	case <-s.ended:
		t.Fatal("Serve returned with an exchange in flight")
	default:
	}
	close(release)
	if err := <-answered; err != nil || reply.Status != 200 || reply.Screen != "GREETING" {
		t.Errorf("exchange in flight: %v, %+v", err, reply)
	}
	s.stop()
	if _, err := net.Dial("tcp", s.AdminAddr().String()); err == nil {
		t.Error("the admin listener is open after Serve")
	}
}

// Serve leaves nothing running behind, not even what hangs on the provider.
func TestGoroutinesEnd(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]standin.Fault{"answering": "", "hanging": standin.Slow} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(standin.Meta, standin.Account{"access_token": token, "phone_number_id": numberID})
			stand.Register(publicPEM(t, "a"), "VALID")
			stand.Fail(fault)
			provider := httptest.NewServer(stand)
			t.Cleanup(provider.Close)
			label := t.Name()
			pprof.Do(t.Context(), pprof.Labels("test", label), func(context.Context) { // all goroutines inherit it
				s := setup{provider: meta(provider.URL)}.start(t) //nolint:contextcheck // it has a context of its own
				eventually(t, "the provider is asked", func() bool { return stand.Count() > 0 })
				if labelled(t, label) == 0 {
					t.Error("no goroutine while serving: the test sees none")
				}
				s.stop()
				provider.CloseClientConnections() // or the transport keeps them for reuse
			})
			eventually(t, "all goroutines end", func() bool { return labelled(t, label) == 0 })
		})
	}
}

// labelled counts the goroutines with the label.
func labelled(t *testing.T, label string) int {
	t.Helper()
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Fatal(err)
	}
	return strings.Count(profile.String(), `"test":"`+label+`"`)
}
