package phone_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
)

// What is kept to save time follows the data and the Flow: a phone that showed something
// else before shows what a phone does that never has.
func TestSavings(t *testing.T) {
	t.Parallel()
	const model = `"text": {"type": "string", "__example__": ""}, "list": {"type": "array", "items": {"type": "object", "properties": {}}, "__example__": []}`
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"))
	gif := base64.StdEncoding.EncodeToString([]byte("GIF89a"))
	both := func(key, one, other string) string {
		return `"list":[{"` + key + `":"` + one + `"},{"` + key + `":"` + other + `"}]`
	}
	options := func(title string) string { return `"list":[{"id":"1","title":"` + title + `"}]` }
	input := func(pattern string) string {
		return `{"type": "TextInput", "name": "f", "label": "F", "input-type": "text", "pattern": "` + pattern + `"}`
	}
	choice := func(componentType string) string {
		return `{"type": "` + componentType + `", "name": "f", "label": "F", "data-source": "${data.list}"}`
	}
	for _, test := range []struct{ name, before, data, after, later string }{
		{"picture", `{"type": "Image", "src": "${data.text}"}`, `"text":"` + png + `"`, "", `"text":"` + gif + `"`},
		{"order of pictures", `{"type": "ImageCarousel", "images": "${data.list}"}`, both("src", png, gif), "", both("src", gif, png)},
		{"fewer pictures", `{"type": "ImageCarousel", "images": "${data.list}"}`, both("src", png, gif), "", `"list":[{"src":"` + gif + `"}]`},
		{"Markdown", `{"type": "TextBody", "markdown": true, "text": "${data.text}"}`, `"text":"**a**"`, "", `"text":"*a*"`},
		{"text of a Flow", `{"type": "TextBody", "markdown": true, "text": "a"}`, "", `{"type": "TextBody", "markdown": true, "text": "b"}`, ""},
		{"Markdown no longer", `{"type": "TextBody", "markdown": true, "text": "**a**"}`, "", `{"type": "TextBody", "text": "**a**"}`, ""},
		{"rich text", `{"type": "TextBody", "markdown": true, "text": "# a"}`, "", `{"type": "RichText", "text": "# a"}`, ""},
		{"options", choice("Dropdown"), options("a"), "", options("b")},
		{"kind of choice", choice("Dropdown"), options("a"), choice("RadioButtonsGroup"), ""},
		{"pattern", input("^x"), "", input("^y"), ""},
		{
			"condition", `{"type": "If", "condition": "true", "then": [{"type": "TextBody", "text": "a"}], "else": [{"type": "TextBody", "text": "b"}]}`, "",
			`{"type": "If", "condition": "!true", "then": [{"type": "TextBody", "text": "a"}], "else": [{"type": "TextBody", "text": "b"}]}`, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			flow := func(component string) string {
				return flowOf("7.0", model, component+`, {"type": "TextInput", "name": "note", "label": "Note"}, `+ask, "", "")
			}
			fill := func(p *play) {
				for _, part := range p.View().Parts {
					if part.Field != nil && part.Field.Name == "f" {
						p.fill("f", "yy")
					}
				}
				p.fill("note", "n")
			}
			after, later := test.after, test.later
			if after == "" {
				after = test.before
			}
			if later == "" {
				later = test.data
			}
			rest := func(data string) string { return answerA(strings.TrimPrefix(data+`,"more":1`, ",")) }
			p := open(t, flow(test.before), answers(rest(test.data), rest(later)))
			fill(p)
			before := p.View().Parts[0]
			p.SetFlow(read(t, flow(after)))
			if test.later != "" {
				p.next()
			}
			fill(p)
			fresh := open(t, flow(after), answers(rest(later)))
			fill(fresh)
			got, want := p.View().Parts[0], fresh.View().Parts[0]
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
			if cmp.Equal(before, got) {
				t.Errorf("nothing changed: %+v", got)
			}
			if diff := cmp.Diff(phone.Redrawn(p.Phone), p.View()); diff != "" {
				t.Errorf("drawn anew (-anew +kept):\n%s", diff)
			}
		})
	}
}
