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
		return check{name: name, title: title, severity: severity, meta: meta, fix: fix, run: func(ctx context.Context, s *session) finding {
			return s.sendBody(ctx, change).active()
		}}
	}
	const own = "Meta may write its JSON in another way tomorrow: then the phone shows a generic error to everybody"
	return []check{
		reshaped("escaped-slashes", `a body whose slashes are escaped, as Meta's are, is taken`, Must,
			"Meta's bodies look so: nothing works", `verify the signature over the raw bytes, then parse the body with a JSON parser, which knows \/`,
			func(body []byte) []byte { return body }),
		reshaped("plain-slashes", "a body whose slashes are not escaped is taken", Must,
			own, "parse the body with a JSON parser, and verify the signature over the raw bytes", plainSlashes),
		reshaped("white-space", "a body with white space between its parts is taken", Should,
			own, "parse the body with a JSON parser, and verify the signature over the raw bytes", spaced),
		reshaped("unknown-keys", "a body with further keys is taken", Should,
			own, "ignore keys of the envelope that you do not know",
			func(body []byte) []byte {
				return bytes.Replace(body, []byte("{"), []byte(`{"flowserver_check":{"list":[1,null,"a"]},`), 1)
			}),
		{
			name: "content-type", title: "a content type with a charset is taken", severity: Should,
			meta: own, fix: "do not compare the content type as a whole",
			run: func(ctx context.Context, s *session) finding {
				return s.sendChanged(ctx, ping, func(r *client.Request) {
					r.Header.Set("Content-Type", "application/json; charset=utf-8")
				}).active()
			},
		},
		{
			name: "chunked", title: "a body without Content-Length, in chunks, is taken", severity: Should,
			meta: "a proxy before the endpoint may send the body in chunks: then the phone shows a generic error to everybody",
			fix:  "read the body to its end instead of Content-Length bytes",
			run: func(ctx context.Context, s *session) finding {
				return s.send(context.WithValue(ctx, chunkedKey{}, true), ping).active()
			},
		},
		{
			name: "large", title: "a payload of 64 KiB is taken", severity: Should,
			meta: "Meta documents no limit: the phone shows a generic error to those who fill in much",
			fix:  "allow bodies of 1 MiB, in the proxy before the endpoint too",
			run:  active(`{"version":"3.0","action":"ping","data":{"padding":"` + strings.Repeat("0123456789abcdef", largePayload/16) + `"}}`),
		},
		{
			name: "unicode", title: "clear text in many scripts is taken", severity: Must,
			meta: "people write in their own script: the phone shows a generic error to them",
			fix:  "decode the clear text as UTF-8, without regard to the language of the system",
			run:  active(`{"version":"3.0","action":"ping","data":{"text":"ação 你好 مرحبا 👩‍👩‍👧 𝒳"}}`),
		},
		{
			name: "escapes", title: `clear text with \u escapes is taken`, severity: Must,
			meta: "phones may write text so: the phone shows a generic error",
			fix:  "parse the clear text with a JSON parser",
			run:  active(`{"\u0076ersion":"3.0","action":"\u0070ing","data":{"text":"\ud83d\udc69 \u4f60\/"}}`),
		},
	}
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
