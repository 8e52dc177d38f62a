package standin

import (
	"encoding/json"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Answers of the Graph API, from Meta's OpenAPI of the Business Messaging API
// (v23.0, November 21, 2025). The trace ids are made up.
const (
	//nolint:gosec // G101: an answer that speaks of a token, not one
	graphInvalidToken = `{"error":{"message":"Invalid OAuth access token","type":"OAuthException","code":190,"error_subcode":463,"fbtrace_id":"AbCdEfGhIjK"}}`
	graphForbidden    = `{"error":{"message":"Your app doesn't have permission to access this WhatsApp Business phone number","type":"OAuthException","code":200,"error_subcode":1349174,"fbtrace_id":"AbCdEfGhIjK","error_user_title":"Permission Denied","error_user_msg":"Your app doesn't have permission to access this resource"}}`
	graphNoNumber     = `{"error":{"message":"WhatsApp Business phone number not found","type":"GraphMethodException","code":803,"fbtrace_id":"AbCdEfGhIjK"}}`
	graphInvalidID    = `{"error":{"message":"Invalid parameter: phone_number_id must be a valid numeric string","type":"OAuthException","code":100,"fbtrace_id":"AbCdEfGhIjK"}}`
	graphInvalidKey   = `{"error":{"message":"Business public key is invalid","type":"OAuthException","code":100,"fbtrace_id":"AbCdEfGhIjK","error_user_title":"Invalid Public Key","error_user_msg":"The provided public key format is invalid"}}`
	graphMissingKey   = `{"error":{"message":"Missing required parameter: business_public_key","type":"OAuthException","code":100,"fbtrace_id":"AbCdEfGhIjK"}}`
	graphRateLimited  = `{"error":{"message":"Application request limit reached","type":"OAuthException","code":4,"error_subcode":2446079,"fbtrace_id":"AbCdEfGhIjK","is_transient":true}}`
	graphServerError  = `{"error":{"message":"An unexpected error occurred. Please retry your request","type":"GraphMethodException","code":2,"fbtrace_id":"AbCdEfGhIjK","is_transient":true}}`
	// seen in practice, not documented: any object that the token may not see
	graphUnsupported = `{"error":{"message":"Unsupported get request. Object with ID does not exist, cannot be loaded due to missing permissions, or does not support this operation","type":"GraphMethodException","code":100,"error_subcode":33,"fbtrace_id":"AbCdEfGhIjK"}}`
)

var graphPath = regexp.MustCompile(`^/v[0-9]+\.[0-9]+/([^/?]+)/whatsapp_business_encryption(\?.*)?$`)

// meta is the Graph API.
type meta struct{}

func (meta) isSet(r *Request) bool { return r.Method == http.MethodPost }

func (meta) success(data any) string { return graphSuccess(data) }

func (meta) serve(s *Server, r *Request) Answer {
	path := graphPath.FindStringSubmatch(r.URI)
	switch {
	case path == nil:
		return jsonAnswer(http.StatusBadRequest, graphUnsupported)
	case r.Header.Get("Authorization") != "Bearer "+s.account["access_token"]:
		return jsonAnswer(http.StatusUnauthorized, graphInvalidToken)
	case strings.Trim(path[1], "0123456789") != "":
		return jsonAnswer(http.StatusBadRequest, graphInvalidID)
	case path[1] != s.account["phone_number_id"]:
		return jsonAnswer(http.StatusNotFound, graphNoNumber)
	}
	return s.serveGraph(r)
}

func (meta) failure(f Fault) Answer {
	switch f {
	case Unauthorized:
		return jsonAnswer(http.StatusUnauthorized, graphInvalidToken)
	case Forbidden:
		return jsonAnswer(http.StatusForbidden, graphForbidden)
	case RateLimited:
		return inAnHour(jsonAnswer(http.StatusTooManyRequests, graphRateLimited))
	case ServerError:
		return jsonAnswer(http.StatusInternalServerError, graphServerError)
	case ErrorInOK:
		return jsonAnswer(http.StatusOK, graphInvalidToken)
	default:
		return jsonAnswer(http.StatusBadRequest, graphInvalidID)
	}
}

func (meta) echo(text string) Answer { return graphEcho(text) }

// graphSuccess is {"data":…}, or data itself if it is flat.
func graphSuccess(data any) string {
	if object, ok := data.(flat); ok {
		return encode(object)
	}
	return encode(struct {
		Data any `json:"data"`
	}{data})
}

func graphEcho(text string) Answer {
	return jsonAnswer(http.StatusBadRequest, encode(map[string]any{"error": map[string]any{
		"message": "refused: " + text, "error_user_msg": text, "type": text, "code": text, "error_subcode": text, "fbtrace_id": text,
	}}))
}

func inAnHour(a Answer) Answer {
	a.Header.Set("Retry-After", "3600")
	return a
}

// serveGraph reads or sets, for a request that is let in.
func (s *Server) serveGraph(r *Request) Answer {
	switch r.Method {
	case http.MethodGet:
		return jsonAnswer(http.StatusOK, graphSuccess([]entry{s.entry()}))
	case http.MethodPost:
		pem, ok := graphKeyOf(r)
		switch {
		case !ok:
			return jsonAnswer(http.StatusBadRequest, graphMissingKey)
		case !acceptable(pem):
			return jsonAnswer(http.StatusBadRequest, graphInvalidKey)
		}
		s.Register(pem, statusValid)
		return jsonAnswer(http.StatusOK, `{"success":true}`)
	default:
		return jsonAnswer(http.StatusBadRequest, graphUnsupported)
	}
}

// graphKeyOf reads the key from a form (Meta's guide), multipart form (Meta's
// reference) or JSON (ChakraHQ's SDK on sibling routes).
func graphKeyOf(r *Request) (pem string, ok bool) {
	contentType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", false
	}
	fields := map[string][]string{}
	switch contentType {
	case applicationJSON:
		var object map[string]string
		if json.Unmarshal([]byte(r.Body), &object) != nil {
			return "", false
		}
		for name, value := range object {
			fields[name] = []string{value}
		}
	case formType:
		fields, err = url.ParseQuery(r.Body)
	case "multipart/form-data":
		var form *multipart.Form
		form, err = multipart.NewReader(strings.NewReader(r.Body), params["boundary"]).ReadForm(maxRequestBody)
		if err == nil {
			fields = form.Value
		}
	}
	if err != nil || len(fields[keyField]) == 0 {
		return "", false
	}
	return fields[keyField][0], true
}
