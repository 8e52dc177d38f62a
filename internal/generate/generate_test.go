package generate_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/generate"
)

const flows = "../../testdata/flows/generate"

var update = flag.Bool("update", false, "write the golden files of testdata/flows/generate")

// files returns the Flow JSON files of these tests.
func files(t testing.TB) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(flows, "*.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file in %s (%v)", flows, err)
	}
	return found
}

func readFlow(t testing.TB, file string) *flowjson.Flow {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := flowjson.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, file := range files(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			o := generate.Options{Package: "demo", Source: filepath.Base(file)}
			for kind, write := range map[string]func(*flowjson.Flow, generate.Options) ([]byte, error){
				"screens": generate.Screens, "handlers": generate.Handlers,
			} {
				got, err := write(readFlow(t, file), o)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, strings.TrimSuffix(file, ".json")+"."+kind+".golden", string(got))
			}
		})
	}
}

// compare holds text to a golden file, or writes that.
func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	screens := func(list string) string { return `{"version":"7.3","screens":[` + list + `]}` }
	submit := func(payload string) string {
		return screens(`{"id":"A","layout":{"children":[{"type":"Footer","on-click-action":{"name":"data_exchange","payload":` + payload + `}}]}}`)
	}
	for name, tt := range map[string]struct {
		source string
		o      generate.Options
		want   string
	}{
		"package is a keyword": {screens(``), generate.Options{Package: "func"}, `"func" is no name for a package`},
		"no package":           {screens(``), generate.Options{}, `"" is no name for a package`},
		"screen without id":    {screens(`{"id":"A"},{}`), generate.Options{Package: "p"}, "screen 2 has no id"},
		"screens with one id":  {screens(`{"id":"A"},{"id":"A"}`), generate.Options{Package: "p"}, "two screens have the id A"},
		"key with a comma": {
			screens(`{"id":"A","data":{"b,c":{"type":"string"}}}`),
			generate.Options{Package: "p"},
			`data of screen A: AData: encoding/json takes no such name: rename the key "b,c"`,
		},
		"key with a quote": {
			submit(`{"b\"c":1}`), generate.Options{Package: "p"}, `payload of screen A: AForm: encoding/json takes no such name: rename the key "b\"c"`,
		},
		"empty key": {submit(`{"b":{"":1}}`), generate.Options{Package: "p"}, `rename the key ""`},
		"rule for no screen": {
			submit(`{"b":1}`),
			generate.Options{Package: "p", Rules: []generate.Rule{{Screen: "A", Field: "b", Tag: "e164"}, {Screen: "B", Field: "b", Tag: "e164"}}},
			"rule for B.b: no such screen submits such a field",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := flowjson.Read([]byte(tt.source))
			if err != nil {
				t.Fatal(err)
			}
			got, err := generate.Screens(f, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v and\n%s\nwant %q", err, got, tt.want)
			}
		})
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		input string
		rules []generate.Rule
		want  string
	}{
		"beside others":   {`"required":true`, []generate.Rule{{"A", "x", "e164"}}, `validate:"required,e164"`},
		"of an optional":  {`"max-chars":20`, []generate.Rule{{"A", "x", "e164"}}, `validate:"omitempty,max=20,e164"`},
		"two":             {`"label":"x"`, []generate.Rule{{"A", "x", "alpha"}, {"A", "x", "lowercase,max=3"}}, `validate:"omitempty,alpha,lowercase,max=3"`},
		"required":        {`"label":"x"`, []generate.Rule{{"A", "x", "required"}}, `validate:"required"`},
		"required, first": {`"max-chars":20`, []generate.Rule{{"A", "x", "required,e164"}}, `validate:"required,max=20,e164"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := flowjson.Read([]byte(`{"version":"7.3","screens":[{"id":"A","layout":{"children":[{"type":"TextInput","name":"x",` + tt.input +
				`},{"type":"Footer","on-click-action":{"name":"data_exchange","payload":{"x":"${form.x}"}}}]}}]}`))
			if err != nil {
				t.Fatal(err)
			}
			got, err := generate.Screens(f, generate.Options{Package: "p", Rules: tt.rules})
			if err != nil || !strings.Contains(string(got), tt.want) {
				t.Errorf("got (%v)\n%s\nwant %s", err, got, tt.want)
			}
		})
	}
}
