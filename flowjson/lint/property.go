package lint

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
)

// object checks the keys of an object and their values.
func (c *checker) object(n *jsontree.Node, owner string, properties []catalog.Property) {
	var known []*jsontree.Node // checked after the others, on which some depend
	for _, child := range n.Children {
		switch {
		case n.Get(child.Key) != child: // the same key comes again, and that one counts
		case catalog.PropertyOf(properties, child.Key) == nil:
			c.unknownKey(child, owner, properties)
		default:
			known = append(known, child)
		}
	}
	for _, child := range known {
		p := catalog.PropertyOf(properties, child.Key)
		switch {
		case !c.version.AtLeast(p.Since):
			c.onKey(child, Error, "INVALID_PROPERTY_KEY",
				"%s has %q from version %s on, but this Flow has %s: remove it, or raise the version", owner, p.Key, p.Since, c.version)
		case p.OutsideForm && c.inForm:
			c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%q is for components outside a Form: put it under %q of the Form", p.Key, formKeys[p.Key])
		default:
			c.value(p.Value, child, subject{key: p.Key, owner: owner})
		}
	}
	for i := range properties {
		p := &properties[i]
		if c.requires(p) && n.Get(p.Key) == nil && !c.misspelt[member{n, p.Key}] {
			c.at(n, Error, missingCode(p.Key), "%s needs %q: add it", owner, p.Key)
		}
	}
}

// formKeys are the keys of a Form for what its inputs cannot have themselves, and the
// other way round.
var formKeys = map[string]string{
	"init-value": "init-values", "error-message": "error-messages",
	"init-values": "init-value", "error-messages": "error-message",
}

func missingCode(key string) string {
	if key == "type" {
		return "MISSING_REQUIRED_TYPE_PROPERTY"
	}
	return "MISSING_REQUIRED_PROPERTY"
}

// unknownKey reports a key that is in no table, and the one that was probably meant.
func (c *checker) unknownKey(child *jsontree.Node, owner string, properties []catalog.Property) {
	if c.full() {
		return
	}
	key := jsontree.Clip(child.Key)
	if strings.HasPrefix(key, "_") {
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "Meta refuses %q: remove keys that begin with _ before the upload", key)
		return
	}
	meant := c.meant(child, properties)
	switch {
	case meant == "" && c.newer():
		c.unknownAt(child, "INVALID_PROPERTY_KEY", "the property %q of %s", key, owner)
	case meant == "":
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%s has no property %q: remove it", owner, key)
	default:
		severity := c.missing()
		if c.requires(catalog.PropertyOf(properties, meant)) {
			severity = Error // a newer Flow needs it, too
		}
		if severity == Error { // a warning must not hide errors
			c.misspelt[member{child.Parent(), meant}] = true
		}
		c.onKey(child, severity, "INVALID_PROPERTY_KEY", "%s has no property %q: use %q", owner, key, meant)
	}
}

// requires reports whether an object must have a property in the version of the Flow.
func (c *checker) requires(p *catalog.Property) bool {
	return p.Required && c.version.AtLeast(p.RequiredFrom)
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

// meant guesses which property was meant by a misspelt key, of those that are not
// there already.
func (c *checker) meant(child *jsontree.Node, properties []catalog.Property) string {
	if len(child.Key) > 40 {
		return ""
	}
	free := func(p *catalog.Property) bool {
		return p != nil && c.version.AtLeast(p.Since) && (!p.OutsideForm || !c.inForm) && child.Parent().Get(p.Key) == nil
	}
	plain := kebab(child.Key)
	for i := range properties {
		if p := &properties[i]; free(p) && (kebab(p.Key) == plain || len(plain) > 3 && nearest.Distance(plain, kebab(p.Key)) == 1) {
			return p.Key
		}
	}
	for _, word := range otherWords[plain] {
		if p := catalog.PropertyOf(properties, word); free(p) {
			return p.Key
		}
	}
	for i := range properties {
		if p := &properties[i]; free(p) && len(plain) > 5 && nearest.Distance(plain, kebab(p.Key)) == 2 {
			return p.Key
		}
	}
	return ""
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
