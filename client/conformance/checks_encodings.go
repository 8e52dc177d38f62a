package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/flowserver/flowserver/client"
)

const largePayload = 64 << 10 // about what 100 uploaded photos bring in metadata

// asObject turns a payload into a map; nil is an empty one.
func asObject(data any) (map[string]any, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	members := map[string]any{}
	err = json.Unmarshal(text, &members)
	if members == nil { // it was null
		members = map[string]any{}
	}
	return members, err
}

func encodingChecks() []check {
	reshaped := func(name, title string, severity Severity, meta, fix string, change func([]byte) []byte) check {
		run := func(ctx context.Context, s *session) finding { return s.sendBody(ctx, change).active() }
		return check{name: name, title: title, severity: severity, wrong: notAccepted(title), meta: meta, fix: fix, run: run}
	}
	const own = "Meta may format its JSON differently in the future: then the phone shows a generic error to everyone"
	return []check{
		reshaped("plain-slashes", "a body whose slashes are not escaped is accepted", Must,
			own, "parse the body with a JSON parser, and verify the signature over the raw bytes", plainSlashes),
		reshaped("white-space", "a body with white space between its parts is accepted", Should,
			own, "parse the body with a JSON parser, and verify the signature over the raw bytes", spaced),
		reshaped("unknown-keys", "a body with further keys is accepted", Should,
			own, "ignore keys of the envelope that you do not know",
			func(body []byte) []byte {
				return bytes.Replace(body, []byte("{"), []byte(`{"flowserver_check":{"list":[1,null,"a"]},`), 1)
			}),
		{
			name: "content-type", title: "a content type with a charset is accepted", severity: Should,
			wrong: "a content type with a charset is not accepted",
			meta:  own, fix: "do not compare the content type as a whole",
			run: func(ctx context.Context, s *session) finding {
				return s.sendChanged(ctx, ping, func(r *client.Request) {
					r.Header.Set("Content-Type", "application/json; charset=utf-8")
				}).active()
			},
		},
		{
			name: "chunked", title: "a body without Content-Length, in chunks, is accepted", severity: Should,
			wrong: "a body without Content-Length, in chunks, is not accepted",
			meta:  "a proxy in front of the endpoint may send the body in chunks: then the phone shows a generic error to everyone",
			fix:   "read the body to its end instead of Content-Length bytes",
			run: func(ctx context.Context, s *session) finding {
				return s.send(context.WithValue(ctx, chunkedKey{}, true), ping).active()
			},
		},
		{
			name: "large", title: "a payload of 64 KiB is accepted", severity: Should,
			wrong: "a payload of 64 KiB is not accepted",
			meta:  "Meta documents no limit: the phone shows a generic error to users who enter long texts",
			fix:   "allow bodies of 1 MiB, including in the proxy in front of the endpoint",
			run:   active(`{"version":"3.0","action":"ping","data":{"padding":"` + strings.Repeat("0123456789abcdef", largePayload/16) + `"}}`),
		},
		{
			name: "unicode", title: "clear text in many scripts is accepted", severity: Must,
			wrong: "clear text in many scripts is not accepted",
			meta:  "people write in their own script: the phone shows a generic error to them",
			fix:   "decode the clear text as UTF-8, regardless of the locale of the system",
			run:   active(`{"version":"3.0","action":"ping","data":{"text":"ação 你好 مرحبا 👩‍👩‍👧 𝒳"}}`),
		},
		{
			name: "escapes", title: `clear text with \u escapes is accepted`, severity: Must,
			wrong: "clear text with \\u escapes is not accepted",
			meta:  "phones may write text in this form: the phone shows a generic error",
			fix:   "parse the clear text with a JSON parser",
			run:   active(`{"\u0076ersion":"3.0","action":"\u0070ing","data":{"text":"\ud83d\udc69 \u4f60\/"}}`),
		},
	}
}

// notAccepted turns the title of a check that expects acceptance round.
func notAccepted(title string) string {
	return strings.Replace(title, "is accepted", "is not accepted", 1)
}

// spaced puts white space wherever JSON has it.
func spaced(body []byte) []byte {
	var out bytes.Buffer
	out.WriteString(" \r\n\t")
	if err := json.Indent(&out, body, "\t", "  "); err != nil {
		return body
	}
	out.WriteString("\r\n ")
	return out.Bytes()
}
