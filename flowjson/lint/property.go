package lint

import (
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
)

// object checks the keys of an object and their values.
func (c *checker) object(n *jsontree.Node, owner string, properties []catalog.Property) {
	var explained []string // missing keys for which a misspelt one was found
	for _, child := range n.Children {
		if n.Get(child.Key) != child {
			continue // the same key comes again, and that one counts
		}
		p := catalog.PropertyOf(properties, child.Key)
		switch {
		case p == nil:
			if meant := c.unknownKey(child, owner, properties); meant != "" {
				explained = append(explained, meant)
			}
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
		if p.Required && c.version.AtLeast(p.RequiredFrom) && n.Get(p.Key) == nil && !slices.Contains(explained, p.Key) {
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

// unknownKey reports a key that is in no table, and returns the one that was
// probably meant; "" if that is unknown.
func (c *checker) unknownKey(child *jsontree.Node, owner string, properties []catalog.Property) string {
	if c.full() {
		return ""
	}
	key := jsontree.Clip(child.Key)
	if strings.HasPrefix(key, "_") {
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "Meta refuses %q: remove keys that begin with _ before the upload", key)
		return ""
	}
	meant := c.meant(child, properties)
	switch {
	case meant == "" && c.newer():
		c.unknownAt(child, "INVALID_PROPERTY_KEY", "the property %q of %s", key, owner)
		return ""
	case meant == "":
		c.onKey(child, Error, "INVALID_PROPERTY_KEY", "%s has no property %q: remove it", owner, key)
		return ""
	}
	c.onKey(child, c.missing(), "INVALID_PROPERTY_KEY", "%s has no property %q: use %q", owner, key, meant)
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

// misspelt reports whether another key of an object was taken for this one.
func (c *checker) misspelt(n *jsontree.Node, key string, properties []catalog.Property) bool {
	return !c.full() && slices.ContainsFunc(n.Children, func(child *jsontree.Node) bool {
		return catalog.PropertyOf(properties, child.Key) == nil && c.meant(child, properties) == key
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
