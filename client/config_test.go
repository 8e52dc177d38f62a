package client_test

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	key := &readKey(t, "a").PublicKey
	tests := map[string]client.Config{
		"no URL":       {PublicKey: key},
		"relative URL": {URL: "/flows/booking", PublicKey: key},
		"other scheme": {URL: "ftp://flows.example", PublicKey: key},
		"broken URL":   {URL: "http://[::1", PublicKey: key},
		"no key":       {URL: "https://flows.example"},
		"empty key":    {URL: "https://flows.example", PublicKey: &rsa.PublicKey{}},
		"1024-bit key": {URL: "https://flows.example", PublicKey: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}},
	}
	for name, cfg := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, err := client.New(cfg); err == nil || c != nil {
				t.Errorf("got %v, %v, want an error", c, err)
			}
		})
	}
}

func TestSecretsPrintNothing(t *testing.T) {
	t.Parallel()
	cfg := client.Config{
		URL: "https://user:s3cret@flows.example/booking?key=s3cret", PublicKey: &readKey(t, "a").PublicKey, AppSecret: []byte("s3cret"),
	}
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	req, err := c.Seal([]byte("s3cret"))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"config": cfg, "config pointer": &cfg, "client": c, "request": req,
		"nested": struct {
			Config client.Config
			Client *client.Client
		}{cfg, c},
	} {
		var printed strings.Builder
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&printed, verb+"\n", value)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		printed.Write(encoded)
		slog.New(slog.NewJSONHandler(&printed, nil)).Info("json", slog.Any("value", value))
		slog.New(slog.NewTextHandler(&printed, nil)).Info("text", slog.Any("value", value))
		for _, secret := range []string{"s3cret", "115 51 99 114 101 116", "0x73, 0x33, 0x63, 0x72, 0x65, 0x74", "733363726574", "czNjcmV0"} {
			if strings.Contains(printed.String(), secret) {
				t.Errorf("%s prints the secret as %q:\n%s", name, secret, printed.String())
			}
		}
		if name != "request" && !strings.Contains(printed.String(), "https://flows.example/booking") {
			t.Errorf("%s does not print the endpoint:\n%s", name, printed.String())
		}
	}
}
