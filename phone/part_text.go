package phone

import (
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// blocks returns the blocks of paragraphs.
func blocks(paragraphs []string, markdown bool) []Block {
	if markdown {
		return markdownBlocks(strings.Join(paragraphs, "\n"))
	}
	out := []Block{}
	for _, p := range paragraphs {
		out = append(out, Block{Kind: "p", Runs: []Run{{Text: p}}})
	}
	return out
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
		i.warn(severityWarning, "TEXT_BLANK", ruleBlankText, "the text is blank", "send a text, or hide the component with visible")
	case most > 0 && len(whole) > most && utf8.RuneCountInString(whole) > most:
		i.warn(severityWarning, "TEXT_CUT", ruleCut, "the text is longer than WhatsApp shows", "shorten it")
	}
	if strings.Contains(whole, "${data.") || strings.Contains(whole, "${form.") {
		i.warn(severityWarning, "REFERENCE_IN_TEXT", ruleWholeValue,
			"WhatsApp shows the reference within the text as it stands", "make the whole value a reference, or an expression in backticks")
	}
}
