package phoneui_test

import (
	"flag"
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/phoneui/typegen"
	"github.com/flowserver/flowserver/phone"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

// TestTypes compares the declarations that the page is checked with against the Go types.
func TestTypes(t *testing.T) {
	t.Parallel()
	want := "// Written by go generate from the Go types; do not edit.\n\n" + typegen.Declarations(
		reflect.TypeFor[phoneui.Boot](), reflect.TypeFor[phoneui.Opened](), reflect.TypeFor[phoneui.Problem](),
		reflect.TypeFor[phoneui.FlowSource](), reflect.TypeFor[phoneui.Status](), reflect.TypeFor[phoneui.Pinged](), reflect.TypeFor[phoneui.Recorded](),
		reflect.TypeFor[phoneui.Posted](),
		reflect.TypeFor[phone.View](), reflect.TypeFor[phone.Event](), reflect.TypeFor[phone.Exchange](), reflect.TypeFor[phone.State](),
	)
	const file = "web/api.d.ts"
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is stale: run go generate ./internal/phoneui (-want +got):\n%s", file, diff)
	}
}
