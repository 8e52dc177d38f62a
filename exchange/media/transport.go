package media

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// newTransport connects to public addresses only. A proxy would connect instead of
// us, so none is used. A nil resolver is Go's default.
func newTransport(resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Resolver: resolver, ControlContext: refusePrivate}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// connectionError says why there is no answer, or no end of it.
func connectionError(err error) error {
	if errors.Is(err, ErrAddress) {
		return ErrAddress
	}
	return fmt.Errorf("%w: %s", ErrUnavailable, connectionProblem(err))
}

// connectionProblem puts err into words of ours: some of Go's repeat what a server
// sent.
func connectionProblem(err error) string {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the host's certificate does not verify"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the host's name does not resolve"
	}
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number.Error() // connection refused, reset by peer
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "the connection ended early"
	}
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return "no answer in time"
	}
	return "the connection failed"
}
