package exchange

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
)

type inner struct {
	List []int `json:"list"`
}

type Outer struct {
	Map map[string]int `json:"map"`
}

type tree struct {
	Name  string `json:"name"`
	Leafs []tree `json:"leafs"`
	Next  *tree  `json:"next,omitempty"`
}

type selfMade struct{ List []int }

func (selfMade) MarshalJSON() ([]byte, error) { return []byte(`{"own":null}`), nil }

type pointerMade struct{ List []int }

func (*pointerMade) MarshalJSON() ([]byte, error) { return []byte(`{"pointer":null}`), nil }

type ownList []int

func (l ownList) MarshalText() ([]byte, error) { return []byte("text"), nil }

type embedding struct {
	inner
	Outer
}

type embeddingPointers struct {
	*inner
	*Outer
}

type omitting struct {
	Empty  []int          `json:"empty,omitempty"`
	Zero   []int          `json:"zero,omitzero"`
	Struct inner          `json:"struct,omitzero"`
	Time   time.Time      `json:"time,omitzero"`
	Not    map[string]any `json:"-"`
	hidden []int          //nolint:unused // json does not see it
	Null   *int           `json:"null"`
}

func TestEncodeData(t *testing.T) {
	t.Parallel()
	var nilInts []int
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"slice":                    {inner{}, `{"list":[]}`},
		"map":                      {Outer{}, `{"map":{}}`},
		"top map":                  {map[string]any(nil), `{}`},
		"top slice":                {nilInts, `[]`},
		"pointer":                  {&inner{}, `{"list":[]}`},
		"pointer to a nil slice":   {map[string]*[]int{"a": &nilInts}, `{"a":[]}`},
		"nil pointer":              {map[string]*inner{"a": nil}, `{"a":null}`},
		"embedded":                 {embedding{}, `{"list":[],"map":{}}`},
		"embedded pointers":        {embeddingPointers{&inner{}, &Outer{}}, `{"list":[],"map":{}}`},
		"embedded nil pointers":    {map[string]any{"a": embeddingPointers{}, "b": nilInts}, `{"a":{},"b":[]}`},
		"interface":                {map[string]any{"a": nilInts, "b": nil, "c": []any{nilInts, 1}}, `{"a":[],"b":null,"c":[[],1]}`},
		"array":                    {map[string]any{"a": [2][]int{nil, {1}}}, `{"a":[[],[1]]}`},
		"map of slices":            {map[string][]int{"a": nil, "b": {1}}, `{"a":[],"b":[1]}`},
		"tree":                     {tree{"a", []tree{{}}, &tree{}}, `{"name":"a","leafs":[{"name":"","leafs":[]}],"next":{"name":"","leafs":[]}}`},
		"bytes":                    {map[string]any{"a": []byte(nil), "b": json.RawMessage(nil)}, `{"a":null,"b":null}`},
		"raw message":              {json.RawMessage(`{"a":null}`), `{"a":null}`},
		"own encoding":             {map[string]any{"a": selfMade{}, "b": ownList(nil), "c": &pointerMade{}}, `{"a":{"own":null},"b":"text","c":{"pointer":null}}`},
		"own encoding, by value":   {map[string]any{"a": pointerMade{}}, `{"a":{"List":null}}`},
		"own encoding, by slice":   {map[string]any{"a": []pointerMade{{}}, "b": nilInts}, `{"a":[{"pointer":null}],"b":[]}`},
		"omitted":                  {omitting{}, `{"null":null}`},
		"omitted next to a filled": {map[string]any{"a": omitting{}, "b": nilInts}, `{"a":{"null":null},"b":[]}`},
		"not zero":                 {omitting{Struct: inner{List: []int{}}, Null: new(int)}, `{"struct":{"list":[]},"null":0}`},
		"word":                     {map[string]string{"a": "null"}, `{"a":"null"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := encodeData(c.value)
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// What a handler gives may be shared, so it must not change.
func TestEncodeDataChangesNothing(t *testing.T) {
	t.Parallel()
	shared := &inner{}
	value := map[string]any{"a": embeddingPointers{shared, &Outer{}}, "b": []any{map[string][]int{"c": nil}}, "d": [1]tree{}, "e": &tree{Leafs: []tree{{}}}}
	if _, err := encodeData(value); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"a": embeddingPointers{shared, &Outer{}}, "b": []any{map[string][]int{"c": nil}}, "d": [1]tree{}, "e": &tree{Leafs: []tree{{}}}}
	if !reflect.DeepEqual(value, want) || shared.List != nil {
		t.Errorf("the value is now %+v", value)
	}
}

func TestEncodeDataErrors(t *testing.T) {
	t.Parallel()
	loop := &tree{}
	loop.Next = loop
	for name, value := range map[string]any{"cycle": loop, "not a number": math.NaN(), "channel": make(chan int)} {
		if data, err := encodeData(value); err == nil {
			t.Errorf("%s: %s, want an error", name, data)
		}
	}
}

// BenchmarkEncodeData shows that nothing is paid where nothing is nil.
func BenchmarkEncodeData(b *testing.B) {
	full := tree{Name: "a", Leafs: []tree{{Name: "b", Leafs: []tree{}}}}
	hole := tree{Name: "a", Leafs: []tree{{Name: "b"}}}
	for name, encode := range map[string]func() error{
		"json": func() error { _, err := json.Marshal(full); return err },
		"full": func() error { _, err := encodeData(full); return err },
		"nil":  func() error { _, err := encodeData(hole); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
