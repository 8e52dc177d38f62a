package catalog

import (
	"regexp"
	"strings"
)

// patternToken finds escapes, classes, and the beginnings of the groups that JavaScript has
// in a pattern. "(?" alone is the beginning of any other group.
var patternToken = regexp.MustCompile(`(?s)\\.|\[(?:\\.|[^\]\\])*\]|\(\?(?:[:=!<]|[ims]*(?:-[ims]+)?:)?`)

// groupKind is what a reader recognises a group by, such as (?i) or (?P<.
var groupKind = regexp.MustCompile(`(?s)^\(\?(?:[A-Za-z-]+[):]|P[<=>]|.)?`)

// ForeignGroup returns how the first group begins that JavaScript's regular expressions do
// not have although those of other languages do, such as (?i) or (?P<. It returns "" if
// there is none.
func ForeignGroup(pattern string) string {
	for _, at := range patternToken.FindAllStringIndex(pattern, -1) {
		if token := pattern[at[0]:at[1]]; strings.HasSuffix(token, "(?") && token[0] == '(' {
			return groupKind.FindString(pattern[at[0]:])
		}
	}
	return ""
}
