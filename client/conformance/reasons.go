package conformance

import (
	"errors"
	"net/http"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// What Meta does is from "Implementing Endpoints for Flows" (June 28, 2026), "Flows
// error codes" (July 2026), "Flows health and monitoring" (June 16, 2026) and
// "Flows webhooks" (June 16, 2026); what the phone does beyond that is from Meta's
// web client as observed in 2026. That refused pings lower the availability is from AWS,
// "Setting up Dynamic Flows" (September 2026).

var (
	pingReason = reason{
		"the health check fails: the flow cannot be published (139002, Endpoint Not Available), and the availability alert fires below 90 % over 10 minutes",
		`answer action "ping" with {"data":{"status":"active"}}, sealed, before any look at token, database or rate limit`,
	}
	screenReason = reason{
		"the phone cannot show the answer: generic error; it may report payload-schema-error or invalid-screen-transition, which count in the client error rate",
		`answer {"screen":"<an id of the routing model>","data":{…}}; data is always an object, {} if there is nothing to show`,
	}
	// Meta's error page shows plain JSON in a 427; its sample endpoint and web client seal it.
	clear427Reason = reason{
		"the phone tries to open any body of a 427: your text is lost, and the button of the message may stay enabled",
		`leave the body empty, or seal {"error_msg":"…"} like any answer`,
	}
	silentReason = reason{
		"Meta counts no_http_response_error or timeout_error in the endpoint error rate, and the phone shows a generic error",
		"answer every request with a status; a crash or an unhandled exception must not close the connection",
	}
	crashReason = reason{
		"Meta counts each 5xx as unexpected_http_status_code in the endpoint error rate, with alerts at 5, 10 and 50 % over 30 minutes",
		"catch the exception behind it, and refuse such input with a 4xx",
	}
)

// reason explains an answer to a sound request that should have been a usable 200.
func (a answer) reason() reason {
	switch {
	case a.timedOut():
		return reason{
			"after 10 s Meta gives up (timeout_error): the phone shows a timeout and offers a retry; the latency alerts come at 1, 5 and 7 s (p90)",
			"answer well under 1 s; do slow work after the answer",
		}
	case a.reply == nil:
		return silentReason
	case errors.Is(a.err, client.ErrUndecryptable):
		return reason{
			"the phone cannot open the answer: it shows a generic error and reports response-decryption-error, which counts in the client error rate",
			"seal with AES-128-GCM under the request's key, with every bit of its IV inverted, the 16-byte tag at the end; send bare base64",
		}
	case a.err != nil:
		return screenReason
	}
	switch status := a.reply.Status; {
	case status == protocol.StatusKeyMismatch:
		return reason{
			"the phone fetches the public key again and sends once more; after a second 421 it shows a generic error and reports business-decryption-error",
			"check that the private key belongs to the given public key, and decrypt by RSA-OAEP with SHA-256 for the hash and for MGF1, " +
				"then AES-128-GCM with the 16-byte IV",
		}
	case status == protocol.StatusBadSignature:
		return reason{
			"the phone shows a generic error to every user",
			"check that the app secret is the one of the app that is connected to the flow, and compute HMAC-SHA256 over the raw bytes of " +
				"the body, before any JSON parser",
		}
	case status == protocol.StatusTokenExpired:
		return reason{
			"the phone shows that the flow is closed and disables the button of the message; a health check refused so lowers the availability",
			"answer 427 only if the flow token is no longer valid, and never to a ping",
		}
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return reason{
			"Meta counts unexpected_http_status_code in the endpoint error rate, and the phone shows a generic error",
			"check the URL: the endpoint must accept POST at exactly the endpoint_uri of the flow",
		}
	case status/100 == 3:
		return reason{
			"Meta documents no following of redirects: unexpected_http_status_code, and the phone shows a generic error",
			"set endpoint_uri to the address that answers itself: https, final host, trailing slash",
		}
	default:
		return reason{
			"Meta counts unexpected_http_status_code in the endpoint error rate (alerts at 5, 10 and 50 % over 30 minutes); the phone shows a generic error",
			"answer sound requests with exactly 200; the endpoint's log should say why it did not",
		}
	}
}
