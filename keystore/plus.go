package keystore

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
)

// restorePlus returns the first block that is wanted in a text whose plus signs have
// become blanks, or nil. Web forms do that to a key that was not encoded for them.
func restorePlus(plain string, wanted func(*pem.Block) bool) *pem.Block {
	for _, body := range keyBodies(plain) {
		for _, text := range plusCandidates(body) {
			text += strings.Repeat("+", -len(text)&3) // at the end, blanks are often trimmed
			der, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				continue
			}
			if length, ok := derLength(der); !ok || length != len(der) {
				continue
			}
			if block := (&pem.Block{Bytes: der}); wanted(block) {
				return block
			}
		}
	}
	return nil
}

// keyBodies returns what is between BEGIN and END lines, or the whole of a text without
// them.
func keyBodies(plain string) []string {
	marks := boundary.FindAllStringIndex(plain, -1)
	if len(marks) == 0 {
		plain = assignment.ReplaceAllString(plain, "")
		marks = [][]int{{0, 0}}
	}
	var bodies []string
	for i, mark := range marks {
		end := len(plain)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		body := strings.Trim(plain[mark[1]:end], "- \n")
		if strings.HasPrefix(body, "MI") && strings.Contains(body, " ") {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// plusCandidates returns what the base64 of a body may have been. If its line ends are
// blanks too, their position tells them apart: a line has 64 or 76 characters.
func plusCandidates(body string) []string {
	texts := []string{joinLines(strings.Split(body, "\n"))}
	for _, width := range []int{64, 76} {
		for _, lineEnd := range []string{" ", "  "} {
			if text, ok := cutLines(body, width, lineEnd); ok {
				texts = append(texts, text)
			}
		}
	}
	for i, text := range texts {
		texts[i] = strings.ReplaceAll(text, " ", "+")
	}
	return texts
}

// joinLines joins lines of one width. Blanks at their ends may be missing or one too many.
func joinLines(lines []string) string {
	width := 0
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
		width = max(width, len(lines[i]))
	}
	var text strings.Builder
	for i, line := range lines {
		if text.WriteString(line); i < len(lines)-1 && line != "" {
			text.WriteString(strings.Repeat(" ", width-len(line)))
		}
	}
	return text.String()
}

// cutLines removes the line ends from a text in one line, and reports whether they are
// where lines of that width have them.
func cutLines(body string, width int, lineEnd string) (string, bool) {
	var text strings.Builder
	for len(body) > width {
		rest, ok := strings.CutPrefix(body[width:], lineEnd)
		if !ok {
			return "", false
		}
		text.WriteString(body[:width])
		body = rest
	}
	return text.String() + body, true
}
