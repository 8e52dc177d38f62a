package standin

import (
	"net/http"
	"strings"
)

// The names of the account's values that say how a provider that passes the Graph API on
// wants to be asked; the first two are keys of the configuration.
const (
	passThroughHeader = "header"
	passThroughPath   = "path"
)

// passThrough is a provider that passes Meta's resource on under an address and with a
// header of its own, for example 360dialog: the account's header and path. Failures of its own have Meta's
// form.
type passThrough struct{ meta }

func (passThrough) serve(s *Server, r *Request) Answer {
	name, scheme, _ := strings.Cut(s.account[passThroughHeader], " ")
	path, _, _ := strings.Cut(r.URI, "?")
	switch {
	case path != s.account[passThroughPath]:
		return textAnswer(http.StatusNotFound, textType, "Not Found")
	case r.Header.Get(name) != strings.TrimSpace(scheme+" "+s.account["access_token"]):
		return jsonAnswer(http.StatusUnauthorized, graphInvalidToken)
	}
	return s.serveGraph(r)
}
