package diagnosis

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
)

// Cause is why an answer is not what a phone needs.
type Cause struct {
	ID       string // in kebab case, stable: that of a [mistake.Mistake], or one of this package; empty if not known
	Text     string // what is wrong, or what was seen if the cause is not known; a clause
	Evidence string // how it is known; a clause, may be empty
	Fix      string // what to do; a clause, may be empty
	Code     []mistake.Code
}

// Known reports whether the evidence is conclusive.
func (c *Cause) Known() bool { return c.ID != "" }

// String is the first line about a cause.
func (c *Cause) String() string {
	if !c.Known() {
		return "cause not known: " + c.Text
	}
	return c.Text
}

// OfMistake returns the cause that a mistake is.
func OfMistake(id mistake.ID, evidence string) *Cause {
	m := mistake.Named(id)
	return &Cause{ID: string(m.ID), Text: m.Text, Evidence: evidence, Fix: m.Fix, Code: m.Code}
}

// Read finds the cause in one answer to a sound request, without any further request.
// It returns nil if reply has status 200 and opens, or 427 and opens or is empty. What [client.Client.Send] returned
// are reply and err.
func Read(reply *client.Reply, err error) *Cause {
	switch {
	case reply == nil:
		return silent(err)
	case err == nil && (reply.Status == http.StatusOK || reply.Status == protocol.StatusTokenExpired):
		return nil
	}
	if found := client.Mistakes(err); len(found) > 0 {
		return ofMistakes(found)
	}
	if page := Page(reply.Header, reply.Body); page != nil {
		if of := ofStatus(reply); page.ID == unknownPage && err == nil && of.Known() {
			return of // a framework's page for that status
		}
		return page
	}
	switch {
	case errors.Is(err, client.ErrMalformed):
		return &Cause{
			ID: "answer-malformed", Text: err.Error(), Evidence: "the answer opens",
			Fix: `answer a health check with {"data":{"status":"active"}}, and other requests with {"screen":"<an id of the routing model>","data":{…}}; ` +
				"data is always an object, {} if there is nothing to show (in PHP: (object)[])",
		}
	case err != nil && encoded(reply):
		return &Cause{
			ID: contentEncoding, Text: "the answer is compressed in a way that the request does not accept: Accept-Encoding is gzip, Content-Encoding is another one",
			Evidence: evidenceOf(reply), Fix: withoutEncoding,
		}
	case err != nil:
		return &Cause{Text: err.Error(), Evidence: evidenceOf(reply)}
	}
	return ofStatus(reply)
}

// encoded reports whether an answer says that it is still compressed. The transport has
// undone gzip, and taken the header away.
func encoded(reply *client.Reply) bool {
	encoding := strings.ToLower(reply.Header.Get("Content-Encoding"))
	return encoding != "" && encoding != "identity"
}

// evidenceOf describes an answer without anything that is in it.
func evidenceOf(reply *client.Reply) string {
	text := fmt.Sprintf("it has status %d and %d bytes", reply.Status, len(reply.Body))
	sealed, err := base64.StdEncoding.DecodeString(string(reply.Body))
	if err != nil {
		return text
	}
	return fmt.Sprintf("%s, which are base64 of %d; known mistakes in key, IV, tag, mode and encoding do not explain it", text, len(sealed))
}

// ofMistakes is the outermost mistake, with the others in its text.
func ofMistakes(found []mistake.ID) *Cause {
	c := OfMistake(found[0], evidenceFor(found))
	for _, id := range found[1:] {
		more := mistake.Named(id)
		c.Text += ", and " + more.Text
		c.Fix += "; then " + more.Fix
	}
	return c
}

// evidenceFor says how the mistakes of an answer are known; empty if their text says so.
func evidenceFor(found []mistake.ID) string {
	unopened := []mistake.ID{
		mistake.AnswerEmpty, mistake.AnswerPrinted, mistake.AnswerAsText, mistake.AnswerEnvelope, mistake.AnswerJOSE, mistake.AnswerSalted,
		mistake.AnswerFernet,
	}
	switch last := found[len(found)-1]; {
	case slices.Contains(unopened, last):
		return ""
	case last == mistake.AnswerClear || last == mistake.AnswerEncoded:
		return "the members of an answer can be read in it"
	case last == mistake.IVOther:
		return "under the AES key of the request, its bytes are those of the right text"
	case last.OfClearText():
		return "the answer opens"
	}
	return "the answer opens once this is undone"
}

// ofStatus reads what the status alone says.
func ofStatus(reply *client.Reply) *Cause {
	status := fmt.Sprintf("status %d", reply.Status)
	if reason := reply.Reason(); reason != "" {
		status += ", because " + reason
	}
	switch reply.Status {
	case http.StatusNotFound:
		return &Cause{
			ID: "nothing-at-url", Text: "nothing is served at this URL (status 404)",
			Fix: "check the path of the URL: the endpoint must accept POST at exactly the endpoint URI of the Flow",
		}
	case http.StatusMethodNotAllowed:
		return &Cause{
			ID: "post-not-accepted", Text: "POST is not accepted at this URL (status 405)",
			Fix: "check the path of the URL, and that its route accepts POST",
		}
	case http.StatusTooManyRequests:
		return &Cause{
			ID: "rate-limited", Text: "the endpoint limits the rate of requests (status 429)",
			Fix: "exempt WhatsApp from the limit: the requests of all users come from Meta's servers",
		}
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		if scheme, _, _ := strings.Cut(reply.Header.Get("WWW-Authenticate"), " "); scheme != "" {
			return &Cause{
				ID: "login-required", Text: fmt.Sprintf("a login is required (%s): HTTP authentication %.20q is in front of the endpoint", status, scheme),
				Fix: "serve the endpoint without a login: the signature is what authenticates WhatsApp",
			}
		}
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return &Cause{
			ID: "gateway", Text: fmt.Sprintf("a gateway gets no answer from the server behind it (%s)", status),
			Fix: "look at the logs of both: is the server behind the gateway running, at the address that the gateway knows?",
		}
	}
	switch reply.Status / 100 {
	case 2:
		return &Cause{
			ID: "success-not-200", Text: fmt.Sprintf("the answer has status %d, not 200", reply.Status),
			Fix: "answer valid requests with exactly 200, and the sealed answer as the body",
		}
	case 3:
		return redirected(reply)
	}
	meaning := map[int]string{
		protocol.StatusKeyMismatch: ": it cannot decrypt the request", protocol.StatusBadSignature: ": it refuses the signature",
	}
	return &Cause{
		Text:     "the endpoint answers " + status + " to a valid request" + meaning[reply.Status],
		Evidence: fmt.Sprintf("its body has %d bytes", len(reply.Body)),
	}
}

// redirected names the target, which the endpoint URI should have been.
func redirected(reply *client.Reply) *Cause {
	c := &Cause{
		ID: "redirect", Text: fmt.Sprintf("the URL redirects (status %d), but WhatsApp does not follow redirects", reply.Status),
		Fix: "use the address that answers without a redirect as the endpoint URI: https, the final host, the exact path and slash",
	}
	if target := RedirectTarget(reply.Header); target != "" {
		c.Text = fmt.Sprintf("the URL redirects to %s (status %d), but WhatsApp does not follow redirects", target, reply.Status)
		c.Fix = "if the endpoint is there, use " + target + " as the endpoint URI; else serve it here without a redirect"
		if strings.HasPrefix(target, "/") {
			c.Fix = "if the endpoint is there, use " + target + " as the path of the endpoint URI; else serve it here without a redirect"
		}
		if isLogin(target) {
			c.ID, c.Fix = "login-required", "serve the endpoint without a login: the signature is what authenticates WhatsApp"
			c.Text = fmt.Sprintf("the URL redirects to a login page, %s (status %d)", target, reply.Status)
		}
	}
	return c
}

// RedirectTarget returns the header Location without user, password and query. It is
// empty if there is none.
func RedirectTarget(header http.Header) string {
	location := header.Get("Location")
	if location == "" || len(location) > 2048 {
		return ""
	}
	target, err := url.Parse(location)
	if err != nil {
		return ""
	}
	if target.Host == "" {
		return printable.Line(target.EscapedPath())
	}
	return printable.Line(weburl.Printable(location))
}

// Unsigned is the cause if an endpoint refuses unsigned requests, as it must.
func Unsigned() *Cause {
	return &Cause{
		ID: "unsigned", Text: "the endpoint requires signed requests (status 432), and no app secret was given",
		Fix: "give the app secret with --app-secret-file",
	}
}

// unsigned reports whether reply refuses a request since it has no signature.
func unsigned(c *client.Client, reply *client.Reply) bool {
	return reply != nil && reply.Status == protocol.StatusBadSignature && !c.Signed()
}
