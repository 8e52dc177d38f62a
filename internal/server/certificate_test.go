package server_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/server"
)

const domain = "flows.example.com"

// authority is a CA of the test's own.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, key: newECKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA of the test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert = sign(t, template, template, a.key, a.key)
	return a
}

// issue makes a certificate and its key, in PEM.
func (a *authority) issue(serial int64, life time.Duration) (cert, key []byte) {
	a.t.Helper()
	private := newECKey(a.t)
	leaf := sign(a.t, &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(life),
	}, a.cert, private, a.key)
	der, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}

func newECKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func (a *authority) trust() *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	return &tls.Config{RootCAs: roots, ServerName: domain}
}

// certFiles are a certificate and its key where a server has them.
type certFiles struct{ dir string }

func (f certFiles) write(t *testing.T, cert, key []byte) {
	t.Helper()
	for name, text := range map[string][]byte{"tls.crt": cert, "tls.key": key} {
		if text != nil {
			writeFile(t, f.path(name), text)
		}
	}
}

func (f certFiles) path(name string) string { return filepath.Join(f.dir, name) }

func (f certFiles) top() string {
	return fmt.Sprintf("tls: {cert_file: %s, key_file: %s}\n", f.path("tls.crt"), f.path("tls.key"))
}

// client has a connection of its own for each request if fresh.
func (a *authority) client(t *testing.T, fresh bool) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: a.trust(), ForceAttemptHTTP2: true, DisableKeepAlives: fresh}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// tlsPhone is [running.phone] over TLS.
func (r *running) tlsPhone(a *authority, fresh bool) *client.Client {
	r.t.Helper()
	c, err := client.New(client.Config{
		URL: "https://" + r.PublicAddr().String() + "/flows/greeting", PublicKey: publicKey(r.t, "a"), AppSecret: []byte(appSecret), RetryWait: -1,
		HTTPClient: a.client(r.t, fresh),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// handshake returns the serial number of the certificate that is shown.
func (r *running) handshake(cfg *tls.Config) (serial int64, err error) {
	r.t.Helper()
	conn, err := (&tls.Dialer{Config: cfg}).DialContext(r.t.Context(), "tcp", r.PublicAddr().String())
	if err != nil {
		return 0, err
	}
	defer conn.Close() //nolint:errcheck // it was only looked at
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ca, files := newAuthority(t), certFiles{t.TempDir()}
	cert, key := ca.issue(7, 90*24*time.Hour)
	files.write(t, cert, key)
	s := setup{top: files.top()}.start(t)
	if got := send(t, s.tlsPhone(ca, false), initMessage()); got != 200 {
		t.Errorf("exchange over TLS: status %d, want 200", got)
	}
	for proto, h2 := range map[int]bool{1: false, 2: true} {
		transport := &http.Transport{TLSClientConfig: ca.trust(), ForceAttemptHTTP2: h2}
		t.Cleanup(transport.CloseIdleConnections)
		resp, err := (&http.Client{Transport: transport}).Get("https://" + s.PublicAddr().String() + "/flows/greeting")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed || resp.ProtoMajor != proto {
			t.Errorf("HTTP/%d: got status %d in %s, want 405", proto, resp.StatusCode, resp.Proto)
		}
	}
	old := ca.trust()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if _, err := s.handshake(old); err == nil {
		t.Error("TLS 1.1 is taken")
	}
	if status, _ := get(t, s.public+"/flows/greeting"); status != http.StatusBadRequest {
		t.Errorf("plain HTTP: status %d, want 400", status)
	}
	leaf, err := x509.ParseCertificate(mustDecode(t, cert))
	if err != nil {
		t.Fatal(err)
	}
	s.hasMetric("flowserver_certificate_expiry_timestamp_seconds " + fmt.Sprint(float64(leaf.NotAfter.Unix())))
	h := s.health()
	if h.Status != server.StatusOK || h.Certificate == nil || h.Certificate.ExpiresAt != leaf.NotAfter.Format(time.RFC3339) || h.Certificate.Error != "" {
		t.Errorf("health: %s, %+v, want ok and the certificate's end", h.Status, h.Certificate)
	}
	if plain := (setup{}).start(t); plain.health().Certificate != nil || strings.Contains(plain.scrape(), "certificate_expiry") {
		t.Error("without TLS health or metrics tell of a certificate")
	}
}

func mustDecode(t *testing.T, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

// New certificates are taken over without a failed exchange; broken ones are not.
func TestCertificateRotationUnderLoad(t *testing.T) {
	t.Parallel()
	ca, files := newAuthority(t), certFiles{t.TempDir()}
	cert, key := ca.issue(1, 90*24*time.Hour)
	files.write(t, cert, key)
	s := setup{top: files.top()}.start(t)
	traffic := startLoad(t, s.tlsPhone(ca, true))
	shows := func(want int64) {
		t.Helper()
		eventually(t, fmt.Sprintf("certificate %d is shown", want), func() bool {
			got, err := s.handshake(ca.trust())
			if err != nil {
				t.Fatal(err)
			}
			return got == want
		})
	}
	cert, key = ca.issue(2, 90*24*time.Hour)
	files.write(t, cert, key)
	shows(2)
	traffic.more(t)

	other, otherKey := ca.issue(3, 90*24*time.Hour)
	files.write(t, other, nil) // which is not the key's
	eventually(t, "health tells", func() bool { c := s.health().Certificate; return strings.Contains(c.Error, "does not match") })
	if h := s.health(); h.Status != server.StatusDegraded {
		t.Errorf("health: %s, want degraded", h.Status)
	}
	shows(2)
	traffic.more(t)
	before := strings.Count(s.log.String(), "certificate cannot be reloaded")
	s.Reload() // whoever asks is told again
	if got := strings.Count(s.log.String(), "certificate cannot be reloaded"); got != before+1 {
		t.Errorf("Reload of a broken pair: told %d times, want once", got-before)
	}
	files.write(t, nil, otherKey)
	shows(3)
	traffic.stop()
	if h := s.health(); h.Status != server.StatusOK || h.Certificate.Error != "" {
		t.Errorf("afterwards: %s, %+v", h.Status, h.Certificate)
	}
}

func TestCertificateRefused(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	cert, key := ca.issue(1, time.Hour)
	_, other := ca.issue(2, time.Hour)
	for name, test := range map[string]struct{ cert, key []byte }{
		"of another key":  {cert, other},
		"no certificate":  {key, key},
		"no key":          {cert, cert},
		"nothing":         {[]byte{}, []byte{}},
		"key not private": {cert, []byte(publicPEM(t, "a"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := certFiles{t.TempDir()}
			files.write(t, test.cert, test.key)
			_, err := server.New(server.Options{Config: setup{top: files.top()}.config(t), Flows: setup{}.flows()})
			for _, part := range []string{"tls: cert_file " + files.path("tls.crt"), files.path("tls.key"), "not encrypted, in key_file"} {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("New: %v\nlacks %q", err, part)
				}
			}
			if err != nil && bytes.Contains(key, []byte(err.Error())) || strings.Contains(fmt.Sprint(err), "-----") {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

func TestCertificateExpiresSoon(t *testing.T) {
	t.Parallel()
	ca, files := newAuthority(t), certFiles{t.TempDir()}
	cert, key := ca.issue(1, 13*24*time.Hour)
	files.write(t, cert, key)
	s := setup{top: files.top()}.start(t)
	if h := s.health(); h.Status != server.StatusDegraded || h.Certificate.Error != "" {
		t.Errorf("health: %s, %+v, want degraded", h.Status, h.Certificate)
	}
	once := func(what string) {
		t.Helper()
		s.Reload()
		s.Reload()
		if got := strings.Count(s.log.String(), what); got != 1 {
			t.Errorf("told %d times that %s, want once", got, what)
		}
	}
	once("the certificate expires soon")
	cert, key = ca.issue(2, -time.Minute)
	files.write(t, cert, key)
	once("the certificate has expired")
}

// A certificate that ACME has brought is served from its cache, and nobody is asked
// for names that are not ours. The CA itself is not played here.
func TestACME(t *testing.T) {
	t.Parallel()
	ca, cache := newAuthority(t), t.TempDir()
	cert, key := ca.issue(9, 90*24*time.Hour)
	writeFile(t, filepath.Join(cache, domain), append(key, cert...)) // as package autocert keeps it
	s := setup{top: fmt.Sprintf("tls: {acme: {domains: [%s], email: ops@example.com, cache_dir: %s}}\n", domain, cache)}.start(t)
	if got := s.health().Certificate; got == nil || got.ExpiresAt != "" {
		t.Errorf("before any handshake: %+v, want no time yet", got)
	}
	serial, err := s.handshake(ca.trust())
	if err != nil || serial != 9 {
		t.Fatalf("handshake: certificate %d, %v, want the cached one", serial, err)
	}
	if got := send(t, s.tlsPhone(ca, false), initMessage()); got != 200 {
		t.Errorf("exchange: status %d, want 200", got)
	}
	if got := s.health().Certificate.ExpiresAt; got == "" {
		t.Error("after a handshake: health does not know when the certificate expires")
	}
	if !strings.Contains(s.scrape(), "\nflowserver_certificate_expiry_timestamp_seconds 1") {
		t.Error("no metric of the expiry")
	}
	for _, name := range []string{"other.example.com", "x." + domain, ""} {
		cfg := ca.trust()
		cfg.ServerName = name
		cfg.InsecureSkipVerify = true
		if _, err := s.handshake(cfg); err == nil {
			t.Errorf("a handshake for %q succeeds", name)
		}
	}
	if got := s.health().Certificate.Error; got != "" {
		t.Errorf("strangers' names are our problem: %s", got)
	}
	entries, err := os.ReadDir(cache)
	if err != nil || len(entries) != 1 {
		t.Errorf("the cache has %v (%v), want the certificate alone", entries, err)
	}
	// a CA proves the name by this protocol, which is taken even if the token is gone
	cfg := ca.trust()
	cfg.NextProtos = []string{"acme-tls/1"}
	if _, err := s.handshake(cfg); err == nil || strings.Contains(err.Error(), "no application protocol") {
		t.Errorf("handshake of a CA: %v, want it refused for its missing token", err)
	}
}

func TestPprof(t *testing.T) {
	t.Parallel()
	with, without := setup{top: "pprof: true\n"}.start(t), setup{}.start(t)
	for path, status := range map[string]int{
		"/debug/pprof/":                   200,
		"/debug/pprof/heap":               200,
		"/debug/pprof/symbol":             200,
		"/debug/pprof/trace?seconds=0.01": 200,
		"/debug/pprof/cmdline":            404,
		"/debug":                          404,
	} {
		if got, body := get(t, with.admin+path); got != status {
			t.Errorf("%s: status %d %s, want %d", path, got, body, status)
		}
		for _, url := range []string{without.admin + path, with.public + path} {
			if got, _ := get(t, url); got != 404 {
				t.Errorf("%s: status %d, want 404", url, got)
			}
		}
	}
}
