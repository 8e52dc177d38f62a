package exchange

import (
	"net/http"
	"net/url"
	"strings"
)

// ReasonHeader is the response header that says why a request failed, where
// [Config.ExposeReason] allows it: one line of text, escaped by [url.PathEscape].
const ReasonHeader = "Flowserver-Reason"

// maxReason keeps the header well below the limits of HTTP clients, in bytes before
// it is escaped.
const maxReason = 2000

// setReason sets the header that says why a request failed.
func setReason(header http.Header, err error) {
	line := strings.Join(strings.Fields(err.Error()), " ")
	line = strings.ToValidUTF8(line[:min(len(line), maxReason)], "")
	header.Set(ReasonHeader, url.PathEscape(line))
}
