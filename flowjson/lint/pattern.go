package lint

import (
	"regexp"
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/expr"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// slashes finds a pattern that is written as in a JavaScript program.
var slashes = regexp.MustCompile(`^/.*/[dgimsuvy]*$`)

// patternProblem says why clients cannot check values by a pattern; "" if they can.
func patternProblem(pattern string) string {
	switch {
	case expr.IsDynamic(pattern):
		return "a pattern cannot be dynamic: write the regular expression itself"
	case slashes.MatchString(pattern):
		return "a pattern has no slashes around it: leave them out"
	}
	if problem := catalog.PatternProblem(pattern); problem != "" {
		return "this is not a regular expression, so that clients accept every value: " + problem
	}
	return ""
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
