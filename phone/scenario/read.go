package scenario

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/phone"
)

// maxFile bounds a file of scenarios, in bytes.
const maxFile = 1 << 20

// File is a file of scenarios.
type File struct {
	Name      string
	Scenarios []*Scenario
}

// Scenario is what a user does in a Flow, step by step, and what they expect to see.
type Scenario struct {
	Name string
	// File is the name of the file, Line the line on which the scenario begins.
	File string
	Line int
	// Flow is the path of the Flow JSON, relative to the folder of the file, or the id of
	// a compiled-in Flow; empty if the scenario does not name one.
	Flow string
	// Ruleset is the ruleset of the phone, Quirks the rules that it switches on or off: see
	// [phone.Config].
	Ruleset phone.Ruleset
	Quirks  map[string]bool

	flowFile string          // the file that Flow is relative to
	use      *Scenario       // runs first
	open     *open           // the message; nil if no step before the first opens the Flow
	allow    map[string]bool // what may go wrong without a step that expects it
	steps    []step
}

// FlowPath returns the path of the scenario's Flow JSON, or "" if Flow is not a path.
func (s *Scenario) FlowPath() string {
	if !strings.HasSuffix(s.Flow, ".json") {
		return ""
	}
	if filepath.IsAbs(s.Flow) {
		return s.Flow
	}
	return filepath.Join(filepath.Dir(s.flowFile), s.Flow)
}

// Uploads reports whether a step adds a file to a picker, so that the phone needs a media
// CDN: see [Options].
func (s *Scenario) Uploads() bool {
	if s.use != nil && s.use.Uploads() {
		return true
	}
	return slices.ContainsFunc(s.steps, func(s step) bool { _, ok := s.action.(upload); return ok })
}

// Load reads a file of scenarios, and the files whose scenarios it uses. The error, a
// problem.List of this module, lists all problems with their places.
func Load(path string) (*File, error) {
	l := loader{}
	return l.load(path)
}

// loader reads each file once, and finds circles.
type loader struct {
	loaded  map[string]*File
	loading []string
}

func (l *loader) load(path string) (*File, error) {
	path = filepath.Clean(path)
	if f := l.loaded[path]; f != nil {
		return f, nil
	}
	if slices.Contains(l.loading, path) {
		return nil, fmt.Errorf("%s uses itself, by way of %s", path, strings.Join(l.loading, ", "))
	}
	l.loading = append(l.loading, path)
	defer func() { l.loading = l.loading[:len(l.loading)-1] }()
	source, err := files.Read(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("the scenarios: %w", err)
	}
	f, err := l.parse(path, source)
	if err != nil {
		return nil, err
	}
	if l.loaded == nil {
		l.loaded = map[string]*File{}
	}
	l.loaded[path] = f
	return f, nil
}

// Parse reads the scenarios of a source; name is that of the file, for messages and
// relative paths.
func Parse(name string, source []byte) (*File, error) {
	l := loader{}
	l.loading = []string{filepath.Clean(name)}
	return l.parse(name, source)
}

func (l *loader) parse(name string, source []byte) (*File, error) {
	r := &reader{file: name}
	f := &File{Name: name}
	for _, body := range r.documents(source) {
		if s := r.scenario(body, f, l); s != nil {
			f.Scenarios = append(f.Scenarios, s)
		}
	}
	if len(f.Scenarios) == 0 && len(r.problems) == 0 {
		r.refuseAt(1, 1, "write name: and steps:", "the file has no scenario")
	}
	slices.SortStableFunc(r.problems, func(a, b problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// documents returns the YAML documents of a file.
func (r *reader) documents(source []byte) []ast.Node {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	if !utf8.Valid(source) {
		r.refuseAt(1, 1, "save it as UTF-8", "the file is not a text in UTF-8")
		return nil
	}
	parsed, err := parser.ParseBytes(source, 0, parser.AllowDuplicateMapKey()) // mapping reports duplicates
	if err != nil {
		line, column, message := 1, 1, err.Error()
		if syntax, ok := errors.AsType[yaml.Error](err); ok {
			message = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line, column = t.Position.Line, t.Position.Column
			}
		}
		r.refuseAt(line, column, "", "not YAML: %s", message)
		return nil
	}
	var bodies []ast.Node
	for _, doc := range parsed.Docs {
		if _, directive := doc.Body.(*ast.DirectiveNode); directive || doc.Body == nil {
			continue
		}
		bodies = append(bodies, doc.Body)
	}
	return bodies
}

var scenarioKeys = []string{"flow", "name", "use", "open", "rules", "quirks", "allow", "steps"}

// scenario reads one document.
func (r *reader) scenario(body ast.Node, f *File, l *loader) *Scenario {
	n := r.node(body, 0)
	if r.unreadable { // the rest would be about what only seems to be missing
		r.unreadable = false
		return nil
	}
	if n.kind != mapping {
		r.refuse(n, "write name: and steps:", "a scenario must be a mapping, not %s", n.kind)
		return nil
	}
	s := &Scenario{File: f.Name, flowFile: f.Name, Line: n.line, Ruleset: phone.Published}
	r.keys(n, "key", scenarioKeys)
	s.Name = r.textOf(n.get("name"), "name")
	s.Flow = r.textOf(n.get("flow"), "flow")
	if name := n.get("name"); (name == nil || name.scalar() && s.Name == "") && !misspells(n, "name") {
		r.refuse(n, "give it a name that describes what it shows", "the scenario has no name")
	}
	if slices.ContainsFunc(f.Scenarios, func(other *Scenario) bool { return other.Name == s.Name }) {
		r.refuse(n, "give each scenario a unique name", "two scenarios have the name %s", s.Name)
	}
	if rules := n.get("rules"); rules != nil {
		s.Ruleset = phone.Ruleset(r.word(rules, "rules", string(phone.Published), string(phone.Draft)))
	}
	s.Quirks = r.quirks(n.get("quirks"))
	s.allow = r.allowed(n.get("allow"))
	if use := n.get("use"); use != nil {
		s.use = r.used(use, f, l)
		if s.use != nil && s.Flow == "" {
			s.Flow, s.flowFile = s.use.Flow, s.use.flowFile
		}
		if s.use != nil && n.get("rules") == nil {
			s.Ruleset = s.use.Ruleset
		}
		if s.use != nil && n.get("quirks") == nil {
			s.Quirks = s.use.Quirks
		}
	}
	if before := len(f.Scenarios); s.Flow == "" && before > 0 {
		s.Flow, s.flowFile = f.Scenarios[before-1].Flow, f.Scenarios[before-1].flowFile
	}
	if open := n.get("open"); open != nil {
		r.checkVariables(open)
		s.open = r.open(open)
	}
	s.steps = r.steps(n)
	return s
}

// steps reads what happens in a scenario.
func (r *reader) steps(scenario *node) []step {
	const hint = "write steps: and, below it, a dash before each step"
	steps := scenario.get("steps")
	switch {
	case steps == nil && misspells(scenario, "steps"):
		return nil
	case steps == nil || steps.kind == null || steps.kind == list && len(steps.items) == 0:
		r.refuse(scenario, hint, "the scenario has no steps")
		return nil
	case steps.kind != list:
		r.refuse(steps, hint, "steps must be a list, not %s", steps.kind)
		return nil
	}
	var all []step
	for _, item := range steps.items {
		if step, ok := r.step(item); ok {
			all = append(all, step)
		}
	}
	return all
}

// used returns the scenario that another one begins with, named as file.yaml#name or, in
// the same file, #name.
func (r *reader) used(n *node, f *File, l *loader) *Scenario {
	path, name, ok := strings.Cut(r.textOf(n, "use"), "#")
	if !ok {
		r.refuse(n, `write the file, # and the name, such as use: "booking.yaml#a haircut"`, "use does not name a scenario")
		return nil
	}
	from := f
	if path != "" {
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(f.Name), path)
		}
		if filepath.Clean(path) != filepath.Clean(f.Name) {
			loaded, err := l.load(path)
			if err != nil {
				r.refuse(n, "", "cannot read what it uses: %v", err)
				return nil
			}
			from = loaded
		}
	}
	var names []string
	for _, s := range from.Scenarios {
		if s.Name == name {
			return s
		}
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		r.refuse(n, "put it above this one", "there is no scenario %s above this one", name)
		return nil
	}
	r.unknown(n.line, n.column, "scenario", name, names)
	return nil
}

// keys reports the keys of a mapping that are not known. ok is true if there are none.
func (r *reader) keys(n *node, what string, known []string) (ok bool) {
	ok = true
	for _, e := range n.entries {
		if !slices.Contains(known, e.key) {
			r.unknown(e.line, e.column, what, e.key, known)
			ok = false
		}
	}
	return ok
}

// misspells reports whether a scenario has an unknown key that was probably meant as the
// given one. The unknown key is reported, so the given one is not reported as missing.
func misspells(n *node, key string) bool {
	return slices.ContainsFunc(n.entries, func(e entry) bool {
		return !slices.Contains(scenarioKeys, e.key) && nearest.Word(e.key, scenarioKeys) == key
	})
}

// textOf returns a text, or "" if there is none.
func (r *reader) textOf(n *node, what string) string {
	switch {
	case n == nil || n.kind == null:
		return ""
	case !n.scalar():
		r.refuse(n, "", "%s must be a text, not %s", what, n.kind)
		return ""
	}
	return n.text
}

// word returns one of some words.
func (r *reader) word(n *node, what string, words ...string) string {
	got := r.textOf(n, what)
	if got != "" && !slices.Contains(words, got) {
		r.unknown(n.line, n.column, what, got, words)
	}
	return got
}

// words returns the items of a list of words, or the single word.
func (r *reader) words(n *node, what string) []*node {
	switch {
	case n.kind == text:
		return []*node{n}
	case n.kind != list || len(n.items) == 0:
		r.refuse(n, "write a list, such as "+what+": [a, b]", "%s must be a list of words, not %s", what, n.what())
	}
	return n.items
}

// quirks reads which rules are switched on or off.
func (r *reader) quirks(n *node) map[string]bool {
	if n == nil || n.kind == null {
		return nil
	}
	switches := phone.Switches()
	if n.kind != mapping {
		r.refuse(n, "write quirks: {"+switches[0]+": true}", "quirks must be a mapping from rules to true or false, not %s", n.kind)
		return nil
	}
	r.keys(n, "rule with a switch", switches)
	quirks := map[string]bool{}
	for _, e := range n.entries {
		quirks[e.key] = r.truth(e.value, e.key)
	}
	return quirks
}

// The things that can go wrong without being expected, if a scenario allows them.
var troubles = []string{allowErrors, allowFailure, allowFindings, allowSnackbar, allowStatus}

const (
	allowErrors   = "errors"
	allowFailure  = "failure"
	allowFindings = "findings"
	allowSnackbar = "snackbar"
	allowStatus   = "status"
)

func (r *reader) allowed(n *node) map[string]bool {
	allow := map[string]bool{}
	if n == nil {
		return allow
	}
	for _, item := range r.words(n, "allow") {
		allow[r.word(item, "allow", troubles...)] = true
	}
	return allow
}
