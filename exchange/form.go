package exchange

import (
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/flowjson"
)

// formReader decodes payloads into forms, validates them, and says in the user's
// language what is wrong. It never says what was typed.
type formReader struct {
	validate *validator.Validate
	texts    *texts
	flow     *flowjson.Flow        // whose labels are used; nil if it is not known
	numeric  map[reflect.Type]bool // forms that have a Number
}

// newFormReader panics on a language that it does not know.
func newFormReader(v *validator.Validate, language string, flow *flowjson.Flow) *formReader {
	v.RegisterTagNameFunc(jsonName)
	registerNumber(v)
	return &formReader{validate: v, texts: textsOf(language), flow: flow, numeric: map[reflect.Type]bool{}}
}

// wrong is one thing that is wrong with a payload.
type wrong struct {
	path  string // in the form, by JSON names, such as guests[1].name
	rule  string // the validate tag that failed; empty if the value cannot be decoded
	param string
	note  string // for the log
}

// read fills form, a pointer to a struct, from the payload of a screen and validates it.
// All that is wrong is reported at once. What can be decoded is in form in any case.
func (r *formReader) read(screen string, payload json.RawMessage, form any) *RejectError {
	found := decodeForm(payload, form)
	if _, isNoData := form.(*NoData); !isNoData {
		if value := reflect.ValueOf(form).Elem(); r.numeric[value.Type()] {
			found = append(found, wrongNumbers(value, "")...)
		}
		invalid, err := r.invalid(form)
		if err != nil {
			return &RejectError{Message: r.texts.checkAll, note: err.Error()}
		}
		found = append(found, unexplained(invalid, found)...)
	}
	if len(found) == 0 {
		return nil
	}
	return r.reject(screen, reflect.TypeOf(form).Elem(), distinct(found))
}

// unexplained returns the broken rules that do not follow from a value, or one that it is
// part of, that could not be read.
func unexplained(invalid, unread []wrong) []wrong {
	if len(unread) == 0 {
		return invalid
	}
	paths := map[string]bool{}
	for _, w := range unread {
		paths[w.path] = true
	}
	return slices.DeleteFunc(invalid, func(w wrong) bool {
		for i, c := range w.path {
			if (c == '.' || c == '[') && paths[w.path[:i]] {
				return true
			}
		}
		return paths[w.path] || paths[""]
	})
}

// How many faults are reported of one payload, and of one of its keys.
const (
	maxFaults       = 100
	maxFaultsPerKey = 10
)

var index = regexp.MustCompile(`\[[^]]*\]`)

// distinct keeps one fault of each field, whichever item of a list it is in, and not too
// many: the sender decides how many there are.
func distinct(found []wrong) []wrong {
	seen, perKey := map[string]bool{}, map[string]int{}
	var list []wrong
	for _, w := range found {
		field, key := index.ReplaceAllString(w.path, ""), topLevel(w.path)
		if !seen[field] && perKey[key] < maxFaultsPerKey && len(list) < maxFaults {
			seen[field] = true
			perKey[key]++
			list = append(list, w)
		}
	}
	return list
}

// invalid returns the validate tags that a form breaks.
func (r *formReader) invalid(form any) ([]wrong, error) {
	err := r.validate.Struct(form)
	if err == nil {
		return nil, nil
	}
	problems, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return nil, errors.New("form cannot be validated")
	}
	root := reflect.TypeOf(form).Elem().Name() + "."
	var found []wrong
	for _, problem := range problems {
		w := wrong{path: strings.TrimPrefix(problem.Namespace(), root), rule: problem.ActualTag(), param: problem.Param()}
		if problem.Kind() == reflect.Invalid { // an empty Number, whatever its first tag is
			w.rule = ruleRequired
		}
		w.note = topLevel(w.path) + " (" + problem.Tag() + ")"
		found = append(found, w)
	}
	return found, nil
}

// maxNotes is how many faults of one payload a log line names.
const maxNotes = 20

// reject writes the texts for the user: one for each input, and one for the screen.
func (r *formReader) reject(screen string, form reflect.Type, found []wrong) *RejectError {
	var source *flowjson.Screen
	if r.flow != nil {
		source = r.flow.Screen(screen)
	}
	why := &RejectError{Fields: map[string]string{}}
	var everything, elsewhere, atInputs, notes []string
	add := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, w := range inOrder(form, found) {
		if len(notes) < maxNotes {
			add(&notes, w.note)
		}
		p := placeOf(form, w.path, source)
		if p.label == "" { // of the payload as a whole
			add(&everything, r.texts.checkAll)
			add(&elsewhere, r.texts.checkAll)
			continue
		}
		text := r.texts.text(w, p)
		add(&everything, labelled(p.label, text))
		if p.input == "" {
			add(&elsewhere, labelled(p.label, text))
			continue
		}
		add(&atInputs, p.label)
		if _, taken := why.Fields[p.input]; !taken {
			why.Fields[p.input] = text
		}
	}
	why.Message = strings.Join(everything, "; ")
	if len(atInputs) > 0 {
		elsewhere = append([]string{r.texts.checkFields(atInputs)}, elsewhere...)
	}
	why.besideFields = strings.Join(elsewhere, "; ")
	why.note = "invalid input: " + strings.Join(notes, ", ")
	return why
}

// labelled returns a text with the label before it. A label may be a question.
func labelled(label, text string) string {
	if last, _ := utf8.DecodeLastRuneInString(label); unicode.IsPunct(last) {
		return label + " " + text
	}
	return label + ": " + text
}

// inOrder sorts what is wrong by the fields of the form.
func inOrder(form reflect.Type, found []wrong) []wrong {
	position := func(w wrong) int {
		f, _, ok := fieldAt(form, w.path)
		if !ok {
			return -1
		}
		return slices.IndexFunc(reflect.VisibleFields(form), func(other reflect.StructField) bool { return other.Name == f.Name })
	}
	slices.SortStableFunc(found, func(a, b wrong) int { return position(a) - position(b) })
	return found
}

// topLevel cuts a path such as "guests[1].name" to "guests".
func topLevel(path string) string {
	if i := strings.IndexAny(path, ".["); i > 0 {
		return path[:i]
	}
	return path
}

// jsonName is the name of a struct field in JSON.
func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" || name == "-" {
		return f.Name
	}
	return name
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
