package exchange_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/protocol"
)

// Strangers do not choose the volume of the log: ten lines per reason and second, then
// one with how many there were. Requests that are read have all their lines.
func TestLogOfStrangers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := newEndpoint(t, func(c *exchange.Config) {
			c.Logger, c.MaxBody = slog.New(slog.NewJSONHandler(&log, nil)), 1<<20
		})
		send := func(method, body, signature string) {
			r := httptest.NewRequestWithContext(t.Context(), method, "/", strings.NewReader(body))
			r.Header.Set("X-Hub-Signature-256", signature)
			e.ServeHTTP(httptest.NewRecorder(), r)
		}
		phone, err := client.New(client.Config{URL: "http://localhost", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret)})
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			send(http.MethodPost, "{}", "")
			send(http.MethodGet, "", "")
		}
		for range 30 {
			sealed, err := phone.Seal([]byte(`{"action":"data_exchange","screen":"UNKNOWN"}`))
			if err != nil {
				t.Fatal(err)
			}
			send(http.MethodPost, string(sealed.Body), sealed.Header.Get("X-Hub-Signature-256"))
		}
		time.Sleep(1500 * time.Millisecond)
		send(http.MethodPost, "{}", "")
		lines, left := map[int]int{}, map[string]int{}
		for line := range strings.Lines(log.String()) {
			var l struct {
				Msg, Flow, Refused string
				Status, Requests   int
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if l.Flow != "visit" {
				t.Errorf("no flow in %s", line)
			}
			if l.Msg == "exchange" {
				lines[l.Status]++
			} else {
				left[l.Refused] += l.Requests
			}
		}
		if lines[432] != 11 || lines[405] != 10 || lines[400] != 30 {
			t.Errorf("lines by status: %v, want 11 of 432, 10 of 405, 30 of 400", lines)
		}
		if len(left) != 2 || left["signature"] != 90 || left["405"] != 90 {
			t.Errorf("requests without a line: %v, want 90 each of signature and 405", left)
		}
	})
}

// stalled is a log whose reader has stopped, until it is closed.
type stalled struct{ reading chan struct{} }

func (s stalled) Write(line []byte) (int, error) {
	<-s.reading
	return len(line), nil
}

// Every caller has its answer, whole, while its log line waits.
func TestAnswerBeforeLog(t *testing.T) {
	t.Parallel()
	log := stalled{make(chan struct{})}
	resume := sync.OnceFunc(func() { close(log.reading) })
	server := httptest.NewServer(newEndpoint(t, func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewJSONHandler(log, nil))
	}))
	t.Cleanup(server.Close)
	t.Cleanup(resume) // before the server is closed
	phone, err := client.New(client.Config{
		URL: server.URL, PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(secret),
		// a connection is free for the next request only when the log line is written
		HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range []client.Message{
		{Action: protocol.ActionInit, FlowToken: "t"},
		{Action: protocol.ActionDataExchange, Screen: "UNKNOWN", FlowToken: "t"}, // whose answer has no body
	} {
		reply, err := phone.Send(t.Context(), msg)
		if err != nil {
			t.Fatal(err)
		}
		want := http.StatusOK
		if msg.Screen != "" {
			want = http.StatusBadRequest
		}
		if reply.Status != want {
			t.Errorf("status %d, want %d", reply.Status, want)
		}
	}
}
