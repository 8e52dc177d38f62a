package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/flowserver/flowserver/internal/nearest"
)

// mismatch is the first difference between what is expected and what is there.
type mismatch struct {
	path      string
	want, got string
	at        *node
}

// match compares what is there with what is expected: mappings are subsets, lists and
// scalars exact. A text between slashes is a pattern; any and none are keywords; not, has
// and is are keys.
func match(want *node, got any, path string) *mismatch {
	if m, ok := matchKeyword(want, got, path); ok {
		return m
	}
	differs := &mismatch{path, want.String(), show(got), want}
	if want.kind == null && got == "" {
		differs.got = "an empty text: write none"
		return differs
	}
	switch want.kind {
	case mapping:
		members, ok := got.(map[string]any)
		if !ok {
			return differs
		}
		for _, e := range want.entries {
			value, there := members[e.key]
			if !there && !e.value.is("none") {
				m := &mismatch{path: join(path, e.key), want: e.value.String(), got: "none", at: e.value}
				if near := nearest.Word(e.key, slices.Sorted(maps.Keys(members))); near != "" {
					m.got += " (did you mean " + near + "?)"
				}
				return m
			}
			if m := match(e.value, value, join(path, e.key)); m != nil {
				return m
			}
		}
		return nil
	case list:
		items, ok := itemsOf(got)
		if !ok || len(items) != len(want.items) {
			return differs
		}
		for i, item := range want.items {
			if m := match(item, items[i], join(path, strconv.Itoa(i))); m != nil {
				return m
			}
		}
		return nil
	default:
	}
	if matchScalar(want, got) {
		return nil
	}
	if s, ok := got.(string); ok && want.kind != text && s == want.text {
		differs.got += ", a text: write it in quotes" // 12 and "12" look alike
	}
	return differs
}

// matchKeyword answers for the words and keys that are not values themselves.
func matchKeyword(want *node, got any, path string) (*mismatch, bool) {
	differs := &mismatch{path, want.String(), show(got), want}
	switch {
	case want.is("any"):
		if !empty(got) {
			return nil, true
		}
		return differs, true
	case want.is("none"):
		if empty(got) {
			return nil, true
		}
		if got == "none" {
			differs.got += ", a text: write it in quotes"
		}
		return differs, true
	case want.kind != mapping || len(want.entries) != 1:
		return nil, false
	}
	inner := want.entries[0].value
	switch want.entries[0].key {
	case "not":
		if match(inner, got, path) != nil {
			return nil, true
		}
		return differs, true
	case "has":
		if has(inner, got) {
			return nil, true
		}
		return differs, true
	case "is": // a text that looks like a pattern or a keyword
		if s, ok := got.(string); ok && inner.scalar() && s == inner.text {
			return nil, true
		}
		return differs, true
	}
	return nil, false
}

// itemsOf returns the items of a list.
func itemsOf(v any) (items []any, ok bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case texts:
		for _, s := range v {
			items = append(items, s)
		}
		return items, true
	}
	return nil, false
}

// texts are the texts of a screen. Unlike another list, it has what one of its texts
// contains.
type texts []string

// has reports whether a list has an item that matches, a mapping a key, or whether a text
// contains the text.
func has(want *node, got any) bool {
	switch got := got.(type) {
	case string:
		return want.scalar() && (strings.Contains(got, want.text) || matchScalar(want, got))
	case texts:
		return slices.ContainsFunc(got, func(s string) bool { return has(want, s) })
	case []any:
		return slices.ContainsFunc(got, func(item any) bool { return match(want, item, "") == nil })
	case map[string]any:
		return want.scalar() && slices.ContainsFunc(slices.Collect(maps.Keys(got)), func(key string) bool { return matchScalar(asText(want), key) })
	}
	return false
}

func matchScalar(want *node, got any) bool {
	switch want.kind {
	case null:
		return got == nil
	case boolean:
		b, ok := got.(bool)
		return ok && strconv.FormatBool(b) == want.text
	case number:
		f, ok := got.(float64)
		w, readable := want.float()
		return ok && readable && f == w
	case text:
		s, ok := got.(string)
		pattern, isPattern := patternOf(want)
		switch got.(type) {
		case float64, bool:
			s, ok = show(got), isPattern // 500 is 5..
		}
		if isPattern {
			return ok && pattern != nil && pattern.MatchString(s)
		}
		return ok && s == want.text
	default:
		return false
	}
}

// patternOf returns the pattern of a text such as /valid email/i.
func patternOf(n *node) (pattern *regexp.Regexp, isPattern bool) {
	if n.kind != text || n.exact || !strings.HasPrefix(n.text, "/") {
		return nil, false
	}
	end := strings.LastIndexByte(n.text, '/')
	if end < 1 {
		return nil, false
	}
	flags := n.text[end+1:]
	if flags != "" && strings.Trim(flags, "ims") != "" {
		return nil, false
	}
	source := n.text[1:end]
	if flags != "" {
		source = "(?" + flags + ")" + source
	}
	pattern, err := regexp.Compile(source)
	if err != nil {
		return nil, true // checked when the file was read
	}
	return pattern, true
}

// empty reports whether there is nothing. False and 0 are something.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case texts:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// maxShown bounds a value in a message, in bytes.
const maxShown = 300

// show returns a value for a message.
func show(v any) string {
	if empty(v) {
		return "none"
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Sprintf("a value that cannot be shown: %v", err)
	}
	encoded := strings.TrimSpace(b.String())
	if len(encoded) > maxShown {
		return strings.ToValidUTF8(encoded[:maxShown], "") + "…"
	}
	return encoded
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// otherFlags matches a pattern with a flag that JavaScript has and scenarios do not.
var otherFlags = regexp.MustCompile(`(?s)^/.+/[ims]*([dguvyx])[dgimsuvyx]*$`)

// checkMatchers reports patterns that cannot be read.
func (r *reader) checkMatchers(n *node) {
	if m := otherFlags.FindStringSubmatch(n.text); m != nil && n.kind == text {
		r.refuse(n, "the flags are i, m and s; if it is not a pattern, write {is: …}", "a pattern has no flag %s", m[1])
	}
	if pattern, isPattern := patternOf(n); isPattern && pattern == nil {
		r.refuse(n, "write it as Go's regexp package reads it, or as {is: …} if it is not a pattern", "the pattern cannot be read")
	}
	for _, item := range n.items {
		r.checkMatchers(item)
	}
	for _, e := range n.entries {
		if e.key != "is" {
			r.checkMatchers(e.value)
		}
	}
}
