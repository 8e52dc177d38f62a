package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/registration"
)

const keysPage = "../../docs/keys.md"

// Each configuration on the page can be used as it is.
func TestDocsConfigurations(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readFile(t, keysPage), -1)
	if len(blocks) < 4 { // that every provider has one is checked with the table of providers
		t.Fatalf("got %d configurations, want one for each provider and one for rotation", len(blocks))
	}
	for _, block := range blocks {
		name := regexp.MustCompile(`name: (\w+)`).FindStringSubmatch(block[1])
		t.Run(name[1], func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, file := range regexp.MustCompile(`file: (\S+)`).FindAllStringSubmatch(block[1], -1) {
				text := "made-up\n"
				if strings.HasSuffix(file[1], ".pem") {
					text = readFile(t, keysDir, "a.pkcs8.pem")
				}
				writeFile(t, filepath.Join(dir, file[1]), text)
			}
			p := newProgram()
			p.run(t, 0, "serve", "--check", "--config", writeFile(t, filepath.Join(dir, "flowserver.yaml"), block[1]))
			contains(t, "stdout", p.stdout.String(), "numbers: 1, Flows: 1")
		})
	}
}

func TestDocsHaveEveryVerdict(t *testing.T) {
	t.Parallel()
	page := readFile(t, keysPage)
	for _, verdict := range registration.Verdicts() {
		ready := "| no |"
		if verdict.Serves() {
			ready = "| yes |"
		}
		row := regexp.MustCompile("(?m)^\\| `" + string(verdict) + "` .*$").FindString(page)
		if !strings.Contains(row, ready) {
			t.Errorf("verdict %s: got row %q, want one with %q", verdict, row, ready)
		}
	}
}
