package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
)

func reachabilityChecks() []check {
	return []check{
		{
			name: "answers", title: "the endpoint answers over HTTP", severity: Must,
			run: func(_ context.Context, s *session) finding {
				if s.first.reply == nil {
					return unmet(s.first.words(), "an HTTP answer within the time limit").saying(s.first.reason()).with(s.cause)
				}
				return passed()
			},
		},
		{
			name: "https", title: "the URL is https, with a certificate that verifies", severity: Must,
			meta:  "Meta calls only https, with a certificate of a public authority: the endpoint would never be called",
			fix:   "serve the URL over https with a certificate of a public authority, its intermediates included",
			wrong: "the URL is not https with a certificate that verifies",
			needs: anAnswer, run: secured,
		},
		{
			name: "status", title: "a health check is answered with 200", severity: Must,
			needs: anAnswer, wrong: "a health check is not answered with status 200", symptom: true,
			run: func(_ context.Context, s *session) finding {
				switch status := s.first.reply.Status; {
				case status == http.StatusOK:
					return passed()
				case status == protocol.StatusBadSignature && !s.signed():
					return unmet("status 432, to an unsigned request", "status 200").with(s.cause).because(reason{
						"none, as far as can be told: Meta signs its requests", "give the app secret, so that the requests of this check are signed",
					})
				default:
					return unmet(s.first.words(), "status 200").saying(s.first.reason()).with(s.cause)
				}
			},
		},
		{
			name: "method", title: "methods other than POST are refused", severity: Should,
			meta:  "none: Meta sends only POST",
			fix:   "answer 405 to other methods at the URL of the endpoint",
			needs: aRequest, risk: strange, wrong: "methods other than POST are not refused", run: faulty("method-get"),
		},
	}
}

func secured(_ context.Context, s *session) finding {
	target, err := url.Parse(s.cfg.URL)
	if err != nil {
		return unmet("a URL that cannot be read", "an https URL")
	}
	local := weburl.IsLoopback(target.Hostname()) || net.ParseIP(target.Hostname()).IsPrivate()
	state := s.wire.tls.Load()
	switch {
	case target.Scheme != "https" && local:
		return skipped("a local address, without TLS")
	case target.Scheme != "https":
		return unmet("a URL of http", "an https URL")
	case state == nil:
		return unmet("no TLS connection", "a TLS connection")
	case len(state.VerifiedChains) == 0:
		return unmet("a certificate that was not verified", "a certificate that verifies")
	}
	return passed()
}

func healthChecks() []check {
	return []check{
		{
			name: "content-type", title: "the answer is text/plain", severity: Should,
			meta:  "the answer is accepted anyway: the content type is documented, but not checked strictly",
			fix:   "set Content-Type: text/plain on sealed answers",
			wrong: "the content type of the answer is not text/plain",
			run: func(_ context.Context, s *session) finding {
				kind, _, err := mime.ParseMediaType(s.first.reply.Header.Get("Content-Type"))
				if err != nil {
					return unmet("no content type that can be read", "text/plain")
				}
				if kind != "text/plain" {
					return unmet(fmt.Sprintf("%.60q", kind), "text/plain")
				}
				return passed()
			},
		},
		{
			name: "base64", title: "the body is bare standard base64", severity: Must,
			meta:  "the phone cannot decode the answer: generic error, response-decryption-error",
			fix:   "send the base64 text (standard alphabet, padded) of ciphertext and tag as the whole body: not as JSON, without quotes, without a line break",
			wrong: "the body is not bare standard base64",
			run: func(_ context.Context, s *session) finding {
				f := bareBase64(s.first.reply)
				if f.met() || f.outcome == Warn {
					return f
				}
				return f.with(s.cause)
			},
		},
		{
			name: "decrypts", title: "the answer opens with the request's key and its IV inverted", severity: Must,
			needs: "health/base64", wrong: "the answer does not open", symptom: true,
			run: func(_ context.Context, s *session) finding {
				if s.first.reply.Clear == nil {
					return unmet(s.first.words(), "an answer that opens").saying(s.first.reason()).with(s.cause)
				}
				return passed()
			},
		},
		{
			name: "active", title: `the clear text is {"data":{"status":"active"}}`, severity: Must,
			meta: pingReason.meta, fix: pingReason.fix, needs: "health/decrypts", wrong: "the answer to a health check has keys that it should not have",
			run: func(_ context.Context, s *session) finding {
				if f := s.first.active(); !f.met() {
					if f.cause == nil {
						f.cause = diagnosis.OfMistake(mistake.PingOther, f.got)
					}
					return f
				}
				if !sameJSON(s.first.reply.Clear, []byte(`{"data":{"status":"active"}}`)) {
					return warned("further keys", `exactly {"data":{"status":"active"}}`)
				}
				return passed()
			},
		},
		{
			name: "every-time", title: "each health check gets its own answer", severity: Must,
			fix:   "do not cache sealed answers: key and IV differ from request to request",
			needs: aPing, wrong: "a second health check is not answered as the first one", symptom: true,
			run: func(ctx context.Context, s *session) finding {
				for range 2 {
					if f := s.send(ctx, ping).active(); !f.met() {
						return f
					}
				}
				return passed()
			},
		},
		{
			name: "version-4", title: "a health check of Data API 4.0 is answered", severity: Must,
			fix:   `accept any version string: "4.0" exists since November 11, 2025`,
			needs: aPing, wrong: "a health check of Data API 4.0 is not answered", run: active(`{"version":"4.0","action":"ping"}`),
		},
		{
			name: "ignores-token", title: "a health check is answered whatever its flow token", severity: Should,
			fix:   "answer a ping before checking the flow token; a refusal lowers the availability",
			needs: aPing, wrong: "a health check with a flow token is not answered",
			run: active(`{"version":"3.0","action":"ping","screen":"","data":{},"flow_token":"flowserver-check-no-such-token"}`),
		},
	}
}

func bareBase64(reply *client.Reply) finding {
	const (
		want     = "standard base64 with padding and nothing around it"
		alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
	)
	body := bytes.TrimSpace(reply.Body)
	switch {
	case len(body) == 0:
		return unmet("an empty body", want)
	case strings.ContainsRune(`{["`, rune(body[0])) && json.Valid(body): // raw ciphertext may begin with any byte
		return unmet("a body of JSON", want)
	case strings.ContainsAny(string(body), "-_") && strings.Trim(string(body), alphabet+"-_") == "":
		return unmet("the URL-safe alphabet", want)
	case strings.ContainsAny(string(body), "\r\n") && strings.Trim(string(body), alphabet+"\r\n") == "":
		f := unmet("line breaks within the base64", want)
		f.wrong = "the base64 of the answer is broken into lines"
		return f
	case strings.Trim(string(body), alphabet) != "":
		return unmet("characters that are not base64", want)
	case len(body)%4 != 0:
		return unmet("a length that is not a multiple of 4: padding is missing", want)
	case len(body) != len(reply.Body):
		f := warned("white space around the base64", want)
		f.wrong = "the answer has a line end or blanks around its base64"
		return f
	}
	return passed()
}

// active sends a clear text that must be answered as a ping.
func active(plaintext string) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding { return s.send(ctx, plaintext).active() }
}

// acknowledged sends a clear text that must be answered as an error notification.
func acknowledged(format string) func(context.Context, *session) finding {
	return func(ctx context.Context, s *session) finding { return s.send(ctx, s.withToken(format)).acknowledged() }
}

func noticeChecks() []check {
	const (
		meta = "the phone ignores the answer, but any status other than 200 counts in the endpoint error rate, and the report of what is wrong with a screen is lost"
		fix  = `before routing on the action: if data has the key "error" (or "error_key") and a string "error_message", log both and ` +
			`answer {"data":{"acknowledged":true}}, sealed`
	)
	notice := func(name, title string, severity Severity, format string) check {
		level := sound
		if severity == Should {
			level = strange
		}
		wrong := strings.Replace(title, "is acknowledged", "is not acknowledged", 1)
		return check{name: name, risk: level, title: title, severity: severity, wrong: wrong, meta: meta, fix: fix, run: acknowledged(format)}
	}
	return []check{
		notice("error", "an error notification is acknowledged", Must,
			`{"version":"3.0","action":"data_exchange","screen":"FLOWSERVER_CHECK","data":{"error":"payload-schema-error",`+
				`"error_message":"sent by flowserver check"},"flow_token":%s}`),
		notice("error-key", "an error notification with the older key error_key is acknowledged", Should,
			`{"version":"3.0","action":"data_exchange","screen":"FLOWSERVER_CHECK","data":{"error_key":"payload-schema-error",`+
				`"error_message":"sent by flowserver check"},"flow_token":%s}`),
		notice("empty-key", "an error notification whose error is empty is acknowledged", Should,
			`{"version":"3.0","action":"data_exchange","screen":"FLOWSERVER_CHECK","data":{"error":"","error_message":"sent by flowserver check"},"flow_token":%s}`),
		notice("init", "an error notification about INIT, without a screen, is acknowledged", Must,
			`{"version":"3.0","action":"INIT","screen":"","data":{"error":"invalid-screen-transition","error_message":"sent by flowserver check"},"flow_token":%s}`),
		notice("navigate", "an error notification with the action navigate is acknowledged", Should,
			`{"version":"3.0","action":"navigate","screen":"FLOWSERVER_CHECK","data":{"error":"payload-schema-error","error_message":"sent `+
				`by flowserver check"},"flow_token":%s}`),
		notice("number-version", "an error notification whose version is the number 300 is acknowledged", Should,
			`{"version":300,"action":"data_exchange","screen":"FLOWSERVER_CHECK","data":{"error":"payload-schema-error",`+
				`"error_message":"sent by flowserver check"},"flow_token":%s}`),
	}
}
