package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoTool runs flowserver as a tool of another module, as docs/flow-json.md shows, in a
// package that does not compile.
func TestGoTool(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it builds the program once more")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	read := func(path ...string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	_, requirements, found := strings.Cut(read("go.mod"), "\n\n")
	if !found {
		t.Fatal("go.mod has no requirements")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/salon\n\n" + requirements + "\nrequire github.com/flowserver/flowserver v0.0.0\n" +
			"replace github.com/flowserver/flowserver => " + root + "\ntool github.com/flowserver/flowserver/cmd/flowserver\n",
		"go.sum":       read("go.sum"),
		"booking.json": read("cmd", "flowserver", "booking.json"),
		"salon.go": "package main\n\n//go:generate go tool flowserver generate booking.json --package main --out booking_screens.go --rule DETAILS.phone=e164\n\n" +
			"var _ = doesNotCompile\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "generate")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "booking_screens.go"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != read("cmd", "flowserver", "booking_screens.go") {
		t.Errorf("booking_screens.go differs from that of the demo:\n%s", got)
	}
}
