package flowjson

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Violation is one way in which data does not conform to a data model.
type Violation struct {
	// Pointer is the JSON pointer of the place within the data.
	Pointer string
	// Rule is "type", "null", "missing", "unexpected", or "keyword" for another JSON
	// Schema keyword of the model.
	Rule string
	// Problem says in words what is wrong, and never holds a value of the data.
	Problem string
}

// The rules of a [Violation].
const (
	RuleType       = "type"
	RuleNull       = "null"
	RuleMissing    = "missing"
	RuleUnexpected = "unexpected" // the screen has no data model at all
	RuleKeyword    = "keyword"
)

// Check holds data, decoded by encoding/json, to the model, as WhatsApp does when
// data arrives: types must fit and null fits none, keys that the model does not
// declare are ignored. Keys that it declares may be missing unless its entry
// "required" names them; with all, every one must be there, which is what a client
// needs to show the whole screen, and what WhatsApp insists on when the user comes
// from a screen with a NavigationList. A nil Model, of a screen that declares no
// data, takes none.
//
// The error says that the model itself is no JSON Schema.
func (m *Model) Check(data map[string]any, all bool) ([]Violation, error) {
	if m == nil {
		if len(data) > 0 {
			return []Violation{{Rule: RuleUnexpected, Problem: "the screen declares no data, and takes none"}}, nil
		}
		return nil, nil
	}
	schema, err := m.compiled()
	if err != nil {
		return nil, err
	}
	var found []Violation
	for _, key := range m.wanted(all) {
		if _, ok := data[key]; !ok {
			found = append(found, Violation{Pointer: "/" + pointerEscaper.Replace(key), Rule: RuleMissing, Problem: "the screen wants this key, and the data does not have it"})
		}
	}
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(data)); ok {
		found = appendLeaves(found, invalid)
	}
	return found, nil
}

// wanted returns the keys that data must have.
func (m *Model) wanted(all bool) []string {
	keys := slices.Clone(m.Required)
	if all {
		for _, f := range m.Fields {
			keys = append(keys, f.Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// CheckExample holds an example to the schema of its field. The error says that
// the schema is none.
func (f *Field) CheckExample() ([]Violation, error) {
	schema, err := compileSchema(f.Node.Value(exampleKey))
	if err != nil {
		return nil, err
	}
	var found []Violation
	if invalid, ok := errors.AsType[*jsonschema.ValidationError](schema.Validate(f.Example.Value())); ok {
		found = appendLeaves(found, invalid)
	}
	return found, nil
}

func appendLeaves(found []Violation, e *jsonschema.ValidationError) []Violation {
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			found = appendLeaves(found, cause)
		}
		return found
	}
	v := Violation{Pointer: pointerTo(e.InstanceLocation), Rule: RuleKeyword}
	switch k := e.ErrorKind.(type) {
	case *kind.Type:
		v.Rule = RuleType
		want := strings.Join(k.Want, " or ")
		v.Problem = fmt.Sprintf("the model wants %s, and this is %s", want, k.Got)
		if k.Got == "null" {
			v.Rule = RuleNull
			v.Problem = fmt.Sprintf("the model wants %s, and null fits no model: send an empty value, or nothing", want)
		}
	default:
		v.Problem = fmt.Sprintf("this breaks %q of the model", strings.Join(e.ErrorKind.KeywordPath(), "/"))
	}
	return append(found, v)
}

func pointerTo(location []string) string {
	var b strings.Builder
	for _, key := range location {
		b.WriteByte('/')
		b.WriteString(pointerEscaper.Replace(key))
	}
	return b.String()
}

func (m *Model) compile() (*jsonschema.Schema, error) {
	properties := make(map[string]any, len(m.Fields))
	for _, f := range m.Fields {
		properties[f.Key] = f.Node.Value(exampleKey)
	}
	return compileSchema(map[string]any{"type": TypeObject, "properties": properties})
}

func compileSchema(schema any) (*jsonschema.Schema, error) {
	const name = "model.json"
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(compilePattern)
	if err := c.AddResource(name, schema); err != nil {
		return nil, fmt.Errorf("flowjson: the data model is no JSON Schema: %w", err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("flowjson: the data model is no JSON Schema: %w", err)
	}
	return compiled, nil
}

// noLoader keeps a $ref from reading files.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("a data model cannot refer to another document")
}

// compilePattern lets through what JavaScript's regular expressions have and Go's
// have not, as nobody can check it here.
func compilePattern(pattern string) (jsonschema.Regexp, error) {
	if re, err := regexp.Compile(pattern); err == nil {
		return re, nil
	}
	return anyText(pattern), nil
}

type anyText string

func (anyText) MatchString(string) bool { return true }
func (t anyText) String() string        { return string(t) }
