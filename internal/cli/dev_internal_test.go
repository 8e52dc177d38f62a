package cli

import (
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
)

func TestMainPackage(t *testing.T) {
	t.Parallel()
	const module = "example.com/loan"
	for _, c := range []struct {
		path, module, version string
		there                 []string
		want                  string
	}{
		{module, module, "(devel)", []string{"go.mod", "."}, "."},
		{module + "/cmd/loan", module, "(devel)", []string{"go.mod", "./cmd/loan"}, "./cmd/loan"},
		{module + "/cmd/loan", module, "", []string{"main.go"}, module + "/cmd/loan"},
		{module + "/cmd/loan", module, "(devel)", []string{"go.mod"}, module + "/cmd/loan"},
		{module + "/cmd/loan", module, "v1.2.3", []string{"go.mod", "./cmd/loan"}, module + "/cmd/loan@v1.2.3"},
		{"command-line-arguments", "", "", nil, "."},
	} {
		info := &debug.BuildInfo{Path: c.path, Main: debug.Module{Path: c.module, Version: c.version}}
		exists := func(name string) bool { return slices.Contains(c.there, filepath.ToSlash(name)) }
		if got := mainPackage(info, exists); got != c.want {
			t.Errorf("%s in a folder with %q: got %s, want %s", c.path, c.there, got, c.want)
		}
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("quotes are those of a POSIX shell")
	}
	for argument, want := range map[string]string{
		".flowserver/app-secret": ".flowserver/app-secret", "day=...": "day=...", "": "''", "my dir": "'my dir'", "it's": `'it'\''s'`, "$HOME": "'$HOME'",
	} {
		if got := quoted(argument); got != want {
			t.Errorf("%q: got %s, want %s", argument, got, want)
		}
	}
}
