package config

import (
	"strings"

	"github.com/flowserver/flowserver/internal/nearest"
)

// nearestKey returns the known key that key was probably meant to be; "" if there is
// none.
func nearestKey(key string, known []string) string {
	spelt := strings.ToLower(strings.ReplaceAll(key, "-", "_"))
	found, least := "", max(1, (len(key)+1)/3)+1
	for _, k := range known {
		if d := nearest.Distance(spelt, k); d < least {
			found, least = k, d
		}
	}
	return found
}
