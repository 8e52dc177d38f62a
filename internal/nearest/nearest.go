// Package nearest finds the word that a misspelt one was most likely meant to be.
package nearest

import (
	"slices"
	"strings"
)

// Word returns the word of known that is closest to word, or "" if none is close
// enough: about one letter in three may be wrong. Case does not count, and a hyphen
// counts as an underscore. Of words that are equally close, the first is returned.
func Word(word string, known []string) string {
	nearest, least := "", max(1, (len(word)+1)/3)+1
	for _, k := range known {
		if d := Distance(plain(word), plain(k)); d < least {
			nearest, least = k, d
		}
	}
	return nearest
}

// Only is [Word] if just one word of known is that close, else "".
func Only(word string, known []string) string {
	first := Word(word, known)
	backwards := slices.Clone(known)
	slices.Reverse(backwards)
	if Word(word, backwards) != first {
		return ""
	}
	return first
}

func plain(word string) string { return strings.ToLower(strings.ReplaceAll(word, "-", "_")) }

// Distance returns the number of bytes to insert, remove, replace or swap with the
// next one to get from a to b (Levenshtein, with transpositions of neighbours).
func Distance(a, b string) int {
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
