package cli_test

import (
	"regexp"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	p := newProgram()
	p.run(t, 0, "version")
	if got := p.stdout.String(); !regexp.MustCompile(`^flowserver \S+ go1\.\S+ \w+/\w+ (crypto/rsa|OpenSSL 3\.\S+)\n$`).MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for command, want := range map[string][]string{
		"":              {"keys status", "keys register", "dev", "serve", "call", "lint", "generate", "version"},
		"dev":           {"--provider-says=WHAT", "VALID, MISMATCH, foreign", "$FLOWSERVER_PROVIDER_SAYS"},
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
			contains(t, "stdout", p.stdout.String(), want...)
			if p.stderr.String() != "" {
				t.Errorf("got %q on stderr, want nothing", &p.stderr)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                     "expected one of",
		"nosuch":               "unexpected argument nosuch",
		"keys":                 "expected one of",
		"serve --nosuch":       "unknown flag --nosuch",
		"call http://x ping":   "no public key given",
		"version now":          "unexpected argument now",
		"keys status --number": "expected string value",
		"dev --provider-says=": "must be one of",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, 2, strings.Fields(args)...)
			contains(t, "stderr", p.stderr.String(), "flowserver: error: ", want)
		})
	}
}
