package phone

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shownImage stands for a picture that can be shown.
func shownImage(src, alt string) *Image {
	if !strings.HasPrefix(src, "data:") {
		return nil
	}
	return &Image{Src: src, Alt: alt}
}

func p(runs ...Run) Block { return Block{Kind: "p", Runs: runs} }

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, source string
		rich         bool
		want         []Block
	}{
		{"empty", "", false, nil},
		{"plain", "Hello", false, []Block{p(Run{Text: "Hello"})}},
		{"bold", "a **b** c", false, []Block{p(Run{Text: "a "}, Run{Text: "b", Bold: true}, Run{Text: " c"})}},
		{"italic", "*b*", false, []Block{p(Run{Text: "b", Italic: true})}},
		{"strike", "~~b~~", false, []Block{p(Run{Text: "b", Strike: true})}},
		{"nested styles", "**a *b***", false, []Block{p(Run{Text: "a ", Bold: true}, Run{Text: "b", Bold: true, Italic: true})}},
		{"link", "[a](https://example.com)", false, []Block{p(Run{Text: "a", Href: "https://example.com"})}},
		{"link that a phone does not open", "[a](javascript:alert)", false, []Block{p(Run{Text: "a"})}},
		{"line break", "a\nb", false, []Block{p(Run{Text: "a\nb"})}},
		{"paragraphs", "a\n\nb", false, []Block{p(Run{Text: "a"}), p(Run{Text: "b"})}},
		{"escape", `\*a\* &amp; b`, false, []Block{p(Run{Text: "*a* & b"})}},
		{"list", "- a\n- b", false, []Block{{Kind: "ul", Items: []Block{p(Run{Text: "a"}), p(Run{Text: "b"})}}}},
		{"numbers", "1. a\n2. b", false, []Block{{Kind: "ol", Items: []Block{p(Run{Text: "a"}), p(Run{Text: "b"})}}}},
		{"tag", "<b>a</b>", false, []Block{p(Run{Text: "<b>a</b>"})}},
		{"code", "`a`", false, []Block{p(Run{Text: "`a`"})}},
		{"heading in a TextBody", "# a", false, []Block{p(Run{Text: "# a"})}},
		{"heading", "# a\n### b", true, []Block{{Kind: "h1", Runs: []Run{{Text: "a"}}}, {Kind: "h3", Runs: []Run{{Text: "b"}}}}},
		{"table", "|a|b|\n|-|-|\n|c|*d*|", true, []Block{{Kind: "table", Rows: [][][]Run{
			{{{Text: "a"}}, {{Text: "b"}}}, {{{Text: "c"}}, {{Text: "d", Italic: true}}},
		}}}},
		{"table right after a list", "- a\n|b|\n|-|", true, []Block{
			{Kind: "ul", Items: []Block{p(Run{Text: "a"})}}, {Kind: "table", Rows: [][][]Run{{{{Text: "b"}}}}},
		}},
		{"image in a list", "- a\n- ![alt](data:image/png;base64,AAAA)", true, []Block{
			{Kind: "ul", Items: []Block{p(Run{Text: "a"}), p()}}, {Kind: "img", Image: &Image{Src: "data:image/png;base64,AAAA", Alt: "alt"}},
		}},
		{"image", "x ![alt](data:image/png;base64,AAAA)", true, []Block{
			p(Run{Text: "x "}), {Kind: "img", Image: &Image{Src: "data:image/png;base64,AAAA", Alt: "alt"}},
		}},
		{"image from the network", "![alt](https://example.com/a.png)", true, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, markdownBlocks(test.source, test.rich, shownImage)); diff != "" {
				t.Errorf("markdownBlocks(%q) differs (-want +got):\n%s", test.source, diff)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n- **b** [c](https://d)\n\n|e|f|\n|-|-|\n", true)
	f.Add(strings.Repeat("*", 200)+"a"+strings.Repeat("*", 200), false)
	f.Fuzz(func(t *testing.T, source string, rich bool) {
		for _, b := range markdownBlocks(source, rich, shownImage) {
			if !rich && b.Kind != "p" && b.Kind != "ul" && b.Kind != "ol" {
				t.Errorf("block %q in a text that is not rich", b.Kind)
			}
			for _, r := range b.Runs {
				if r.Href != "" && !strings.HasPrefix(r.Href, "https://") {
					t.Errorf("link to %q", r.Href)
				}
			}
		}
	})
}

// A text with more Markdown than the phone reads shows as it stands, and at once: time
// grows with the square.
func TestMarkdownBounds(t *testing.T) {
	t.Parallel()
	picture := "![a](data:image/png;base64," + strings.Repeat("iVBO+/w0", 20_000) + ")"
	for _, test := range []struct {
		name, source string
		plain        bool
	}{
		{"a picture", "# Terms\n" + picture, false},
		{"long", strings.Repeat("All of it counts. ", 1700), false},
		{"emphasis", strings.Repeat("_a", 50_000), true},
		{"brackets", strings.Repeat("[", 100_000), true},
		{"links", strings.Repeat("[a](", 20_000), true},
		{"lists", strings.Repeat("- ", 20_000), true},
		{"deep lists", strings.Repeat(strings.Repeat(" ", 1000)+"- a\n", 500), true},
		{"a table", strings.Repeat("|"+strings.Repeat("a|", 100)+"\n", 1000), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if excessive(test.source) != test.plain {
				t.Fatalf("excessive is not %v", test.plain)
			}
			want := []Block{{Kind: "p", Runs: []Run{{Text: test.source}}}}
			if got := markdownBlocks(test.source, true, shownImage); test.plain && !cmp.Equal(want, got) {
				t.Errorf("got %d blocks, want the text as it stands", len(got))
			}
		})
	}
}
