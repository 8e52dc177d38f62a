package exchange

import (
	"fmt"
	"reflect"

	"github.com/flowserver/flowserver/internal/formtag"
)

// check reports what is wrong with a form's type before any request does: a form
// that is not a struct, and validate tags that would panic when they run. Validator
// looks at the tags of a type when it first meets a value of it, so that tags
// below a nil pointer or an empty slice stay unseen; here the type is walked.
func (r *formReader) check(form reflect.Type) error {
	if form.Kind() != reflect.Struct {
		return fmt.Errorf("the form is a %s, it must be a struct", form.Kind())
	}
	r.numeric[form] = hasNumber(form, map[reflect.Type]bool{})
	return r.checkStruct(form, form.Name(), map[reflect.Type]bool{})
}

// hasNumber reports whether a type is or contains a Number.
func hasNumber(t reflect.Type, seen map[reflect.Type]bool) bool {
	t = elementOf(t)
	if t == numberType || t.Kind() != reflect.Struct || seen[t] {
		return t == numberType
	}
	seen[t] = true
	for i := range t.NumField() {
		if hasNumber(t.Field(i).Type, seen) {
			return true
		}
	}
	return false
}

func (r *formReader) checkStruct(t reflect.Type, at string, seen map[reflect.Type]bool) error {
	if seen[t] {
		return nil
	}
	seen[t] = true
	if err := formtag.Try(func() { _ = r.validate.Struct(reflect.New(t).Interface()) }); err != nil {
		return fmt.Errorf("validate tags of %s: %w", at, err)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		name := at + "." + f.Name
		if tag := f.Tag.Get("validate"); tag != "" && tag != "-" {
			if err := (formtag.Checker{Validator: r.validate, IsNumber: isNumber}).Check(f.Type, tag); err != nil {
				return fmt.Errorf("validate tag of %s: %w", name, err)
			}
		}
		if inner := elementOf(f.Type); inner.Kind() == reflect.Struct {
			if err := r.checkStruct(inner, name, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// elementOf returns the type that is left when pointers, slices, arrays and maps are taken
// away.
func elementOf(t reflect.Type) reflect.Type {
	for {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			t = t.Elem()
		default:
			return t
		}
	}
}
