package flowcheck

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type deepest struct{ A, Deep string }

type left struct {
	deepest
	A     string `json:"a"`
	Both  string
	Named string `json:"named"`
}

type right struct {
	A     string `json:"a"`
	Both  string
	Other string `json:"named"`
}

type everything struct {
	left
	*right
	Plain    string
	Tagged   string `json:"tagged,omitempty"`
	Out      string `json:"-"`
	Inner    deepest
	hidden   string
	WithName deepest `json:"inner"`
}

// encoding/json itself says which fields there are.
func TestJSONFields(t *testing.T) {
	t.Parallel()
	value := everything{right: &right{}, Tagged: "x", hidden: "x"}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range jsonFields(reflect.TypeOf(value)) {
		got = append(got, f.name)
	}
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), got); diff != "" {
		t.Errorf("fields (-encoding/json +got):\n%s", diff)
	}
}
