package diagnosis

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/flowserver/flowserver/internal/printable"
)

// unknownPage is the ID of a page that is none of [pages].
const unknownPage = "page"

// maxPage bounds how much of a body is searched for the signs of a page.
const maxPage = 64 << 10

// page is a web page that stands where an endpoint should answer.
type page struct {
	id, text, fix string
	signs         []string // any of them in the body or the headers, in lower case
}

// pages are known by what they say. Read on loopback copies of the pages that the
// services sent in 2026.
func pages() []page {
	const tunnel = "a browser would have to confirm it, which WhatsApp cannot"
	return []page{
		{
			"page-ngrok", "a warning page of ngrok is in front of the endpoint: " + tunnel,
			"use a paid plan or another tunnel: WhatsApp does not send the header ngrok-skip-browser-warning",
			[]string{"err_ngrok_6024", "ngrok-skip-browser-warning", "you are about to visit"},
		},
		{
			"tunnel-down", "the tunnel of ngrok is there, but no program answers behind it",
			"start the tunnel and the endpoint, and check the port that the tunnel forwards to",
			[]string{"err_ngrok_", "ngrok-error-code: err_ngrok"},
		},
		{
			"page-localtunnel", "the password page of localtunnel is in front of the endpoint: " + tunnel,
			"use a tunnel without such a page: WhatsApp does not send the header bypass-tunnel-reminder",
			[]string{"bypass-tunnel-reminder", "localtunnel", "loca.lt"},
		},
		{
			"page-cloudflare", "a challenge page of Cloudflare is in front of the endpoint: " + tunnel,
			"switch off bot protection and challenges for the path of the endpoint",
			[]string{"cf-mitigated: challenge", "challenge-platform", "cf-chl-", "just a moment...", "attention required! | cloudflare"},
		},
		{
			"tunnel-down", "Cloudflare is there, but no server answers behind it",
			"start the tunnel and the endpoint, and check the address that Cloudflare forwards to",
			[]string{"error 1033", "error code: 1033", "error code: 52", "cloudflare tunnel error", "origin is unreachable", "web server is down"},
		},
		{
			"login-required", "a login page is in front of the endpoint",
			"serve the endpoint without a login: the signature is what authenticates WhatsApp",
			[]string{`type="password"`, "type='password'", "type=password", "cloudflareaccess.com", "sso.vercel", "vercel authentication", "authentication required"},
		},
		{
			"page-tls-port", "the port expects https, but the URL says http", "begin the URL with https://",
			[]string{"client sent an http request to an https server", "plain http request was sent to https port"},
		},
	}
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.{1,200}?)</title>`)

// Page recognizes web pages in an answer: warnings of tunnels, challenges, login pages,
// error pages. It returns nil if the answer is not a page.
func Page(header http.Header, body []byte) *Cause {
	text := strings.ToLower(string(body[:min(len(body), maxPage)]))
	// The content type does not help: some frameworks call every text text/html.
	isText := strings.HasPrefix(http.DetectContentType(body), "text/") // raw ciphertext may begin with any byte
	isPage := isText && strings.HasPrefix(strings.TrimLeft(text, "\ufeff \t\r\n"), "<") || strings.Contains(text[:min(len(text), 1024)], "<html")
	var named strings.Builder
	for _, name := range []string{"Cf-Mitigated", "Ngrok-Error-Code"} {
		if value := header.Get(name); value != "" {
			fmt.Fprintf(&named, "%s: %s\n", strings.ToLower(name), strings.ToLower(value))
		}
	}
	for _, known := range pages() {
		for _, sign := range known.signs {
			inText := isPage || known.id == "page-tls-port" || strings.HasPrefix(sign, "error code") // these come as plain text
			if strings.Contains(named.String(), sign) || inText && strings.Contains(text, sign) {
				return &Cause{ID: known.id, Text: known.text, Evidence: fmt.Sprintf("the answer contains %q", sign), Fix: known.fix}
			}
		}
	}
	if !isPage || len(strings.TrimSpace(text)) == 0 {
		return nil
	}
	return &Cause{
		ID: unknownPage, Text: "the answer is a web page, not a sealed text" + titled(body),
		Fix: "check the URL: the page comes from a website, a framework's error page, or something in front of the endpoint",
	}
}

// titled quotes the title of a page.
func titled(body []byte) string {
	found := title.FindSubmatch(body[:min(len(body), maxPage)])
	if found == nil {
		return ""
	}
	text := strings.Join(strings.Fields(html.UnescapeString(string(found[1]))), " ")
	return fmt.Sprintf(", with the title %q", printable.Line(text[:min(len(text), 80)]))
}

// isLogin reports whether a redirect leads to a login.
func isLogin(target string) bool {
	target = strings.ToLower(target)
	for _, word := range []string{"login", "signin", "sign-in", "/auth", "oauth", "/sso", "sso.", "accounts.google.", "cloudflareaccess.com"} {
		if strings.Contains(target, word) {
			return true
		}
	}
	return false
}
