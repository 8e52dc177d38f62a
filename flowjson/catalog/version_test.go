package catalog_test

import (
	"testing"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]catalog.Version{
		"7.3": {Major: 7, Minor: 3}, "1.10": {Major: 1, Minor: 10}, "0.1": {Minor: 1}, "9999.0": {Major: 9999},
	} {
		got, err := catalog.ParseVersion(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("ParseVersion(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "7", "7.", ".3", "7.3.1", "v7.3", "7.03", "07.3", " 7.3", "7.3 ", "-7.3", "+7.3", "7,3",
		"0.0", "77777.1", "7.x", "٧.٣",
	} {
		if got, err := catalog.ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func TestVersionCompare(t *testing.T) {
	t.Parallel()
	ascending := []catalog.Version{{}, {Minor: 1}, {Major: 1, Minor: 9}, {Major: 1, Minor: 10}, {Major: 2}, {Major: 10}}
	for i, v := range ascending {
		for j, w := range ascending {
			want := min(max(i-j, -1), 1)
			if got := v.Compare(w); got != want {
				t.Errorf("%v.Compare(%v) = %d, want %d", v, w, got, want)
			}
			if got := v.AtLeast(w); got != (want >= 0) {
				t.Errorf("%v.AtLeast(%v) = %t", v, w, got)
			}
		}
	}
}

func TestRelease(t *testing.T) {
	t.Parallel()
	for text, tt := range map[string]struct {
		checkedAs string
		state     catalog.State
		known     bool
	}{
		"7.3": {"7.3", catalog.Publishable, true},
		"5.1": {"5.1", catalog.Publishable, true},
		"5.0": {"5.0", catalog.Frozen, true},
		"2.0": {"2.0", catalog.Expired, true},
		"7.9": {"7.3", catalog.Publishable, false},
		"8.0": {"7.3", catalog.Publishable, false},
		"3.5": {"3.1", catalog.Frozen, false},
		"0.9": {"1.0", catalog.Expired, false},
	} {
		v, err := catalog.ParseVersion(text)
		if err != nil {
			t.Fatal(err)
		}
		got, known := v.Release()
		if got.Version.String() != tt.checkedAs || got.State != tt.state || known != tt.known {
			t.Errorf("%s.Release() = %v %s, %t, want %s %s, %t", text, got.Version, got.State, known, tt.checkedAs, tt.state, tt.known)
		}
	}
	releases := catalog.Releases()
	for i := range releases[1:] {
		if releases[i].Version.AtLeast(releases[i+1].Version) {
			t.Errorf("%v stands before %v", releases[i].Version, releases[i+1].Version)
		}
	}
	releases[0].Note = "changed"
	if catalog.Releases()[0].Note == "changed" {
		t.Error("Releases gave away its own list")
	}
}
