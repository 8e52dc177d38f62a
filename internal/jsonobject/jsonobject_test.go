package jsonobject_test

import (
	"testing"

	"github.com/flowserver/flowserver/internal/jsonobject"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw  string
		want int // -1: not an object
	}{
		{`{}`, 0},
		{" {\"a\":1,\"b\":null} ", 2},
		{`null`, -1},
		{`[]`, -1},
		{`"x"`, -1},
		{``, -1},
		{`{`, -1},
	} {
		members, err := jsonobject.Members([]byte(test.raw))
		if got := len(members); (err != nil) != (test.want < 0) || err == nil && got != test.want {
			t.Errorf("%s: got %d members, error %v; want %d", test.raw, got, err, test.want)
		}
		if is := jsonobject.Is([]byte(test.raw)); is != (test.want >= 0) {
			t.Errorf("Is(%s) = %v", test.raw, is)
		}
	}
}

func TestMember(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, want string
		found     bool
	}{
		{`{"a":{"b":1}}`, `{"b":1}`, true},
		{`{"a":null}`, `null`, true},
		{`{"A":1}`, ``, false},
		{`[1]`, ``, false},
	} {
		if got, found := jsonobject.Member([]byte(test.raw), "a"); string(got) != test.want || found != test.found {
			t.Errorf("%s: got %s, %v; want %s, %v", test.raw, got, found, test.want, test.found)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, want string
		found     bool
		err       string
	}{
		{`{"a":"x\u00e9"}`, "xé", true, ""},
		{`{"a":""}`, "", true, ""},
		{`{}`, "", false, ""},
		{`{"a":null}`, "", true, "a is not a string"},
		{`{"a":1}`, "", true, "a is not a string"},
	} {
		members, err := jsonobject.Members([]byte(test.raw))
		if err != nil {
			t.Fatal(err)
		}
		got, found, err := jsonobject.Text(members, "a")
		if got != test.want || found != test.found || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: got %q, %v, %v; want %q, %v, %s", test.raw, got, found, err, test.want, test.found, test.err)
		}
	}
}

func TestFindNull(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, root, path string
		found           bool
	}{
		{`{"a":"null","n":1}`, "", "", false},
		{`{"b":null,"a":null}`, "", "a", true},
		{`{"a":[1,{"b":[null]}]}`, "data", "data.a[1].b[0]", true},
		{`null`, "data", "data", true},
		{`null`, "", "", true},
		{`[null]`, "", "[0]", true},
		{`{"Ada Lovelace":{"a":null}}`, "data", "data.*.a", true},
		{`{"a":"\"null"}`, "", "", false},
	} {
		if path, found := jsonobject.FindNull([]byte(test.raw), test.root); path != test.path || found != test.found {
			t.Errorf("%s: got %q, %v; want %q, %v", test.raw, path, found, test.path, test.found)
		}
	}
}

func TestMembersOrEmptyList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw, kind string
		want      int // -1: neither
	}{
		{`{"a":1}`, "an object", 1},
		{` [ ] `, "a list", 0},
		{`[]`, "a list", 0},
		{`[[]]`, "a list", -1},
		{`null`, "null", -1},
		{`""`, "a string", -1},
		{`-1`, "a number", -1},
		{`true`, "a boolean", -1},
	} {
		members, err := jsonobject.MembersOrEmptyList([]byte(test.raw))
		if got := len(members); (err != nil) != (test.want < 0) || err == nil && (got != test.want || members == nil) {
			t.Errorf("%s: got %v, error %v; want %d members", test.raw, members, err, test.want)
		}
		if got := jsonobject.Kind([]byte(test.raw)); got != test.kind {
			t.Errorf("%s is %s, want %s", test.raw, got, test.kind)
		}
	}
}

func TestKeyNames(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{}`:                               "",
		`{"b":1,"a-b.c_1":2}`:              "a-b.c_1, b",
		`{"+55 11":1,"5511":2,"":3,"x":4}`: "*, x",
		`{"a":0,"b":0,"c":0,"d":0,"e":0,"f":0,"g":0,"h":0,"i":0,"j":0,"k":0,"l":0}`: "a, b, c, d, e, f, g, h, i, j, and 2 more",
	} {
		members, err := jsonobject.Members([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := jsonobject.KeyNames(members); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}
