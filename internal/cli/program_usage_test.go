package cli_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"version", "--version", "-v"} {
		p := newProgram()
		p.run(t, 0, args)
		if got := p.stdout.String(); !regexp.MustCompile(`^flowserver \S+ go1\.\S+ \w+/\w+ (multirsa|crypto/rsa|OpenSSL 3\.\S+)\n$`).MatchString(got) {
			t.Errorf("%s: got %q", args, got)
		}
	}
}

// The overview is the same however it is asked for, has every command, and fits a
// terminal of 80 columns and 36 lines.
func TestOverview(t *testing.T) {
	t.Parallel()
	var first string
	for _, args := range []string{"", "help", "--help", "-h"} {
		p := newProgram()
		p.run(t, 0, strings.Fields(args)...)
		got := p.stdout.String()
		if first == "" {
			first = got
		}
		if got != first || p.stderr.String() != "" {
			t.Errorf("%s: got\n%s\nand on stderr %q, want\n%s", args, got, &p.stderr, first)
		}
	}
	contains(t, "overview", first, "Usage: flowserver COMMAND", "Develop\n  dev ", "Flow JSON\n  lint ", "Operate\n  serve ", "Start with:\n\n  flowserver dev\n")
	lines := strings.Split(strings.TrimSuffix(first, "\n"), "\n")
	if len(lines) > 36 {
		t.Errorf("got %d lines, want at most 36", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("got %d columns, want at most 80: %s", len(line), line)
		}
	}
}

func TestHelpCommand(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"dev", "keys", "keys show", "help"} {
		flag, word := newProgram(), newProgram()
		flag.run(t, 0, append(strings.Fields(command), "--help")...)
		word.run(t, 0, append([]string{"help"}, strings.Fields(command)...)...)
		if got, want := word.stdout.String(), flag.stdout.String(); got != want {
			t.Errorf("help %s: got\n%s\nwant\n%s", command, got, want)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for command, want := range map[string][]string{
		"dev":           {"--provider-says=WHAT", "MISMATCH: Meta rejects"},
		"serve":         {"--config=FILE", "--print-config", "--check"},
		"keys":          {"generate", "show", "status", "register"},
		"keys status":   {"Exit codes: 0 if every number is served", "--number=ID", "--json"},
		"keys register": {"Exit codes: 0 if our key is registered and VALID", "--yes"},
		"call":          {"--public-key=FILE", "--app-secret-file=FILE"},
		"lint":          {"Exit codes: 0 if Meta would publish", "--json", "--sarif=FILE", "--strict"},
		"generate":      {"--package=NAME", "--out=FILE", "--handlers=FILE", "--rule=SCREEN.FIELD=TAG", "--check"},
	} {
		t.Run("help of "+command, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, 0, append(strings.Fields(command), "--help")...)
			contains(t, "stdout", strings.Join(strings.Fields(p.stdout.String()), " "), want...) // wherever lines break
			if p.stderr.String() != "" {
				t.Errorf("got %q on stderr, want nothing", &p.stderr)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"nosuch":               "unexpected argument nosuch",
		"help nosuch":          `unknown command "nosuch"`,
		"help keys nosuch":     `unknown command "keys nosuch"`,
		"completion tcsh":      `must be one of "bash","zsh","fish"`,
		"keys":                 "expected one of",
		"serve --nosuch":       "unknown flag --nosuch",
		"health --timeout 5":   "--timeout: the unit is missing: write 5s",
		"version now":          "unexpected argument now",
		"keys status --number": "expected string value",
		"dev --provider-says=": "must be one of",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, 2, strings.Fields(args)...)
			contains(t, "stderr", p.stderr.String(), "flowserver: error: ", want, "\nhint: flowserver help ")
		})
	}
}
