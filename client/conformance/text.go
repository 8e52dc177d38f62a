package conformance

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/printable"
)

const (
	textWidth  = 96 // columns
	namedCases = 4  // so many cases are named, and the rest counted
)

// WriteText writes the report for people: the causes of what is not met, each once and
// the one that explains the most first, then what was not checked, then the counts. It is UTF-8
// without colours. The error is that of w.
func (r *Report) WriteText(w io.Writer) error { return r.write(w, false) }

// WriteDetails writes what [Report.WriteText] writes, and each case with the actual and
// the expected result.
func (r *Report) WriteDetails(w io.Writer) error { return r.write(w, true) }

func (r *Report) write(w io.Writer, details bool) error {
	var out strings.Builder
	for i, cause := range r.Causes {
		r.writeCause(&out, cause)
		if cause.Outcome == Warn && i == len(r.Causes)-1 {
			out.WriteString("\n")
		}
	}
	signed := "signed requests"
	if !r.Signed {
		signed = "unsigned requests"
	}
	fmt.Fprintf(&out, "%s, %s\n", printable.Line(r.Target), signed)
	if details {
		for _, results := range r.byGroup() {
			fmt.Fprintf(&out, "\n%s\n", groupTitle(results[0].Group))
			for _, result := range results {
				result.writeText(&out)
			}
		}
	} else {
		r.writeSkipped(&out)
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

// writeCause writes a cause with its remedy. Its first line says what is wrong.
func (r *Report) writeCause(out *strings.Builder, c Cause) {
	cases := strings.Join(c.Cases[:min(len(c.Cases), namedCases)], ", ")
	if more := len(c.Cases) - namedCases; more > 0 {
		cases += fmt.Sprintf(" and %d more", more)
	}
	if c.Outcome == Warn {
		fmt.Fprintf(out, "Warning: %s\n", printable.Line(c.Text))
		writeLabelled(out, "  ", []labelled{{"cases", cases}, {"fix", c.Fix}})
		return
	}
	heading := "Probable cause"
	if !c.Known() {
		heading = "Cause not known"
	}
	fmt.Fprintf(out, "%s: %s (explains %d of %d)\n", heading, printable.Line(c.Text), len(c.Cases), r.explained())
	got, want := c.Got, c.Want
	if strings.Contains(got, c.Text) {
		got, want = "", "" // the heading has said so
	}
	writeLabelled(out, "  ", []labelled{{"cases", cases}, {"got", got}, {"want", want}, {"seen", c.Evidence}, {"Meta", c.Meta}, {"fix", c.Fix}})
	for _, code := range r.codeOf(c) {
		fmt.Fprintf(out, "\n  %s\n    %s\n", code.Language, strings.ReplaceAll(code.Text, "\n", "\n    "))
	}
	out.WriteString("\n")
}

// explained is how many cases the causes of failures explain.
func (r *Report) explained() int {
	n := 0
	for _, c := range r.Causes {
		if c.Outcome == Fail {
			n += len(c.Cases)
		}
	}
	return n
}

// codeOf returns the code in the language of the endpoint, or in all if that is not
// known.
func (r *Report) codeOf(c Cause) []mistake.Code {
	i := slices.IndexFunc(c.Code, func(code mistake.Code) bool { return code.Language == r.Language })
	if i < 0 {
		return c.Code
	}
	return c.Code[i : i+1]
}

// writeSkipped writes why cases were skipped, each reason once.
func (r *Report) writeSkipped(out *strings.Builder) {
	var reasons []string
	cases := map[string][]string{}
	for _, result := range r.Results {
		if result.Outcome != Skip {
			continue
		}
		reason := result.Note
		if strings.HasPrefix(reason, notJudged) {
			reason = notJudged
		}
		if cases[reason] == nil {
			reasons = append(reasons, reason)
		}
		cases[reason] = append(cases[reason], result.ID)
	}
	for _, reason := range reasons {
		of := cases[reason]
		name, they := fmt.Sprintf("%d cases", len(of)), "they need"
		if len(of) == 1 {
			name, they = of[0], "it needs"
		}
		if reason == notJudged {
			reason = "not judged, because " + they + " what has failed"
		}
		writeLabelled(out, "  – ", []labelled{{name, reason}})
	}
}

func (r Result) writeText(out *strings.Builder) {
	marks := map[Outcome]string{Pass: "✓", Warn: "!", Fail: "✗", Skip: "–"}
	fmt.Fprintf(out, "  %s %-34s %s\n", marks[r.Outcome], printable.Line(r.ID), printable.Line(r.Title))
	writeLabelled(out, "      ", []labelled{{"note", r.Note}, {"got", r.Got}, {"want", r.Want}})
}

type labelled struct{ label, text string }

// writeLabelled writes texts behind their labels, wrapped, without those that are empty.
func writeLabelled(out *strings.Builder, indent string, texts []labelled) {
	for _, one := range texts {
		if one.text == "" {
			continue
		}
		label := fmt.Sprintf("%-6s ", printable.Line(one.label)+":")
		blank := strings.Repeat(" ", utf8.RuneCountInString(indent)+utf8.RuneCountInString(label))
		for i, line := range wrapped(printable.Line(one.text), textWidth-len(blank)) {
			if i == 0 {
				out.WriteString(indent + label + line + "\n")
				continue
			}
			out.WriteString(blank + line + "\n")
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
