package phone_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// flowsVariable names a folder with Flow JSON files of any origin, to draw them all.
const flowsVariable = "FLOWSERVER_FLOWS"

// maxView is the most that the JSON of a View may have.
const maxView = 64 << 10

// publicFlows returns the Flows of the folder that flowsVariable names.
func publicFlows(tb testing.TB) map[string]*flowjson.Flow {
	tb.Helper()
	folder := os.Getenv(flowsVariable)
	if folder == "" {
		tb.Skip(flowsVariable + " does not name a folder with Flow JSON files")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no Flow JSON in %s: %v", folder, err)
	}
	flows := map[string]*flowjson.Flow{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		flow, err := flowjson.Read(source)
		if err != nil {
			tb.Errorf("%s: %v", file, err)
			continue
		}
		flows[filepath.Base(file)] = flow
	}
	return flows
}

// Every screen of every file gives a View that is small and has no unknown part.
func TestPublicFlows(t *testing.T) {
	t.Parallel()
	screens, components, largest := 0, 0, 0
	for file, flow := range publicFlows(t) {
		p, err := phone.New(phone.Config{Flow: flow})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range flow.Screens {
			if err := p.Open(t.Context(), phone.Message{Screen: s.ID}); err != nil {
				t.Fatal(err)
			}
			v := p.View()
			screens++
			components += len(v.Parts)
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			largest = max(largest, len(text))
			if len(text) > maxView {
				t.Errorf("%s, screen %s: the View has %d bytes", file, s.ID, len(text))
			}
			if v.Failure != nil {
				t.Logf("%s, screen %s: %s", file, s.ID, v.Failure.Detail)
			}
			for _, part := range v.Parts {
				if part.Unknown != "" {
					t.Errorf("%s, screen %s: %s", file, s.ID, part.Unknown)
				}
			}
		}
	}
	t.Logf("%d screens, %d parts, largest View %d bytes", screens, components, largest)
}

func BenchmarkPublicFlows(b *testing.B) {
	flows := publicFlows(b)
	for b.Loop() {
		for _, flow := range flows {
			p, err := phone.New(phone.Config{Flow: flow})
			if err != nil {
				b.Fatal(err)
			}
			for _, s := range flow.Screens {
				if err := p.Open(b.Context(), phone.Message{Screen: s.ID}); err != nil {
					b.Fatal(err)
				}
				p.View()
			}
		}
	}
}
