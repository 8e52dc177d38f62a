package outbound_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/flowserver/flowserver/internal/outbound"
)

func TestPrintableURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://flows.example.com/a?b=s3cret":      "https://flows.example.com/a",
		"https://user:s3cret@flows.example.com:8/a": "https://flows.example.com:8/a",
		"https://flows.example.com/a#s3cret":        "https://flows.example.com/a",
		"https://s3cret:%zz@host":                   "(not a URL)",
		"":                                          "",
	} {
		if got := outbound.PrintableURL(raw); got != want {
			t.Errorf("PrintableURL(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestRefuseRedirects(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.RedirectHandler("/elsewhere", http.StatusFound))
	t.Cleanup(server.Close)
	client := http.Client{CheckRedirect: outbound.RefuseRedirects}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusFound {
		t.Errorf("got status %d, want the redirect itself", resp.StatusCode)
	}
}
