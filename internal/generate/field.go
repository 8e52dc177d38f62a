package generate

import (
	"strconv"
	"strings"
	"unicode"
)

// add adds a field with the JSON name key, which isTagName accepts. option is one of
// encoding/json, or empty.
func (t *structType) add(names namer, key, goType, option string) {
	name := key
	if option != "" || key == "-" {
		name += "," + option
	}
	t.Fields = append(t.Fields, field{Name: names.name(goName(key)), Type: goType, Tag: tag("json", name)})
}

// tag gives the field that was added last one more tag, unless the value is empty.
func (t *structType) tag(name, value string) {
	if value != "" {
		t.Fields[len(t.Fields)-1].Tag += " " + tag(name, value)
	}
}

func tag(name, value string) string { return name + ":" + strconv.Quote(value) }

// Literal returns the field's tags as a Go literal.
func (f field) Literal() string {
	if strconv.CanBackquote(f.Tag) {
		return "`" + f.Tag + "`"
	}
	return strconv.Quote(f.Tag)
}

// isTagName reports whether encoding/json reads a name from a tag.
func isTagName(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
}
