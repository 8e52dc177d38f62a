package standin

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// Failures of Kaleyra as its page "Get Encryption Public Key" prints them.
const (
	kaleyraUnauthorized = `{
  "code": "RBC001",
  "message": "Incorrect SID or API key.",
  "data": [],
  "error": {
    "error": "Incorrect SID or API key."
  }
}`
	kaleyraWrongAccount = `{
  "code": "WA-401",
  "message": "API is not available for given customer.Please contact support for more info",
  "data": {},
  "error": "API is not available for given customer.Please contact support for more info"
}`
	kaleyraIncorrectPayload = `{
  "code": "WA-400",
  "message": "Refer to correct payload format",
  "data": {},
  "error": {
    "payload": "Incorrect payload format"
  }
}`
	kaleyraServerError = `{
  "code": "WA-500",
  "message": "Please try again later",
  "data": {},
  "error": {
    "error": "Internal server error"
  }
}`
)

const formType = "application/x-www-form-urlencoded"

// kaleyraEnvelope has its fields in the order of the page.
type kaleyraEnvelope struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
	*flat
	Error any `json:"error"`
}

// kaleyra reads and sets with POST; the form field makes the difference.
type kaleyra struct {
	refusal atomic.Int64 // of a POST without the field: see ReadByGET
}

// ReadByGET makes a stand-in for Kaleyra take every POST for a set, and read by
// GET, as the real gateway may (the get page prints the request of the set
// page). status is what an empty POST is refused with: 405 as text, or 400 as
// WA-400. It has no effect on other dialects.
func (s *Server) ReadByGET(status int) {
	if k, ok := s.vendor.(*kaleyra); ok {
		k.refusal.Store(int64(status))
	}
}

func (*kaleyra) isSet(r *Request) bool { return r.Method == http.MethodPost && r.Body != "" }

func (*kaleyra) success(data any) string {
	envelope := kaleyraEnvelope{Code: "WA-200", Message: "Request Processed Successfully", Data: data, Error: struct{}{}}
	if object, ok := data.(flat); ok {
		envelope.Data, envelope.flat = nil, &object
	}
	return encode(envelope)
}

func (k *kaleyra) serve(s *Server, r *Request) Answer {
	sid, number, ok := kaleyraPath(r.URI)
	switch {
	case !ok:
		return textAnswer(http.StatusNotFound, textType, "Not Found")
	case sid != s.account["sid"] || r.Header.Get("Api-Key") != s.account["api_key"]:
		return jsonAnswer(http.StatusUnauthorized, kaleyraUnauthorized)
	case number != s.account["phone_number"]: // what an unknown number gets is not documented
		return jsonAnswer(http.StatusBadRequest, kaleyraIncorrectPayload)
	}
	refusal := int(k.refusal.Load())
	switch {
	case k.isSet(r):
		return k.set(s, r)
	case r.Method == http.MethodPost && refusal == 0 && r.Header.Get("Content-Type") == formType,
		r.Method == http.MethodGet && refusal != 0:
		return jsonAnswer(http.StatusOK, k.success([]entry{s.entry()}))
	case r.Method == http.MethodPost && refusal != http.StatusMethodNotAllowed:
		return jsonAnswer(http.StatusBadRequest, kaleyraIncorrectPayload)
	default:
		return textAnswer(http.StatusMethodNotAllowed, textType, "Method Not Allowed")
	}
}

func (k *kaleyra) set(s *Server, r *Request) Answer {
	form, err := url.ParseQuery(r.Body)
	if err != nil || r.Header.Get("Content-Type") != formType || !acceptable(form.Get(keyField)) {
		return jsonAnswer(http.StatusBadRequest, kaleyraIncorrectPayload)
	}
	s.Register(form.Get(keyField), statusValid)
	return jsonAnswer(http.StatusOK, k.success(map[string]bool{"success": true})) // not documented
}

// kaleyraPath wants the + of the number as it is: the page sends it so.
func kaleyraPath(uri string) (sid, number string, ok bool) {
	parts := strings.Split(uri, "/")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "v2" || parts[3] != "whatsapp" || parts[5] != "flows_encryption" {
		return "", "", false
	}
	return parts[2], parts[4], true
}

func (*kaleyra) failure(f Fault) Answer {
	switch f {
	case Unauthorized:
		return jsonAnswer(http.StatusUnauthorized, kaleyraUnauthorized)
	case Forbidden:
		return jsonAnswer(http.StatusUnauthorized, kaleyraWrongAccount)
	case RateLimited: // not documented
		return inAnHour(textAnswer(http.StatusTooManyRequests, textType, "Too Many Requests"))
	case ServerError:
		return jsonAnswer(http.StatusInternalServerError, kaleyraServerError)
	case ErrorInOK:
		return jsonAnswer(http.StatusOK, kaleyraUnauthorized)
	default:
		return jsonAnswer(http.StatusBadRequest, kaleyraIncorrectPayload)
	}
}

func (*kaleyra) echo(text string) Answer {
	return jsonAnswer(http.StatusBadRequest, encode(map[string]any{
		"code": text, "message": "refused: " + text, "data": text, "error": map[string]string{"error": text + "!"},
	}))
}
