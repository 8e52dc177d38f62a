package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/config"
)

// FuzzLoad wants a configuration or problems from any file, never a panic and never
// the value of a variable in a problem.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds in testdata (%v)", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(config.BuiltinYAML(lookup(nil))))
	f.Add([]byte(sample))
	f.Add([]byte("numbers:\n \r-"))
	const value = "\"fuzz: 'value'\n# - {["
	env := func(name string) (string, bool) { return value, len(name)%2 == 0 }
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 8<<10 {
			t.Skip("the YAML library takes time that is quadratic in the depth of a file")
		}
		if strings.Contains(string(data), "fuzz") {
			t.Skip("the value is in the file")
		}
		file := filepath.Join(t.TempDir(), "flowserver.yaml")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(file, env)
		if err == nil {
			if cfg == nil || len(cfg.Numbers) == 0 || len(cfg.Flows) == 0 {
				t.Fatalf("got configuration %v without an error", cfg)
			}
			return
		}
		if cfg != nil {
			t.Errorf("got configuration %v besides error %v", cfg, err)
		}
		lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 1 // YAML counts both
		for _, p := range problems(t, err) {
			if p.Text == "" || p.Line < 0 || p.Line > lines || p.Column < 0 {
				t.Errorf("got problem %+v of a file with %d lines", p, lines)
			}
			if strings.Contains(p.Path+p.Text+p.Hint, "fuzz: 'value'") {
				t.Errorf("problem %+v shows a value", p)
			}
		}
	})
}
