package server_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/registration"
)

// The path of health on the public listener answers as /readyz does, and says nothing.
func TestPublicHealth(t *testing.T) {
	t.Parallel()
	for registered, want := range map[string]int{"a": http.StatusOK, "b": http.StatusServiceUnavailable} {
		stand, url := newStandin(t)
		stand.Register(publicPEM(t, registered), "VALID")
		s := setup{provider: meta(url), top: "public_health: /up\n"}.start(t)
		s.becomes(map[string]registration.Verdict{"a": registration.VerdictOK, "b": registration.VerdictForeign}[registered])
		for _, c := range []struct {
			method, path string
			status       int
		}{
			{"GET", "/up", want},
			{"HEAD", "/up", want},
			{"GET", "/up?number=other", want},
			{"POST", "/up", 405},
			{"GET", "/up/", 404},
			{"GET", "/readyz", 404},
			{"GET", "/flows/greeting", 405},
			{"POST", "/flows/greeting", 432},
		} {
			if status, body := request(t, c.method, s.public+c.path); status != c.status || body != "" {
				t.Errorf("key %s registered: %s %s: %d %q, want %d without a body", registered, c.method, c.path, status, body, c.status)
			}
		}
	}
}

// clearHTTP2 returns a client that speaks HTTP/2 without TLS and without asking first.
func clearHTTP2(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// The public listener speaks HTTP/2 in clear text to clients that begin with it.
func TestClearHTTP2(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	c, err := client.New(client.Config{
		URL: s.public + "/flows/greeting", PublicKey: publicKey(t, "a"), AppSecret: []byte(appSecret), HTTPClient: clearHTTP2(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	if status := send(t, c, initMessage()); status != http.StatusOK {
		t.Errorf("status %d, want 200", status)
	}
	if status := send(t, s.phone("a"), initMessage()); status != http.StatusOK {
		t.Errorf("HTTP/1.1: status %d, want 200", status)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.public+"/flows/greeting", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := clearHTTP2(t).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if resp.ProtoMajor != 2 || resp.StatusCode != exchange.StatusBadSignature {
		t.Errorf("%s, status %d; want HTTP/2 and 432", resp.Proto, resp.StatusCode)
	}
}

// A refused body does not end a connection of HTTP/2, which a load balancer shares among
// its clients.
func TestClearHTTP2RefusedBody(t *testing.T) {
	t.Parallel()
	s := setup{}.start(t)
	c := clearHTTP2(t)
	const unsigned, tooLarge = 100_000, 3_000_000
	for i, size := range []int{unsigned, tooLarge, unsigned} {
		reused := false
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }})
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.public+"/flows/greeting", bytes.NewReader(make([]byte, size)))
		if err != nil {
			t.Fatal(err)
		}
		want := exchange.StatusBadSignature
		if size == tooLarge {
			req.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0a", 32))
			want = http.StatusRequestEntityTooLarge
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want || reused != (i > 0) {
			t.Errorf("request %d: status %d, connection reused: %t; want %d, %t", i+1, resp.StatusCode, reused, want, i > 0)
		}
	}
}

// beginHTTP2 opens a connection of HTTP/2 in clear text and returns the settings of the
// server (RFC 9113, section 6.5).
func beginHTTP2(t *testing.T, address string) map[uint16]uint32 {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"+"\x00\x00\x00\x04\x00\x00\x00\x00\x00"); err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 9)
	if _, err := io.ReadFull(conn, head); err != nil || head[3] != 4 {
		t.Fatalf("frame %v, %v; want settings", head, err)
	}
	payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	if _, err := io.ReadFull(conn, payload); err != nil {
		t.Fatal(err)
	}
	settings := map[uint16]uint32{}
	for ; len(payload) >= 6; payload = payload[6:] {
		settings[binary.BigEndian.Uint16(payload)] = binary.BigEndian.Uint32(payload[2:])
	}
	return settings
}

// The limits of HTTP/2 and of connections are those that it has with TLS.
func TestClearHTTP2Limits(t *testing.T) {
	t.Parallel()
	s := setup{top: "http2_max_streams: 7\nmax_connections: 4\n"}.start(t)
	for i := range 20 {
		const maxConcurrentStreams, maxFrameSize, maxHeaderListSize = 3, 5, 6
		settings := beginHTTP2(t, strings.TrimPrefix(s.public, "http://"))
		if settings[maxConcurrentStreams] != 7 || settings[maxFrameSize] != 16<<10 || settings[maxHeaderListSize] > 17<<10 {
			t.Fatalf("settings %v; want 7 streams, frames of 16 KiB and headers of about 16 KiB", settings)
		}
		if status := send(t, s.phone("a"), initMessage()); status != http.StatusOK {
			t.Fatalf("with %d held connections: status %d, want 200", i+1, status)
		}
	}
}

// With TLS the public listener serves nothing in clear text.
func TestNoClearHTTP2WithTLS(t *testing.T) {
	t.Parallel()
	ca, files := newAuthority(t), certFiles{t.TempDir()}
	cert, key := ca.issue(7, 90*24*time.Hour)
	files.write(t, cert, key)
	s := setup{top: files.top()}.start(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.public+"/flows/greeting", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := clearHTTP2(t).Do(req); err == nil {
		_ = resp.Body.Close()
		t.Errorf("status %d, want no answer", resp.StatusCode)
	}
}
