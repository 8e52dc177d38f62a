package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/internal/problem"
)

// kind is what a node is.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	mapping
)

var kindNames = [...]string{"nothing", "true or false", "a number", "a text", "a list", "a mapping"}

func (k kind) String() string { return kindNames[k] }

// maxDepth bounds how deep a file nests.
const maxDepth = 64

// node is a YAML value with its place.
type node struct {
	line, column int
	kind         kind
	// text is a scalar as it is written, without quotes.
	text string
	// quoted says that a text has quotes, so that it is not a keyword; exact, that it is the
	// value of a variable, and not a pattern either.
	quoted, exact bool

	items   []*node // of a list
	entries []entry // of a mapping, in order
}

type entry struct {
	key          string
	line, column int
	value        *node
}

// get returns the value of a key; nil if there is none. A nil node has none.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, e := range n.entries {
		if e.key == key {
			return e.value
		}
	}
	return nil
}

// is reports whether the node is a keyword, a text without quotes.
func (n *node) is(keyword string) bool {
	return n.kind == text && !n.quoted && n.text == keyword
}

// what describes the node for a message that says what is expected instead.
func (n *node) what() string {
	if n.kind == list && len(n.items) == 0 || n.kind == mapping && len(n.entries) == 0 {
		return "an empty one"
	}
	return n.kind.String()
}

// scalar reports whether the node is a single value.
func (n *node) scalar() bool { return n.kind != list && n.kind != mapping }

// float returns the value of a number, which YAML also writes as 1_000 or 0x10.
func (n *node) float() (f float64, ok bool) {
	written := strings.ReplaceAll(n.text, "_", "")
	if f, err := strconv.ParseFloat(written, 64); err == nil {
		return f, true
	}
	whole, err := strconv.ParseInt(written, 0, 64)
	return float64(whole), err == nil
}

// String returns the node as it could be written on one line, for messages.
func (n *node) String() string {
	switch n.kind {
	case list:
		parts := make([]string, len(n.items))
		for i, item := range n.items {
			parts[i] = item.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case mapping:
		parts := make([]string, len(n.entries))
		for i, e := range n.entries {
			parts[i] = e.key + ": " + e.value.String()
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case null:
		return "null"
	default:
	}
	if n.kind == text && n.quoted {
		return strconv.Quote(n.text)
	}
	return n.text
}

// reader collects what is wrong with a file.
type reader struct {
	file     string
	problems problem.List
	// unreadable says that a node was left out, because nothing can be made of it.
	unreadable bool
}

func (r *reader) refuse(n *node, hint, format string, args ...any) {
	r.refuseAt(n.line, n.column, hint, format, args...)
}

func (r *reader) refuseAt(line, column int, hint, format string, args ...any) {
	r.problems = append(r.problems, problem.Problem{
		File: r.file, Line: line, Column: column, Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

// unknown reports a word that is not among those known, and the nearest of them.
func (r *reader) unknown(line, column int, what, word string, known []string) {
	hint := "expected one of " + strings.Join(known, ", ")
	if near := nearest.Word(word, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	r.refuseAt(line, column, hint, "unknown %s %s", what, word)
}

// node converts what the YAML library has read.
func (r *reader) node(a ast.Node, depth int) *node {
	n := &node{}
	if a == nil {
		return n
	}
	if t := a.GetToken(); t != nil && t.Position != nil {
		n.line, n.column = t.Position.Line, t.Position.Column
	}
	if depth > maxDepth {
		r.unreadable = true
		r.refuse(n, "", "the file nests deeper than %d levels", maxDepth)
		return n
	}
	switch a := a.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		n.kind, n.text = boolean, strconv.FormatBool(a.Value)
	case *ast.IntegerNode, *ast.FloatNode:
		n.kind, n.text = number, a.GetToken().Value
	case *ast.StringNode:
		n.kind, n.text = text, a.Value
		n.quoted = a.Token.Type == token.SingleQuoteType || a.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		n.kind, n.text, n.quoted = text, a.Value.Value, true
	case *ast.SequenceNode:
		n.kind = list
		for _, item := range a.Values {
			n.items = append(n.items, r.node(item, depth+1))
		}
	case ast.MapNode:
		r.mapping(n, a, depth)
	default:
		r.unreadable = true
		r.refuse(n, "write the value out; if it begins with one of & * ! put it in quotes",
			"an anchor, an alias, a tag or a special number, which scenarios do not support")
	}
	return n
}

func (r *reader) mapping(n *node, a ast.MapNode, depth int) {
	n.kind = mapping
	for it := a.MapRange(); it.Next(); {
		key := it.Key().GetToken()
		e := entry{key: key.Value, value: r.node(it.Value(), depth+1)}
		if key.Position != nil {
			e.line, e.column = key.Position.Line, key.Position.Column
		}
		if len(n.entries) == 0 {
			n.line, n.column = e.line, e.column
		}
		if e.value.line == 0 {
			e.value.line, e.value.column = e.line, e.column
		}
		if n.get(e.key) != nil {
			r.refuseAt(e.line, e.column, "keep one of the two", "the key %s is given twice", e.key)
			continue
		}
		n.entries = append(n.entries, e)
	}
}
