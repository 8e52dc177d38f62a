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
			got, err := generate.Generate(readFlow(t, file), o)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(file, ".json")
			compare(t, name+".screens.golden", string(got.Screens))
			compare(t, name+".handlers.golden", string(got.Handlers))
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
	named := generate.Options{Package: "p"}
	rules := []generate.Rule{{Screen: "A", Field: "b", Tag: "e164"}, {Screen: "B", Field: "b", Tag: "e164"}}
	ruled := func(tags ...string) (o generate.Options) {
		o.Package = "p"
		for _, tag := range tags {
			o.Rules = append(o.Rules, generate.Rule{Screen: "A", Field: "b", Tag: tag})
		}
		return o
	}
	for name, tt := range map[string]struct {
		source string
		o      generate.Options
		want   string
	}{
		"package is a keyword": {screens(``), generate.Options{Package: "func"}, `"func" is not a package name`},
		"no package":           {screens(``), generate.Options{}, `"" is not a package name`},
		"no screens":           {screens(``), named, "no screens"},
		"nothing":              {`{}`, named, "no screens"},
		"only SUCCESS":         {screens(`{"id":"SUCCESS"}`), named, "no screens"},
		"screen without id":    {screens(`{"id":"A"},{}`), named, "screen 2 has no id"},
		"screens with one id":  {screens(`{"id":"A"},{"id":"A"}`), named, "two screens have the id A"},
		"rule for no screen":   {submit(`{"b":1}`), generate.Options{Package: "p", Rules: rules}, "rule for B.b: no such screen submits such a field"},
		"unknown rule":         {submit(`{"b":"${form.c}"}`), ruled("e16"), "rule for A.b: unknown rule e16: did you mean e164?"},
		"rule of another type": {submit(`{"b":true}`), ruled("min=2"), "rule for A.b: min cannot be used for a bool"},
		"bad parameter":        {submit(`{"b":"x"}`), ruled("min=many"), `rule for A.b: `},
		"chars of a text":      {submit(`{"b":"x"}`), ruled("minchars=2"), "minchars needs a field of type exchange.Number; for text use min"},
		"all rules at once":    {submit(`{"b":"x"}`), ruled("emial", "mni=2"), "did you mean email?\nrule for A.b: unknown rule mni: did you mean min?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := flowjson.Read([]byte(tt.source))
			if err != nil {
				t.Fatal(err)
			}
			got, err := generate.Generate(f, tt.o)
			if err == nil || got != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v and %v, want %q", err, got, tt.want)
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
		"of a number":     {`"input-type":"number","max-chars":5`, []generate.Rule{{"A", "x", "min=100"}}, `validate:"omitempty,maxchars=5,min=100"`},
		"required, first": {`"max-chars":20`, []generate.Rule{{"A", "x", "required,e164"}}, `validate:"required,max=20,e164"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := flowjson.Read([]byte(`{"version":"7.3","screens":[{"id":"A","layout":{"children":[{"type":"TextInput","name":"x",` + tt.input +
				`},{"type":"Footer","on-click-action":{"name":"data_exchange","payload":{"x":"${form.x}"}}}]}}]}`))
			if err != nil {
				t.Fatal(err)
			}
			got, err := generate.Generate(f, generate.Options{Package: "p", Rules: tt.rules})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(got.Screens), tt.want) {
				t.Errorf("got\n%s\nwant %s", got.Screens, tt.want)
			}
		})
	}
}

// The action of a CalendarPicker for a range is taken after each of the two dates, so that
// its form cannot require both.
func TestOwnActionOfRange(t *testing.T) {
	t.Parallel()
	const picker = `{"type":"CalendarPicker","name":"stay","mode":"range","label":{"start-date":"From","end-date":"To"},
		"required":{"start-date":true,"end-date":true}`
	payload := `{"name":"data_exchange","payload":{"stay":"${form.stay}"}}`
	for name, tt := range map[string]struct{ children, want string }{
		"its own": {picker + `,"on-select-action":` + payload + `}`, `json:"end-date" validate:"omitempty,datetime=2006-01-02" label:"To"`},
		"Footer":  {picker + `},{"type":"Footer","on-click-action":` + payload + `}`, `json:"end-date" validate:"required,datetime=2006-01-02" label:"To"`},
	} {
		f, err := flowjson.Read([]byte(`{"version":"7.3","screens":[{"id":"A","layout":{"children":[` + tt.children + `]}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		got, err := generate.Generate(f, generate.Options{Package: "p"})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got.Screens), tt.want) {
			t.Errorf("%s: got\n%s\nwant %s", name, got.Screens, tt.want)
		}
	}
}
