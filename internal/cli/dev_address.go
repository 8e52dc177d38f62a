package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// The ports of dev, unless flags say otherwise. If one is taken, dev tries the next
// pairs.
const (
	devPublicPort = 8080
	devAdminPort  = 9090
	devPortTries  = 20
)

const portHint = "choose other addresses with --listen and --admin, or omit both to use free ports"

// devAddresses are what dev listens at, host:port.
type devAddresses struct {
	public, admin string
	moved         bool // the usual ports are taken
}

// addresses returns those of the flags, or the first that are free.
func (c devCommand) addresses(ctx context.Context) (devAddresses, error) {
	for _, given := range []struct{ flag, address string }{{"--listen", c.Listen}, {"--admin", c.Admin}} {
		if given.address == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(given.address); err != nil {
			return devAddresses{}, usagef("%s: expected HOST:PORT, for example %s", given.flag, local(devPublicPort))
		}
		if err := canListen(ctx, given.address); err != nil {
			return devAddresses{}, hint(fmt.Errorf("%s: %w", given.flag, err), portHint)
		}
	}
	var taken error
	for i := range devPortTries {
		a := devAddresses{public: cmp.Or(c.Listen, local(devPublicPort+i)), admin: cmp.Or(c.Admin, local(devAdminPort+i)), moved: i > 0}
		if c.Listen != "" && c.Admin != "" {
			return a, nil
		}
		if a.public == a.admin {
			continue
		}
		if taken = cmp.Or(canListen(ctx, a.public), canListen(ctx, a.admin)); taken == nil {
			return a, nil
		}
	}
	return devAddresses{}, hint(fmt.Errorf("no free ports among the %d after %d and %d: %w", devPortTries, devPublicPort, devAdminPort, taken),
		"choose others with --listen and --admin")
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// canListen reports why an address cannot be listened at. Systems have several errors
// for a port that is taken or reserved.
func canListen(ctx context.Context, address string) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return l.Close()
}

// portUnavailable reports whether err says that an address cannot be listened at.
func portUnavailable(err error) bool {
	failed, ok := errors.AsType[*net.OpError](err)
	return ok && failed.Op == "listen"
}

// reachable is where programs on this machine reach what listens at an address.
func reachable(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address.String()
}
