package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/flowserver/flowserver/client/diagnosis"
)

const (
	maxAddresses = 8
	renewWithin  = 14 * 24 * time.Hour
)

// url checks the scheme, and warns of a login in the URL.
func (e *examination) url(context.Context) {
	if e.target.User != nil {
		e.add("url", Warned, "serve the endpoint without a login: the signature is what authenticates WhatsApp",
			"the URL has a user or password, and Meta does not document that WhatsApp sends them")
	}
	switch {
	case e.target.Scheme == "https":
		e.add("url", OK, "", "the URL is https")
	case e.local():
		e.add("url", Skipped, "", "http on this machine, for development; WhatsApp calls only https")
	default:
		e.add("url", Failed, "serve the endpoint over https, with a certificate of a public authority", "the URL is http, but WhatsApp calls only https")
	}
}

// dns looks up the addresses.
func (e *examination) dns(ctx context.Context) {
	host := e.target.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		e.addresses = []netip.Addr{ip}
		e.judgeAddresses("the host of the URL is the address %s")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	defer cancel()
	found, err := e.cfg.Resolver.LookupNetIP(ctx, "ip", host)
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound || err == nil && len(found) == 0 {
		e.add("dns", Failed, "add an A or AAAA record for the host, or fix the URL", "the host %s does not exist: it has no address", host)
		return
	}
	if err != nil {
		e.add("dns", Unknown, "check the resolver and the network of this machine, then try again", "the resolver of this machine does not answer for %s", host)
		return
	}
	for _, ip := range found {
		if ip = ip.Unmap(); !slices.Contains(e.addresses, ip) && len(e.addresses) < maxAddresses {
			e.addresses = append(e.addresses, ip)
		}
	}
	e.judgeAddresses("the host has the address %s")
}

// judgeAddresses fails addresses that the internet does not reach.
func (e *examination) judgeAddresses(format string) {
	list := joined(e.addresses)
	for _, ip := range e.addresses {
		if !public(ip) && !e.local() {
			e.add("dns", Failed, "point the host to a public address", "the host has the address %s, which only a private network reaches", ip)
			return
		}
	}
	e.add("dns", OK, "", strings.Replace(format, "the address %s", plural(len(e.addresses), "the address", "the addresses")+" %s", 1), list)
}

// public reports whether the internet may have a route to ip.
func public(ip netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10") // of carriers and VPNs, RFC 6598
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !shared.Contains(ip)
}

func joined(addresses []netip.Addr) string {
	var texts []string
	for _, ip := range addresses {
		texts = append(texts, ip.String())
	}
	return strings.Join(texts, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// connect connects to each address, and looks at the certificates that it sends. Equal
// faults of several addresses are one finding.
func (e *examination) connect(ctx context.Context) {
	if len(e.addresses) == 0 {
		return
	}
	var accepting []netip.Addr
	refused := newFaults()
	certificates := newFaults()
	var left []time.Duration
	for _, ip := range e.addresses {
		conn, err := e.open(ctx, ip)
		if err != nil {
			refused.add(e.refusal(ip, err), ip)
			continue
		}
		accepting = append(accepting, ip)
		if e.target.Scheme == "https" {
			days, fault := e.certificate(ctx, conn)
			if fault.text != "" {
				certificates.add(fault, ip)
			}
			left = append(left, days)
			if fault.state == Failed {
				_ = conn.Close() // it is of no more use
				continue
			}
		}
		e.reachable = append(e.reachable, ip)
		_ = conn.Close() // it has shown that the address accepts
	}
	refused.addTo(e, "address")
	if len(accepting) > 0 {
		e.add("address", OK, "", "port %s accepts connections at %s", e.port(), joined(accepting))
	}
	if e.target.Scheme != "https" || len(accepting) == 0 {
		return
	}
	certificates.addTo(e, "tls")
	if len(certificates.list) == 0 {
		days := int(slices.Min(left).Hours() / 24)
		e.add("tls", OK, "", "the certificate verifies, with the chain as it is sent; it is valid for %d more %s", days, plural(days, "day", "days"))
	}
}

// open connects to one address.
func (e *examination) open(ctx context.Context, ip netip.Addr) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, min(dialLimit, e.cfg.Timeout))
	defer cancel()
	return e.cfg.Dial(ctx, "tcp", net.JoinHostPort(ip.String(), e.port()))
}

// refusal says why an address accepts no connection. That this machine has no IPv6 is
// not a fault of the endpoint.
func (e *examination) refusal(ip netip.Addr, err error) fault {
	switch {
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return fault{Unknown, "this machine has no route to " + family(ip), "try again from a machine that has"}
	case diagnosis.TimedOut(err):
		return fault{
			Failed, "no connection in time to port " + e.port(),
			"open the port in firewalls and security groups, or remove the address from DNS",
		}
	default:
		remedy := "start the server at this address, or remove the address from DNS"
		if _, err := netip.ParseAddr(e.target.Hostname()); err == nil || e.local() {
			remedy = "start the server, and check host and port of the URL"
		}
		return fault{Failed, fmt.Sprintf("port %s refuses connections", e.port()), remedy}
	}
}

func family(ip netip.Addr) string {
	if ip.Is6() {
		return "IPv6 addresses"
	}
	return "the address"
}

// certificate shakes hands and judges what the server sends, as a client without a
// memory of intermediate certificates does. It returns how long the certificate is valid.
func (e *examination) certificate(ctx context.Context, conn net.Conn) (time.Duration, fault) {
	ctx, cancel := context.WithTimeout(ctx, min(dialLimit, e.cfg.Timeout))
	defer cancel()
	config := e.tlsConfig()
	config.InsecureSkipVerify = true // nothing is sent; judgeChain verifies, to say what is wrong
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		if _, plain := errors.AsType[tls.RecordHeaderError](err); plain {
			return 0, fault{Failed, "the port does not speak TLS", "serve https at this port, or fix the URL"}
		}
		return 0, fault{
			Failed, "the TLS handshake fails: " + handshakeError(err),
			"serve TLS 1.2 or later, with a certificate for the host name",
		}
	}
	sent := secured.ConnectionState().PeerCertificates
	return sent[0].NotAfter.Sub(e.cfg.Now()), e.judgeChain(sent)
}

// handshakeError is what package tls says, or how the connection ended.
func handshakeError(err error) string {
	operation, isOperation := errors.AsType[*net.OpError](err)
	switch {
	case diagnosis.TimedOut(err):
		return "no answer in time"
	case isOperation && operation.Op == "remote error":
		return "the server refuses it with " + strings.TrimPrefix(operation.Err.Error(), "tls: ")
	case strings.HasPrefix(err.Error(), "tls: "):
		return strings.TrimPrefix(err.Error(), "tls: ")
	}
	return "the connection ended"
}

func (e *examination) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: e.target.Hostname(), RootCAs: e.cfg.Roots, Time: e.cfg.Now, MinVersion: tls.VersionTLS12}
}

// judgeChain verifies certificates as they were sent, the one of the server first.
func (e *examination) judgeChain(sent []*x509.Certificate) fault {
	leaf, now := sent[0], e.cfg.Now()
	switch {
	case now.After(leaf.NotAfter):
		return fault{
			Failed, fmt.Sprintf("the certificate expired %s ago, on %s", days(now.Sub(leaf.NotAfter)), leaf.NotAfter.Format(time.DateOnly)),
			"renew the certificate, restart the server if it does not read it again, and find out why it was not renewed automatically",
		}
	case now.Before(leaf.NotBefore):
		return fault{Failed, "the certificate is not valid before " + leaf.NotBefore.Format(time.DateOnly), "check the clocks of both machines"}
	}
	if err := leaf.VerifyHostname(e.target.Hostname()); err != nil {
		return fault{
			Failed, fmt.Sprintf("the certificate is for %s, not for %s", names(leaf), e.target.Hostname()),
			"get a certificate for this host name, or use a URL with a name that it has",
		}
	}
	intermediates := x509.NewCertPool()
	for _, c := range sent[1:] {
		intermediates.AddCert(c)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{Roots: e.cfg.Roots, Intermediates: intermediates, CurrentTime: now})
	last := sent[len(sent)-1]
	switch {
	case err == nil && !complete(chains, sent), err != nil && len(sent) == 1 && !selfSigned(leaf):
		return fault{
			Failed, fmt.Sprintf("the chain is incomplete: the server does not send the certificate of the issuer, %q, "+
				"which is not a trusted root", issuerOf(sent).String()),
			"serve the full chain (fullchain.pem, not cert.pem) of a public authority: browsers remember intermediates, WhatsApp does not",
		}
	case err == nil && leaf.NotAfter.Sub(now) < renewWithin:
		return fault{Warned, "the certificate expires in " + days(leaf.NotAfter.Sub(now)), "renew it, and find out why it was not renewed automatically"}
	case err == nil:
		return fault{}
	case len(sent) == 1:
		return fault{Failed, "the certificate is self-signed", "get a certificate of a public authority, for example Let's Encrypt"}
	case invalidAuthority(err) != "":
		return fault{Failed, "a certificate of the chain is not valid: " + invalidAuthority(err), "serve the chain that the authority provides now"}
	case selfSigned(last):
		return fault{
			Failed, fmt.Sprintf("the authority %q is not a public one", last.Subject.CommonName),
			"get a certificate of a public authority, for example Let's Encrypt",
		}
	}
	return fault{
		Failed, fmt.Sprintf("the chain does not lead to a trusted authority: after %q comes %q, which is not sent", last.Subject.CommonName, last.Issuer.CommonName),
		"serve the full chain (fullchain.pem) of a public authority, in order",
	}
}

// complete reports whether a verified chain has only certificates that were sent, but
// for its root: some systems fetch what is missing, and WhatsApp does not.
func complete(chains [][]*x509.Certificate, sent []*x509.Certificate) bool {
	return slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool {
		return !slices.ContainsFunc(chain[:max(1, len(chain)-1)], func(c *x509.Certificate) bool {
			return !slices.ContainsFunc(sent, c.Equal)
		})
	})
}

func selfSigned(c *x509.Certificate) bool {
	return c.Issuer.String() == c.Subject.String() && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// invalidAuthority says what is wrong with a certificate that is not the server's; empty
// for an authority that is not known.
func invalidAuthority(err error) string {
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		return strings.TrimPrefix(invalid.Error(), "x509: ")
	}
	return ""
}

// issuer is the name of an authority.
type issuer struct{ name, organization string }

func issuerOf(sent []*x509.Certificate) issuer {
	of := sent[len(sent)-1].Issuer
	return issuer{of.CommonName, strings.Join(of.Organization, ", ")}
}

func (i issuer) String() string {
	if i.organization == "" {
		return i.name
	}
	return i.name + " (" + i.organization + ")"
}

// names lists for what a certificate is.
func names(c *x509.Certificate) string {
	all := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	if len(all) == 0 {
		return fmt.Sprintf("no name (its subject is %q)", c.Subject.CommonName)
	}
	const shown = 4
	if more := len(all) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:shown], ", "), more)
	}
	return strings.Join(all, ", ")
}

func days(d time.Duration) string {
	n := int(d.Hours() / 24)
	return fmt.Sprintf("%d %s", n, plural(n, "day", "days"))
}

// fault is what is wrong with one address, or several.
type fault struct {
	state        State
	text, remedy string
}

// faults are those of all addresses, equal ones together.
type faults struct {
	list []fault
	at   map[fault][]netip.Addr
}

func newFaults() faults { return faults{at: map[fault][]netip.Addr{}} }

func (f *faults) add(one fault, ip netip.Addr) {
	if f.at[one] == nil {
		f.list = append(f.list, one)
	}
	f.at[one] = append(f.at[one], ip)
}

// addTo makes a finding of each fault. It names the addresses, unless all have it.
func (f *faults) addTo(e *examination, check string) {
	for _, one := range f.list {
		text := one.text
		if at := f.at[one]; len(at) < len(e.addresses) || check == "address" {
			text = joined(at) + ": " + text
		}
		e.add(check, one.state, one.remedy, "%s", text)
	}
}
