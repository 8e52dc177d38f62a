package generate_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/generate"
)

// FuzzGenerate: whatever can be read gives Go that is formatted and compiles, the
// same each time, or an error.
func FuzzGenerate(f *testing.F) {
	for _, file := range files(f) {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		flow, err := flowjson.Read(data)
		if err != nil {
			return
		}
		o := generate.Options{Package: "demo", Source: "fuzz\n.json"}
		files, err := generate.Generate(flow, o)
		if err != nil {
			if files != nil {
				t.Errorf("got error %v and files", err)
			}
			return
		}
		again, err := generate.Generate(flow, o)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(files, again); diff != "" {
			t.Errorf("the second time differs (-first +second):\n%s", diff)
		}
		screens, handlers := files.Screens, files.Handlers
		for _, text := range [][]byte{screens, handlers} {
			if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
				t.Errorf("not formatted (%v):\n%s", err, text)
			}
		}
		if err := compile(screens, handlers); err != nil {
			t.Errorf("%v\n%s\n%s", err, screens, handlers)
		}
	})
}

// compile checks the types of a package that imports nothing but stubs.
func compile(sources ...[]byte) error {
	set := token.NewFileSet()
	var parsed []*ast.File
	for i, source := range sources {
		file, err := parser.ParseFile(set, fmt.Sprint("file", i), source, 0)
		if err != nil {
			return err
		}
		parsed = append(parsed, file)
	}
	config := types.Config{Importer: stubs{}}
	_, err := config.Check("demo", set, parsed, nil)
	return err
}

// stubs are the packages that generated Go imports, with what it uses of them.
type stubs map[string]*types.Package

var stubSources = map[string]string{
	"context": `package context; type Context interface{}`,
	"errors":  `package errors; func New(string) error { return nil }`,
	"github.com/flowserver/flowserver/exchange/media": `package media; type Item struct{}`,
	"github.com/flowserver/flowserver/exchange": `package exchange
		import "context"
		type NoData struct{}
		type Number string
		type Response struct{}
		type Registry struct{}
		type Request[Form any] struct{}
		type Screen[Data, Form any] struct{}
		type RouteOption[Data, Form any] func(*Screen[Data, Form])
		type HandlerFor[Form any] func(context.Context, *Request[Form]) (*Response, error)
		func NewRegistry() *Registry { return nil }
		func NewScreen[Data, Form any](string) (s Screen[Data, Form]) { return }
		func Trigger[TriggerForm, Data, Form any](Screen[Data, Form], string, string) (s Screen[Data, TriggerForm]) { return }
		func Reload[Data, Form any](func(context.Context, *Request[Form]) (Data, error)) RouteOption[Data, Form] { return nil }
		func Handle[Data, Form any](*Registry, Screen[Data, Form], HandlerFor[Form], ...RouteOption[Data, Form]) {}
		func HandleInit(*Registry, HandlerFor[NoData]) {}
		func HandleBack[Data, Form any](*Registry, Screen[Data, Form], HandlerFor[NoData]) {}`,
}

// Import implements types.Importer.
func (s stubs) Import(path string) (*types.Package, error) {
	if p, ok := s[path]; ok {
		return p, nil
	}
	source, ok := stubSources[path]
	if !ok {
		return nil, fmt.Errorf("no stub of %s", path)
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, 0)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: s}
	p, err := config.Check(path, set, []*ast.File{file}, nil)
	s[path] = p
	return p, err
}
