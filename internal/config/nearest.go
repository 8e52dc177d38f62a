package config

import "strings"

// nearestKey is the known key that key was most likely meant to be, or nothing.
func nearestKey(key string, known []string) string {
	spelt := strings.ToLower(strings.ReplaceAll(key, "-", "_"))
	nearest, least := "", max(1, (len(key)+1)/3)+1
	for _, k := range known {
		if d := distance(spelt, k); d < least {
			nearest, least = k, d
		}
	}
	return nearest
}

// distance is the number of letters to add, drop or change to get from a to b
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
