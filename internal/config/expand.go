package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/problem"
)

// expansion is a value after its variables have been put in.
type expansion struct {
	text      string
	variables []string // the names it mentions, each once
	problems  problem.List
}

// reference is what may follow a dollar sign: a name and perhaps a default, which
// holds no braces. Whatever it does not match has no meaning in this file.
var reference = regexp.MustCompile(`^\{([A-Za-z_][A-Za-z0-9_]*)(:-([^{}]*))?\}`)

// expand puts the variables into one value. What a variable holds is not expanded
// again.
func expand(text string, getenv func(string) (string, bool)) expansion {
	var e expansion
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			e.text = out.String()
			return e
		}
		text = rest
		switch {
		case strings.HasPrefix(rest, "$"):
			out.WriteByte('$')
			text = rest[1:]
		case strings.HasPrefix(rest, "{"):
			m := reference.FindStringSubmatch(rest)
			if m == nil {
				e.problems.Add("",
					"has a ${ that does not begin a variable",
					"write ${NAME} or ${NAME:-default}, and $$ for a dollar sign")
				continue
			}
			out.WriteString(e.lookUp(m[1], m[2] != "", m[3], getenv))
			text = rest[len(m[0]):]
		default:
			out.WriteByte('$')
		}
	}
}

func (e *expansion) lookUp(name string, hasDefault bool, fallback string, getenv func(string) (string, bool)) string {
	if !slices.Contains(e.variables, name) {
		e.variables = append(e.variables, name)
	}
	value, set := getenv(name)
	switch {
	case hasDefault && value == "":
		return strings.ReplaceAll(fallback, "$$", "$")
	case !set:
		e.problems.Add("",
			"needs the variable "+name+", which is not set",
			"set "+name+", or write ${"+name+":-default} if it may be unset")
	}
	return value
}
