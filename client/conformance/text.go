package conformance

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const textWidth = 96 // columns

// WriteText writes the report for people: the cases by group, one line each, and
// under those that are not met what was got and wanted, what Meta would do, and how
// to fix it. It is UTF-8 without colours. The error is that of w.
func (r *Report) WriteText(w io.Writer) error {
	var out strings.Builder
	signed := "signed requests"
	if !r.Signed {
		signed = "unsigned requests"
	}
	fmt.Fprintf(&out, "%s, %s\n", printable(r.Target), signed)
	for _, results := range r.byGroup() {
		fmt.Fprintf(&out, "\n%s\n", groupTitle(results[0].Group))
		for _, result := range results {
			result.writeText(&out)
		}
	}
	out.WriteString("\n")
	if r.Latency != nil {
		fmt.Fprintf(&out, "Latency: %s\n", r.Latency)
	}
	fmt.Fprintf(&out, "%s in %s\n", r.summary(), r.Duration.Round(10*time.Millisecond))
	_, err := io.WriteString(w, out.String())
	return err
}

func (r *Report) summary() string {
	return fmt.Sprintf("%d passed, %d failed, %d warned, %d skipped", r.Count(Pass), r.Count(Fail), r.Count(Warn), r.Count(Skip))
}

func (r Result) writeText(out *strings.Builder) {
	marks := map[Outcome]string{Pass: "✓", Warn: "!", Fail: "✗", Skip: "–"}
	fmt.Fprintf(out, "  %s %-34s %s\n", marks[r.Outcome], printable(r.ID), printable(r.Title))
	for _, detail := range []struct{ label, text string }{
		{"note", r.Note}, {"got", r.Got}, {"want", r.Want}, {"Meta", r.Meta}, {"fix", r.Fix},
	} {
		if detail.text == "" {
			continue
		}
		label := detail.label + ":"
		for _, line := range wrapped(printable(detail.text), textWidth-12) {
			fmt.Fprintf(out, "      %-5s %s\n", label, line)
			label = ""
		}
	}
}

// wrapped breaks text at spaces into lines of at most width characters, but for
// words that are longer.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// printable keeps what came from the endpoint, as the name in a certificate, from
// steering a terminal.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return '\uFFFD'
	}, text)
}
