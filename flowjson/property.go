package flowjson

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// property is what the table says of one key of an object.
type property struct {
	key   string
	shape shape
	// required says that it must be there, from requiredFrom on if that is set.
	required     bool
	requiredFrom Version
	// since is the first version that has it; zero is all.
	since Version
	// noForm says that it is for inputs outside a Form.
	noForm bool
}

// need is a property that must be there, may one that can be.
func need(key string, s shape) property { return property{key: key, shape: s, required: true} }
func may(key string, s shape) property  { return property{key: key, shape: s} }

// from says since which version there is a property.
func from(major, minor int, p property) property {
	p.since = Version{major, minor}
	return p
}

// alone is a property of inputs outside a Form. Before version 4.0 there were no
// such inputs.
func alone(key string, s shape) property {
	return property{key: key, shape: s, since: Version{4, 0}, noForm: true}
}

func propertyOf(properties []property, key string) *property {
	for i := range properties {
		if properties[i].key == key {
			return &properties[i]
		}
	}
	return nil
}

// object checks the keys of an object and their values.
func (c *checker) object(n *Node, owner string, properties []property) {
	var explained []string // missing keys for which a misspelt one was found
	for _, child := range n.Children {
		if n.Get(child.Key) != child {
			continue // the same key comes again, and that one counts
		}
		p := propertyOf(properties, child.Key)
		switch {
		case p == nil:
			if meant := c.unknownKey(child, owner, properties); meant != "" {
				explained = append(explained, meant)
			}
		case !c.version.AtLeast(p.since):
			c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%s has %q from version %s on, and this Flow has %s: leave it out, or raise the version", owner, p.key, p.since, c.version)
		case p.noForm && c.inForm:
			c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%q is for components outside a Form: put it under %q of the Form", p.key, formKeys[p.key])
		default:
			p.shape.check(c, child, subject{key: p.key, owner: owner})
		}
	}
	for _, p := range properties {
		if p.required && c.version.AtLeast(p.requiredFrom) && n.Get(p.key) == nil && !slices.Contains(explained, p.key) {
			c.at(n, Error, missingCode(p.key), "%s needs %q: add it", owner, p.key)
		}
	}
}

// formKeys are the keys of a Form for what its inputs cannot have themselves.
var formKeys = map[string]string{"init-value": "init-values", "error-message": "error-messages"}

func missingCode(key string) string {
	if key == "type" {
		return "MISSING_REQUIRED_TYPE_PROPERTY"
	}
	return "MISSING_REQUIRED_PROPERTY"
}

// unknownKey reports a key that is in no table, and returns the one that was
// probably meant; "" if that cannot be told.
func (c *checker) unknownKey(child *Node, owner string, properties []property) string {
	if c.full() {
		return ""
	}
	key := jsontree.Clip(child.Key)
	if strings.HasPrefix(key, "_") {
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "Meta refuses %q: take keys that begin with _ out before the upload", key)
		return ""
	}
	meant := c.meant(child, properties)
	if meant == "" {
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%s has no property %q: remove it", owner, key)
		return ""
	}
	c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%s has no property %q: use %q", owner, key, meant)
	return meant
}

// otherWords are what people write for a property.
var otherWords = map[string][]string{
	"options": {"data-source", "list-items"}, "items": {"data-source", "list-items"}, "choices": {"data-source"},
	"placeholder": {"helper-text"}, "hint": {"helper-text"}, "help-text": {"helper-text"},
	"initial-text": {"init-value"}, "initial-value": {"init-value"}, "default-value": {"init-value"}, "default": {"init-value"}, "value": {"init-value"},
	"action": {"name", "on-click-action"}, "type": {"name"}, "on-click": {"on-click-action"}, "on-select": {"on-select-action"},
	"next-screen": {"next"}, "screen": {"next"}, "target": {"next"}, "data": {"payload"}, "href": {"url"}, "link": {"url"},
	"source": {"src"}, "image": {"src"}, "alt": {"alt-text"}, "content": {"text"}, "title": {"text", "label"},
	"max-length": {"max-chars"}, "max-chars": {"max-length"}, "is-required": {"required"}, "is-visible": {"visible"}, "is-enabled": {"enabled"},
	"children": {"then"}, "endpoint-uri": {"data_channel_uri"},
}

// meant guesses which property a misspelt key stands for, of those that are not
// there already.
func (c *checker) meant(child *Node, properties []property) string {
	if len(child.Key) > 40 {
		return ""
	}
	free := func(p *property) bool {
		return p != nil && c.version.AtLeast(p.since) && (!p.noForm || !c.inForm) && child.Parent().Get(p.key) == nil
	}
	plain := kebab(child.Key)
	for i := range properties {
		if p := &properties[i]; free(p) && (kebab(p.key) == plain || len(plain) > 3 && distance(plain, kebab(p.key)) == 1) {
			return p.key
		}
	}
	for _, word := range otherWords[plain] {
		if p := propertyOf(properties, word); free(p) {
			return p.key
		}
	}
	for i := range properties {
		if p := &properties[i]; free(p) && len(plain) > 5 && distance(plain, kebab(p.key)) == 2 {
			return p.key
		}
	}
	return ""
}

// misspelt says whether another key of an object was taken for this one.
func (c *checker) misspelt(n *Node, key string, properties []property) bool {
	return !c.full() && slices.ContainsFunc(n.Children, func(child *Node) bool {
		return propertyOf(properties, child.Key) == nil && c.meant(child, properties) == key
	})
}

// kebab writes input_type and inputType as input-type.
func kebab(key string) string {
	var b strings.Builder
	for i, r := range key {
		switch {
		case r == '_' || r == ' ':
			b.WriteByte('-')
		case 'A' <= r && r <= 'Z':
			if i > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r - 'A' + 'a')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// distance is how many letters must be put in, taken out, replaced or swapped with
// the next to make b of a.
func distance(a, b string) int {
	earlier, before, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		earlier, before, row = before, row, earlier
		row[0] = i + 1
		for j := range len(b) {
			replaced := before[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, row[j]+1, before[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], earlier[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
