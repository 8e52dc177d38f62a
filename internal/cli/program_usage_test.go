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
		"play a.yaml --junit":  `--junit: expected string value but got "EOL"`,
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

// Words after a flag belong to the list before it.
func TestWordsAroundFlags(t *testing.T) {
	t.Parallel()
	const file = "../../cmd/flowserver/booking.json"
	for args, want := range map[string]int{
		"lint --json " + file + " " + file:      2,
		"lint " + file + " --json " + file:      2,
		"lint " + file + " " + file + " --json": 2,
		"lint " + file + " --json -":            2,
		"lint - --json " + file:                 2,
		"lint --json -- " + file:                1,
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.Stdin = strings.NewReader(readFile(t, "../../cmd/flowserver", "booking.json"))
			p.run(t, 0, strings.Fields(args)...)
			if got := strings.Count(p.stdout.String(), "\n"); got != want {
				t.Errorf("got %d lines, want %d:\n%s", got, want, &p.stdout)
			}
		})
	}
	p := newProgram()
	p.run(t, 2, "play", "none.yaml", "--json", "also-none.yaml")
	contains(t, "stderr", p.stderr.String(), "open none.yaml", "open also-none.yaml")
}
