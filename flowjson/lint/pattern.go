package lint

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// onlyECMA finds what JavaScript's regular expressions have and Go's lack, slashes one that
// is written as in a JavaScript program.
var (
	onlyECMA = regexp.MustCompile(`\(\?[=!<]|\\[1-9uck]|\[\^?\]`)
	slashes  = regexp.MustCompile(`^/.*/[dgimsuvy]*$`)
)

// neverECMA are mistakes that JavaScript always refuses, too. It accepts unknown escapes.
var neverECMA = []syntax.ErrorCode{
	syntax.ErrInvalidRepeatOp, syntax.ErrMissingBracket, syntax.ErrMissingParen,
	syntax.ErrMissingRepeatArgument, syntax.ErrTrailingBackslash, syntax.ErrUnexpectedParen,
}

// patternProblem says why clients cannot check values by a pattern; "" if they can, or
// if that is not known.
func patternProblem(pattern string) string {
	const ignored = "this is not a regular expression, so that clients accept every value: "
	foreign := catalog.ForeignGroup(pattern)
	switch {
	case expr.IsDynamic(pattern):
		return "a pattern cannot be dynamic: write the regular expression itself"
	case slashes.MatchString(pattern):
		return "a pattern has no slashes around it: leave them out"
	case foreign != "":
		return ignored + "JavaScript has no " + foreign
	case onlyECMA.MatchString(pattern):
		return ""
	}
	_, err := regexp.Compile(pattern)
	if wrong, ok := errors.AsType[*syntax.Error](err); ok && isWrongInECMA(wrong) {
		return ignored + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	}
	return ""
}

// isWrongInECMA reports whether JavaScript refuses what Go does.
func isWrongInECMA(wrong *syntax.Error) bool {
	return slices.Contains(neverECMA, wrong.Code) ||
		wrong.Code == syntax.ErrInvalidCharRange && !strings.Contains(wrong.Expr, `\`) || // [\d-x] has no range there
		wrong.Code == syntax.ErrInvalidRepeatSize && !isLongRepeat(wrong.Expr)
}

// isLongRepeat reports whether a repeat such as {1,2000} is too long for Go only.
func isLongRepeat(repeat string) bool {
	var least, most int
	switch n, _ := fmt.Sscanf(repeat, "{%d,%d}", &least, &most); n {
	case 1:
		return true // {2000} or {2000,}
	case 2:
		return least <= most
	}
	return false
}

// patternTypes are the input types that can have a pattern. The default is text.
var patternTypes = []string{"text", "number", "password", "passcode"}

// pattern checks what a TextInput with a pattern must have as well.
func (c *checker) pattern(n *jsontree.Node) {
	pattern, kind := n.Get("pattern"), n.Get("input-type")
	if pattern == nil || !c.version.AtLeast(catalog.Version{Major: 6, Minor: 2}) {
		return
	}
	if kind.Is(jsontree.String) && !slices.Contains(patternTypes, kind.Text) && slices.Contains([]string{"email", "phone"}, kind.Text) {
		c.at(kind, Error, "INVALID_ENUM_VALUE",
			"a TextInput with a pattern must have the input-type %s: change it, or remove the pattern", catalog.OneOf(patternTypes))
	}
	switch problem := patternProblem(pattern.Str()); {
	case problem != "":
		c.at(pattern, Warning, "PATTERN_NOT_CHECKED", "%s", problem)
	case kind == nil && !c.misspelt[member{n, "input-type"}]: // although Meta's page has "text" as the default
		c.onKey(pattern, Warning, "PATTERN_NOT_CHECKED", `clients check a pattern only if there is an input-type: add "input-type": "text"`)
	}
	if n.Get("helper-text") == nil && !c.misspelt[member{n, "helper-text"}] {
		c.at(n, Error, "MISSING_REQUIRED_PROPERTY", `a TextInput with a pattern needs "helper-text": say what is expected`)
	}
}
