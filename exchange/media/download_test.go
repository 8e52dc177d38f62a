package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange/media"
)

// refused checks that a download has failed with want, wrote nothing and says
// nothing secret.
func refused(t *testing.T, d *media.Downloader, item media.Item, want error) {
	t.Helper()
	var dst bytes.Buffer
	info, err := d.Download(t.Context(), item, &dst)
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
	if info != (media.Info{}) || dst.Len() > 0 {
		t.Errorf("got %+v and %d bytes beside the error", info, dst.Len())
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Errorf("the error tells too much: %v", err)
	}
}

func TestDownloadVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			d := serve(t, file(v.File), nil)
			item := media.Item{MediaID: "1", CDNURL: address, EncryptionMetadata: v.Metadata}
			switch v.Expect {
			case "ok":
				var dst bytes.Buffer
				info, err := d.Download(t.Context(), item, &dst)
				if err != nil {
					t.Fatal(err)
				}
				if got := sha256.Sum256(dst.Bytes()); !bytes.Equal(got[:], v.PlaintextSHA256) || info.Size != int64(dst.Len()) {
					t.Errorf("got %d bytes with another hash, and %+v", dst.Len(), info)
				}
			case "corrupt":
				refused(t, d, item, media.ErrCorrupt)
			case "malformed":
				refused(t, d, item, media.ErrMalformed)
			default:
				t.Fatalf("expects %q, which this test does not know", v.Expect)
			}
		})
	}
}

func TestDownloadInfo(t *testing.T) {
	t.Parallel()
	for want, content := range map[string]string{
		"image/png":                 "\x89PNG\x0D\x0A\x1A\x0A" + strings.Repeat("x", 100_000),
		"application/pdf":           "%PDF-1.7",
		"text/html; charset=utf-8":  strings.Repeat(" ", 400) + "<script>",
		"text/plain; charset=utf-8": "",
	} {
		sealed, item := seal([]byte(content))
		info, err := serve(t, file(sealed), nil).Download(t.Context(), item, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(media.Info{Size: int64(len(content)), ContentType: want}, info); diff != "" {
			t.Errorf("info (-want +got):\n%s", diff)
		}
	}
}

func TestDownloadCorrupt(t *testing.T) {
	t.Parallel()
	sealed, item := seal(bytes.Repeat([]byte("0123456789"), 10_000))
	for name, at := range map[string]int{
		"first block": 0, "middle": len(sealed) / 2, "last block": len(sealed) - 11, "HMAC": len(sealed) - 1,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := bytes.Clone(sealed)
			changed[at] ^= 0x80
			refused(t, serve(t, file(changed), nil), item, media.ErrCorrupt)
		})
	}
	t.Run("compressed on the way", func(t *testing.T) {
		t.Parallel()
		d := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(sealed[:1000])
		}, nil)
		refused(t, d, item, media.ErrCorrupt)
	})
}

func TestDownloadRefusesURL(t *testing.T) {
	t.Parallel()
	d := newDownloader(t, media.Config{
		Hosts: []string{".example.com", "one.example.org", "ported.example.org:8443"}, TempDir: t.TempDir(),
		InsecureTransport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, errors.New("connected to " + r.URL.Host)
		}),
	})
	for _, c := range []struct {
		name, url string
		want      error
	}{
		// ErrUnavailable means that it was tried
		{"below", "https://cdn.example.com/SECRET", media.ErrUnavailable},
		{"far below", "https://a.b.example.com/SECRET", media.ErrUnavailable},
		{"capitals", "HTTPS://CDN.Example.COM/SECRET", media.ErrUnavailable},
		{"usual port", "https://cdn.example.com:443/SECRET", media.ErrUnavailable},
		{"exactly", "https://one.example.org/SECRET", media.ErrUnavailable},
		{"own port", "https://ported.example.org:8443/SECRET", media.ErrUnavailable},

		{"http", "http://cdn.example.com/SECRET", media.ErrHost},
		{"file", "file:///etc/SECRET", media.ErrHost},
		{"no scheme", "//cdn.example.com/SECRET", media.ErrHost},
		{"opaque", "https:cdn.example.com/SECRET", media.ErrHost},
		{"nothing", "", media.ErrHost},
		{"no host", "https:///SECRET", media.ErrHost},
		{"no URL", "https://cdn.example.com/%zzSECRET", media.ErrHost},
		{"line break", "https://cdn.example.com/\nSECRET", media.ErrHost},
		{"parent", "https://example.com/SECRET", media.ErrHost},
		{"no label boundary", "https://evilexample.com/SECRET", media.ErrHost},
		{"allowed name as a label", "https://cdn.example.com.evil.test/SECRET", media.ErrHost},
		{"allowed name as the user", "https://cdn.example.com@evil.test/SECRET", media.ErrHost},
		{"allowed name after a backslash", `https://evil.test\.example.com/SECRET`, media.ErrHost},
		{"below an exact one", "https://a.one.example.org/SECRET", media.ErrHost},
		{"credentials", "https://user:SECRET@cdn.example.com/", media.ErrHost},
		{"other port", "https://cdn.example.com:8443/SECRET", media.ErrHost},
		{"usual port of an entry with another", "https://ported.example.org/SECRET", media.ErrHost},
		{"final dot", "https://cdn.example.com./SECRET", media.ErrHost},
		{"empty label", "https://.example.com/SECRET", media.ErrHost},
		{"full-width letters", "https://ｃdn.example.com/SECRET", media.ErrHost},
		{"encoded slash", "https://evil.test%2F.example.com/SECRET", media.ErrHost},
		{"IPv4 address", "https://93.184.215.14/SECRET", media.ErrHost},
		{"IPv6 address", "https://[2606:2800:21f::1]/SECRET", media.ErrHost},
		{"odd label of secrets", "https://SECRET_" + strings.Repeat("x", 300) + ".example.com/", media.ErrHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, item := seal(nil)
			item.CDNURL = c.url
			refused(t, d, item, c.want)
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestDownloadRedirects(t *testing.T) {
	t.Parallel()
	sealed, item := seal([]byte("hello flows"))
	cdn := func(w http.ResponseWriter, r *http.Request) {
		if n, found := strings.CutPrefix(r.URL.Path, "/again/"); found {
			left, _ := strconv.Atoi(n)
			if left > 0 {
				http.Redirect(w, r, "/again/"+strconv.Itoa(left-1), http.StatusFound)
				return
			}
		}
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write(sealed)
	}
	const from = "https://cdn.example.com/v/SECRET?to="
	for _, c := range []struct {
		name, url string
		want      error
	}{
		{"other allowed host", from + "https://eu.example.com/SECRET", nil},
		{"other path", from + "/SECRET", nil},
		{"three", "https://cdn.example.com/again/3", nil},
		{"four", "https://cdn.example.com/again/4", media.ErrUnavailable},
		{"nowhere", "https://cdn.example.com/?to=%23", media.ErrUnavailable},
		{"foreign host", from + "https://evil.test/SECRET", media.ErrHost},
		{"http", from + "http://cdn.example.com/SECRET", media.ErrHost},
		{"loopback", from + "https://127.0.0.1/SECRET", media.ErrHost},
		{"metadata service", from + "http://169.254.169.254/SECRET", media.ErrHost},
		{"other port", from + "https://cdn.example.com:8443/SECRET", media.ErrHost},
		{"credentials", from + "https://a:SECRET@cdn.example.com/", media.ErrHost},
		{"no URL", from + "https://SECRET%2520%25zz/", media.ErrHost},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := serve(t, cdn, nil)
			item := item
			item.CDNURL = c.url
			if c.want != nil {
				refused(t, d, item, c.want)
				return
			}
			var dst strings.Builder
			if _, err := d.Download(t.Context(), item, &dst); err != nil || dst.String() != "hello flows" {
				t.Errorf("got %q, %v", dst.String(), err)
			}
		})
	}
}

func TestDownloadStatus(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		204: media.ErrUnavailable, 206: media.ErrUnavailable, 304: media.ErrUnavailable, 401: media.ErrUnavailable,
		403: media.ErrGone, 404: media.ErrGone, 410: media.ErrGone, 429: media.ErrUnavailable, 500: media.ErrUnavailable, 503: media.ErrUnavailable,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			sealed, item := seal([]byte("hello flows"))
			d := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write(sealed) // what comes with another status is not looked at
			}, nil)
			refused(t, d, item, want)
		})
	}
}

func TestDownloadLimit(t *testing.T) {
	t.Parallel()
	limited := func(c *media.Config) { c.MaxBytes = 100_000 }
	sealed, item := seal(make([]byte, 100_000))
	if info, err := serve(t, file(sealed), limited).Download(t.Context(), item, io.Discard); err != nil || info.Size != 100_000 {
		t.Errorf("a file as large as the limit: got %+v, %v", info, err)
	}
	t.Run("announced", func(t *testing.T) {
		t.Parallel()
		d := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100027")
			w.(http.Flusher).Flush()
			<-r.Context().Done() // a body never comes: the length must be enough
		}, limited)
		refused(t, d, item, media.ErrTooLarge)
	})
	t.Run("not announced", func(t *testing.T) {
		t.Parallel()
		d := serve(t, func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil { // it has no end
				if _, err := w.Write(make([]byte, 50_000)); err != nil {
					return
				}
			}
		}, limited)
		refused(t, d, item, media.ErrTooLarge)
	})
}

func TestDownloadBrokenConnection(t *testing.T) {
	t.Parallel()
	sealed, item := seal(make([]byte, 100_000))
	for name, cdn := range map[string]http.HandlerFunc{
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"shorter than announced": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(sealed)))
			_, _ = w.Write(sealed[:50_000])
		},
		"without the last chunk": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(sealed[:50_000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = io.WriteString(conn, "SECRET nonsense\r\n\r\n")
			_ = conn.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, serve(t, cdn, nil), item, media.ErrUnavailable)
		})
	}
}

// stall sends the beginning of a file, tells that it did, and sends no more.
func stall(sent chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		close(sent)
		<-r.Context().Done()
	}
}

func TestDownloadContextEnds(t *testing.T) {
	t.Parallel()
	_, item := seal(nil)
	sent := make(chan struct{})
	d := serve(t, stall(sent), nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-sent
		cancel()
	}()
	if _, err := d.Download(ctx, item, io.Discard); !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnavailable) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestDownloadTimeout(t *testing.T) {
	t.Parallel()
	_, item := seal(nil)
	d := serve(t, stall(make(chan struct{})), func(c *media.Config) { c.Timeout = 100 * time.Millisecond })
	refused(t, d, item, media.ErrUnavailable)
}

func TestDownloadWriterFails(t *testing.T) {
	t.Parallel()
	sealed, item := seal([]byte("hello flows"))
	r, w := io.Pipe()
	_ = r.Close()
	if _, err := serve(t, file(sealed), nil).Download(t.Context(), item, w); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v, want %v", err, io.ErrClosedPipe)
	}
}

func TestDownloadRequest(t *testing.T) {
	t.Parallel()
	sealed, item := seal([]byte("hello flows"))
	seen := make(chan *http.Request, 1)
	d := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r
		_, _ = w.Write(sealed)
	}, nil)
	if _, err := d.Download(t.Context(), item, io.Discard); err != nil {
		t.Fatal(err)
	}
	r := <-seen
	got := []string{r.Method, r.Host, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Cookie"), r.Header.Get("Referer")}
	if diff := cmp.Diff([]string{"GET", "cdn.example.com", "/v/SECRET-path?oh=SECRET", "", "", ""}, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestNewDownloaderRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  media.Config
		want string
	}{
		{"host with scheme", media.Config{Hosts: []string{"https://mmg.whatsapp.net"}}, `host "https://mmg.whatsapp.net"`},
		{"wildcard", media.Config{Hosts: []string{"*.whatsapp.net"}}, `host "*.whatsapp.net"`},
		{"empty", media.Config{Hosts: []string{""}}, `host ""`},
		{"every host", media.Config{Hosts: []string{"."}}, `host "."`},
		{"port", media.Config{Hosts: []string{"a.test:https"}}, `host "a.test:https"`},
		{"port zero", media.Config{Hosts: []string{"a.test:0"}}, `host "a.test:0"`},
		{"IPv6", media.Config{Hosts: []string{"2606::1"}}, `host "2606::1"`},
		{"negative size", media.Config{MaxBytes: -1}, "MaxBytes"},
		{"negative time", media.Config{Timeout: -1}, "Timeout"},
		{"no folder", media.Config{TempDir: filepath.Join(t.TempDir(), "none")}, "TempDir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if d, err := media.NewDownloader(c.cfg); d != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want an error about %q", d, err, c.want)
			}
		})
	}
}

// TestDownloadMemory runs alone, for it counts what the whole process allocates,
// the server in it included.
func TestDownloadMemory(t *testing.T) { //nolint:paralleltest // see above
	const size = 30 << 20
	sealed, item := seal(make([]byte, size))
	path := filepath.Join(t.TempDir(), "cdn_file")
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	d := serve(t, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }, func(c *media.Config) { c.MaxBytes = size })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	info, err := d.Download(t.Context(), item, io.Discard)
	runtime.ReadMemStats(&after)
	if err != nil || info.Size != size {
		t.Fatalf("got %+v, %v", info, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > size/4 {
		t.Errorf("allocated %d bytes in all for a file of %d", got, size)
	}
}

func BenchmarkDownload(b *testing.B) {
	text := make([]byte, 1<<20)
	sealed, item := seal(text)
	d := serve(b, file(sealed), nil)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Download(b.Context(), item, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
