package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCandidates(t *testing.T) {
	t.Parallel()
	root := testParser(t, nil).Model.Node
	for _, tt := range []struct{ line, want string }{
		{"", "dev phone play call check doctor init lint generate schema serve keys token health completion version help"},
		{"ke", "keys"},
		{"nosuch", ""},
		{"nosuch ", ""},
		{"--", "--help"},
		{"keys ", "generate show status register"},
		{"keys s", "show status"},
		{"keys nosuch ", ""},
		{"keys show ", ":files"},
		{"keys show -", "--help --passphrase-file"},
		{"keys show private.pem ", "--help --passphrase-file"},
		{"keys show private.pem -- ", ""},
		{"keys show -- ", ":files"},
		{"keys show --passphrase-file ", ":files"},
		{"keys show --passphrase-file=pass", ":files"},
		{"keys show --passphrase-file pass ", ":files"},
		{"keys register --number ", ""},
		{"keys register --yes --n", "--number"},
		{"lint a.json ", ":files"},
		{"lint a.json b.json --s", "--sarif --strict"},
		{"dev --provider-says f", "foreign"},
		{"dev --provider-says=f", "--provider-says=foreign"},
		{"dev --nosuch=", ""},
		{"call ", "ping init submit back error"},
		{"call s", "submit"},
		{"call --json b", "back"},
		{
			"call submit ",
			"--help --url --flow --dir --public-key --app-secret --app-secret-file --unsigned --screen --data --file --token --data-api --timeout --json",
		},
		{"completion ", "bash zsh fish"},
		{"completion bash ", "--help"},
		{"version ", "--help"},
		{"health -h --l", "--live"},
		{"help l", "lint"},
		{"help keys ", "generate show status register"},
		{"help keys show ", ""},
		{"help nosuch ", ""},
	} {
		var got []string
		for _, c := range candidates(root, strings.Split(tt.line, " ")) {
			got = append(got, c.word)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.line, diff)
		}
	}
}

// The description of a candidate is one line after one tab.
func TestCandidateLines(t *testing.T) {
	t.Parallel()
	var stdout strings.Builder
	p := Program{Stdout: &stdout, LookupEnv: func(string) (string, bool) { return "", false }}
	if code := p.Run(t.Context(), []string{completeCommand, "keys", "sh"}); code != ExitDone {
		t.Fatalf("got exit code %d", code)
	}
	want := "show\tShow form, size, fingerprint and public key of a key file, private or public\n"
	if diff := cmp.Diff(want, stdout.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
