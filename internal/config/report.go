package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/problem"
)

// place is where a value is in the file, and which variables it was made of.
type place struct {
	line, column int
	variables    []string
}

// report gathers the problems of one file.
type report struct {
	problems problem.List
	places   map[string]place
	// refused has the paths of lists and mappings that are something else: nothing
	// is missing in them
	refused map[string]bool
}

func newReport() *report {
	return &report{places: map[string]place{"": {line: 1, column: 1}}, refused: map[string]bool{}}
}

// add records a problem with the value at path. If the value came from a variable,
// the hint says so: the file alone would not tell what to change.
func (r *report) add(path, text, hint string) {
	if vars := r.places[path].variables; len(vars) > 0 {
		from := "the value comes from " + strings.Join(vars, " and ")
		switch {
		case strings.HasSuffix(hint, "?"):
			from = hint + " " + from
		case hint != "":
			from = hint + "; " + from
		}
		hint = from
	}
	r.addAt(r.nearest(path), path, text, hint)
}

// refuse records that the value at path cannot be read at all.
func (r *report) refuse(path, text, hint string) {
	r.refused[path] = true
	r.add(path, text, hint)
}

// addMissing records that the mapping at parent has none of keys. Where the file
// takes these keys from variables, the hint names the variables.
func (r *report) addMissing(parent, text string, keys ...string) {
	if r.refused[parent] {
		return
	}
	var vars []string
	for _, key := range keys {
		if r.broken(join(parent, key)) {
			return // it is there, and has been reported
		}
		for _, v := range r.places[join(parent, key)].variables {
			if !slices.Contains(vars, v) {
				vars = append(vars, v)
			}
		}
	}
	hint := "add " + strings.Join(keys, " or ")
	if len(vars) > 0 {
		hint = "set " + strings.Join(vars, " or ")
	}
	path := parent
	if len(keys) == 1 {
		path = join(parent, keys[0])
	}
	r.addAt(r.nearest(path), path, text, hint)
}

func (r *report) addAt(at place, path, text, hint string) {
	r.problems = append(r.problems, problem.Problem{Path: path, Line: at.line, Column: at.column, Text: text, Hint: hint})
}

// broken reports whether a problem has been recorded at path or below it. Checks ask
// it so that a value that could not be read is not also reported as missing.
func (r *report) broken(path string) bool {
	return slices.ContainsFunc(r.problems, func(p problem.Problem) bool {
		rest, below := strings.CutPrefix(p.Path, path)
		return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// nearest is the place of path, or of the nearest thing around it.
func (r *report) nearest(path string) place {
	for {
		if at, ok := r.places[path]; ok {
			return at
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// err returns the problems in the order of the file, nil if there are none.
func (r *report) err(file string) error {
	for i := range r.problems {
		r.problems[i].File = file
	}
	slices.SortStableFunc(r.problems, func(a, b problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.problems.Err()
}

// join is the path of a key of the mapping at parent.
func join(parent, key string) string {
	if parent == "" {
		return key
	}
	return parent + "." + key
}

// item is the path of an element of the list at parent.
func item(parent string, i int) string {
	return fmt.Sprintf("%s[%d]", parent, i)
}
