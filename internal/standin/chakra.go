package standin

import (
	"net/http"
	"strings"
)

// Failures of ChakraHQ: the envelope is documented ("Response Format",
// apidocs.chakrahq.com/doc-738798), its messages and statuses are not.
const (
	chakraUnauthorized = `{"_data":{},"_meta":{},"_errors":["Unauthorized: invalid access token"]}`
	chakraForbidden    = `{"_data":{},"_meta":{},"_errors":["Forbidden: the access role lacks a permission"]}`
	chakraTooMany      = `{"_data":{},"_meta":{},"_errors":["Too many requests"]}`
	chakraServerError  = `{"_data":{},"_meta":{},"_errors":["Internal server error"]}`
	chakraPlugin       = `{"_data":{},"_meta":{},"_errors":["WhatsApp plugin not found"]}`
)

// chakra passes Meta's resource on. Its own failures are in "_errors", Meta's
// are passed on with HTTP 400.
type chakra struct{}

const chakraPrefix = "/v1/whatsapp"

func (chakra) isSet(r *Request) bool { return r.Method == http.MethodPost }

func (chakra) success(data any) string { return graphSuccess(data) }

func (chakra) serve(s *Server, r *Request) Answer {
	rest, ours := strings.CutPrefix(r.URI, chakraPrefix)
	path := graphPath.FindStringSubmatch(rest)
	switch {
	case !ours || path == nil || r.Method != http.MethodGet && r.Method != http.MethodPost:
		return textAnswer(http.StatusNotFound, textType, "Not Found")
	case r.Header.Get("Authorization") != "Bearer "+s.account["access_token"]:
		return jsonAnswer(http.StatusUnauthorized, chakraUnauthorized)
	case path[1] != s.account["phone_number_id"]:
		return jsonAnswer(http.StatusBadRequest, graphUnsupported)
	}
	return s.serveGraph(r)
}

func (chakra) failure(f Fault) Answer {
	switch f {
	case Unauthorized:
		return jsonAnswer(http.StatusUnauthorized, chakraUnauthorized)
	case Forbidden:
		return jsonAnswer(http.StatusForbidden, chakraForbidden)
	case RateLimited:
		return inAnHour(jsonAnswer(http.StatusTooManyRequests, chakraTooMany))
	case ServerError:
		return jsonAnswer(http.StatusInternalServerError, chakraServerError)
	case ErrorInOK:
		return jsonAnswer(http.StatusOK, chakraPlugin)
	default:
		return jsonAnswer(http.StatusBadRequest, graphInvalidID)
	}
}

func (chakra) echo(text string) Answer {
	return jsonAnswer(http.StatusBadRequest, encode(map[string]any{"_errors": []string{text}, "_meta": text}))
}
