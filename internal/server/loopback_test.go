package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/protocol"
)

// The reason of a failure leaves the server only if that was asked for, and only
// towards programs on the same machine.
func TestExposeReasons(t *testing.T) {
	t.Parallel()
	const reason = "request signature does not verify: no X-Hub-Signature-256 header"
	for name, c := range map[string]struct {
		expose               bool
		listen, host, header string // host and header of the request, if any
		want                 string
	}{
		"serve":           {false, "127.0.0.1:0", "", "", ""},
		"dev":             {true, "127.0.0.1:0", "", "", reason},
		"localhost":       {true, "127.0.0.1:0", "localhost:8080", "", reason},
		"all interfaces":  {true, "0.0.0.0:0", "", "", ""},
		"tunnel":          {true, "127.0.0.1:0", "flow.example.com", "", ""},
		"reverse proxy":   {true, "127.0.0.1:0", "", "X-Forwarded-For", ""},
		"standard header": {true, "127.0.0.1:0", "", "Forwarded", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg, log := setup{}.config(t), &logged{}
			cfg.Listen = c.listen
			srv, err := server.New(server.Options{Config: cfg, Flows: setup{}.flows(), Logger: log.logger(), ExposeReasons: c.expose})
			if err != nil {
				t.Fatal(err)
			}
			s := run(t, srv, log)
			_, port, err := net.SplitHostPort(s.PublicAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:"+port+"/flows/greeting", strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			if c.host != "" {
				req.Host = c.host
			}
			if c.header != "" {
				req.Header.Set(c.header, "for=203.0.113.7")
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if err := resp.Body.Close(); err != nil {
				t.Fatal(err)
			}
			_, sent := resp.Header[exchange.ReasonHeader]
			got, err := url.PathUnescape(resp.Header.Get(exchange.ReasonHeader))
			if err != nil || got != c.want || sent != (c.want != "") || resp.StatusCode != exchange.StatusBadSignature {
				t.Errorf("status %d, reason %q (%v), want %d and %q", resp.StatusCode, got, err, exchange.StatusBadSignature, c.want)
			}
		})
	}
}

// A handler fetches from a fake CDN of this machine only if the server may, and only for
// a program on this machine that names it.
func TestLocalMedia(t *testing.T) {
	t.Parallel()
	cdn, err := mediacdn.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cdn.Close() })
	photo, err := cdn.Add(mediacdn.File{Name: "id.jpg", Content: []byte("photo")})
	if err != nil {
		t.Fatal(err)
	}
	downloader, err := media.NewDownloader(media.Config{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		local  bool
		header map[string]string
		want   error
	}{
		"serve":          {false, map[string]string{media.OriginHeader: cdn.Origin()}, media.ErrHost},
		"dev":            {true, map[string]string{media.OriginHeader: cdn.Origin()}, nil},
		"no header":      {true, nil, media.ErrHost},
		"another origin": {true, map[string]string{media.OriginHeader: "http://127.0.0.1:1"}, media.ErrHost},
		"not loopback":   {true, map[string]string{media.OriginHeader: "http://192.0.2.1:80"}, media.ErrHost},
		"reverse proxy":  {true, map[string]string{media.OriginHeader: cdn.Origin(), "X-Forwarded-For": "203.0.113.7"}, media.ErrHost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handler := exchange.HandlerFunc(func(ctx context.Context, msg *exchange.Message) (*exchange.Response, error) {
				var form struct{ Photos []media.Item }
				if err := json.Unmarshal(msg.Data, &form); err != nil {
					return nil, err
				}
				var content strings.Builder
				if _, err := downloader.Download(ctx, form.Photos[0], &content); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				} else if err == nil && content.String() != "photo" {
					t.Errorf("got %q", content.String())
				}
				return exchange.Complete(map[string]string{}), nil
			})
			s := setup{handler: exchange.Unrouted(handler)}
			log := &logged{}
			srv, err := server.New(server.Options{Config: s.config(t), Flows: s.flows(), Logger: log.logger(), LocalMedia: c.local})
			if err != nil {
				t.Fatal(err)
			}
			phone := run(t, srv, log).phone("a")
			text, err := client.Message{
				Version: "3.0", Action: protocol.ActionDataExchange, Screen: "PHOTOS", FlowToken: "t",
				Data: map[string]any{"photos": []any{photo.DataExchange()}},
			}.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			req, err := phone.Seal(text)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.header {
				req.Header.Set(name, value)
			}
			if reply, err := phone.Do(t.Context(), req); err != nil || !reply.Completed() {
				t.Errorf("got %v, %v, want SUCCESS", reply, err)
			}
		})
	}
}
