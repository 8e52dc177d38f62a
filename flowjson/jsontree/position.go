package jsontree

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// Position is a place in a file. Line and Column count from 1, the column in
// characters.
type Position struct {
	Line   int
	Column int
}

// Range is a stretch of a file; End is the place after its last character.
type Range struct {
	Start, End Position
}

// stride is how far apart the marks of a lineIndex are, in bytes.
const stride = 1024

// lineIndex turns byte offsets into positions in constant time, even if the whole
// file is one line.
type lineIndex struct {
	source []byte
	lines  []int // where each line begins
	runes  []int // how many characters come before each stride
}

func newLineIndex(source []byte) *lineIndex {
	x := &lineIndex{source: source, lines: []int{0}}
	count := 0
	for i := 0; i < len(source); i += stride {
		x.runes = append(x.runes, count)
		count += countRunes(source[i:min(i+stride, len(source))])
	}
	for i := 0; ; {
		next := bytes.IndexByte(source[i:], '\n')
		if next < 0 {
			return x
		}
		i += next + 1
		x.lines = append(x.lines, i)
	}
}

// position accepts an offset from 0 to the length of the file.
func (x *lineIndex) position(offset int) Position {
	line := sort.SearchInts(x.lines, offset+1) - 1
	return Position{Line: line + 1, Column: x.runesBefore(offset) - x.runesBefore(x.lines[line]) + 1}
}

func (x *lineIndex) runesBefore(offset int) int {
	mark := offset / stride
	if mark >= len(x.runes) {
		if mark == 0 {
			return 0
		}
		mark--
	}
	return x.runes[mark] + countRunes(x.source[mark*stride:offset])
}

// countRunes counts the bytes that begin a character, so that a piece may be cut
// anywhere.
func countRunes(piece []byte) int {
	count := 0
	for _, c := range piece {
		if utf8.RuneStart(c) {
			count++
		}
	}
	return count
}
