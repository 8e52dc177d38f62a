package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// codesURL is the page that explains all codes, with a section for each.
const codesURL = "https://github.com/flowserver/flowserver/blob/main/docs/flow-json-codes.md"

// codeURL returns where a code is explained.
func codeURL(code string) string { return codesURL + "#" + strings.ToLower(code) }

// explainCode prints what a code means.
func explainCode(w io.Writer, code string) error {
	e, ok := lint.Explain(strings.ToUpper(code))
	if !ok {
		_, err := lint.ParseIgnored(code)
		return hint(usagef("--explain: %w", err), "all codes are in "+codesURL)
	}
	var text strings.Builder
	fmt.Fprintln(&text, e.Code)
	if e.Unreported != "" {
		fmt.Fprintf(&text, "\nA code of Meta's that lint does not report: %s.\n", e.Unreported)
	} else {
		fmt.Fprintf(&text, "\n%s\n\nWrong:\n%s\n\nRight:\n%s\n\nVersions: %s\n", e.Meaning, indented(e.Wrong), indented(e.Right), e.Versions())
	}
	fmt.Fprintf(&text, "Source: %s\n", e.Source)
	_, err := io.WriteString(w, text.String())
	return err
}

func indented(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }
