package doctor_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client/doctor"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

const (
	appSecret = "0123456789abcdef0123456789abcdef"
	host      = "flows.example"
	public4   = "203.0.113.7" // of RFC 5737
	public6   = "2001:db8::7" // of RFC 3849
)

// world is a made-up network: names and addresses that lead to servers on loopback.
type world struct {
	names   map[string][]netip.Addr
	failure error             // of the resolver
	servers map[string]string // from address and port to those of the server; others refuse
}

func (w *world) LookupNetIP(_ context.Context, _, name string) ([]netip.Addr, error) {
	if w.failure != nil {
		return nil, w.failure
	}
	if w.names[name] == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return w.names[name], nil
}

func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	server, found := w.servers[address]
	if !found {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errRefused}
	}
	return new(net.Dialer).DialContext(ctx, network, server)
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// issue makes a certificate that a signs; without a it signs itself.
func issue(t *testing.T, a *authority, template x509.Certificate) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.BasicConstraintsValid = true
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().Add(-100 * 24 * time.Hour)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(60*24*time.Hour + time.Hour)
	}
	if template.IsCA {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	own := &authority{&template, key}
	if a == nil {
		a = own
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if own.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return own
}

func ca(name string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name, Organization: []string{"Example Trust"}}, IsCA: true}
}

func leaf(names ...string) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: "leaf"}, DNSNames: names, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
}

// pki is a public authority with an intermediate.
type pki struct{ root, intermediate *authority }

func newPKI(t *testing.T) pki {
	t.Helper()
	root := issue(t, nil, ca("Example Root"))
	return pki{root, issue(t, root, ca("Example R1"))}
}

func (p pki) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.root.certificate)
	return pool
}

// chain is what a server sends.
func chain(leaf *authority, more ...*authority) tls.Certificate {
	out := tls.Certificate{Certificate: [][]byte{leaf.certificate.Raw}, PrivateKey: leaf.key}
	for _, a := range more {
		out.Certificate = append(out.Certificate, a.certificate.Raw)
	}
	return out
}

func serve(t *testing.T, handler http.Handler, certificate *tls.Certificate) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would complain of handshakes
	if certificate == nil {
		server.Start()
	} else {
		server.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		server.StartTLS()
	}
	t.Cleanup(server.Close)
	return strings.TrimPrefix(strings.TrimPrefix(server.URL, "http://"), "https://")
}

// sound is a right endpoint at /flow.
func sound(t *testing.T) http.Handler {
	t.Helper()
	key := vectortest.Key(t, "a")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/flow" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if flowcrypto.VerifySignature(body, r.Header.Get(flowcrypto.SignatureHeader), []byte(appSecret)) != nil {
			w.WriteHeader(432)
			return
		}
		envelope, err := flowcrypto.ParseEnvelope(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, sealer, err := flowcrypto.Open(envelope, key)
		if err != nil {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		sealed, _ := sealer.Seal([]byte(`{"data":{"status":"active"}}`)) // seals once, as here
		_, _ = w.Write(sealed)
	})
}

// healthy is a public endpoint without a fault.
func healthy(t *testing.T, handler http.Handler) doctor.Config {
	t.Helper()
	p := newPKI(t)
	good := chain(issue(t, p.intermediate, leaf(host)), p.intermediate)
	return at(t, p, serve(t, handler, &good))
}

// at is a configuration for a server at an address, with the names of the world.
func at(t *testing.T, p pki, address string) doctor.Config {
	t.Helper()
	w := &world{
		names:   map[string][]netip.Addr{host: {netip.MustParseAddr(public4)}},
		servers: map[string]string{public4 + ":443": address},
	}
	return doctor.Config{
		URL: "https://" + host + "/flow", PublicKey: &vectortest.Key(t, "a").PublicKey, AppSecret: []byte(appSecret),
		Resolver: w, Dial: w.dial, Roots: p.roots(), Timeout: 5 * time.Second,
	}
}

// wrap lets a handler through unless instead writes an answer.
func wrap(handler http.Handler, instead func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !instead(w, r) {
			handler.ServeHTTP(w, r)
		}
	})
}
