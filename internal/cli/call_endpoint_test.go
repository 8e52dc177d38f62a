package cli_test

import (
	"crypto/rsa"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// recorder is an endpoint that remembers what was sent to it and by which key and
// secret. It gives each request the same answer.
type recorder struct {
	address string // host:port
	dir     string // a folder as "flowserver dev" writes it, for this endpoint
	keys    map[string]*rsa.PrivateKey

	status int
	answer string // clear text, sealed if status is 200 or 427
	after  string // behind the base64
	reason string // of the header for call

	mu   sync.Mutex
	last recorded
}

// recorded is one request.
type recorded struct {
	path   string
	key    string // "a" or "b", the key pair that opened it
	secret string // the app secret that signed it; "" if none did
	text   string // clear text
}

// secrets are those that a recorder knows; each is called after where it is given.
var secrets = []string{"flag", "flag-file", "variable", "variable-file", "folder"}

// newRecorder starts an endpoint with key pair a and app secret "folder" in its
// folder. It opens what is sealed for b, too.
func newRecorder(t *testing.T, answer string) *recorder {
	t.Helper()
	r := &recorder{status: http.StatusOK, answer: answer, dir: filepath.Join(t.TempDir(), "dev")}
	r.keys = map[string]*rsa.PrivateKey{"a": vectortest.Key(t, "a"), "b": vectortest.Key(t, "b")}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.address = strings.TrimPrefix(server.URL, "http://")
	r.writeFolder(t, "booking")
	return r
}

// writeFolder writes what dev would, for the given flows.
func (r *recorder) writeFolder(t *testing.T, flows ...string) {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "listen: %q\nnumbers:\n  - id: main\n    private_keys: [{file: private.pem}]\nflows:\n", r.address)
	for _, id := range flows {
		fmt.Fprintf(&text, "  - {id: %s, app_secrets_file: app-secret}\n", id)
	}
	writeFile(t, filepath.Join(r.dir, "flowserver.yaml"), text.String())
	writeFile(t, filepath.Join(r.dir, "private.pem"), readFile(t, keysDir, "a.pkcs8.pem"))
	writeFile(t, filepath.Join(r.dir, "public.pem"), readFile(t, keysDir, "a.public.pem"))
	writeFile(t, filepath.Join(r.dir, "app-secret"), "folder\n")
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	got := recorded{path: req.URL.Path}
	for _, secret := range secrets {
		if flowcrypto.VerifySignature(body, req.Header.Get(flowcrypto.SignatureHeader), []byte(secret)) == nil {
			got.secret = secret
		}
	}
	envelope, err := flowcrypto.ParseEnvelope(body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var sealer *flowcrypto.Sealer
	for name, key := range r.keys {
		if text, s, err := flowcrypto.Open(envelope, key); err == nil {
			got.key, got.text, sealer = name, string(text), s
		}
	}
	r.mu.Lock()
	r.last = got
	r.mu.Unlock()
	if r.reason != "" {
		w.Header().Set("Flowserver-Reason", r.reason)
	}
	w.WriteHeader(r.status)
	if sealer != nil && (r.status == http.StatusOK || r.status == 427) {
		sealed, _ := sealer.Seal([]byte(r.answer)) // seals once, as here
		_, _ = w.Write(append(sealed, r.after...))
	}
}

// got returns the last request.
func (r *recorder) got() recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// call runs "flowserver call" with the endpoint's folder.
func (r *recorder) call(t *testing.T, code int, args ...string) *program {
	t.Helper()
	p := newProgram()
	p.run(t, code, append([]string{"call", "--dir", r.dir}, args...)...)
	return p
}
