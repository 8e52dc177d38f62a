package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/secret"
)

// decoder fills a Config from a parsed file. It is ours, rather than the YAML
// library's, because it goes on after a problem, knows the place of every value,
// expands variables where they cannot do harm, and never quotes a value.
type decoder struct {
	getenv func(string) (string, bool)
	report *report
}

// value decodes node into a struct, slice, pointer or scalar, which is left alone
// if the node is empty or wrong.
func (d *decoder) value(node ast.Node, into reflect.Value, path string) {
	at := placeOf(node)
	d.report.places[path] = at
	switch node.(type) {
	case nil, *ast.NullNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.report.refuse(path, "is an anchor, an alias or a tag, which this file does not support",
			"write the value out; if it begins with one of &, * and !, put it in quotes")
		return
	}
	switch into.Interface().(type) {
	case string, bool, int, Secret, secret.Bytes, Size, time.Duration:
		d.scalar(node, into, path)
		return
	case Provider:
		d.provider(node, into.Addr().Interface().(*Provider), path)
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		pointed := reflect.New(into.Type().Elem())
		d.value(node, pointed.Elem(), path)
		if !pointed.Elem().IsZero() {
			into.Set(pointed)
		}
	case reflect.Slice:
		d.list(node, into, path)
	case reflect.Struct:
		d.mapping(node, into, path)
	default:
		panic("config: no decoding for the type of " + path)
	}
}

func (d *decoder) list(node ast.Node, into reflect.Value, path string) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		d.report.refuse(path, "must be a list, not "+kindOf(node), "write each element on its own line, after a dash")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values)))
	for i, element := range seq.Values {
		setDefaults(into.Index(i))
		d.value(element, into.Index(i), item(path, i))
	}
}

func (d *decoder) mapping(node ast.Node, into reflect.Value, path string) {
	known := keysOf(into.Type())
	d.entries(node, path, known, known, func(key string, value ast.Node) {
		d.value(value, into.Field(slices.Index(known, key)), join(path, key))
	})
}

// entries calls decode for each entry of a mapping whose key is known and given for
// the first time, and reports the others. Of the known keys, it suggests useful ones.
func (d *decoder) entries(node ast.Node, path string, known, useful []string, decode func(key string, value ast.Node)) {
	m, ok := node.(ast.MapNode)
	if !ok {
		d.report.refuse(path, "must be a mapping, not "+kindOf(node), "write key: value lines")
		return
	}
	lines := map[string]int{}
	for it := m.MapRange(); it.Next(); {
		at, key := placeOf(it.Key()), it.Key().GetToken().Value
		if _, plain := it.Key().(*ast.StringNode); !plain || !slices.Contains(known, key) {
			d.unknownKey(at, path, key, useful)
			continue
		}
		if first, again := lines[key]; again {
			d.report.addAt(at, join(path, key), fmt.Sprintf("is given twice, first on line %d", first), "keep one of the two")
			continue
		}
		lines[key] = at.line
		decode(key, it.Value())
	}
}

// nameable bounds what a key may look like to be named: something longer, or with
// other characters, may be a secret that lost its own key. The longest key that
// exists has 23 characters, an app secret has 32.
const nameable = 31

func (d *decoder) unknownKey(at place, path, key string, known []string) {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if key == "" || len(key) > nameable || strings.ContainsFunc(key, func(r rune) bool { return !plain(r) }) {
		d.report.addAt(at, path, "has a key that is not known", "the keys here are "+strings.Join(known, ", "))
		return
	}
	hint := "the keys here are " + strings.Join(known, ", ")
	if word := nearest.Word(key, known); word != "" {
		hint = "did you mean " + word + "?"
	}
	d.report.addAt(at, join(path, key), "is not a known key", hint)
}

// scalar decodes a single value. What it reports names the type that was found,
// never the value.
func (d *decoder) scalar(node ast.Node, into reflect.Value, path string) {
	var text string
	kind := kindOf(node)
	switch node := node.(type) {
	case *ast.LiteralNode:
		text = node.Value.Value
	case ast.ScalarNode:
		text = node.GetToken().Value // as it is written: 0123 and +919900000000 stay what they are
	default:
		name, _ := want(into)
		d.report.add(path, "must be "+name+", not "+kind, "")
		return
	}
	expanded := strings.Contains(text, "$")
	if expanded {
		e := expand(text, d.getenv)
		at := d.report.places[path]
		at.variables = e.variables
		d.report.places[path] = at
		for _, p := range e.problems {
			d.report.addAt(at, path, p.Text, p.Hint)
		}
		if len(e.problems) > 0 {
			return
		}
		text = e.text
		if node.GetToken().Type == token.StringType {
			kind = kindOfToken(token.New(text, text, node.GetToken().Position))
		}
	}
	if text == "" {
		return
	}
	if isQuoted(text) && !isSecret(into) {
		d.report.add(path, "is in quotation marks", "give the value alone: docker --env-file, for example, keeps quotes")
		return
	}
	if _, wantsBool := into.Interface().(bool); wantsBool != (kind == aBoolean) && (wantsBool || !expanded) {
		name, hint := want(into)
		d.report.add(path, "must be "+name+", not "+kind, hint)
		return
	}
	switch into := into.Addr().Interface().(type) {
	case *string:
		*into = text
	case *Secret:
		*into = NewSecret(text)
	case *secret.Bytes:
		*into = secret.Bytes(text)
	case *bool:
		*into = strings.EqualFold(text, "true")
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			d.report.add(path, "must be a whole number, not negative", "")
			return
		}
		*into = n
	case *Size:
		if err := into.UnmarshalText([]byte(text)); err != nil {
			d.report.add(path, "is not a size", sizeHint)
		}
	case *time.Duration:
		d.duration(text, into, path)
	}
}

// isQuoted reports whether the text has quotation marks around it.
func isQuoted(text string) bool {
	last := len(text) - 1
	return last > 0 && text[0] == text[last] && (text[0] == '"' || text[0] == '\'')
}

// isSecret reports whether a field is a secret: some may have quotation marks, and the
// others are checked later.
func isSecret(field reflect.Value) bool {
	switch field.Interface().(type) {
	case Secret, secret.Bytes:
		return true
	default:
		return false
	}
}

func (d *decoder) duration(text string, into *time.Duration, path string) {
	parsed, err := time.ParseDuration(text)
	switch {
	case err != nil:
		d.report.add(path, "is not a duration", durationHint)
	case parsed <= 0:
		d.report.add(path, "must be more than 0", "")
	default:
		*into = parsed
	}
}

func setDefaults(v reflect.Value) {
	if s, ok := v.Addr().Interface().(interface{ setDefaults() }); ok {
		s.setDefaults()
	}
}

// keysOf lists the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

// placeOf is where a node begins. A mapping and a literal block say where their
// first key, or their mark, is.
func placeOf(node ast.Node) place {
	if m, ok := node.(ast.MapNode); ok {
		if it := m.MapRange(); it.Next() && it.Key() != nil {
			return placeOf(it.Key())
		}
	}
	if node == nil || node.GetToken() == nil || node.GetToken().Position == nil {
		return place{line: 1, column: 1}
	}
	at := node.GetToken().Position
	return place{line: at.Line, column: at.Column}
}

const (
	aBoolean = "a boolean"
	aString  = "a string"

	durationHint = "write numbers with units, for example 500ms, 8s or 1h30m"
	sizeHint     = "write whole bytes, or KiB, MiB or GiB as in 1MiB"
)

// kindOf names the type of a node for a message.
func kindOf(node ast.Node) string {
	switch node.(type) {
	case ast.MapNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.LiteralNode:
		return aString
	}
	return kindOfToken(node.GetToken())
}

func kindOfToken(tk *token.Token) string {
	switch tk.Type {
	case token.BoolType:
		return aBoolean
	case token.NullType, token.ImplicitNullType:
		return "null"
	case token.IntegerType, token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType:
		return "an integer"
	case token.FloatType, token.InfinityType, token.NanType:
		return "a number"
	default:
		return aString
	}
}

// want names the type of a field for a message, and says how to write a value that
// was read as something else.
func want(field reflect.Value) (name, hint string) {
	switch field.Interface().(type) {
	case bool:
		return "true or false", "write true or false, without quotes"
	case Size:
		return "a size", sizeHint
	case time.Duration:
		return "a duration", durationHint
	case int:
		return "a whole number", ""
	default:
		return aString, "put it in quotes if it is meant as it is"
	}
}
