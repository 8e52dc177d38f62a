package weburl_test

import (
	"testing"

	"github.com/flowserver/flowserver/internal/weburl"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://flows.example.com/a?b=s3cret":      "https://flows.example.com/a",
		"https://user:s3cret@flows.example.com:8/a": "https://flows.example.com:8/a",
		"https://flows.example.com/a#s3cret":        "https://flows.example.com/a",
		"https://s3cret:%zz@host":                   "(not a URL)",
		"":                                          "",
	} {
		if got := weburl.Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
	}
}
