package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/cli"
)

// TestScreensAreUpToDate runs the go:generate line of booking.go with --check.
func TestScreensAreUpToDate(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("booking.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^//go:generate go run \. (generate .+)$`).FindSubmatch(source)
	if line == nil {
		t.Fatal("booking.go has no line that generates")
	}
	var stderr strings.Builder
	p := cli.Program{Stdout: &stderr, Stderr: &stderr}
	if code := p.Run(t.Context(), append(strings.Fields(string(line[1])), "--check")); code != cli.ExitDone {
		t.Errorf("got exit code %d, want 0\n%s", code, &stderr)
	}
}
