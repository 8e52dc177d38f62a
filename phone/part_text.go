package phone

import (
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
)

// text draws a component without interaction.
func (i *item) text() *Text {
	t := &Text{Strike: i.flag("strikethrough", false), Weight: i.string("font-weight")}
	v, _ := i.get("text")
	paragraphs := paragraphsOf(v)
	t.Blocks = i.blocks(paragraphs)
	i.checkText(paragraphs)
	return t
}

// paragraphsOf returns the lines of a text.
func paragraphsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		lines := make([]string, 0, len(v))
		for _, line := range v {
			lines = append(lines, expr.ToText(line))
		}
		return lines
	}
	return nil
}

// markdownText is a text in Markdown; rich is that of a RichText.
type markdownText struct {
	source string
	rich   bool
}

// blocks returns the blocks of the component's paragraphs.
func (i *item) blocks(paragraphs []string) []Block {
	rich := i.Type == typeRichText
	if rich || i.values["markdown"].fixed == true {
		text := markdownText{strings.Join(paragraphs, "\n"), rich}
		return i.savings.markdown.of(place{at: i.at}, text, func(t markdownText) []Block {
			return append([]Block{}, markdownBlocks(t.source, t.rich, markdownImage)...)
		})
	}
	out := make([]Block, 0, len(paragraphs))
	for _, p := range paragraphs {
		out = append(out, Block{Kind: "p", Runs: []Run{{Text: p}}})
	}
	return out
}

// markdownImage returns the picture of a RichText: only data URLs are shown.
func markdownImage(src, alt string) *Image {
	if !strings.HasPrefix(src, "data:") {
		return nil
	}
	return &Image{Src: dataURL(src), Alt: alt}
}

// checkText reports a text that is blank, longer than clients show, or not replaced as its
// author may think.
func (i *item) checkText(paragraphs []string) {
	whole := strings.Join(paragraphs, "\n")
	most := i.limit("text")
	if lines, ok := i.Row().Property("text").Value.(catalog.Lines); ok {
		most = lines.Limit
	}
	switch {
	case strings.TrimSpace(whole) == "":
		i.warn(severityWarning, codeBlank, ruleBlankText, "the text is blank", "send a text, or hide the component with visible")
	case most > 0 && len(whole) > most && utf8.RuneCountInString(whole) > most:
		i.warnCut("text", whole, most)
	}
	if (i.Type == typeRichText || i.values["markdown"].fixed == true) && excessive(whole) {
		i.warn(severityWarning, codeCut, "", "\"text\" of "+i.called()+" has more Markdown than this phone reads, which shows it as it stands", "shorten it")
	}
	if strings.Contains(whole, "${data.") || strings.Contains(whole, "${form.") {
		i.warn(severityWarning, codeReference, ruleWholeValue,
			"WhatsApp shows the reference within the text unchanged", "make the whole value a reference, or an expression in backticks")
	}
}
