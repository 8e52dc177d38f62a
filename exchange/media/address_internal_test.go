package media

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"157.240.1.60":         true,
		"8.8.8.8":              true,
		"100.63.255.255":       true,
		"100.128.0.1":          true,
		"172.15.0.1":           true,
		"172.32.0.1":           true,
		"2a03:2880:f2ff::60":   true,
		"2606:4700:4700::1111": true,
		"::ffff:157.240.1.60":  true,

		"0.0.0.0":              false,
		"0.1.2.3":              false,
		"10.0.0.1":             false,
		"100.64.0.1":           false,
		"100.100.100.200":      false,
		"127.0.0.1":            false,
		"127.1.2.3":            false,
		"169.254.169.254":      false,
		"172.16.0.1":           false,
		"172.31.255.255":       false,
		"192.0.0.192":          false,
		"192.0.2.1":            false,
		"192.88.99.1":          false,
		"192.168.1.1":          false,
		"198.18.0.1":           false,
		"198.19.255.255":       false,
		"198.51.100.1":         false,
		"203.0.113.1":          false,
		"224.0.0.1":            false,
		"239.1.2.3":            false,
		"240.0.0.1":            false,
		"255.255.255.255":      false,
		"::":                   false,
		"::1":                  false,
		"::127.0.0.1":          false,
		"::ffff:127.0.0.1":     false,
		"::ffff:10.0.0.1":      false,
		"::ffff:169.254.1.1":   false,
		"64:ff9b::a00:1":       false,
		"64:ff9b:1::a00:1":     false,
		"100::1":               false,
		"2001::1":              false,
		"2001:db8::1":          false,
		"2002:7f00:1::":        false,
		"3fff::1":              false,
		"5f00::1":              false,
		"fc00::1":              false,
		"fd00:ec2::254":        false,
		"fe80::1":              false,
		"fe80::1%eth0":         false,
		"2606:4700::1111%eth0": false,
		"fec0::1":              false,
		"ff02::1":              false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %t, want %t", address, got, want)
		}
	}
}

func TestRefusePrivate(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"157.240.1.60:443": nil, "[2a03:2880:f2ff::60]:443": nil,
		"127.0.0.1:443": ErrAddress, "[::1]:443": ErrAddress, "/run/docker.sock": ErrAddress, "": ErrAddress,
	} {
		if got := refusePrivate(t.Context(), "tcp", address, nil); !errors.Is(got, want) {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}

// victim is a service inside the network that counts who connects to it.
func victim(t *testing.T) (port string, connections *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	connections = new(atomic.Int32)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, connections
}

// nameserver resolves every name to address.
func nameserver(t *testing.T, address string) *net.Resolver {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		packet := make([]byte, 1500)
		for {
			n, from, err := socket.ReadFrom(packet)
			if err != nil {
				return
			}
			if answer, err := resolve(packet[:n], netip.MustParseAddr(address)); err == nil {
				_, _ = socket.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", socket.LocalAddr().String())
	}}
}

func resolve(query []byte, address netip.Addr) ([]byte, error) {
	var message dnsmessage.Message
	if err := message.Unpack(query); err != nil {
		return nil, err
	}
	question := message.Questions[0]
	message.Response, message.Authoritative, message.Additionals = true, true, nil
	header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class, TTL: 1}
	switch {
	case question.Type == dnsmessage.TypeA && address.Is4():
		message.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: address.As4()}}}
	case question.Type == dnsmessage.TypeAAAA && address.Is6():
		message.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: address.As16()}}}
	}
	return message.Pack()
}

// itemAt has keys of the right sizes and nothing more.
func itemAt(address string) Item {
	return Item{CDNURL: address, EncryptionMetadata: EncryptionMetadata{
		EncryptedHash: make([]byte, 32), IV: make([]byte, 16), EncryptionKey: make([]byte, 32), HMACKey: make([]byte, 32), PlaintextHash: make([]byte, 32),
	}}
}

// TestDownloadPrivateAddress lets the hosts pass, so that it is the check at connect
// that refuses them.
func TestDownloadPrivateAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, host, resolvesTo string }{
		{"IPv4 literal", "127.0.0.1", ""},
		{"name that /etc/hosts has", "localhost", ""},
		{"name of loopback", "mmg.example.com", "127.0.0.1"},
		{"name of IPv6 loopback", "mmg.example.com", "::1"},
		{"name of mapped loopback", "mmg.example.com", "::ffff:127.0.0.1"},
		{"name of the metadata service", "mmg.example.com", "169.254.169.254"},
		{"name of a private address", "mmg.example.com", "10.1.2.3"},
		{"name of a unique local address", "mmg.example.com", "fd00:ec2::254"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			port, connections := victim(t)
			transport := newTransport(nil)
			if c.resolvesTo != "" {
				transport = newTransport(nameserver(t, c.resolvesTo))
			}
			d, err := NewDownloader(Config{Hosts: []string{c.host + ":" + port}, TempDir: t.TempDir(), InsecureTransport: transport})
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.Download(t.Context(), itemAt("https://"+c.host+":"+port+"/SECRET"), io.Discard)
			if !errors.Is(err, ErrAddress) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("got %v, want ErrAddress", err)
			}
			if got := connections.Load(); got != 0 {
				t.Errorf("%d connections were made", got)
			}
		})
	}
}

func TestDownloadUnknownName(t *testing.T) {
	t.Parallel()
	transport := newTransport(&net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no nameserver at SECRET")
	}})
	d, err := NewDownloader(Config{Hosts: []string{"mmg.example.com"}, TempDir: t.TempDir(), InsecureTransport: transport})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Download(t.Context(), itemAt("https://mmg.example.com/SECRET"), io.Discard)
	if !errors.Is(err, ErrUnavailable) || !strings.HasSuffix(err.Error(), "the host's name does not resolve") {
		t.Errorf("got %v, want ErrUnavailable about the name", err)
	}
}

// TestDefaults pins what a zero Config means.
func TestDefaults(t *testing.T) {
	t.Parallel()
	d, err := NewDownloader(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]error{
		"https://mmg.whatsapp.net/v/x": nil, "https://media-lhr8-1.cdn.whatsapp.net/v/x": nil,
		"https://whatsapp.net/v/x": ErrHost, "https://web.whatsapp.com/v/x": ErrHost,
	} {
		if _, err := d.allowedURL(t.Context(), &url.URL{}, address); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", address, err, want)
		}
	}
	if d.maxBytes < 25600<<10 {
		t.Errorf("the limit of %d bytes is below what a picker takes", d.maxBytes)
	}
	if newTransport(nil).Proxy != nil {
		t.Error("a proxy is used, which would connect in our place, past the check of addresses")
	}
}
