package media

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// OriginHeader is the request header in which a program on this machine names the fake
// CDN of its files to "flowserver dev": an origin that [WithOrigin] accepts.
const OriginHeader = "Flowserver-Media-Origin"

type originsKey struct{}

// WithOrigin returns a context with which a [Downloader] also fetches from a fake CDN on
// this machine, such as that of package client/mediacdn. origin is http, a loopback
// address and a port, for example "http://127.0.0.1:8090"; an error says that it is
// something else. Only this origin is added, without a check of Config.Hosts.
//
// It is for tests and development: "flowserver dev" and exchangetest put the origin into
// the context of each request, and "flowserver serve" never does. A handler that
// downloads after its answer keeps it with [context.WithoutCancel].
func WithOrigin(ctx context.Context, origin string) (context.Context, error) {
	u, err := url.Parse(origin)
	if err != nil || origin != "http://"+u.Host || u.Port() == "" || !isLoopback(u.Hostname()) {
		return ctx, errors.New("media origin: expected http:// and a loopback address with a port, for example http://127.0.0.1:8090")
	}
	return context.WithValue(ctx, originsKey{}, append(slices.Clone(origins(ctx)), u.Host)), nil
}

func isLoopback(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsLoopback()
}

// origins returns host and port of each origin that [WithOrigin] has added.
func origins(ctx context.Context) []string {
	hosts, _ := ctx.Value(originsKey{}).([]string)
	return hosts
}

// atOrigin reports whether a URL is below an origin that [WithOrigin] has added.
func atOrigin(ctx context.Context, u *url.URL) bool {
	return u.Scheme == "http" && u.User == nil && slices.Contains(origins(ctx), u.Host)
}

// newLocalTransport connects to loopback addresses only.
func newLocalTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, ControlContext: refuseRemote}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		DisableKeepAlives:      true, // a fake CDN is soon gone
		ResponseHeaderTimeout:  30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

func refuseRemote(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !to.Addr().IsLoopback() {
		return ErrAddress
	}
	return nil
}
