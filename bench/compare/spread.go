package main

import (
	"fmt"
	"slices"
)

// spread is a median and the range around it.
type spread struct{ median, min, max float64 }

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return spread{median, sorted[0], sorted[len(sorted)-1]}
}

// ratios divides round by round: what one round had in its way, both sides had. It
// is nil unless both have as many rounds.
func ratios(ours, theirs []float64) []float64 {
	if len(ours) != len(theirs) {
		return nil
	}
	var all []float64
	for i := range ours {
		if theirs[i] != 0 {
			all = append(all, ours[i]/theirs[i])
		}
	}
	return all
}

// differences subtracts round by round, and is nil unless both have as many rounds.
func differences(ours, theirs []float64) []float64 {
	if len(ours) != len(theirs) {
		return nil
	}
	var all []float64
	for i := range ours {
		all = append(all, ours[i]-theirs[i])
	}
	return all
}

// shares divides each value by the whole.
func shares(values []float64, whole float64) []float64 {
	var all []float64
	for _, v := range values {
		if whole > 0 {
			all = append(all, v/whole)
		}
	}
	return all
}

// text prints the spread with a number of decimals.
func (s spread) text(decimals int) string {
	return fmt.Sprintf("%.*f [%.*f..%.*f]", decimals, s.median, decimals, s.min, decimals, s.max)
}
