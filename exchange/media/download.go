package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

const (
	defaultHosts    = ".whatsapp.net"
	defaultMaxBytes = 26 << 20
	defaultTimeout  = 5 * time.Minute
	maxRedirects    = 3
)

// Config says what a [Downloader] may fetch. The zero value is right for WhatsApp.
type Config struct {
	// Hosts are the hosts that files are fetched from: "mmg.whatsapp.net" is that host,
	// ".whatsapp.net" all hosts below it. An entry may end in a port, as in
	// "cdn.example.com:8443"; else the port is 443. Default ".whatsapp.net": Meta's
	// documentation shows mmg.whatsapp.net and has no full list.
	Hosts []string
	// MaxBytes is the size of the largest file. Default 26 MiB; a picker takes at most
	// 25 MiB (Meta, "Media upload", April 15, 2026).
	MaxBytes int64
	// Timeout is for fetching one file. Default 5 minutes.
	Timeout time.Duration
	// TempDir is where files wait, encrypted, until they are verified. They have mode
	// 0600 and no name as soon as the system allows. Default os.TempDir().
	TempDir string
	// InsecureTransport replaces the connections, and with them the check of addresses
	// and whatever of TLS it does not do itself. For tests: the transport of an
	// httptest.Server's Client leads https://example.com to that server.
	InsecureTransport http.RoundTripper
}

// Downloader fetches, verifies and decrypts files.
type Downloader struct {
	hosts     []hostRule
	maxBytes  int64
	timeout   time.Duration
	tempDir   string
	transport http.RoundTripper
	local     http.RoundTripper // to the origins of WithOrigin
}

// NewDownloader returns an error if an entry of Hosts is not a host, if MaxBytes or
// Timeout is negative, or if no file can be made in TempDir.
func NewDownloader(cfg Config) (*Downloader, error) {
	if cfg.MaxBytes < 0 || cfg.Timeout < 0 {
		return nil, errors.New("media downloader: MaxBytes and Timeout cannot be negative")
	}
	if len(cfg.Hosts) == 0 {
		cfg.Hosts = []string{defaultHosts}
	}
	hosts, err := parseHosts(cfg.Hosts)
	if err != nil {
		return nil, fmt.Errorf("media downloader: %w", err)
	}
	d := &Downloader{
		hosts: hosts, maxBytes: cfg.MaxBytes, timeout: cfg.Timeout, tempDir: cfg.TempDir,
		transport: cfg.InsecureTransport, local: newLocalTransport(),
	}
	if d.maxBytes == 0 {
		d.maxBytes = defaultMaxBytes
	}
	if d.timeout == 0 {
		d.timeout = defaultTimeout
	}
	if d.transport == nil {
		d.transport = newTransport(nil)
	}
	spool, err := newSpool(d.tempDir)
	if err != nil {
		return nil, fmt.Errorf("media downloader: %w", err)
	}
	spool.discard()
	return d, nil
}

// Info is what is known of a file after its download; neither is on the wire.
type Info struct {
	Size int64 // bytes
	// ContentType is guessed from the first bytes by http.DetectContentType: a hint to
	// choose how to look at the file, no proof. Office documents are "application/zip".
	ContentType string
}

// Download fetches the file of item, verifies it, and writes the clear file to w.
// Nothing is written before the whole file is fetched and verified, so what w
// receives can be used; an error means that w has nothing, or if w itself failed,
// perhaps a part of the file.
//
// Errors: see the package. If ctx ends while the file is fetched, the error is that
// of ctx.
func (d *Downloader) Download(ctx context.Context, item Item, w io.Writer) (Info, error) {
	info, err := d.download(ctx, item, w)
	if err != nil {
		return Info{}, fmt.Errorf("download media: %w", err)
	}
	return info, nil
}

func (d *Downloader) download(ctx context.Context, item Item, w io.Writer) (Info, error) {
	key := item.key()
	if err := key.Validate(); err != nil {
		return Info{}, err
	}
	address, err := d.allowedURL(ctx, &url.URL{}, item.CDNURL)
	if err != nil {
		return Info{}, err
	}
	spool, err := newSpool(d.tempDir)
	if err != nil {
		return Info{}, err
	}
	defer spool.discard()
	size, err := d.fetch(ctx, address, spool.file)
	if err != nil {
		return Info{}, err
	}
	out := &sniffer{w: w}
	if err := flowcrypto.OpenMedia(out, spool.file, size, key); err != nil {
		return Info{}, err
	}
	return Info{Size: out.size, ContentType: http.DetectContentType(out.head)}, nil
}

// fetch copies the file at address to dst, in time.
func (d *Downloader) fetch(ctx context.Context, address *url.URL, dst io.Writer) (size int64, err error) {
	inTime, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	size, err = d.get(inTime, address, dst)
	switch { // time first: a server that sees us leave may end the file early, as if it were whole
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case inTime.Err() != nil:
		return 0, fmt.Errorf("%w: it took longer than %s", ErrUnavailable, d.timeout)
	}
	return size, err
}

// get follows redirects itself, for each must lead to an allowed place, and
// http.Client would repeat URLs in its errors.
func (d *Downloader) get(ctx context.Context, address *url.URL, dst io.Writer) (size int64, err error) {
	for range maxRedirects + 1 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
		if err != nil {
			return 0, fmt.Errorf("%w: no request can be created from it", ErrHost)
		}
		req.Header.Set("Accept-Encoding", "identity") // the hash is of the bytes as they come
		transport := d.transport
		if atOrigin(ctx, address) {
			transport = d.local
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return 0, connectionError(err)
		}
		if !isRedirect(resp.StatusCode) {
			size, err := d.receive(resp, dst)
			_ = resp.Body.Close()
			return size, err
		}
		_ = resp.Body.Close()
		if address, err = d.allowedURL(ctx, address, resp.Header.Get("Location")); err != nil {
			return 0, fmt.Errorf("redirect: %w", err)
		}
	}
	return 0, fmt.Errorf("%w: more than %d redirects", ErrUnavailable, maxRedirects)
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// receive copies the body of a good answer to dst, up to the limit.
func (d *Downloader) receive(resp *http.Response, dst io.Writer) (size int64, err error) {
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone: // 403: the URL's own time is over
		return 0, fmt.Errorf("%w (status %d)", ErrGone, resp.StatusCode)
	default:
		return 0, fmt.Errorf("%w: status %d", ErrUnavailable, resp.StatusCode)
	}
	limit := d.maxBytes + flowcrypto.MediaOverhead
	if resp.ContentLength > limit {
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, d.maxBytes)
	}
	body := &source{r: resp.Body}
	size, err = io.Copy(dst, io.LimitReader(body, limit+1))
	switch {
	case body.err != nil:
		return 0, connectionError(body.err)
	case err != nil:
		return 0, fmt.Errorf("write to the temporary file: %w", err)
	case size > limit:
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, d.maxBytes)
	}
	return size, nil
}
