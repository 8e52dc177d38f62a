package weburl_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/weburl"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://example.com":       "",
		"http://[::1]:8080/a?b=c":   "",
		"ftp://example.com":         "", // which schemes are useful is for the caller to say
		"":                          "is not a URL",
		"SECRET.example.com":        "is not a URL",
		"//example.com/SECRET":      "is not a URL",
		"https://":                  "is not a URL",
		"https://:80/SECRET":        "is not a URL",
		"http://[SECRET":            "is not a URL",
		"https://SECRET@example.co": "has a user or password in it",
		"https://u:SECRET@a.com/#b": "has a user or password in it",
		"https://example.com/#b":    "has a # part, which is never sent",
	} {
		u, wrong, remedy := weburl.Parse(text)
		if wrong != want || (u == nil) != (want != "") || (remedy == "") != (want == "") {
			t.Errorf("%q: got %v, %q, %q, want %q", text, u, wrong, remedy, want)
		}
		if strings.Contains(wrong+remedy, "SECRET") {
			t.Errorf("%q: the text is quoted: %q, %q", text, wrong, remedy)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"": false, "localhost.example.com": false, "10.0.0.1": false, "0.0.0.0": false, "example.com": false,
	} {
		if got := weburl.IsLoopback(host); got != want {
			t.Errorf("IsLoopback(%q): got %v, want %v", host, got, want)
		}
	}
}
