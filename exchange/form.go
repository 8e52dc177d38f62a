package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
)

// Number is the type of a form's field for a TextInput of input-type number. Meta's
// validator calls it a JSON number, but clients are known to send what was typed as a
// string. Number accepts both, as they were written; an input that was left empty is "".
type Number string

// UnmarshalJSON accepts a number or a string.
func (n *Number) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(n))
	}
	var number json.Number
	err := json.Unmarshal(data, &number)
	*n = Number(number)
	return err
}

// formReader decodes payloads into forms, validates them, and says in the user's
// language what is wrong. It never says what was typed.
type formReader struct {
	validate *validator.Validate
	messages ut.Translator
	notValid string // fits every field, for what validator has no words for
}

// newFormReader panics on a language that it does not know.
func newFormReader(v *validator.Validate, name string) *formReader {
	v.RegisterTagNameFunc(jsonName)
	translator, notValid := registerLanguage(v, name)
	return &formReader{validate: v, messages: translator, notValid: notValid}
}

// read fills form, a pointer to a struct, from a payload and validates it.
func (r *formReader) read(payload json.RawMessage, form any) *RejectError {
	if err := json.Unmarshal(payload, form); err != nil {
		return r.undecodable(err)
	}
	if _, isNoData := form.(*NoData); isNoData {
		return nil
	}
	err := r.validate.Struct(form)
	if err == nil {
		return nil
	}
	problems, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return &RejectError{Message: r.notValidText("form"), note: "form cannot be validated"}
	}
	root := reflect.TypeOf(form).Elem().Name() + "."
	why := &RejectError{Fields: map[string]string{}}
	var texts, notes []string
	for _, problem := range problems {
		text := problem.Translate(r.messages)
		if text == problem.Error() { // validator has no translation for this tag
			text = r.notValidText(problem.Field())
		}
		field := topLevel(strings.TrimPrefix(problem.Namespace(), root))
		if _, taken := why.Fields[field]; !taken {
			why.Fields[field] = text
		}
		texts = append(texts, text)
		notes = append(notes, field+" ("+problem.Tag()+")")
	}
	why.Message = strings.Join(texts, "; ")
	why.note = "invalid input: " + strings.Join(notes, ", ")
	return why
}

// undecodable names the field whose JSON type does not fit, if it can be known.
// Other errors stay unsaid: those of custom types may repeat the input.
func (r *formReader) undecodable(err error) *RejectError {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok || wrong.Field == "" {
		return &RejectError{Message: r.notValidText("form"), note: "invalid input: the payload does not decode into the form"}
	}
	field := topLevel(wrong.Field)
	text := r.notValidText(field)
	return &RejectError{
		Message: text,
		Fields:  map[string]string{field: text},
		note:    fmt.Sprintf("invalid input: %s came as JSON %s, the form has %s", wrong.Field, strings.SplitN(wrong.Value, " ", 2)[0], wrong.Type),
	}
}

func (r *formReader) notValidText(field string) string {
	return strings.ReplaceAll(r.notValid, "{0}", field)
}

// topLevel cuts a path such as "guests[1].name" to "guests", the name that the
// Flow's Form knows.
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

// check reports what is wrong with a form's type before any request does: a form
// that is no struct, and validate tags that would panic when they run. Validator
// looks at the tags of a type when it first meets a value of it, so that tags
// below a nil pointer or an empty slice stay unseen; here the type is walked.
func (r *formReader) check(form reflect.Type) error {
	if form.Kind() != reflect.Struct {
		return fmt.Errorf("the form is a %s, it must be a struct", form.Kind())
	}
	return r.checkStruct(form, form.Name(), map[reflect.Type]bool{})
}

func (r *formReader) checkStruct(t reflect.Type, at string, seen map[reflect.Type]bool) error {
	if seen[t] {
		return nil
	}
	seen[t] = true
	if err := tryValidate(func() { _ = r.validate.Struct(reflect.New(t).Interface()) }); err != nil {
		return fmt.Errorf("validate tags of %s: %w", at, err)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		name := at + "." + f.Name
		if tag := f.Tag.Get("validate"); tag != "" && tag != "-" {
			if err := r.checkTag(f.Type, tag); err != nil {
				return fmt.Errorf("validate tag of %s: %w", name, err)
			}
		}
		if inner := structInside(f.Type); inner != nil {
			if err := r.checkStruct(inner, name, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTag runs each rule of a tag by itself on an empty value, so that a
// parameter that it cannot use (min=many) shows.
func (r *formReader) checkTag(t reflect.Type, tag string) error {
	inKeys := false
	for rule := range strings.SplitSeq(tag, ",") {
		switch name, _, _ := strings.Cut(rule, "="); name {
		case "dive":
			if t = indirect(t); t.Kind() != reflect.Slice && t.Kind() != reflect.Array && t.Kind() != reflect.Map {
				return fmt.Errorf("dive on a %s: it needs a slice, an array or a map", t.Kind())
			}
			t = t.Elem()
		case "keys":
			inKeys = true
		case "endkeys":
			inKeys = false
		case "", "-", "omitempty", "omitzero", "omitnil", "structonly", "nostructlevel", "required", "isdefault":
			// these take no parameter, and a tag that has them was parsed already
		default:
			if inKeys || strings.HasSuffix(name, "field") {
				continue // compared with a key or a field that is not there now
			}
			value := reflect.New(indirect(t)).Elem().Interface()
			if err := tryValidate(func() { _ = r.validate.Var(value, rule) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// tryValidate turns validator's panic about a tag into an error.
func tryValidate(run func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	run()
	return nil
}

// structInside finds the struct type that a field holds, points to or lists.
func structInside(t reflect.Type) reflect.Type {
	for {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
		case reflect.Struct:
			return t
		default:
			return nil
		}
	}
}

func indirect(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
