package exchange_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// upload is a request whose body arrives as the test writes it. It is also the response
// writer: a read deadline ends the body, as it does in net/http.
type upload struct {
	*httptest.ResponseRecorder
	body *io.PipeReader
	more *io.PipeWriter
	done chan struct{}
}

func (u *upload) SetReadDeadline(time.Time) error {
	return u.body.CloseWithError(os.ErrDeadlineExceeded)
}

func startUpload(e http.Handler, signature string) *upload {
	u := &upload{ResponseRecorder: httptest.NewRecorder(), done: make(chan struct{})}
	u.body, u.more = io.Pipe()
	r := httptest.NewRequest(http.MethodPost, "/flows/visit", u.body)
	r.Header.Set(flowcrypto.SignatureHeader, signature)
	go func() {
		defer close(u.done)
		e.ServeHTTP(u, r)
		_ = u.body.Close() // as net/http does; never fails
	}()
	return u
}

func (u *upload) write(text string) { _, _ = io.WriteString(u.more, text) } // it fails once the body is cut off

func (u *upload) finish() int {
	_ = u.more.Close() // never fails
	<-u.done
	return u.Code
}

func (u *upload) ended() bool {
	select {
	case <-u.done:
		return true
	default:
		return false
	}
}

var formed = "sha256=" + strings.Repeat("0a", 32)

// Held bodies use up the budget; an honest request still gets in, at the cost of the
// oldest one, however lately that made progress.
func TestBodiesCutOffTheOldest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		budget := exchange.NewBodies(128 << 10)
		e := newEndpoint(t, func(c *exchange.Config) { c.Bodies, c.Logger = budget, nil })
		var held []*upload
		for range 4 { // each has 32 KiB, as soon as it begins
			held = append(held, startUpload(e, formed))
			time.Sleep(time.Second)
		}
		held[0].write("a byte is no merit")
		synctest.Wait()
		if got := budget.InUse(); got != 128<<10 {
			t.Errorf("%d bytes in use, want all 131072", got)
		}
		body := vectortest.Named(t, "ping").Body
		honest := startUpload(e, flowcrypto.Sign([]byte(body), []byte(secret)))
		honest.write(body)
		if status := honest.finish(); status != http.StatusOK {
			t.Errorf("honest request: status %d, want 200", status)
		}
		synctest.Wait()
		for i, u := range held {
			if cutOff := i == 0; u.ended() != cutOff {
				t.Errorf("body %d ended: %t, want %t", i, u.ended(), cutOff)
			}
		}
		if held[0].Code != http.StatusServiceUnavailable || held[0].Header().Get("Connection") != "close" {
			t.Errorf("the oldest: status %d, Connection %q; want 503 and close", held[0].Code, held[0].Header().Get("Connection"))
		}
		if got := budget.CutOff(); got != 1 {
			t.Errorf("%d cut off, want 1", got)
		}
		for _, u := range held[1:] {
			if status := u.finish(); status != exchange.StatusBadSignature {
				t.Errorf("held body that ended: status %d, want 432", status)
			}
		}
		if got := budget.InUse(); got != 0 {
			t.Errorf("%d bytes in use at the end, want 0", got)
		}
	})
}

// A body counts with what has arrived, and one that is itself the oldest gives way.
func TestBodiesGrowAsBytesArrive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		budget := exchange.NewBodies(56 << 10)
		e := newEndpoint(t, func(c *exchange.Config) { c.Bodies, c.Logger = budget, nil })
		u := startUpload(e, formed)
		for _, parts := range []int64{1, 2, 3, 4} {
			synctest.Wait()
			if got, want := budget.InUse(), (24+8*parts)<<10; got != want {
				t.Errorf("%d bytes in use, want %d", got, want)
			}
			u.write(strings.Repeat("x", 8<<10))
		}
		if status := u.finish(); status != http.StatusServiceUnavailable {
			t.Errorf("status %d, want 503: the budget is used up", status)
		}
		if used, cutOff := budget.InUse(), budget.CutOff(); used != 0 || cutOff != 1 {
			t.Errorf("%d bytes in use and %d cut off, want 0 and 1", used, cutOff)
		}
	})
}

// Many bodies at once: whatever is cut off, the books balance and honest bodies of one
// part are served.
func TestBodiesBalance(t *testing.T) {
	t.Parallel()
	budget := exchange.NewBodies(512 << 10)
	e := newEndpoint(t, func(c *exchange.Config) { c.Bodies, c.Logger = budget, nil })
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	large := strings.Repeat("x", 300<<10)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(large))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set(flowcrypto.SignatureHeader, formed)
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				return // the connection was closed while the body was being sent
			}
			_ = resp.Body.Close()
			if resp.StatusCode != exchange.StatusBadSignature && resp.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("status %d, want 432 or 503", resp.StatusCode)
			}
		})
	}
	all.Wait()
	for budget.InUse() != 0 { // a test that hangs here has found a leak
		time.Sleep(time.Millisecond)
	}
}

// unread fails the test if a body is read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestSignatureFormComesBeforeTheBody(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, nil)
	for name, header := range map[string]string{
		"none": "", "no prefix": strings.Repeat("0a", 32), "short": formed[:len(formed)-1], "long": formed + "0",
		"not hexadecimal": formed[:len(formed)-1] + "g", "another hash": "sha1=" + strings.Repeat("0a", 20), "space": " " + formed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/flows/visit", unread{t})
			r.Header.Set(flowcrypto.SignatureHeader, header)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != exchange.StatusBadSignature || w.Header().Get("Connection") != "close" {
				t.Errorf("status %d, Connection %q; want 432 and close", w.Code, w.Header().Get("Connection"))
			}
		})
	}
}

// The reason for 413 names size, limit and the key to change it with.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		length int64
		reason string
	}{
		"announced": {2000, "2000 bytes announced, at most 1500 allowed by flows[].max_body (Config.MaxBody)"},
		"streamed":  {-1, "1500 bytes arrived and there are more, at most 1500 allowed by flows[].max_body (Config.MaxBody)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			e := newEndpoint(t, func(c *exchange.Config) { c.MaxBody, c.Logger = 1500, slog.New(slog.NewTextHandler(&log, nil)) })
			r := httptest.NewRequest(http.MethodPost, "/flows/visit", strings.NewReader(strings.Repeat("x", 2000)))
			r.ContentLength = c.length
			r.Header.Set(flowcrypto.SignatureHeader, formed)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(log.String(), c.reason) {
				t.Errorf("status %d, log %s; want 413 and %q", w.Code, log.String(), c.reason)
			}
		})
	}
}

// Verified exchanges alone have room to find.
func TestMaxInFlight(t *testing.T) {
	t.Parallel()
	for _, most := range []int{1, 3} {
		t.Run(strconv.Itoa(most), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				e := newEndpoint(t, func(c *exchange.Config) {
					c.MaxInFlight, c.Logger, c.Store = most, nil, forgetful{}
					c.Handler = exchange.Unrouted(waiting(release))
				})
				body := vectortest.Named(t, "init").Body
				signature := flowcrypto.Sign([]byte(body), []byte(secret))
				stranger := startUpload(e, formed) // it is not verified
				synctest.Wait()
				var served sync.WaitGroup
				for range most {
					served.Go(func() {
						if w := post(e, body, signature); w.Code != http.StatusOK {
							t.Errorf("status %d, want 200", w.Code)
						}
					})
				}
				synctest.Wait()
				if w := post(e, body, signature); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
					t.Errorf("one more: status %d, Retry-After %q; want 503", w.Code, w.Header().Get("Retry-After"))
				}
				stranger.write(body)
				if status := stranger.finish(); status != exchange.StatusBadSignature {
					t.Errorf("stranger: status %d, want 432", status)
				}
				close(release)
				served.Wait()
				if w := post(e, body, signature); w.Code != http.StatusOK {
					t.Errorf("afterwards: status %d, want 200", w.Code)
				}
			})
		})
	}
}

// waiting is a handler that answers when it is released.
func waiting(release <-chan struct{}) exchange.HandlerFunc {
	return func(context.Context, *exchange.Message) (*exchange.Response, error) {
		<-release
		return exchange.NewResponse("NEXT", nil), nil
	}
}
