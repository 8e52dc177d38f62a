package media_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange/media"
)

func fakeCDN(tb testing.TB) *mediacdn.CDN {
	tb.Helper()
	cdn, err := mediacdn.Listen(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cdn.Close() })
	return cdn
}

// picked adds a file to a CDN and returns what the picker submits.
func picked(tb testing.TB, cdn *mediacdn.CDN, f mediacdn.File) (item media.Item) {
	tb.Helper()
	up, err := cdn.Add(f)
	if err != nil {
		tb.Fatal(err)
	}
	text, err := json.Marshal(up.DataExchange())
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(text, &item); err != nil {
		tb.Fatal(err)
	}
	return item
}

func allowed(ctx context.Context, tb testing.TB, origin string) context.Context {
	tb.Helper()
	ctx, err := media.WithOrigin(ctx, origin)
	if err != nil {
		tb.Fatal(err)
	}
	return ctx
}

func TestWithOrigin(t *testing.T) {
	t.Parallel()
	cdn, other := fakeCDN(t), fakeCDN(t)
	item := picked(t, cdn, mediacdn.File{Name: "id.jpg", Content: []byte("photo")})
	d := newDownloader(t, media.Config{TempDir: t.TempDir()})

	refused(t, d, item, media.ErrHost)
	ctx := allowed(t.Context(), t, cdn.Origin())
	var dst bytes.Buffer
	if _, err := d.Download(ctx, item, &dst); err != nil || dst.String() != "photo" {
		t.Errorf("got %q, %v", dst.String(), err)
	}
	if _, err := d.Download(context.WithoutCancel(ctx), item, io.Discard); err != nil {
		t.Errorf("in the background: %v", err)
	}
	both := allowed(ctx, t, other.Origin())
	if _, err := d.Download(ctx, picked(t, other, mediacdn.File{}), io.Discard); !errors.Is(err, media.ErrHost) {
		t.Errorf("another CDN: got %v, want ErrHost", err)
	}
	for _, of := range []*mediacdn.CDN{cdn, other} {
		if _, err := d.Download(both, picked(t, of, mediacdn.File{}), io.Discard); err != nil {
			t.Errorf("with both origins: %v", err)
		}
	}
	port := strings.TrimPrefix(cdn.Origin(), "http://127.0.0.1:")
	for _, address := range []string{
		"https://127.0.0.1:" + port, "http://localhost:" + port, "http://127.0.0.2:" + port, "http://user@127.0.0.1:" + port, "ftp://127.0.0.1:" + port,
	} {
		item.CDNURL = address + "/media/" + item.MediaID
		if _, err := d.Download(ctx, item, io.Discard); !errors.Is(err, media.ErrHost) {
			t.Errorf("%s: got %v, want ErrHost", address, err)
		}
	}
}

func TestWithOriginRefuses(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{
		"", "127.0.0.1:8090", "https://127.0.0.1:8090", "http://127.0.0.1", "http://127.0.0.1:8090/", "http://127.0.0.1:8090?x", "http://localhost:8090",
		"http://10.0.0.1:8090", "http://169.254.169.254:80", "http://mmg.whatsapp.net:80", "http://user@127.0.0.1:8090", "http://[::1%25lo]:8090/", "http://[::",
	} {
		ctx, err := media.WithOrigin(t.Context(), origin)
		if err == nil || ctx != t.Context() {
			t.Errorf("%q: got %v and another context, want an error", origin, err)
		}
	}
	if _, err := media.WithOrigin(t.Context(), "http://[::1]:8090"); err != nil {
		t.Error(err)
	}
}

func TestWithOriginFaults(t *testing.T) {
	t.Parallel()
	cdn := fakeCDN(t)
	d := newDownloader(t, media.Config{TempDir: t.TempDir()})
	for fault, want := range map[mediacdn.Fault]error{
		mediacdn.WrongHash: media.ErrCorrupt, mediacdn.WrongHMAC: media.ErrCorrupt, mediacdn.Gone: media.ErrGone,
	} {
		item := picked(t, cdn, mediacdn.File{Content: []byte("photo"), Fault: fault})
		if _, err := d.Download(allowed(t.Context(), t, cdn.Origin()), item, io.Discard); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", fault, err, want)
		}
	}
}

// TestWithOriginRedirect checks that a fake CDN cannot lead to another place of the machine.
func TestWithOriginRedirect(t *testing.T) {
	t.Parallel()
	inside := fakeCDN(t)
	item := picked(t, inside, mediacdn.File{Content: []byte("photo")})
	target := item.CDNURL
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) }))
	t.Cleanup(server.Close)
	item.CDNURL = server.URL + "/media/1"
	d := newDownloader(t, media.Config{TempDir: t.TempDir()})
	if _, err := d.Download(allowed(t.Context(), t, server.URL), item, io.Discard); !errors.Is(err, media.ErrHost) {
		t.Errorf("got %v, want ErrHost", err)
	}
}
