package catalog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// schemas compiles the schema of a version, as draft-07, once for each.
type schemas map[catalog.Version]*jsonschema.Schema

func (s schemas) of(t *testing.T, v catalog.Version) *jsonschema.Schema {
	t.Helper()
	if s[v] == nil {
		s[v] = schemaOf(t, v)
	}
	return s[v]
}

func schemaOf(t *testing.T, v catalog.Version) *jsonschema.Schema {
	t.Helper()
	text, err := catalog.Schema(v)
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, decode(t, text))
}

func compile(t *testing.T, schema any) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7)
	compiler.UseRegexpEngine(ecmaRegexp)
	if err := compiler.AddResource("flow.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("flow.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func decode(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// versionOf returns the version of a Flow, if it is a known one.
func versionOf(flow any) (catalog.Version, bool) {
	top, _ := flow.(map[string]any)
	text, _ := top["version"].(string)
	v, err := catalog.ParseVersion(text)
	_, known := v.Release()
	return v, err == nil && known
}

// validFlows returns the files without findings, by name.
func validFlows(t *testing.T) map[string]any {
	t.Helper()
	files, err := filepath.Glob("../../testdata/flows/valid/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no valid files", err)
	}
	flows := map[string]any{}
	for _, file := range append(files, "../../cmd/flowserver/booking.json") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		flows[filepath.Base(file)] = decode(t, text)
	}
	return flows
}

func TestSchemaAcceptsValidFiles(t *testing.T) {
	t.Parallel()
	compiled := schemas{}
	for name, flow := range validFlows(t) {
		v, known := versionOf(flow)
		if !known {
			t.Fatalf("%s has an unknown version", name)
		}
		if err := compiled.of(t, v).Validate(flow); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// ajv in its strict mode refuses a schema that requires a key without listing it among the
// properties next to it.
func TestSchemaListsRequiredKeys(t *testing.T) {
	t.Parallel()
	for _, release := range catalog.Releases() {
		text, err := catalog.Schema(release.Version)
		if err != nil {
			t.Fatal(err)
		}
		eachObject("", decode(t, text), func(place string, schema map[string]any) {
			required, _ := schema["required"].([]any)
			properties, _ := schema["properties"].(map[string]any)
			for _, key := range required {
				if name, _ := key.(string); properties[name] == nil {
					t.Errorf("%s, %s: %s is required and not listed", release.Version, place, name)
				}
			}
		})
	}
}

// eachObject visits all objects within a JSON value, with their places.
func eachObject(place string, value any, visit func(string, map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(place, value)
		for key, child := range value {
			eachObject(place+"/"+key, child, visit)
		}
	case []any:
		for i, child := range value {
			eachObject(fmt.Sprint(place, "/", i), child, visit)
		}
	}
}

// Of an object whose type or action is missing, only that is reported.
func TestSchemaOfNoType(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t, catalog.Newest())
	for _, component := range []string{`{"text": "A"}`, `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"payload": {}, "url": "https://example.com"}}`} {
		err := schema.Validate(decode(t, fmt.Appendf(nil, `{"version": "7.3", "screens": [{"id": "A", "title": "A",
			"layout": {"type": "SingleColumnLayout", "children": [%s]}}]}`, component)))
		invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
		if !ok {
			t.Fatalf("%s: got %v", component, err)
		}
		if found := leaves(invalid); len(found) != 1 {
			t.Errorf("%s: %d faults: %v", component, len(found), found)
		}
	}
}

// leaves returns the faults that have no causes of their own.
func leaves(e *jsonschema.ValidationError) []string {
	if len(e.Causes) == 0 {
		return []string{e.Error()}
	}
	var all []string
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// typeCodes are the codes of lint for what a schema can find: a wrong type, an unknown
// key, a missing one.
var typeCodes = regexp.MustCompile(
	`(?m)^error (INVALID_PROPERTY_TYPE|INVALID_PROPERTY_KEY|INVALID_ENUM_VALUE|INVALID_TYPE_PROPERTY_VALUE|` +
		`MISSING_REQUIRED_PROPERTY|MIN_ITEMS_REQUIRED|MINIMUM_VALUE_REQUIRED|MAXIMUM_VALUE_REQUIRED) `)

// lintOnly are negative files with such a code for something that no schema can express:
// it depends on other values of the file.
var lintOnly = regexp.MustCompile(
	`^(component-key-in-form|document-byte-order-mark|component-pattern-|document-data-exchange-without|document-routing-model-missing|` +
		`placement-list-on-terminal|placement-unknown-init-value|placement-init|placement-error|range-)`)

// Every negative file with a wrong type, key or word is refused.
func TestSchemaRefusesNegativeFiles(t *testing.T) {
	t.Parallel()
	wants, err := filepath.Glob("../../testdata/flows/negative/*.want")
	if err != nil || len(wants) == 0 {
		t.Fatal("no negative files", err)
	}
	refused, compiled := 0, schemas{}
	for _, file := range wants {
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".want")
		if !typeCodes.Match(want) || lintOnly.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(strings.TrimSuffix(file, ".want") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		flow := decode(t, text)
		v, known := versionOf(flow)
		if !known {
			continue
		}
		if compiled.of(t, v).Validate(flow) == nil {
			t.Errorf("the schema accepts %s", name)
		}
		refused++
	}
	if refused < 50 {
		t.Errorf("%d files were refused, expected 50 at least", refused)
	}
}

// Each value of component-every-property.json is replaced by one of another type.
func TestSchemaRefusesWrongTypes(t *testing.T) {
	t.Parallel()
	flow := validFlows(t)["component-every-property.json"]
	v, _ := versionOf(flow)
	schema := schemaOf(t, v)
	tried := 0
	for place, restore := range eachWrongType(flow) {
		tried++
		if schema.Validate(flow) == nil {
			t.Errorf("the schema accepts another type at %s", place)
		}
		restore()
	}
	if tried < 200 {
		t.Errorf("%d values were replaced, expected 200 at least", tried)
	}
}

// free are the keys below which any type is right.
var free = map[string]bool{"payload": true, "data": true, "init-values": true, "error-messages": true, "meta": true}

// eachWrongType replaces one value after the other, until restore is called.
func eachWrongType(flow any) func(yield func(place string, restore func()) bool) {
	var walk func(place string, value any, set func(any), yield func(string, func()) bool) bool
	walk = func(place string, value any, set func(any), yield func(string, func()) bool) bool {
		if set != nil {
			set(wrongFor(value))
			if !yield(place, func() { set(value) }) {
				return false
			}
		}
		switch value := value.(type) {
		case map[string]any:
			for key, child := range value {
				if !free[key] && !walk(place+"/"+key, child, func(v any) { value[key] = v }, yield) {
					return false
				}
			}
		case []any:
			for i, child := range value {
				if !walk(place+"/-", child, func(v any) { value[i] = v }, yield) {
					return false
				}
			}
		}
		return true
	}
	return func(yield func(string, func()) bool) { walk("", flow, nil, yield) }
}

// wrongFor returns a value that fits where value fits nowhere: null fits nothing.
func wrongFor(value any) any {
	switch value.(type) {
	case json.Number:
		return map[string]any{}
	case bool:
		return json.Number("1")
	default:
		return nil
	}
}

var (
	notBlank  = regexp.MustCompile(`\S`)
	lookahead = regexp.MustCompile(`\(\?![^()]*\)`)
)

// ecmaRegexp also reads the lookaheads of Meta's schema, which Go's regexp lacks.
func ecmaRegexp(pattern string) (jsonschema.Regexp, error) {
	if pattern == `^(\r?\n?)*(?!\s*$).+(\r?\n?)*` { // what is not blank
		return notBlank, nil
	}
	if inner, ok := strings.CutPrefix(pattern, "^(?!"); ok && strings.HasSuffix(inner, ")") {
		re, err := regexp.Compile("^(?:" + strings.TrimSuffix(inner, ")") + ")")
		return not{re}, err
	}
	if rest := lookahead.ReplaceAllString(pattern, ""); rest != pattern {
		return regexp.Compile(rest) // less strict
	}
	return regexp.Compile(pattern)
}

// not matches what another expression does not.
type not struct{ *regexp.Regexp }

func (n not) MatchString(s string) bool { return !n.Regexp.MatchString(s) }

// TestMetaSchema compares the schema of version 6.2 with the one that Meta's Builder
// used (published with github.com/Fgc17/vs-waflows, src/assets/schemas/versions/602.json,
// 2025-01), if FLOWSERVER_META_SCHEMA names a copy. It is not ours to publish. Where
// Meta's schema accepts a file or refuses a wrong type, so must ours; what Meta's alone
// refuses is logged, as Meta's pages count.
func TestMetaSchema(t *testing.T) {
	t.Parallel()
	file := os.Getenv("FLOWSERVER_META_SCHEMA")
	if file == "" {
		t.Skip("FLOWSERVER_META_SCHEMA names no copy of Meta's schema of version 6.2")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	published, ok := decode(t, text).(map[string]any)
	if !ok {
		t.Fatal("FLOWSERVER_META_SCHEMA is not a schema")
	}
	published["required"] = []any{"screens", "version"} // the Builder keeps settings of its own in the file
	metas, ours := compile(t, published), schemaOf(t, catalog.Version{Major: 6, Minor: 2})
	for name, flow := range validFlows(t) {
		top, _ := flow.(map[string]any)
		if top["version"] != "6.2" {
			top["version"] = "6.2"
		}
		compareSchemas(t, metas, ours, name, flow)
		if metas.Validate(flow) != nil {
			continue
		}
		for place, restore := range eachWrongType(flow) {
			compareSchemas(t, metas, ours, name+place, flow)
			restore()
		}
	}
}

func compareSchemas(t *testing.T, metas, ours *jsonschema.Schema, what string, flow any) {
	t.Helper()
	refusedByMeta, refused := metas.Validate(flow), ours.Validate(flow)
	switch {
	case refusedByMeta == nil && refused != nil:
		t.Errorf("%s: Meta's schema accepts it, and ours does not: %v", what, refused)
	case refusedByMeta != nil && refused == nil:
		t.Logf("%s: only Meta's schema refuses it: %v", what, refusedByMeta)
	}
}
