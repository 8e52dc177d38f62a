package phone_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/phone"
)

var update = flag.Bool("update", false, "write golden files")

// gallery returns the Flows of testdata/gallery by name, such as TextInput-7.0.
func gallery(tb testing.TB) map[string]*flowjson.Flow {
	tb.Helper()
	files, err := filepath.Glob("testdata/gallery/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	flows := map[string]*flowjson.Flow{}
	for _, file := range files {
		if strings.HasSuffix(file, viewSuffix) {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		flows[strings.TrimSuffix(filepath.Base(file), ".json")] = read(tb, string(source))
	}
	return flows
}

const viewSuffix = ".view.json"

// views returns what each screen of a Flow shows with its examples.
func views(tb testing.TB, flow *flowjson.Flow) []phone.View {
	tb.Helper()
	var out []phone.View
	for _, s := range flow.Screens {
		p := prepare(tb, `{"screens": []}`, nil, func(c *phone.Config) { c.Flow = flow })
		if err := p.Open(tb.Context(), phone.Message{Screen: s.ID}); err != nil {
			tb.Fatal(err)
		}
		out = append(out, p.View())
	}
	return out
}

// Each Flow of the gallery shows what its golden file has.
func TestGallery(t *testing.T) {
	t.Parallel()
	for name, flow := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := views(t, flow)
			for _, v := range shown {
				for _, part := range v.Parts {
					if part.Unknown != "" && catalog.ComponentOf(part.Type) != nil {
						t.Errorf("screen %s: the phone does not draw a %s", v.Screen, part.Type)
					}
				}
			}
			got := marshal(t, shown)
			file := filepath.Join("testdata", "gallery", name+viewSuffix)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func marshal(tb testing.TB, v any) []byte {
	tb.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return text.Bytes()
}

// The gallery has each component in each version that changed it.
func TestGalleryHasVersions(t *testing.T) {
	t.Parallel()
	flows := gallery(t)
	oldest := catalog.Version{Major: 2, Minor: 1} // older ones have expired
	for _, c := range catalog.Components() {
		versions := []catalog.Version{c.Since}
		for _, p := range c.Properties {
			versions = append(versions, p.Since)
		}
		for _, v := range versions {
			if v.Compare(c.Since) < 0 {
				v = c.Since
			}
			if v.Compare(oldest) < 0 {
				v = oldest
			}
			flow := flows[c.Type+"-"+v.String()]
			if flow == nil || flow.Version != v || !slices.ContainsFunc(flow.Screens, func(s *flowjson.Screen) bool { return s.Has(c.Type) }) {
				t.Errorf("testdata/gallery needs %s-%s.json, a Flow of version %s with a %s", c.Type, v, v, c.Type)
			}
		}
	}
}

// The gallery has each action.
func TestGalleryHasActions(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, flow := range gallery(t) {
		for _, s := range flow.Screens {
			for _, a := range s.Actions() {
				found[a.Name] = true
			}
		}
	}
	for _, a := range catalog.Actions() {
		if !found[a.Name] {
			t.Errorf("no Flow of testdata/gallery has the action %s", a.Name)
		}
	}
}

// states are what parts, footers and screens can be.
func states() map[string]func(v phone.View) bool {
	input := func(check func(c phone.Common) bool) func(phone.View) bool {
		return func(v phone.View) bool {
			return slices.ContainsFunc(v.Parts, func(p phone.Part) bool { return slices.ContainsFunc(commons(p), check) })
		}
	}
	part := func(check func(p phone.Part) bool) func(phone.View) bool {
		return func(v phone.View) bool { return slices.ContainsFunc(v.Parts, check) }
	}
	option := func(check func(o phone.Option) bool) func(phone.View) bool {
		return part(func(p phone.Part) bool { return p.Choice != nil && slices.ContainsFunc(p.Choice.Options, check) })
	}
	finding := func(code string) func(phone.View) bool {
		is := func(f phone.Finding) bool { return f.Code == code }
		return func(v phone.View) bool {
			return slices.ContainsFunc(v.Findings, is) || part(func(p phone.Part) bool { return slices.ContainsFunc(p.Findings, is) })(v)
		}
	}
	failure := func(kind phone.FailureKind) func(phone.View) bool {
		return func(v phone.View) bool { return v.Failure != nil && v.Failure.Kind == kind }
	}
	return map[string]func(phone.View) bool{
		"input required":            input(func(c phone.Common) bool { return c.Required }),
		"input optional, marked":    input(func(c phone.Common) bool { return c.Optional }),
		"input disabled":            input(func(c phone.Common) bool { return !c.Enabled }),
		"input with a client error": input(func(c phone.Common) bool { return c.ErrorFrom == "client" }),
		"input with a server error": input(func(c phone.Common) bool { return c.ErrorFrom == "server" }),
		"input with help":           input(func(c phone.Common) bool { return c.Help != "" }),
		"label cut":                 input(func(c phone.Common) bool { return c.LabelCut != "" }),
		"label large":               part(func(p phone.Part) bool { return p.Field != nil && p.Field.Large }),
		"option selected":           option(func(o phone.Option) bool { return o.Selected }),
		"option disabled":           option(func(o phone.Option) bool { return !o.Enabled }),
		"option with image":         option(func(o phone.Option) bool { return o.Image != nil && o.Image.Src != "" }),
		"option with colour":        option(func(o phone.Option) bool { return o.Color != "" }),
		"choice searched":           part(func(p phone.Part) bool { return p.Choice != nil && p.Choice.Search }),
		"choice cleared by a tap":   part(func(p phone.Part) bool { return p.Choice != nil && p.Choice.Clear }),
		"choice without options":    part(func(p phone.Part) bool { return p.Choice != nil && len(p.Choice.Options) == 0 }),
		"choice with large media":   part(func(p phone.Part) bool { return p.Choice != nil && p.Choice.LargeMedia }),
		"opt-in ticked":             part(func(p phone.Part) bool { return p.OptIn != nil && p.OptIn.Value }),
		"opt-in with a link":        part(func(p phone.Part) bool { return p.OptIn != nil && p.OptIn.ReadMore }),
		"date chosen":               part(func(p phone.Part) bool { return p.Date != nil && p.Date.Value != "" }),
		"date with weekdays":        part(func(p phone.Part) bool { return p.Date != nil && len(p.Date.Calendar.Weekdays) > 0 }),
		"range":                     part(func(p phone.Part) bool { return p.Range != nil }),
		"image unreadable":          part(func(p phone.Part) bool { return p.Image != nil && p.Image.Src == "" }),
		"link opens a URL":          part(func(p phone.Part) bool { return p.Link != nil && p.Link.URL != "" }),
		"list with large media":     part(func(p phone.Part) bool { return p.List != nil && p.List.LargeMedia }),
		"photo picker":              part(func(p phone.Part) bool { return p.Picker != nil && p.Picker.Kind == "photo" }),
		"document picker":           part(func(p phone.Part) bool { return p.Picker != nil && p.Picker.Kind == "document" }),
		"unknown component":         part(func(p phone.Part) bool { return p.Unknown != "" }),
		"footer on":                 func(v phone.View) bool { return v.Footer != nil && v.Footer.Enabled },
		"footer off by an input":    func(v phone.View) bool { return v.Footer != nil && len(v.Footer.Why) > 0 },
		"component that fails":      failure(phone.FailureComponent),
		"expression that fails":     failure(phone.FailureExpression),
		"condition":                 finding("CONDITION_READ_DIFFERENTLY"),
		"blank text":                finding("TEXT_BLANK"),
		"cut text":                  finding("TEXT_CUT"),
		"reference in a text":       finding("REFERENCE_IN_TEXT"),
		"blocked for ever":          finding("FOOTER_BLOCKED"),
	}
}

// The gallery shows each state.
func TestGalleryHasStates(t *testing.T) {
	t.Parallel()
	missing := states()
	for _, flow := range gallery(t) {
		for _, v := range views(t, flow) {
			for name, is := range missing {
				if is(v) {
					delete(missing, name)
				}
			}
		}
	}
	for name := range missing {
		t.Errorf("no Flow of testdata/gallery shows the state %q", name)
	}
}
