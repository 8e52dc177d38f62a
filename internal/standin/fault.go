package standin

import (
	"net/http"
	"slices"
	"strings"
)

// Fault is a way to misbehave.
type Fault string

// The faults. Those of the first group have a shape of the vendor's own; some
// of these are documented, see the source.
const (
	Unauthorized Fault = "unauthorized" // credentials refused
	Forbidden    Fault = "forbidden"    // credentials right, not permitted
	BadRequest   Fault = "bad request"
	RateLimited  Fault = "rate limited" // asks for a wait of an hour
	ServerError  Fault = "server error"
	ErrorInOK    Fault = "error in 200"

	NotFoundText Fault = "not found as text"
	HTML         Fault = "html in 200"
	HTMLGateway  Fault = "html in 502"
	BrokenJSON   Fault = "broken json"
	Huge         Fault = "huge"     // 1 MiB of sound JSON
	Redirect     Fault = "redirect" // 307, which keeps method and body; see RedirectTo
	Slow         Fault = "slow"     // no answer for as long as the client waits
	Reset        Fault = "connection reset"
	SetThenReset Fault = "set, then connection reset" // only sets meet it

	// Answers that repeat what the client sent, headers and path.
	EchoError Fault = "echo in error"
	EchoText  Fault = "echo in text"
	EchoHTML  Fault = "echo in html"

	// Unusual shapes of a success. Only reads meet them.
	BlankKey    Fault = "blank key and MISMATCH"
	NullKey     Fault = "null key"
	EmptyArray  Fault = "data is an empty array"
	EmptyObject Fault = "data is an empty object"
	Flat        Fault = "flat object" // the key on record, without data
)

// Faults returns all faults.
func Faults() []Fault {
	return []Fault{
		Unauthorized, Forbidden, BadRequest, RateLimited, ServerError, ErrorInOK,
		NotFoundText, HTML, HTMLGateway, BrokenJSON, Huge, Redirect, Slow, Reset, SetThenReset,
		EchoError, EchoText, EchoHTML,
		BlankKey, NullKey, EmptyArray, EmptyObject, Flat,
	}
}

const (
	htmlType = "text/html; charset=utf-8"
	htmlPage = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"
	textType = "text/plain; charset=utf-8"
)

// answer is the answer to a request that meets the fault, "" for none.
func (s *Server) answer(f Fault, r *Request) Answer {
	switch f {
	case Unauthorized, Forbidden, BadRequest, RateLimited, ServerError, ErrorInOK:
		return s.vendor.failure(f)
	case NotFoundText:
		return textAnswer(http.StatusNotFound, textType, "Not Found")
	case HTML:
		return textAnswer(http.StatusOK, htmlType, htmlPage)
	case HTMLGateway:
		return textAnswer(http.StatusBadGateway, htmlType, htmlPage)
	case BrokenJSON:
		whole := s.vendor.success([]entry{s.entry()})
		return jsonAnswer(http.StatusOK, whole[:len(whole)/2])
	case Huge:
		whole := s.vendor.success([]entry{s.entry()})
		return jsonAnswer(http.StatusOK, strings.Repeat(" ", 1<<20)+whole)
	case Redirect:
		a := textAnswer(http.StatusTemporaryRedirect, textType, "")
		a.Header.Set("Location", s.redirectTarget())
		return a
	case EchoError, EchoText, EchoHTML:
		return s.echo(f, r)
	default:
		if data, ok := s.shape(f); ok && !s.vendor.isSet(r) {
			return jsonAnswer(http.StatusOK, s.vendor.success(data))
		}
		return s.vendor.serve(s, r)
	}
}

// shape is the data of an unusual success.
func (s *Server) shape(f Fault) (data any, ok bool) {
	switch f {
	case BlankKey:
		return []entry{{Key: " ", Status: statusMismatch}}, true
	case NullKey:
		return []map[string]any{{keyField: nil, keyField + "_signature_status": nil}}, true
	case EmptyArray:
		return []entry{}, true
	case EmptyObject:
		return struct{}{}, true
	case Flat:
		return flat{s.entry()}, true
	default:
		return nil, false
	}
}

func (s *Server) redirectTarget() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.redirect
}

// echo repeats the request in body and headers.
func (s *Server) echo(f Fault, r *Request) Answer {
	said := make([]string, 0, len(r.Header)+1)
	for name, values := range r.Header {
		said = append(said, name+": "+strings.Join(values, " "))
	}
	slices.Sort(said)
	text := strings.Join(append(said, r.URI), " ")
	var a Answer
	switch f {
	case EchoText:
		a = textAnswer(http.StatusBadRequest, textType, "refused: "+text)
	case EchoHTML:
		a = textAnswer(http.StatusBadGateway, htmlType, "<html><body>refused: "+text+"</body></html>")
	default:
		a = s.vendor.echo(text)
	}
	a.Header.Set("Retry-After", text)
	a.Header.Set("X-Echo", text)
	return a
}
