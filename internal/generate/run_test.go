package generate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/generate"
)

// subject is a Flow whose Go is compiled and run.
type subject struct {
	File, Package string
	Handlers      string // name of the type
	Examples      []example
	Payloads      []string // lines of payloads.txt: screen and JSON
}

// example is what a screen shows in Meta's preview.
type example struct {
	ID, Name, JSON string
}

// TestRun compiles what is generated of each file, together with the skeleton of its
// handlers, and runs it: all routes register and fit the Flow JSON, examples of the
// data models come back from their screens as they were, and payloads are accepted or
// not.
//
// FLOWSERVER_FLOWS names a folder with more Flow JSON files; those with an endpoint
// are tried as well.
func TestRun(t *testing.T) {
	t.Parallel()
	list := append(files(t), "../../cmd/flowserver/booking.json")
	if dir := os.Getenv("FLOWSERVER_FLOWS"); dir != "" {
		more, err := filepath.Glob(filepath.Join(dir, "*.json"))
		if err != nil || len(more) == 0 {
			t.Fatalf("no file in %s (%v)", dir, err)
		}
		list = append(list, more...)
	}
	p := newOverlay(t)
	var subjects []subject
	for _, file := range list {
		f := readFlow(t, file)
		if !f.HasEndpoint() {
			continue
		}
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, p.add(t, file, f, fmt.Sprintf("flow%d", len(subjects))))
	}
	lines := p.run(t, subjects)
	for _, s := range subjects {
		t.Run(filepath.Base(s.File), func(t *testing.T) {
			t.Parallel()
			for _, e := range s.Examples {
				got := lines[s.Package+" shows "+e.ID]
				if diff := cmp.Diff(decode(t, []byte(e.JSON)), decode(t, got)); diff != "" {
					t.Errorf("screen %s (-example +shown):\n%s", e.ID, diff)
				}
			}
			if diff := cmp.Diff([]any{}, decode(t, lines[s.Package+" problems"])); diff != "" {
				t.Errorf("problems of the routes (-want +got):\n%s", diff)
			}
			if len(s.Payloads) == 0 {
				return
			}
			var text strings.Builder
			for _, line := range s.Payloads {
				fmt.Fprintf(&text, "> %s\n< %s\n", line, decode(t, lines[s.Package+" takes "+line]))
			}
			compare(t, payloadsFile(s.File), text.String())
		})
	}
}

func payloadsFile(flow string) string { return strings.TrimSuffix(flow, ".json") + ".payloads.txt" }

func decode(t *testing.T, data []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatalf("%v: %q", err, data)
	}
	return value
}

// overlay is a program that stands in the module for package go alone.
type overlay struct {
	module, dir string
	files       map[string]string
}

func newOverlay(t *testing.T) *overlay {
	t.Helper()
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return &overlay{module, t.TempDir(), map[string]string{}}
}

const program = "internal/generate/generated"

func (p *overlay) write(t *testing.T, name string, text []byte) {
	t.Helper()
	file := filepath.Join(p.dir, strings.ReplaceAll(name, "/", "_"))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p.files[filepath.Join(p.module, program, name)] = file
}

// add generates a Flow's package.
func (p *overlay) add(t *testing.T, file string, f *flowjson.Flow, name string) subject {
	t.Helper()
	o := generate.Options{Package: name, Source: filepath.Base(file)}
	files, err := generate.Generate(f, o)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	screens, handlers := files.Screens, files.Handlers
	p.write(t, name+"/screens.go", screens)
	p.write(t, name+"/handlers.go", handlers)

	s := subject{File: file, Package: name, Handlers: regexp.MustCompile(`type (\w+) struct\{\}`).FindStringSubmatch(string(handlers))[1]}
	declared := regexp.MustCompile(`(\w+) += exchange\.NewScreen\[.*\]\("(.*)"\)\n`).FindAllStringSubmatch(string(screens), -1)
	for _, d := range declared {
		data := map[string]any{}
		if model := f.Screen(d[2]).Data; model != nil {
			for _, field := range model.Fields {
				data[field.Key] = field.Example.Value()
			}
		}
		text, err := json.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		s.Examples = append(s.Examples, example{ID: d[2], Name: d[1], JSON: string(text)})
	}
	text, err := os.ReadFile(payloadsFile(file))
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if request, ok := strings.CutPrefix(strings.TrimSpace(line), "> "); ok {
				s.Payloads = append(s.Payloads, request)
			}
		}
	}
	return s
}

// run runs the program and returns what it says under each name.
func (p *overlay) run(t *testing.T, subjects []subject) map[string]json.RawMessage {
	t.Helper()
	var main bytes.Buffer
	if err := template.Must(template.New("").Parse(mainTemplate)).Execute(&main, subjects); err != nil {
		t.Fatal(err)
	}
	p.write(t, "main.go", main.Bytes())
	text, err := json.Marshal(map[string]any{"Replace": p.files})
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(p.dir, "overlay.json")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "-overlay", config, "./"+program)
	cmd.Dir = p.module
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var lines map[string]json.RawMessage
	if err := json.Unmarshal(out, &lines); err != nil {
		t.Fatal(err)
	}
	return lines
}

const mainTemplate = `package main

import (
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/flowcheck"
	"github.com/flowserver/flowserver/flowjson"
{{- range .}}
	"github.com/flowserver/flowserver/` + program + `/{{.Package}}"
{{- end}}
)

var said = map[string]any{}

// show decodes the example of a screen and shows it.
func show[Data, Form any](name string, s exchange.Screen[Data, Form], example string) {
	var data Data
	if err := json.Unmarshal([]byte(example), &data); err != nil {
		said[name] = err.Error()
		return
	}
	said[name] = s.Show(data).Data()
}

// take submits a payload, and says what is wrong with it.
func take(name string, r *exchange.Registry, request string) {
	screen, data, _ := strings.Cut(request, " ")
	resp, err := r.ServeFlow(context.Background(), &exchange.Message{Action: exchange.ActionDataExchange, Screen: screen, Data: json.RawMessage(data)})
	switch {
	case err == nil:
		said[name] = resp.ErrorMessage()
	case strings.HasPrefix(err.Error(), "reload"):
		said[name] = "rejected"
	case strings.Contains(err.Error(), "not written yet"):
		said[name] = "accepted"
	default:
		said[name] = err.Error()
	}
}

// check holds routes to the Flow JSON that they are for.
func check(name, file string, r *exchange.Registry) {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	flow, err := flowjson.Read(text)
	if err != nil {
		panic(err)
	}
	problems := []string{}
	for _, p := range flowcheck.Check(flow, r.Routes()) {
		if !p.Warning { // there is one for the keys that WhatsApp drops
			problems = append(problems, p.String())
		}
	}
	said[name] = problems
}

func main() {
{{- range $s := .}}
	{
		routes := new({{.Package}}.{{.Handlers}}).Routes()
		check({{printf "%s problems" .Package | printf "%q"}}, {{printf "%q" .File}}, routes)
{{- range .Examples}}
		show({{printf "%s shows %s" $s.Package .ID | printf "%q"}}, {{$s.Package}}.{{.Name}}, {{printf "%q" .JSON}})
{{- end}}
{{- range .Payloads}}
		take({{printf "%s takes %s" $s.Package . | printf "%q"}}, routes, {{printf "%q" .}})
{{- end}}
	}
{{- end}}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		panic(err)
	}
}
`
