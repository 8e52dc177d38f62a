package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
)

// variables are what ${…} stands for while a scenario runs.
type variables struct {
	random          string
	now             time.Time
	set             map[string]string
	getenv          func(string) (string, bool)
	request, answer json.RawMessage
	// matching says that a text can be a pattern, in which a value matches itself.
	matching bool
}

// VariableError means that a variable has no value.
type VariableError struct {
	Line, Column int
	Problem      string
}

// Error returns the problem without its place.
func (e *VariableError) Error() string { return e.Problem }

// expand returns a node with the values of its variables. A scalar that is one variable
// gets the type of its value; in a longer text, values are put in as texts. $$ is a
// dollar sign.
func (v variables) expand(n *node) (*node, error) {
	if n.kind == text && strings.Contains(n.text, "$") {
		return v.expandText(n)
	}
	if n.scalar() {
		return n, nil
	}
	expanded := *n
	expanded.items, expanded.entries = nil, nil
	for _, item := range n.items {
		e, err := v.expand(item)
		if err != nil {
			return nil, err
		}
		expanded.items = append(expanded.items, e)
	}
	for _, e := range n.entries {
		inner, err := v.expand(e.value)
		if err != nil {
			return nil, err
		}
		expanded.entries = append(expanded.entries, entry{e.key, e.line, e.column, inner})
	}
	return &expanded, nil
}

func (v variables) expandText(n *node) (*node, error) {
	var b strings.Builder
	end := 0
	for _, use := range usesIn(n.text) {
		b.WriteString(n.text[end:use.start])
		end = use.end
		if use.dollar {
			b.WriteByte('$')
			continue
		}
		if !use.closed {
			return nil, &VariableError{n.line, n.column, errUnclosed.Error()}
		}
		value, err := v.lookup(use.name)
		if err != nil {
			return nil, &VariableError{n.line, n.column, err.Error()}
		}
		if use.end-use.start == len(n.text) {
			return nodeOf(value, n), nil
		}
		if _, isPattern := patternOf(n); isPattern && v.matching {
			value = regexp.QuoteMeta(textOf(value))
		}
		b.WriteString(textOf(value))
	}
	b.WriteString(n.text[end:])
	return &node{line: n.line, column: n.column, kind: text, text: b.String(), quoted: n.quoted}, nil
}

// use is where a text uses a variable, or has $$ for a dollar sign.
type use struct {
	start, end     int
	name           string
	dollar, closed bool
}

var useForm = regexp.MustCompile(`\$\$|\$\{([^}]*)(\}?)`)

// usesIn returns the uses in a text, in their order.
func usesIn(text string) []use {
	var all []use
	for _, at := range useForm.FindAllStringSubmatchIndex(text, -1) {
		u := use{start: at[0], end: at[1], dollar: at[2] < 0}
		if !u.dollar {
			u.name, u.closed = text[at[2]:at[3]], at[4] < at[5]
		}
		all = append(all, u)
	}
	return all
}

// names are the variables without an argument.
const (
	varRandom = "random"
	varToday  = "today"
)

// checkVariables reports variables that are wrong whatever their values.
func (r *reader) checkVariables(n *node) {
	if n.kind == text {
		for _, use := range usesIn(n.text) {
			if err := use.problem(); err != nil {
				r.refuse(n, "", "%v", err)
			}
		}
	}
	for _, item := range n.items {
		r.checkVariables(item)
	}
	for _, e := range n.entries {
		r.checkVariables(e.value)
	}
}

// problem returns what is wrong with a use whatever the value of its variable.
func (u use) problem() error {
	if u.dollar {
		return nil
	}
	if !u.closed {
		return errUnclosed
	}
	for _, source := range []string{"answer", "request"} {
		if pointer, ok := strings.CutPrefix(u.name, source+"."); ok && pointer != "" && pointer[0] != '/' {
			return fmt.Errorf("${%s} has no path: write ${%s./%s}", u.name, source, strings.ReplaceAll(pointer, ".", "/"))
		}
	}
	if offset, ok := strings.CutPrefix(u.name, varToday); ok && offset != "" && strings.IndexByte("+-", offset[0]) >= 0 {
		_, err := variables{}.day(offset)
		return err
	}
	return nil
}

var errUnclosed = errors.New("a ${ without }: write $${ for a literal ${")

func (v variables) lookup(name string) (any, error) {
	if value, ok := v.set[name]; ok {
		return value, nil
	}
	switch {
	case name == varRandom:
		return v.random, nil
	case name == varToday, strings.HasPrefix(name, varToday+"+"), strings.HasPrefix(name, varToday+"-"):
		return v.day(strings.TrimPrefix(name, varToday))
	case strings.HasPrefix(name, "env."):
		if value, ok := v.getenv(strings.TrimPrefix(name, "env.")); ok {
			return value, nil
		}
		return nil, fmt.Errorf("the environment has no variable %s", strings.TrimPrefix(name, "env."))
	case strings.HasPrefix(name, "answer."):
		return follow(v.answer, strings.TrimPrefix(name, "answer."), "the last answer")
	case strings.HasPrefix(name, "request."):
		return follow(v.request, strings.TrimPrefix(name, "request."), "the last request")
	}
	known := append(slices.Sorted(maps.Keys(v.set)), varRandom, varToday)
	if near := nearest.Word(name, known); near != "" {
		return nil, fmt.Errorf("there is no variable %s: did you mean %s?", name, near)
	}
	return nil, fmt.Errorf("there is no variable %s: give it with --set %s=VALUE, or write $${ for a literal ${", name, name)
}

// day returns a day such as today+3d, as YYYY-MM-DD.
func (v variables) day(offset string) (any, error) {
	days := 0
	if offset != "" {
		n, err := strconv.Atoi(strings.TrimSuffix(offset, "d"))
		if err != nil || !strings.HasSuffix(offset, "d") {
			return nil, fmt.Errorf("${today%s} is not a day: write ${today+3d}", offset)
		}
		days = n
	}
	return v.now.AddDate(0, 0, days).Format(time.DateOnly), nil
}

// follow returns the value at a JSON pointer.
func follow(raw json.RawMessage, pointer, what string) (any, error) {
	doc, err := jsontree.Read(raw)
	if err != nil {
		return nil, fmt.Errorf("there is no value at %s of %s, which is not JSON", pointer, what)
	}
	n := doc.Root.Follow(pointer)
	if n.Pointer() != pointer {
		return nil, fmt.Errorf("there is no value at %s of %s", pointer, what)
	}
	return n.Value(), nil
}

func textOf(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return show(value)
}

// nodeOf returns a value as a node at the place of another.
func nodeOf(value any, at *node) *node {
	n := &node{line: at.line, column: at.column, quoted: true, exact: true}
	switch value := value.(type) {
	case nil:
		n.kind = null
	case bool:
		n.kind, n.text = boolean, strconv.FormatBool(value)
	case float64:
		n.kind, n.text = number, strconv.FormatFloat(value, 'f', -1, 64)
	case string:
		n.kind, n.text = text, value
	case []any:
		n.kind = list
		for _, item := range value {
			n.items = append(n.items, nodeOf(item, at))
		}
	case map[string]any:
		n.kind = mapping
		for _, key := range slices.Sorted(maps.Keys(value)) {
			n.entries = append(n.entries, entry{key, at.line, at.column, nodeOf(value[key], at)})
		}
	}
	return n
}
