package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/jsonobject"
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
		for _, each := range invalid {
			if !slices.ContainsFunc(found, func(w wrong) bool { return covers(w.path, each.path) }) {
				found = append(found, each)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	return r.reject(screen, reflect.TypeOf(form).Elem(), found)
}

// covers reports whether what is wrong at a path explains any fault at or below it.
func covers(path, other string) bool {
	rest, ok := strings.CutPrefix(other, path)
	return ok && (path == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// decodeForm decodes a payload into form. If that fails, it decodes all that it can, and
// returns what it cannot.
func decodeForm(payload json.RawMessage, form any) []wrong {
	if json.Unmarshal(payload, form) == nil {
		return nil
	}
	of := reflect.TypeOf(form).Elem()
	readable, found := decodable(payload, "", func(part json.RawMessage) error {
		return json.Unmarshal(part, reflect.New(of).Interface())
	})
	value := reflect.ValueOf(form).Elem()
	value.SetZero() // what the first attempt left there
	if readable != nil {
		_ = json.Unmarshal(readable, form) // every part of it was decoded before
	}
	return found
}

// decodable returns value without the members that cannot be decoded, and these; nil if
// nothing of it can. decode tries a value at this place.
func decodable(value json.RawMessage, path string, decode func(json.RawMessage) error) (json.RawMessage, []wrong) {
	err := decode(value)
	if err == nil {
		return value, nil
	}
	members, notObject := jsonobject.Members(value)
	if notObject != nil || decode(emptyObject) != nil {
		return nil, []wrong{{path: path, note: undecodable(path, value, err)}}
	}
	var found []wrong
	for _, key := range slices.Sorted(maps.Keys(members)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		part, problems := decodable(members[key], at, func(part json.RawMessage) error {
			alone, err := json.Marshal(map[string]json.RawMessage{key: part})
			if err != nil {
				return err
			}
			return decode(alone)
		})
		found = append(found, problems...)
		if members[key] = part; part == nil {
			delete(members, key)
		}
	}
	rest, err := json.Marshal(members)
	if err == nil {
		err = decode(rest)
	}
	if err != nil { // a type of its own that wants its members together
		return nil, append(found, wrong{path: path, note: undecodable(path, value, err)})
	}
	return rest, found
}

// undecodable describes a value for the log by its type alone: the errors of custom types
// may repeat the input.
func undecodable(path string, value json.RawMessage, err error) string {
	if path == "" {
		path = "the payload"
	} else {
		path = keyNames(path)
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Type != nil {
		return fmt.Sprintf("%s (expected %s, got %s)", path, mismatch.Type, jsonobject.Kind(value))
	}
	return fmt.Sprintf("%s (cannot be decoded from %s)", path, jsonobject.Kind(value))
}

// keyNames returns a path as a log may show it.
func keyNames(path string) string {
	keys := strings.Split(path, ".")
	for i, key := range keys {
		keys[i] = jsonobject.KeyName(key)
	}
	return strings.Join(keys, ".")
}

// wrongNumbers returns the Numbers of a form that are not numbers, whatever their tags.
func wrongNumbers(v reflect.Value, path string) []wrong {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != numberType {
			return nil
		}
		if _, err := Number(v.String()).Float(); err == nil || errors.Is(err, errNoNumber) {
			return nil
		}
		return []wrong{{path: path, rule: ruleNumber, note: path + " (" + ruleNumber + ")"}}
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return wrongNumbers(v.Elem(), path)
	case reflect.Slice, reflect.Array:
		if kind := indirect(v.Type().Elem()).Kind(); kind != reflect.Struct && indirect(v.Type().Elem()) != numberType {
			return nil
		}
		var found []wrong
		for i := range v.Len() {
			found = append(found, wrongNumbers(v.Index(i), path+"["+strconv.Itoa(i)+"]")...)
		}
		return found
	case reflect.Struct:
		var found []wrong
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() && !f.Anonymous {
				continue
			}
			at := path
			if !f.Anonymous || f.Tag.Get("json") != "" {
				at = strings.TrimPrefix(path+"."+jsonName(f), ".")
			}
			found = append(found, wrongNumbers(v.Field(i), at)...)
		}
		return found
	default:
		return nil
	}
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
		add(&everything, p.label+": "+text)
		if p.input == "" {
			add(&elsewhere, p.label+": "+text)
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

// inOrder sorts what is wrong by the fields of the form.
func inOrder(form reflect.Type, found []wrong) []wrong {
	index := func(w wrong) int {
		f, _, ok := fieldAt(form, w.path)
		if !ok {
			return -1
		}
		return slices.IndexFunc(reflect.VisibleFields(form), func(other reflect.StructField) bool { return other.Name == f.Name })
	}
	slices.SortStableFunc(found, func(a, b wrong) int { return index(a) - index(b) })
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
