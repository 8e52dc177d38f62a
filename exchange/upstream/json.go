package upstream

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

var errEmpty = errors.New("it is empty")

var byteOrderMark = []byte("\ufeff")

// object returns the members of the object that the body is. A byte order mark before it, a
// list around it, and an empty list in its place are accepted: .NET, n8n and PHP write them.
// The error is [errEmpty], or says what the body is and where; it never quotes a value.
func (a *answer) object() (map[string]json.RawMessage, error) {
	body := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(a.body), byteOrderMark))
	if len(body) == 0 {
		return nil, errEmpty
	}
	if !utf8.Valid(body) {
		return nil, notUTF8(a.body)
	}
	if jsonobject.TooDeep(body) {
		return nil, fmt.Errorf("it is nested deeper than %d levels", jsonobject.MaxDepth)
	}
	if !json.Valid(body) {
		return nil, fmt.Errorf("it is not JSON%s: %s", a.mediaType(), whatIsWrong(body, bytes.Index(a.body, body)))
	}
	if body[0] == '[' && !jsonobject.IsEmptyList(body) {
		var list []json.RawMessage
		if err := json.Unmarshal(body, &list); err != nil {
			return nil, errors.New("it is a list that cannot be decoded")
		}
		if len(list) != 1 {
			return nil, fmt.Errorf("it is not a JSON object, but a list of %d: answer with one object", len(list))
		}
		body = list[0]
	}
	members, err := jsonobject.MembersOrEmptyList(body)
	if err != nil {
		return nil, fmt.Errorf("it is not a JSON object, but %s%s", jsonobject.Kind(body), encodedTwice(body))
	}
	return members, nil
}

// encodedTwice says so if a JSON text is a string with an object in it.
func encodedTwice(text json.RawMessage) string {
	inner, _ := jsonobject.String(text)
	if _, err := jsonobject.Members(json.RawMessage(inner)); err != nil {
		return ""
	}
	return ": an object that was encoded twice"
}

// mediaType helps to recognise, say, an HTML page. It names only types that are
// registered as such, as the header is the upstream's.
func (a *answer) mediaType() string {
	switch mediaType, _, _ := mime.ParseMediaType(a.contentType); mediaType {
	case "text/html", "text/plain", "text/xml", "application/xml", "application/octet-stream", "application/x-www-form-urlencoded":
		return ", but " + mediaType
	default:
		return ""
	}
}

func notUTF8(body []byte) error {
	if bytes.HasPrefix(body, []byte{0xff, 0xfe}) || bytes.HasPrefix(body, []byte{0xfe, 0xff}) {
		return errors.New("it begins with a byte order mark of UTF-16: send UTF-8")
	}
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return errors.New("it is compressed by gzip, without the header Content-Encoding: gzip")
	}
	offset := 0
	for offset < len(body) {
		r, size := utf8.DecodeRune(body[offset:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	return fmt.Errorf("it is not UTF-8 at byte offset %d: is it Latin-1 or Windows-1252?", offset)
}

// beginnings are what bodies begin with that are not JSON, in lower case.
var beginnings = []struct{ prefix, says string }{
	{"<!doctype html", "it is an HTML page: does the URL name the right path?"},
	{"<html", "it is an HTML page: does the URL name the right path?"},
	{"<?xml", "it is XML"},
	{"<br />", "it begins with a message of PHP: set display_errors=0"},
	{"<b>", "it begins with a message of PHP: set display_errors=0"},
	{"<p><b>success!", "Pipedream, if that is the upstream, answered at once: let the HTTP trigger return a custom response"},
	{"<", "it begins with <, as HTML and XML do"},
	{"warning:", "it begins with a warning of PHP: set display_errors=0"},
	{"notice:", "it begins with a notice of PHP: set display_errors=0"},
	{"deprecated:", "it begins with a notice of PHP: set display_errors=0"},
	{"fatal error:", "it begins with an error of PHP: its own log has it"},
	{"php ", "it begins with a message of PHP: set display_errors=0"},
	{"parse error:", "it begins with an error of PHP: its own log has it"},
	{"traceback (most recent call last)", "it is a traceback of Python: its own log has it"},
	{"{'", "it has single quotes, as Python prints a dict: use json.dumps"},
	{"```", "it is in a code block of Markdown, as language models write it: send the JSON alone"},
	{"data:", "it is an event stream: send one JSON object"},
	{"screen=", "it is a form, not JSON"},
	{")]}'", "it begins with a guard against JSON hijacking: leave that out"},
	{"for(;;);", "it begins with a guard against JSON hijacking: leave that out"},
	{"while(1);", "it begins with a guard against JSON hijacking: leave that out"},
	{"internal server error", "it is an error page"},
}

// whatIsWrong describes a body that is not JSON, without a value of it. start is where it
// begins in what was sent.
func whatIsWrong(body []byte, start int) string {
	if string(body) == "Accepted" {
		return `Make, if that is the upstream, answered at once: add the module "Webhook response" to the scenario`
	}
	if isSealed(body) {
		return "it is base64 of binary data, as if sealed: flowserver seals answers, so send plain JSON"
	}
	lower := strings.ToLower(string(body[:min(len(body), 64)]))
	for _, known := range beginnings {
		if strings.HasPrefix(lower, known.prefix) {
			return known.says
		}
	}
	var ignored json.RawMessage
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, &ignored))
	if !ok {
		return "it cannot be decoded"
	}
	offset := int(syntax.Offset) - 1 // of the byte that does not fit
	if strings.Contains(syntax.Error(), "unexpected end") || offset < 0 || offset >= len(body) {
		return fmt.Sprintf("it breaks off after %d bytes", start+len(body))
	}
	if strings.Contains(syntax.Error(), "after top-level value") {
		return fmt.Sprintf("it goes on with %s at byte offset %d, after a whole value", character(body[offset]), start+offset)
	}
	if word := foreignWord(body[offset:]); word != "" {
		return fmt.Sprintf("at byte offset %d there is %s, which JSON does not know", start+offset, word)
	}
	at := fmt.Sprintf("at byte offset %d there is %s", start+offset, character(body[offset]))
	if before := bytes.TrimRight(body[:offset], " \t\r\n"); bytes.HasSuffix(before, []byte(",")) && (body[offset] == '}' || body[offset] == ']') {
		at += " after a comma"
	}
	return at
}

// foreignWord is the value of another language that text begins with.
func foreignWord(text []byte) string {
	for _, word := range []string{"NaN", "Infinity", "undefined", "None", "True", "False", "NULL"} {
		if bytes.HasPrefix(text, []byte(word)) {
			return word
		}
	}
	return ""
}

// isSealed reports whether a body may be a sealed answer.
func isSealed(body []byte) bool {
	const shortest = 24 // a tag of 16 bytes is longer in base64
	sealed, err := base64.StdEncoding.DecodeString(string(body))
	return err == nil && len(body) >= shortest && !utf8.Valid(sealed)
}

// character names a byte of broken JSON: the punctuation of JSON as it is, anything else by
// its class, because it may belong to a value.
func character(b byte) string {
	switch {
	case strings.IndexByte("{}[],:", b) >= 0:
		return string(rune(b))
	case b == '"':
		return "a double quote"
	case b == '\'':
		return "a single quote"
	case b == '\\':
		return "a backslash"
	case b >= '0' && b <= '9':
		return "a digit"
	case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
		return "a letter"
	case b < ' ':
		return "a control character, such as a line break in a string"
	case b == '/':
		return "a slash, as of a comment"
	case b >= utf8.RuneSelf:
		return "a character outside of ASCII"
	default:
		return "another character"
	}
}
