package generate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// add adds a field with the JSON name key, or says why there can be none. option is
// one of encoding/json, or empty.
func (t *structType) add(names namer, key, goType, option string) error {
	if !isTagName(key) {
		return fmt.Errorf("%s: encoding/json takes no such name: rename the key %q", t.Name, key)
	}
	name := key
	if option != "" || key == "-" {
		name += "," + option
	}
	t.Fields = append(t.Fields, field{Name: names.name(goName(key)), Type: goType, Tag: tag("json", name)})
	return nil
}

// validate gives the field that was added last a tag for validator and a comment,
// either of which may be empty.
func (t *structType) validate(rules, comment string) {
	last := &t.Fields[len(t.Fields)-1]
	last.Comment = comment
	if rules != "" {
		last.Tag += " " + tag("validate", rules)
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

// isTagName reports whether encoding/json takes a name from a tag.
func isTagName(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
}
