// Package examples_test runs the examples in other languages and walks their
// Flow as a phone would.
package examples_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

const secret = "whsec_ZmxvdyBleGFtcGxlcyBzZWNyZXQ+Pz8/"

// phone plays WhatsApp towards an endpoint whose upstream is url.
func phone(t *testing.T, url, secret, token string) *exchangetest.Client {
	t.Helper()
	up, err := upstream.New(upstream.Config{Flow: "booking", URL: url, Secret: []byte(secret), ForwardClientErrors: true})
	if err != nil {
		t.Fatal(err)
	}
	return exchangetest.NewServer(t, exchange.Unrouted(up), exchangetest.WithToken(token), exchangetest.WithConfig(func(c *exchange.Config) {
		c.OnClientError, c.Logger = up.ClientError, nil
	}))
}

func TestWalk(t *testing.T) {
	t.Parallel()
	const dayData = `"days":[{"id":"mon","title":"Monday"},{"id":"sun","title":"Sunday"}]`
	const booked = `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"day":"mon","flow_token":"token-1"}}}}`
	eachBackend(t, secret, func(t *testing.T, url string) {
		t.Helper()
		guest, used := phone(t, url, secret, "token-1"), phone(t, url, secret, "used")
		for _, step := range []struct {
			name   string
			reply  *exchangetest.Reply
			status int
			answer string // the opened JSON; empty if there is no body
		}{
			{"ping", guest.Ping(), 200, `{"data":{"status":"active"}}`},
			{"init", guest.Init(), 200, `{"screen":"DAY","data":{` + dayData + `}}`},
			{"sunday", guest.Submit("DAY", map[string]any{"day": "sun"}), 200, `{"screen":"DAY","data":{` + dayData + `,"error_message":"We are closed on Sundays."}}`},
			{"monday", guest.Submit("DAY", map[string]any{"day": "mon"}), 200, `{"screen":"CONFIRM","data":{"day":"mon","title":"Monday"}}`},
			{"back", guest.Back("CONFIRM"), 200, `{"screen":"DAY","data":{` + dayData + `}}`},
			{"confirm", guest.Submit("CONFIRM", map[string]any{"day": "mon"}), 200, booked},
			{"again", used.Init(), exchange.StatusTokenExpired, `{"error_msg":"You have booked already. Write to us to change it."}`},
			{"no day", guest.Submit("DAY", map[string]any{}), http.StatusBadGateway, ""},
			{"strange day", guest.Submit("DAY", map[string]any{"day": map[string]any{"id": "mon"}}), http.StatusBadGateway, ""},
			{"strange screen", guest.Submit("TOSTRING", map[string]any{"day": "mon"}), http.StatusBadGateway, ""},
			{"client error", guest.ReportError("DAY", "payload-schema-error", "no"), 200, `{"data":{"acknowledged":true}}`},
		} {
			if step.reply.Status != step.status {
				t.Errorf("%s: status %d (%v), want %d", step.name, step.reply.Status, step.reply.Err, step.status)
				continue
			}
			if diff := cmp.Diff(decoded(t, step.answer), decoded(t, string(step.reply.Clear))); diff != "" {
				t.Errorf("%s: the answer differs (-want +got):\n%s", step.name, diff)
			}
		}
	})
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return value
}

func TestTextSecret(t *testing.T) {
	t.Parallel()
	const text = "a secret of our own, ü"
	eachBackend(t, text, func(t *testing.T, url string) {
		t.Helper()
		if reply := phone(t, url, text, "token-1").Init(); reply.Screen != "DAY" {
			t.Errorf("screen %q, status %d (%v), want DAY", reply.Screen, reply.Status, reply.Err)
		}
	})
}

func TestForged(t *testing.T) {
	t.Parallel()
	eachBackend(t, secret, func(t *testing.T, url string) {
		t.Helper()
		for _, forger := range []string{"whsec_YW5vdGhlciBzZWNyZXQ=", ""} {
			reply := phone(t, url, forger, "token-1").Init()
			if reply.Status != http.StatusBadGateway || len(reply.Body) != 0 {
				t.Errorf("%d %q, want 502 without a body", reply.Status, reply.Body)
			}
			up, err := upstream.New(upstream.Config{Flow: "booking", URL: url, Secret: []byte(forger)})
			if err != nil {
				t.Fatal(err)
			}
			_, err = up.ServeFlow(t.Context(), &exchange.Message{Action: exchange.ActionInit})
			if !errors.Is(err, exchange.ErrUpstream) || !strings.Contains(err.Error(), "status 401") {
				t.Errorf("reason %v, want the upstream's 401", err)
			}
		}
	})
}

// TestVerification posts without the gateway what the gateway never would.
func TestVerification(t *testing.T) {
	t.Parallel()
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"flow":"booking","action":"INIT","screen":"","data":{},"flow_token":"t","version":"3.0","request_id":"r"}`
	now := time.Now()
	signed := func(at time.Time) string {
		signature, err := webhook.Sign("msg_1", at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	unix := func(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
	good := signed(now)
	eachBackend(t, secret, func(t *testing.T, url string) {
		t.Helper()
		for name, c := range map[string]struct {
			id, time, signature, body string
			want                      int
		}{
			"good":                 {"msg_1", unix(now), good, body, 200},
			"four minutes old":     {"msg_1", unix(now.Add(-4 * time.Minute)), signed(now.Add(-4 * time.Minute)), body, 200},
			"six minutes old":      {"msg_1", unix(now.Add(-6 * time.Minute)), signed(now.Add(-6 * time.Minute)), body, 401},
			"six minutes early":    {"msg_1", unix(now.Add(6 * time.Minute)), signed(now.Add(6 * time.Minute)), body, 401},
			"second of two":        {"msg_1", unix(now), "v1,AAAA " + good, body, 200},
			"first of two":         {"msg_1", unix(now), good + " v1a,AAAA", body, 200},
			"another version":      {"msg_1", unix(now), strings.Replace(good, "v1,", "v2,", 1), body, 401},
			"cut signature":        {"msg_1", unix(now), good[:len(good)-1], body, 401},
			"longer signature":     {"msg_1", unix(now), good + "=", body, 401},
			"signature not ASCII":  {"msg_1", unix(now), "v1,ü", body, 401},
			"as long, not ASCII":   {"msg_1", unix(now), "v1," + strings.Repeat("ü", 22), body, 401},
			"no signature":         {"msg_1", unix(now), "", body, 401},
			"another id":           {"msg_2", unix(now), good, body, 401},
			"no id":                {"", unix(now), good, body, 401},
			"another time":         {"msg_1", unix(now.Add(time.Second)), good, body, 401},
			"no time":              {"msg_1", "", good, body, 401},
			"time no number":       {"msg_1", "now", good, body, 401},
			"time a negative":      {"msg_1", "-" + unix(now), good, body, 401},
			"time too long":        {"msg_1", strings.Repeat("1", 5000), good, body, 401},
			"another body":         {"msg_1", unix(now), good, strings.Replace(body, "INIT", "BACK", 1), 401},
			"white space in body":  {"msg_1", unix(now), good, body + " ", 401},
			"nothing but the body": {"", "", "", body, 401},
		} {
			headers := http.Header{}
			for key, value := range map[string]string{"webhook-id": c.id, "webhook-timestamp": c.time, "webhook-signature": c.signature} {
				if value != "" {
					headers.Set(key, value)
				}
			}
			if status := send(t, http.MethodPost, url, headers, c.body); status != c.want {
				t.Errorf("%s: status %d, want %d", name, status, c.want)
			}
		}
		if status := send(t, http.MethodGet, url, http.Header{}, ""); status != http.StatusNotImplemented {
			t.Errorf("GET: status %d, want 501", status)
		}
	})
}

// TestKeepsServing breaks off in every way that a caller can.
func TestKeepsServing(t *testing.T) {
	t.Parallel()
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	eachBackend(t, secret, func(t *testing.T, address string) {
		t.Helper()
		for _, body := range []string{"no JSON", "null", `{"action":"data_exchange"}`} {
			now := time.Now()
			signature, err := webhook.Sign("msg_1", now, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			request := "POST /flow HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nwebhook-id: msg_1\r\nwebhook-timestamp: " +
				strconv.FormatInt(now.Unix(), 10) + "\r\nwebhook-signature: " + signature + "\r\n\r\n" + body
			if answer := sendRaw(t, address, request); strings.HasPrefix(answer, "HTTP/1.1 200") {
				t.Errorf("%s: answer %q, want none", body, answer)
			}
		}
		sendRaw(t, address, "POST /flow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
		sendRaw(t, address, "no HTTP\r\n\r\n")
		if reply := phone(t, address, secret, "token-1").Init(); reply.Screen != "DAY" {
			t.Errorf("screen %q, status %d (%v), want DAY", reply.Screen, reply.Status, reply.Err)
		}
	})
}

// sendRaw sends text, ends its side of the connection, and returns what comes back.
func sendRaw(t *testing.T, address, request string) (answer string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // the other side may have hung up already
	}
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	content, _ := io.ReadAll(conn) // a reset is an answer, too
	_ = conn.Close()
	return string(content)
}

func send(t *testing.T, method, url string, headers http.Header, body string) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = headers
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestNoSecret(t *testing.T) {
	t.Parallel()
	for name, b := range backends {
		if name == "php" {
			continue // whose server starts it with each request
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := b.cmd(t, "0")
			cmd.Env, cmd.Stderr = append(cmd.Env, "FLOWSERVER_UPSTREAM_SECRET="), nil
			output, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(output), "FLOWSERVER_UPSTREAM_SECRET is not set") {
				t.Errorf("%v %s, want it to refuse to start", err, output)
			}
		})
	}
}
