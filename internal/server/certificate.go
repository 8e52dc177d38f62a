package server

import (
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
)

// certificates are those of the public listener.
type certificates interface {
	tlsConfig() *tls.Config
	expiry() time.Time // of the one that expires first; zero if there is none yet
	broken() string    // why there is none, or a changed one is not in use
	look(force bool)   // adopts what has changed, and warns of what expires soon
	stopReading()      // ends reads that hang
}

// openCertificates returns nil without TLS.
func openCertificates(cfg *config.TLS, log *slog.Logger) (certificates, error) {
	warner := expiryWarner{log: log}
	switch {
	case cfg == nil:
		return nil, nil
	case cfg.ACME != nil:
		return newACMECertificates(cfg.ACME, warner), nil
	default:
		c := &fileCertificate{cfg: *cfg, log: log, warner: warner}
		found := readCertificate(&c.files, *cfg)
		pair, err := found.parse()
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		c.seen = found.digest()
		c.current.Store(pair)
		return c, nil
	}
}

// serveTLS is for HTTP/2 and HTTP/1.1, with Go's defaults otherwise.
func serveTLS(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), protocols ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: get, NextProtos: append([]string{"h2", "http/1.1"}, protocols...)}
}

// fileCertificate comes from two files, which are polled as key files are.
type fileCertificate struct {
	cfg     config.TLS
	log     *slog.Logger
	files   files.Reader
	current atomic.Pointer[tls.Certificate]
	problem atomic.Pointer[string]

	looking sync.Mutex // the rest is under it
	seen    [sha256.Size]byte
	warner  expiryWarner
}

func (c *fileCertificate) tlsConfig() *tls.Config {
	return serveTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current.Load(), nil })
}

func (c *fileCertificate) expiry() time.Time { return c.current.Load().Leaf.NotAfter }

func (c *fileCertificate) broken() string { return textOf(&c.problem) }

func textOf(problem *atomic.Pointer[string]) string {
	if p := problem.Load(); p != nil {
		return *p
	}
	return ""
}

func (c *fileCertificate) look(force bool) {
	c.looking.Lock()
	defer c.looking.Unlock()
	if found := readCertificate(&c.files, c.cfg); force || found.digest() != c.seen {
		c.seen = found.digest()
		c.replace(found)
	}
	c.warner.warn(c.expiry())
}

func (c *fileCertificate) stopReading() { c.files.Close() }

// replace adopts a certificate and its key, if they belong together.
func (c *fileCertificate) replace(found certificateFiles) {
	pair, err := found.parse()
	if errors.Is(err, files.ErrClosed) {
		return // the server stops
	}
	if err != nil {
		broken := "the certificate cannot be reloaded, the old one stays in use: " + err.Error()
		c.problem.Store(&broken)
		c.log.Error("the certificate cannot be reloaded, the old one stays in use", slog.String("error", err.Error()))
		return
	}
	c.problem.Store(nil)
	c.current.Store(pair)
	c.log.Info("certificate reloaded", slog.Time("expires_at", c.expiry()))
}

// certificateFiles are both files at one time.
type certificateFiles struct {
	cfg       config.TLS
	cert, key content
}

func readCertificate(reader *files.Reader, cfg config.TLS) certificateFiles {
	return certificateFiles{cfg, readFile(reader, cfg.CertFile), readFile(reader, cfg.KeyFile)}
}

func (f certificateFiles) digest() [sha256.Size]byte { return digest(f.cert, f.key) }

func (f certificateFiles) parse() (*tls.Certificate, error) {
	if err := errors.Join(f.cert.err, f.key.err); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(f.cert.data, f.key.data)
	if err != nil {
		const remedy = "put the server's own certificate first in cert_file, and its private key, not encrypted, in key_file"
		return nil, fmt.Errorf("cert_file %s and key_file %s: %w: %s", f.cfg.CertFile, f.cfg.KeyFile, err, remedy)
	}
	return &pair, nil
}

// acmeCertificates are made and renewed by a CA, which proves the names by
// tls-alpn-01 on the public listener itself.
type acmeCertificates struct {
	manager *autocert.Manager
	problem atomic.Pointer[string]

	mu      sync.Mutex
	expires map[string]time.Time // by domain and kind of key; only those that were shown
	warner  expiryWarner
}

func newACMECertificates(cfg *config.ACME, warner expiryWarner) *acmeCertificates {
	return &acmeCertificates{
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(cfg.CacheDir), HostPolicy: autocert.HostWhitelist(cfg.Domains...), Email: cfg.Email,
		},
		expires: map[string]time.Time{},
		warner:  warner,
	}
}

func (c *acmeCertificates) tlsConfig() *tls.Config { return serveTLS(c.get, acme.ALPNProto) }

func (c *acmeCertificates) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	cert, err := c.manager.GetCertificate(hello)
	if err != nil {
		c.failed(hello, err)
		return nil, err
	}
	c.problem.Store(nil)
	challenged := slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) // by the CA, which gets a certificate that no client sees
	if cert.Leaf != nil && !challenged {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.expires[fmt.Sprint(cert.Leaf.DNSNames, cert.Leaf.PublicKeyAlgorithm)] = cert.Leaf.NotAfter
	}
	return cert, nil
}

// failed logs an error about one of our names; strangers ask for others.
func (c *acmeCertificates) failed(hello *tls.ClientHelloInfo, err error) {
	if c.manager.HostPolicy(hello.Context(), hello.ServerName) != nil {
		return
	}
	text := "no certificate by ACME: " + err.Error()
	if old := c.problem.Swap(&text); old == nil || *old != text {
		c.warner.log.Error("no certificate by ACME", slog.String("domain", hello.ServerName), slog.String("error", err.Error()))
	}
}

func (c *acmeCertificates) expiry() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	var first time.Time
	for _, at := range c.expires {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func (c *acmeCertificates) broken() string { return textOf(&c.problem) }

func (c *acmeCertificates) stopReading() {} // the ACME library reads its folder itself

func (c *acmeCertificates) look(bool) {
	at := c.expiry()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.warner.warn(at)
}

const (
	soon      = 14 * 24 * time.Hour // CAs by ACME renew 30 days ahead, or a third of the certificate's life
	warnAgain = 24 * time.Hour
)

func expiresSoon(at, now time.Time) bool { return !at.IsZero() && at.Sub(now) < soon }

// expiryWarner warns once a day. Not safe for concurrent use.
type expiryWarner struct {
	log    *slog.Logger
	warned time.Time
	about  time.Time
}

func (w *expiryWarner) warn(expires time.Time) {
	now := time.Now()
	if !expiresSoon(expires, now) || w.about.Equal(expires) && now.Sub(w.warned) < warnAgain {
		return
	}
	w.warned, w.about = now, expires
	if now.After(expires) {
		w.log.Error("the certificate has expired: no client trusts it", slog.Time("expires_at", expires))
		return
	}
	w.log.Warn("the certificate expires soon: renew it", slog.Time("expires_at", expires))
}

func certificateHealth(c certificates) *CertificateHealth {
	h := &CertificateHealth{Error: c.broken()}
	if at := c.expiry(); !at.IsZero() {
		h.ExpiresAt = at.UTC().Format(time.RFC3339)
	}
	return h
}
