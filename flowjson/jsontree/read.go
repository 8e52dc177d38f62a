package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

const (
	maxSize   = 10 << 20  // Meta's limit for a Flow JSON file
	maxDepth  = 100       // no Flow nests deeper; it keeps paths and recursion short
	maxValues = 1_000_000 // a file of 10 MB is mostly images
	maxKey    = 500       // bytes; every finding below a key repeats it
)

var errTooDeep = fmt.Errorf("the file nests deeper than %d levels", maxDepth)

// SyntaxError says why a file cannot be read.
type SyntaxError struct {
	Position Position
	Problem  string // in words, such as "the file is empty"
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("flowjson: line %d, column %d: %s", e.Position.Line, e.Position.Column, e.Problem)
}

// Document is a JSON file. It does not change once it is read, and is safe for
// concurrent use.
type Document struct {
	Root  *Node
	lines *lineIndex
}

// Read reads a file. It returns a [*SyntaxError] if the file is not JSON in UTF-8, is
// over 10 MB, nests deeper than 100 levels, or has more than a million values or a
// key of more than 500 bytes.
func Read(data []byte) (*Document, error) {
	lines := newLineIndex(data)
	root, problem, offset := readNodes(data)
	if problem != "" {
		return nil, &SyntaxError{Position: lines.position(offset), Problem: problem}
	}
	return &Document{Root: root, lines: lines}, nil
}

// Source returns the bytes that were read. The caller must not modify them.
func (d *Document) Source() []byte { return d.lines.source }

// Range returns the place of a node's value.
func (d *Document) Range(n *Node) Range {
	return Range{Start: d.lines.position(n.start), End: d.lines.position(n.end)}
}

// KeyRange returns the place of a node's key with its quotes, or of its value if it
// has no key.
func (d *Document) KeyRange(n *Node) Range {
	if n.keyEnd == 0 {
		return d.Range(n)
	}
	return Range{Start: d.lines.position(n.keyStart), End: d.lines.position(n.keyEnd)}
}

// reader makes nodes of JSON tokens. encoding/json does the reading; the reader adds
// the places.
type reader struct {
	source []byte
	dec    *json.Decoder
	values int
	slab   []Node // nodes are made many at a time
}

// readNodes reads a document. It returns a syntax problem and its offset.
func readNodes(data []byte) (root *Node, problem string, offset int) {
	if len(data) > maxSize {
		return nil, fmt.Sprintf("the file has %d bytes, and Meta accepts 10 MB at most", len(data)), 0
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return nil, "the file begins with a byte order mark: save it as UTF-8 without one", 0
	}
	if name := otherEncoding(data); name != "" {
		return nil, "the file is " + name + ": save it as UTF-8", 0
	}
	if !utf8.Valid(data) {
		return nil, "the file is not UTF-8 from here on", invalidUTF8(data)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, "the file is empty", 0
	}
	if at := bytes.IndexByte(data, 0); at >= 0 { // as in a ZIP file, before anything else about it
		return nil, "a NUL byte is here: JSON has none, remove it", at
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil { // Token alone is more lenient
		at := offsetOf(err, data)
		return nil, describe(err, data, at), at
	}
	r := &reader{source: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	root, err := r.value(nil, 0)
	if err != nil {
		return nil, err.Error(), int(r.dec.InputOffset())
	}
	return root, "", 0
}

// otherEncoding returns the name of the encoding of a file that begins as UTF-16 or
// UTF-32 does, with a byte order mark or with the NUL bytes of ASCII characters; empty if
// the file may be UTF-8.
func otherEncoding(data []byte) string {
	begins := func(mark string) bool { return bytes.HasPrefix(data, []byte(mark)) }
	switch {
	case begins("\xff\xfe\x00\x00"), begins("\x00\x00\xfe\xff"):
		return "UTF-32"
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return "UTF-16"
	case len(data) < 4:
		return ""
	}
	switch [4]bool{data[0] != 0, data[1] != 0, data[2] != 0, data[3] != 0} {
	case [4]bool{true, false, false, false}, [4]bool{false, false, false, true}:
		return "UTF-32"
	case [4]bool{true, false, true, false}, [4]bool{false, true, false, true}:
		return "UTF-16"
	}
	return ""
}

func offsetOf(err error, data []byte) int {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return min(max(int(syntax.Offset)-1, 0), len(data))
	}
	return len(data)
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

// token returns the next token and where it begins and ends.
func (r *reader) token() (tok json.Token, start, end int, err error) {
	start = int(r.dec.InputOffset())
	for start < len(r.source) && isBetween(r.source[start]) {
		start++
	}
	tok, err = r.dec.Token()
	return tok, start, int(r.dec.InputOffset()), err
}

// isBetween reports whether a byte separates tokens.
func isBetween(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':'
}

// value reads the value that comes next.
func (r *reader) value(parent *Node, depth int) (*Node, error) {
	tok, start, end, err := r.token()
	if err != nil {
		return nil, err
	}
	if r.values++; r.values > maxValues {
		return nil, fmt.Errorf("the file has more than %d values", maxValues)
	}
	n := r.node()
	n.parent, n.start, n.end = parent, start, end
	switch tok := tok.(type) {
	case string:
		n.Kind, n.Text = String, tok
	case json.Number:
		n.Kind, n.Text = Number, tok.String()
	case bool:
		n.Kind, n.Text = Bool, strconv.FormatBool(tok)
	case json.Delim:
		if depth >= maxDepth {
			return nil, errTooDeep
		}
		n.Kind = Array
		if tok == '{' {
			n.Kind = Object
		}
		return n, r.children(n, depth+1)
	}
	return n, nil
}

// children reads the rest of an array or object, to its closing bracket.
func (r *reader) children(n *Node, depth int) error {
	for r.dec.More() {
		var key string
		var keyStart, keyEnd int
		if n.Kind == Object {
			tok, start, end, err := r.token()
			if err != nil {
				return err
			}
			key, _ = tok.(string) // nothing else is possible here
			if len(key) > maxKey {
				return fmt.Errorf("the file has a key of more than %d bytes", maxKey)
			}
			keyStart, keyEnd = start, end
		}
		child, err := r.value(n, depth)
		if err != nil {
			return err
		}
		child.Key, child.keyStart, child.keyEnd, child.index = key, keyStart, keyEnd, len(n.Children)
		n.Children = append(n.Children, child)
	}
	_, _, end, err := r.token()
	n.end = end
	if n.Kind == Object && len(n.Children) >= ManyChildren {
		n.byKey = make(map[string]*Node, len(n.Children))
		for _, child := range n.Children {
			n.byKey[child.Key] = child
		}
	}
	return err
}

func (r *reader) node() *Node {
	if len(r.slab) == 0 {
		r.slab = make([]Node, 256)
	}
	n := &r.slab[0]
	r.slab = r.slab[1:]
	return n
}
