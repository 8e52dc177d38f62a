package client_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/keystore"
)

// traced sends a ping and returns the attempts that were traced.
func traced(t *testing.T, h http.Handler, cfg client.Config) (attempts []client.Attempt, reply *client.Reply, err error) {
	t.Helper()
	cfg.RetryWait, cfg.Trace = -1, func(a client.Attempt) { attempts = append(attempts, a) }
	reply, err = dial(t, h, cfg).Ping(t.Context())
	return attempts, reply, err
}

func TestTraceRetry(t *testing.T) {
	t.Parallel()
	a, b := &readKey(t, "a").PublicKey, &readKey(t, "b").PublicKey
	e := honest(t, 200, `{"data":{"status":"active"}}`)
	attempts, reply, err := traced(t, e, client.Config{PublicKey: b, RefreshKey: gives(a, nil)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, attempt := range attempts {
		got = append(got, fmt.Sprintf("%d %d %s", attempt.Number, attempt.Status, attempt.KeyFingerprint))
		if attempt.Err != nil || attempt.Start.IsZero() || attempt.Seal < 0 || attempt.Wait < 0 {
			t.Errorf("attempt %d: error %v, start %v", attempt.Number, attempt.Err, attempt.Start)
		}
	}
	want := []string{"1 421 " + keystore.Fingerprint(b), "2 200 " + keystore.Fingerprint(a)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("attempts (-want +got):\n%s", diff)
	}
	sent := []string{string(attempts[0].Sent), string(attempts[1].Sent)}
	if diff := cmp.Diff(e.received(), sent); diff != "" {
		t.Errorf("bytes sent (-received +traced):\n%s", diff)
	}
	if sent[0] == sent[1] {
		t.Error("the retry sent the same bytes")
	}
	if len(attempts[0].Received) != 0 || !bytes.Equal(attempts[1].Received, reply.Body) {
		t.Errorf("bytes received: got %q and %q, want none and %q", attempts[0].Received, attempts[1].Received, reply.Body)
	}
}

func TestTraceFailures(t *testing.T) {
	t.Parallel()
	hangUp := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{}`)) })
	refused := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(432) })
	tests := map[string]struct {
		handler http.Handler
		want    string // status and error
	}{
		"no answer":  {hangUp, "0 no answer"},
		"not sealed": {plain, "200 the answer cannot be opened"},
		"refused":    {refused, "432 <nil>"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attempts, _, err := traced(t, tt.handler, client.Config{})
			if len(attempts) != 1 {
				t.Fatalf("got %d attempts, want 1", len(attempts))
			}
			got := fmt.Sprintf("%d %v", attempts[0].Status, attempts[0].Err)
			if !strings.HasPrefix(got, tt.want) || !errors.Is(err, attempts[0].Err) {
				t.Errorf("got %s, want %s; Ping returned %v", got, tt.want, err)
			}
		})
	}
}

// TestRetryOrder checks that a phone waits first, then fetches the key, then sends.
func TestRetryOrder(t *testing.T) {
	t.Parallel()
	key := &readKey(t, "a").PublicKey
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var got []string
		note := func(what string) { got = append(got, fmt.Sprintf("%s at %v", what, time.Since(start))) }
		c, err := client.New(client.Config{
			URL: "https://flows.example", PublicKey: key, HTTPClient: &http.Client{Transport: always421},
			RefreshKey: func(context.Context) (*rsa.PublicKey, error) { note("fetch"); return key, nil },
			Trace:      func(a client.Attempt) { note(fmt.Sprintf("attempt %d", a.Number)) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{"attempt 1 at 0s", "fetch at 500ms", "attempt 2 at 500ms"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestMediaOrigin(t *testing.T) {
	t.Parallel()
	key := &readKey(t, "a").PublicKey
	for _, origin := range []string{
		"https://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.1:1/", "http://localhost:1", "http://192.0.2.1:1", "http://user@127.0.0.1:1", "127.0.0.1:1",
	} {
		if _, err := client.New(client.Config{URL: "http://127.0.0.1/", PublicKey: key, MediaOrigin: origin}); err == nil {
			t.Errorf("%s: got no error", origin)
		}
	}
	for url, want := range map[string]string{
		"http://127.0.0.1:8080/flows/a": "http://127.0.0.1:1", "http://localhost/": "http://127.0.0.1:1", "https://flows.example/": "",
	} {
		c, err := client.New(client.Config{URL: url, PublicKey: key, MediaOrigin: "http://127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		req, err := c.Seal([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Get("Flowserver-Media-Origin"); got != want {
			t.Errorf("%s: got origin %q, want %q", url, got, want)
		}
	}
}
