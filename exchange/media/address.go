package media

import (
	"context"
	"net/netip"
	"syscall"
)

// notPublic are the ranges that netip knows no word for, of those that the IANA
// registries of special-purpose addresses do not call globally reachable.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT, and some clouds' inner services
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays, no longer used
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4, which carries IPv4 addresses
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

// globalUnicast is all that IANA gives out of IPv6: what is outside, as unique local
// addresses and NAT64, is not public or carries IPv4 addresses that may not be.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// isPublic reports whether a is an address of the open Internet.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" {
		return false // loopback, link-local, multicast and unspecified are not global unicast
	}
	for _, prefix := range notPublic {
		if prefix.Contains(a) {
			return false
		}
	}
	return a.Is4() || globalUnicast.Contains(a)
}

// refusePrivate runs before each connect, when the name is resolved: the address is
// the one that is connected to, so a name that resolves to another address the next
// time gains nothing.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(to.Addr()) {
		return ErrAddress
	}
	return nil
}
