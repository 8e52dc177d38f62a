package catalog

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a Flow JSON version. It is two whole numbers, not a decimal: 1.10
// comes after 1.9. The zero Version is none.
type Version struct {
	Major, Minor int
}

// ParseVersion reads "major.minor".
func ParseVersion(text string) (Version, error) {
	major, minor, ok := strings.Cut(text, ".")
	if ok && plainDigits(major) && plainDigits(minor) {
		a, errA := strconv.Atoi(major)
		b, errB := strconv.Atoi(minor)
		if errA == nil && errB == nil && (a > 0 || b > 0) {
			return Version{Major: a, Minor: b}, nil
		}
	}
	return Version{}, fmt.Errorf("flowjson: a version must be two numbers separated by a dot, such as %q", newest.Version)
}

func plainDigits(s string) bool {
	return s != "" && len(s) <= 4 && strings.Trim(s, "0123456789") == "" && (s == "0" || s[0] != '0')
}

// String returns "major.minor".
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Compare returns -1, 0 or +1 as v is older than w, equal or newer.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}

// AtLeast reports whether v is w or newer.
func (v Version) AtLeast(w Version) bool { return v.Compare(w) >= 0 }

// State is what Meta allows for Flows of a version (page "Versioning", 2026-03-15).
type State string

// The states.
const (
	Publishable State = "publishable"
	Frozen      State = "frozen"  // can be sent and opened, not published
	Expired     State = "expired" // can be neither sent nor opened
)

// Release is a Flow JSON version that Meta has released.
type Release struct {
	Version Version
	State   State
	Note    string // since when, or what is special
}

// Releases are the known versions, oldest first (Meta's changelog, last entry
// 2025-11-11; states as of 2026-11).
var releases = []Release{
	{Version{1, 0}, Expired, ""},
	{Version{1, 1}, Expired, ""},
	{Version{2, 0}, Expired, ""},
	{Version{2, 1}, Frozen, "since 2025-04-08"},
	{Version{3, 0}, Frozen, "since 2025-04-08"},
	{Version{3, 1}, Frozen, "since 2025-04-08"},
	{Version{4, 0}, Frozen, "since 2025-04-08"},
	{Version{5, 0}, Frozen, "since 2025-09-10"},
	{Version{5, 1}, Publishable, ""},
	{Version{6, 0}, Publishable, ""},
	{Version{6, 1}, Publishable, ""},
	{Version{6, 2}, Publishable, ""},
	{Version{6, 3}, Publishable, ""},
	{Version{7, 0}, Publishable, ""},
	{Version{7, 1}, Publishable, ""},
	{Version{7, 2}, Publishable, ""},
	{Version{7, 3}, Publishable, "recommended"},
}

var newest = releases[len(releases)-1]

// Newest returns the newest known version.
func Newest() Version { return newest.Version }

// The versions in which the meaning of values changed (Meta's changelog).
var (
	// DaysSince is the first version with dates as YYYY-MM-DD. Before it, dates were
	// milliseconds since 1970.
	DaysSince = Version{5, 0}
	// ExpressionsSince is the first version with expressions in backticks.
	ExpressionsSince = Version{6, 0}
)

// Releases returns the known versions, oldest first.
func Releases() []Release { return append([]Release(nil), releases...) }

// Release returns what is known of a version. An unknown version is checked as the
// newest known one before it; ok is false then.
func (v Version) Release() (r Release, ok bool) {
	r = releases[0]
	for _, known := range releases {
		if known.Version == v {
			return known, true
		}
		if v.AtLeast(known.Version) {
			r = known
		}
	}
	return r, false
}
