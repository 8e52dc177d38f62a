// Package mediacdn plays WhatsApp's media CDN in tests and development: it seals files as
// a phone does, serves them, and gives the objects that a picker puts into a payload.
//
//	cdn, err := mediacdn.Listen(ctx)
//	…
//	defer cdn.Close()
//	photo, err := cdn.Add(mediacdn.File{Name: "id.jpg", Content: jpeg})
//	…
//	payload := map[string]any{"photos": []any{photo.DataExchange()}}
//
// The files are in memory and are gone with the process. As with WhatsApp's CDN, a URL is
// enough to get a file, which is encrypted.
package mediacdn

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Bounds of what a [CDN] keeps.
const (
	MaxBytes = 100 << 20 // of all sealed files together
	MaxFiles = 1000
)

// ErrFull means that a file does not fit into [MaxBytes] or [MaxFiles].
var ErrFull = errors.New("the media CDN is full: expected at most 100 MiB and 1000 files")

// Fault is something wrong with a file, to try what a handler does about it.
type Fault string

// The faults.
const (
	NoFault   Fault = ""
	WrongHash Fault = "wrong-hash" // encrypted_hash is that of another file
	WrongHMAC Fault = "wrong-hmac" // the file ends in another HMAC, which encrypted_hash includes
	Gone      Fault = "gone"       // the CDN answers 404
)

// File is a file that a user picks.
type File struct {
	Name string
	// MIMEType is that of the object for complete. Empty is guessed from content and name.
	MIMEType string
	Content  []byte
	Fault    Fault
}

// CDN keeps sealed files and serves them at /media/{id}. Make it with [New] or [Listen].
// It is safe for concurrent use.
type CDN struct {
	origin   string
	maxBytes int
	server   *http.Server // nil if another server serves it

	mu    sync.Mutex
	files map[string][]byte // by media_id
	bytes int
}

// New returns a CDN for a server that serves it below origin, for example
// "http://127.0.0.1:8081".
func New(origin string) *CDN {
	return &CDN{origin: origin, maxBytes: MaxBytes, files: map[string][]byte{}}
}

// Listen returns a CDN that listens at a free port of the loopback interface until Close.
func Listen(ctx context.Context) (*CDN, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("media CDN: %w", err)
	}
	c := New("http://" + listener.Addr().String())
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(listener) }() // until Close
	return c, nil
}

// Close stops listening and ends the connections.
func (c *CDN) Close() error {
	if c.server == nil {
		return nil
	}
	return c.server.Close()
}

// Origin returns scheme, host and port of the files' URLs.
func (c *CDN) Origin() string { return c.origin }

// Add seals a file and serves it from now on. The error is [ErrFull] or names a fault
// that does not exist.
func (c *CDN) Add(f File) (Upload, error) {
	if len(f.Content) > c.maxBytes {
		return Upload{}, ErrFull
	}
	sealed := bytes.NewBuffer(make([]byte, 0, len(f.Content)+flowcrypto.MediaOverhead))
	key, err := flowcrypto.SealMedia(sealed, bytes.NewReader(f.Content))
	if err != nil {
		return Upload{}, err
	}
	file := sealed.Bytes()
	switch f.Fault {
	case NoFault:
	case WrongHash:
		key.EncryptedHash[0] ^= 1
	case WrongHMAC:
		file[len(file)-1] ^= 1
		sum := sha256.Sum256(file)
		key.EncryptedHash = sum[:]
	case Gone:
		file = nil
	default:
		return Upload{}, fmt.Errorf("%q is not a fault of a media file: expected %s, %s or %s", f.Fault, WrongHash, WrongHMAC, Gone)
	}
	up := newUpload(f, key)
	up.url = c.origin + pathPrefix + up.ID
	return up, c.keep(up.ID, file)
}

// keep stores a sealed file, unless it is nil.
func (c *CDN) keep(id string, file []byte) error {
	if file == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bytes+len(file) > c.maxBytes || len(c.files) >= MaxFiles {
		return ErrFull
	}
	c.files[id] = file
	c.bytes += len(file)
	return nil
}

const pathPrefix = "/media/"

// ServeHTTP answers GET /media/{id} with a sealed file.
func (c *CDN) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, ours := strings.CutPrefix(r.URL.Path, pathPrefix)
	c.mu.Lock()
	file, found := c.files[id]
	c.mu.Unlock()
	switch {
	case !ours || !found:
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		_, _ = w.Write(file) // the caller may be gone
	}
}

// newID returns an id like those that phones make up.
func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newCloudID returns an id like those of the Cloud API, which are numbers.
func newCloudID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return fmt.Sprintf("1%015d", binary.BigEndian.Uint64(b)%1e15)
}
