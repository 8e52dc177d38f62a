package server

import (
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/keystore"
)

func TestReplacedKeys(t *testing.T) {
	t.Parallel()
	keys := map[string]*keystore.Pair{}
	for _, name := range []string{"a", "b", "c"} {
		pair, err := keystore.Generate()
		if err != nil {
			t.Fatal(err)
		}
		keys[name] = pair
	}
	names := func(pairs []*keystore.Pair) string {
		var all []string
		for _, p := range pairs {
			for name, k := range keys {
				if k == p {
					all = append(all, name)
				}
			}
		}
		return strings.Join(all, "")
	}
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		what  string
		loads []string // for each hour, pairs of file and key, as "1a 2b"
		want  string
	}{
		{"nothing changes", []string{"1a", "1a"}, ""},
		{"replaced", []string{"1a", "1b"}, "a"},
		{"survives reloads", []string{"1a", "1b", "1b", "1b"}, "a"},
		{"twice, the last one first", []string{"1a", "1b", "1c"}, "ba"},
		{"back again", []string{"1a", "1b", "1a"}, "b"},
		{"rotated to the next file", []string{"1a 2a", "1b 2a"}, ""},
		{"rotated, then rotated again", []string{"1a 2a", "1b 2a", "1c 2b"}, ""},
		{"the end of a rotation", []string{"1a 2a", "1b 2a", "1b 2b"}, ""},
		{"the previous one is replaced", []string{"1a 2b", "1a 2c"}, ""},
		{"made a previous key", []string{"1a", "2b 1c"}, ""},
		{"file removed from the configuration", []string{"1a", "1b", "2c"}, ""},
		{"in the configuration itself", []string{"a", "b"}, ""},
		{"put into another file", []string{"1a", "1b", "1b 2a"}, ""},
	} {
		var r replacedKeys
		now := start
		for _, load := range c.loads {
			var texts []keyText
			var pairs []*keystore.Pair
			for one := range strings.FieldsSeq(load) {
				texts = append(texts, keyText{file: one[:len(one)-1]})
				pairs = append(pairs, keys[one[len(one)-1:]])
			}
			r.adopt(texts, pairs, now)
			now = now.Add(time.Hour)
		}
		if got := names(r.pairs()); got != c.want {
			t.Errorf("%s: keeps %q, want %q", c.what, got, c.want)
		}
	}

	var r replacedKeys
	r.adopt([]keyText{{file: "1"}}, []*keystore.Pair{keys["a"]}, start)
	r.adopt([]keyText{{file: "1"}}, []*keystore.Pair{keys["b"]}, start)
	if got := r.expire(start.Add(keepReplaced - 1)); len(got) != 0 {
		t.Errorf("forgotten within the day: %q", names(got))
	}
	if got := names(r.expire(start.Add(keepReplaced))); got != "a" || len(r.pairs()) != 0 {
		t.Errorf("after a day: forgotten %q, kept %q; want a, none", got, names(r.pairs()))
	}
}
