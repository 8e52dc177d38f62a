package mediacdn_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/mediacdn"
	flowcrypto "github.com/flowserver/flowserver/crypto"
)

func add(tb testing.TB, cdn *mediacdn.CDN, f mediacdn.File) mediacdn.Upload {
	tb.Helper()
	up, err := cdn.Add(f)
	if err != nil {
		tb.Fatal(err)
	}
	return up
}

// open fetches the file of an object and opens it with its keys.
func open(tb testing.TB, object map[string]any) (status int, content string, err error) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, object["cdn_url"].(string), http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	file, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	keys := object["encryption_metadata"].(map[string]any)
	decode := func(name string) []byte {
		value, err := base64.StdEncoding.DecodeString(keys[name].(string))
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
	var dst bytes.Buffer
	err = flowcrypto.OpenMedia(&dst, bytes.NewReader(file), int64(len(file)), flowcrypto.MediaKey{
		EncryptionKey: decode("encryption_key"), HMACKey: decode("hmac_key"), IV: decode("iv"),
		EncryptedHash: decode("encrypted_hash"), PlaintextHash: decode("plaintext_hash"),
	})
	return resp.StatusCode, dst.String(), err
}

func TestListen(t *testing.T) {
	t.Parallel()
	cdn, err := mediacdn.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	up := add(t, cdn, mediacdn.File{Name: "id.jpg", Content: []byte("photo")})
	object := up.DataExchange()
	if got, want := object["cdn_url"], cdn.Origin()+"/media/"+up.ID; got != want || object["media_id"] != up.ID || object["file_name"] != "id.jpg" {
		t.Errorf("got URL %v, id %v, name %v", got, object["media_id"], object["file_name"])
	}
	if status, content, err := open(t, object); status != http.StatusOK || content != "photo" || err != nil {
		t.Errorf("got %d, %q, %v", status, content, err)
	}
	if err := cdn.Close(); err != nil {
		t.Error(err)
	}
	if resp, err := http.Get(cdn.Origin()); err == nil {
		_ = resp.Body.Close()
		t.Error("it listens after Close")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	cdn := mediacdn.New("http://" + server.Listener.Addr().String())
	server.Config.Handler = cdn
	server.Start()
	t.Cleanup(server.Close)
	tests := map[mediacdn.Fault]struct {
		status int
		err    string
	}{
		mediacdn.NoFault:   {200, "<nil>"},
		mediacdn.WrongHash: {200, "media file is corrupt: the hash of the encrypted file differs"},
		mediacdn.WrongHMAC: {200, "media file is corrupt: the HMAC differs"},
		mediacdn.Gone:      {404, "media file is corrupt: expected whole blocks"},
	}
	for fault, want := range tests {
		status, _, err := open(t, add(t, cdn, mediacdn.File{Name: "a", Content: []byte("photo"), Fault: fault}).DataExchange())
		if status != want.status || !strings.HasPrefix(fmt.Sprint(err), want.err) {
			t.Errorf("%s: got %d, %v, want %d, %s", fault, status, err, want.status, want.err)
		}
	}
	if _, err := cdn.Add(mediacdn.File{Fault: "torn"}); err == nil || !strings.Contains(err.Error(), "wrong-hash, wrong-hmac or gone") {
		t.Errorf("an unknown fault: got %v", err)
	}
}

func TestServeHTTP(t *testing.T) {
	t.Parallel()
	cdn := mediacdn.New("http://127.0.0.1:1")
	up := add(t, cdn, mediacdn.File{Content: []byte("photo")})
	tests := map[string]int{
		"GET /media/" + up.ID: 200, "HEAD /media/" + up.ID: 200, "POST /media/" + up.ID: 405,
		"GET /" + up.ID: 404, "GET /media/": 404, "GET /media/" + up.ID + "/": 404,
	}
	for request, want := range tests {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		cdn.ServeHTTP(w, httptest.NewRequest(method, path, http.NoBody))
		if w.Code != want {
			t.Errorf("%s: got %d, want %d", request, w.Code, want)
		}
	}
}

func TestFull(t *testing.T) {
	t.Parallel()
	cdn := mediacdn.NewSmall(1000)
	add(t, cdn, mediacdn.File{Content: make([]byte, 500)})
	for _, size := range []int{500, 1001} {
		if _, err := cdn.Add(mediacdn.File{Content: make([]byte, size)}); !errors.Is(err, mediacdn.ErrFull) {
			t.Errorf("%d bytes: got %v, want ErrFull", size, err)
		}
	}
	add(t, cdn, mediacdn.File{Content: []byte("small")})

	cdn = mediacdn.New("http://127.0.0.1:1")
	for range mediacdn.MaxFiles {
		add(t, cdn, mediacdn.File{})
	}
	if _, err := cdn.Add(mediacdn.File{}); !errors.Is(err, mediacdn.ErrFull) {
		t.Errorf("one file more: got %v, want ErrFull", err)
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	up := add(t, mediacdn.New("http://127.0.0.1:1"), mediacdn.File{Name: "id.jpg", Content: []byte("hello flows")})
	got := up.Complete()
	if id, _ := got["id"].(string); len(id) != 16 || strings.Trim(id, "0123456789") != "" {
		t.Errorf("id: got %v, want digits", got["id"])
	}
	delete(got, "id")
	want := map[string]any{"file_name": "id.jpg", "mime_type": "image/jpeg", "sha256": "xPbQEs+ebhYUb8gWp+YW1J2div3avKrx9LSI775N6dw="}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
}

func TestMIMEType(t *testing.T) {
	t.Parallel()
	cdn := mediacdn.New("http://127.0.0.1:1")
	const png, zip = "\x89PNG\x0D\x0A\x1A\x0A", "PK\x03\x04"
	tests := []struct{ name, given, content, want string }{
		{"photo.PNG", "", png, "image/png"},
		{"photo.jpg", "", png, "image/png"},
		{"photo.jpg", "", "text", "image/jpeg"},
		{"photo.heic", "", "\x00\x01\x02", "image/heic"},
		{"report.docx", "", zip, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"archive.zip", "", zip, "application/zip"},
		{"archive.gz", "", "\x1F\x8B\x08", "application/gzip"},
		{"notes", "", "text", "text/plain"},
		{"unknown.xyz", "", "\x00\x01", "application/octet-stream"},
		{"report.pdf", "application/x-own", "%PDF-1.7", "application/x-own"},
	}
	for _, tt := range tests {
		if got := add(t, cdn, mediacdn.File{Name: tt.name, MIMEType: tt.given, Content: []byte(tt.content)}).MIMEType; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestUploadPrintsNoKeys(t *testing.T) {
	t.Parallel()
	up := add(t, mediacdn.New("http://127.0.0.1:1"), mediacdn.File{Name: "SECRET", Content: []byte("photo")})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if got := fmt.Sprintf(verb, up); got != "mediacdn.Upload("+up.ID+")" {
			t.Errorf("%s: got %s", verb, got)
		}
	}
	if got := up.LogValue().String(); got != "mediacdn.Upload("+up.ID+")" {
		t.Errorf("log: got %s", got)
	}
}
