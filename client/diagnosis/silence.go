package diagnosis

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/printable"
)

const (
	contentEncoding = "content-encoding"
	withoutEncoding = "send the answer without compression and without the header Content-Encoding"
)

// Silence says in a clause why no answer came, without anything that the other side
// sent.
func Silence(err error) string { return silent(err).Text }

// Unreachable reports whether err means that no connection could be made: no request
// has arrived.
func Unreachable(err error) bool {
	operation, ok := errors.AsType[*net.OpError](err)
	return ok && operation.Op == "dial"
}

// TimedOut reports whether err means that no answer came in time.
func TimedOut(err error) bool {
	timeout, isNet := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || isNet && timeout.Timeout()
}

func silent(err error) *Cause {
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		c := untrusted(certificate.Err)
		return &c
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		return &Cause{
			ID: "no-such-host", Text: fmt.Sprintf("no connection: the host name does not resolve (%s)", name.Err),
			Fix: "check the host name in the URL and its DNS records",
		}
	}
	if clientCertificate(err) {
		return &Cause{
			ID: "client-certificate", Text: "the server requires a certificate of its client (mTLS), and this one has none",
			Fix: "let the path of the endpoint be called without a client certificate, at least while it is examined",
		}
	}
	const whole = "end the response, and let Content-Length, if it is set, be the number of bytes of the body"
	switch {
	case errors.Is(err, client.ErrIncomplete) && TimedOut(err):
		return &Cause{ID: "answer-unfinished", Text: "the answer begins, and does not end in time", Fix: whole}
	case errors.Is(err, client.ErrIncomplete) && (errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum)):
		return &Cause{
			ID: contentEncoding, Text: "the header Content-Encoding says gzip, and the body is not gzip",
			Fix: withoutEncoding,
		}
	case errors.Is(err, client.ErrIncomplete) && errors.Is(err, io.ErrUnexpectedEOF):
		return &Cause{ID: "answer-cut", Text: "the connection was closed without a whole answer: it ends within the body", Fix: whole}
	case TimedOut(err):
		return &Cause{
			ID: "timeout", Text: "no answer in time",
			Fix: "answer well under 1 s, and do slow work after the answer; if nothing is slow, a handler may never send its answer",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Cause{
			ID: "connection-refused", Text: "no connection: it was refused, so no program listens at this address",
			Fix: "start the endpoint, and check host and port of the URL",
		}
	case errors.Is(err, http.ErrSchemeMismatch):
		return &Cause{
			ID: "no-tls", Text: "the URL says https, but the server answers in plain http",
			Fix: "serve the URL over https, or begin it with http:// for a server on this machine",
		}
	case Unreachable(err):
		return &Cause{ID: "no-connection", Text: "no connection could be made", Fix: "check host and port of the URL, and firewalls between"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return &Cause{
			ID: "connection-closed", Text: "the connection was closed before the answer was complete",
			Fix: "answer every request with a status: an unhandled exception must not end the process or the connection",
		}
	}
	return &Cause{Text: "no complete HTTP answer arrived"}
}

// clientCertificate reports whether the server has ended TLS for want of a certificate.
func clientCertificate(err error) bool {
	operation, ok := errors.AsType[*net.OpError](err)
	return ok && operation.Op == "remote error" && operation.Err.Error() == "tls: certificate required"
}

// untrusted says why a certificate does not verify.
func untrusted(err error) Cause {
	c := Cause{ID: "certificate", Text: fmt.Sprintf("no TLS connection: %v", err), Fix: "serve a certificate of a public authority, with its intermediates"}
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, wrongName := errors.AsType[x509.HostnameError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		c.ID, c.Fix = "certificate-expired", "renew the certificate, and check the clocks of both machines"
	case wrongName:
		c.ID, c.Fix = "certificate-name", "serve a certificate for the host name of the URL"
	case unknown:
		c.ID = "certificate-authority"
	}
	c.Text = printable.Line(strings.ReplaceAll(c.Text, "x509: ", ""))
	return c
}
