package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/cli"
)

func TestToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret, older := file("secret", strings.Repeat("a", 32)+"\n"), file("older", strings.Repeat("b", 32))
	short := file("short", "too-short-secret")
	quoted, comment := file("quoted", `"`+strings.Repeat("a", 32)+`"`), file("comment", "# the secret of flow tokens, made in 2026\n"+strings.Repeat("a", 32))
	run := func(args ...string) (out, errs string, code int) {
		var stdout, stderr strings.Builder
		p := cli.Program{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, LookupEnv: func(string) (string, bool) { return "", false }}
		code = p.Run(t.Context(), args)
		return stdout.String(), stderr.String(), code
	}
	minted, errs, code := run("token", "mint", "--flow", "booking", "--subject", "customer-7", "--token-secret-file", older)
	if code != cli.ExitDone {
		t.Fatalf("mint: exit %d, %s", code, errs)
	}
	minted = strings.TrimSpace(minted)
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"valid", []string{"token", "verify", minted, "--token-secret-file", older}, cli.ExitDone, "subject  customer-7"},
		{
			"by an older secret",
			[]string{"token", "verify", minted, "--flow", "booking", "--token-secret-file", secret, "--token-secret-file", older},
			cli.ExitDone, "valid    true",
		},
		{"JSON", []string{"token", "verify", minted, "--json", "--token-secret-file", older}, cli.ExitDone, `"valid":true`},
		{"by another secret", []string{"token", "verify", minted, "--token-secret-file", secret}, cli.ExitFailed, "flowserver: error"},
		{"for another flow", []string{"token", "verify", minted, "--flow", "other", "--token-secret-file", older}, cli.ExitFailed, "valid    false"},
		{"garbage", []string{"token", "verify", "garbage", "--token-secret-file", older}, cli.ExitFailed, "flowserver: error"},
		{"short secret", []string{"token", "mint", "--flow", "f", "--subject", "s", "--token-secret-file", short}, cli.ExitFailed, "hint: openssl rand"},
		{"quoted secret", []string{"token", "mint", "--flow", "f", "--subject", "s", "--token-secret-file", quoted}, cli.ExitFailed, "is in quotation marks"},
		{"comment", []string{"token", "verify", minted, "--token-secret-file", comment}, cli.ExitFailed, "is a comment"},
		{"no lifetime", []string{"token", "mint", "--flow", "f", "--subject", "s", "--lifetime", "-1s", "--token-secret-file", secret}, cli.ExitUsage, "--lifetime"},
		{"no secret", []string{"token", "mint", "--flow", "f", "--subject", "s"}, cli.ExitUsage, "--token-secret-file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := run(tt.args...)
			if code != tt.code || !strings.Contains(out+errs, tt.want) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, tt.code, tt.want, out, errs)
			}
			if strings.Contains(out+errs, "too-short-secret") || strings.Contains(out+errs, strings.Repeat("a", 32)) {
				t.Errorf("a secret is printed:\n%s%s", out, errs)
			}
		})
	}
}
