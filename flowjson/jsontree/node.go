package jsontree

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is what a [Node] is.
type Kind uint8

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{Null: "null", Bool: "a boolean", Number: "a number", String: "a string", Array: "an array", Object: "an object"}

// String returns the kind with its article, such as "an array", for messages.
func (k Kind) String() string { return kindNames[k] }

// Node is a JSON value with its place in the document. The methods of a nil Node
// answer as those of an empty one do, so that chains such as n.Get("a").Get("b") need
// no checks between.
type Node struct {
	Kind Kind
	// Text is the value of a string, and a number as it was written.
	Text string
	// Children are the items of an array, or the values of an object in the order
	// of the file; if a key occurs twice, both are there.
	Children []*Node
	// Key is the node's name in its object.
	Key string

	parent           *Node
	index            int // among the children of parent
	start, end       int // bytes of the value
	keyStart, keyEnd int // bytes of the key, with its quotes
	byKey            map[string]*Node
}

// ManyChildren is the number of children from which on an object has an index by key.
const ManyChildren = 16

// Parent returns the array or object that contains the node; nil for the root.
func (n *Node) Parent() *Node { return n.parent }

// Get returns the value of a key of an object: the last one if there are several,
// as in every client; nil if there is none or the node is not an object.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	if n.byKey != nil {
		return n.byKey[key]
	}
	for i := len(n.Children) - 1; i >= 0; i-- {
		if n.Children[i].Key == key {
			return n.Children[i]
		}
	}
	return nil
}

// Is reports whether the node exists and has that kind.
func (n *Node) Is(kind Kind) bool { return n != nil && n.Kind == kind }

// Str returns the value of a string, and "" for everything else.
func (n *Node) Str() string {
	if n.Is(String) {
		return n.Text
	}
	return ""
}

// True reports whether the node is the boolean true.
func (n *Node) True() bool { return n.Is(Bool) && n.Text == "true" }

// Items returns the items of an array, and nothing for everything else.
func (n *Node) Items() []*Node {
	if n.Is(Array) {
		return n.Children
	}
	return nil
}

// Members returns the values of an object, and nothing for everything else.
func (n *Node) Members() []*Node {
	if n.Is(Object) {
		return n.Children
	}
	return nil
}

// Pointer returns the node's JSON pointer (RFC 6901), such as /screens/0/id; "" is
// the whole document.
func (n *Node) Pointer() string {
	var b strings.Builder
	for _, at := range n.ancestry() {
		b.WriteByte('/')
		if at.parent.Kind == Array {
			b.WriteString(strconv.Itoa(at.index))
		} else {
			b.WriteString(EscapePointer(at.Key))
		}
	}
	return b.String()
}

var (
	pointerEscaper   = strings.NewReplacer("~", "~0", "/", "~1")
	pointerUnescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// EscapePointer writes a key as a part of a JSON pointer (RFC 6901).
func EscapePointer(key string) string { return pointerEscaper.Replace(key) }

// UnescapePointer returns the key that a part of a JSON pointer stands for.
func UnescapePointer(part string) string { return pointerUnescaper.Replace(part) }

// Follow returns the node that a JSON pointer leads to from n, or the last one on
// the way if the pointer leads nowhere.
func (n *Node) Follow(pointer string) *Node {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next := n.Get(UnescapePointer(part))
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(n.Items()) {
			next = n.Items()[i]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// Path returns the node's place as Meta's validation_errors write it, such as
// screens[0].layout.children[1].
func (n *Node) Path() string {
	var b strings.Builder
	for _, at := range n.ancestry() {
		switch {
		case at.parent.Kind == Array:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(at.index))
			b.WriteByte(']')
		case b.Len() > 0:
			b.WriteByte('.')
			b.WriteString(at.Key)
		default:
			b.WriteString(at.Key)
		}
	}
	return b.String()
}

// ancestry returns the nodes from below the root to n.
func (n *Node) ancestry() []*Node {
	var up []*Node
	for at := n; at != nil && at.parent != nil; at = at.parent {
		up = append(up, at)
	}
	for i, j := 0, len(up)-1; i < j; i, j = i+1, j-1 {
		up[i], up[j] = up[j], up[i]
	}
	return up
}

// Value returns the node as encoding/json would decode it. A number that is too large
// for a float64 is infinite.
func (n *Node) Value() any {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind == Bool:
		return n.True()
	case n.Kind == Number:
		number, _ := strconv.ParseFloat(n.Text, 64) // it is one, as it was read as JSON
		return number
	case n.Kind == String:
		return n.Text
	case n.Kind == Array:
		items := make([]any, len(n.Children))
		for i, child := range n.Children {
			items[i] = child.Value()
		}
		return items
	}
	members := make(map[string]any, len(n.Children))
	for _, child := range n.Children {
		members[child.Key] = child.Value()
	}
	return members
}

// Clip shortens text from a file for a message.
func Clip(text string) string {
	const most = 60
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most])) + "…"
}
