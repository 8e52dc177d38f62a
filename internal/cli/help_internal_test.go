package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// eachCommand calls f for all commands below node.
func eachCommand(node *kong.Node, f func(*kong.Node)) {
	for _, c := range node.Children {
		f(c)
		eachCommand(c, f)
	}
}

// splitExample returns the arguments of an example, without the program's name.
func splitExample(t *testing.T, line string) []string {
	t.Helper()
	if inner, ok := strings.CutPrefix(line, "source <("); ok {
		line = strings.TrimSuffix(inner, ")")
	}
	line, _, _ = strings.Cut(line, " > ")
	words := strings.Fields(strings.ReplaceAll(line, "'", ""))
	if words[0] != "flowserver" {
		t.Fatalf("example %s does not begin with flowserver", line)
	}
	return words[1:]
}

func TestEveryCommandHasExamples(t *testing.T) {
	t.Parallel()
	all := examples()
	parser := testParser(t, nil)
	eachCommand(parser.Model.Node, func(node *kong.Node) {
		name := commandName(node)
		list := all[name]
		delete(all, name)
		if node.Leaf() && len(list) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, e := range list {
			parsed, err := testParser(t, nil).Parse(splitExample(t, e.line))
			if err != nil {
				t.Errorf("%s: example %s: %v", name, e.line, err)
				continue
			}
			if got := commandName(parsed.Selected()); got != name {
				t.Errorf("%s: example %s runs %s", name, e.line, got)
			}
			if !strings.HasSuffix(e.purpose, ".") {
				t.Errorf("%s: the purpose of example %s is not a sentence", name, e.line)
			}
		}
	})
	for name := range all {
		t.Errorf("there are examples of %s, which is not a command", name)
	}
}

// What is printed by --help of each command: examples, each default once, no
// sentence twice, and variables only where the flag has one.
func TestHelpOfEveryCommand(t *testing.T) {
	t.Parallel()
	eachCommand(testParser(t, nil).Model.Node, func(node *kong.Node) {
		name := commandName(node)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := helpOf(t, name)
			if !strings.Contains(text, "\nExamples:\n  # ") || strings.Count(text, "\n  flowserver ") == 0 && !strings.Contains(text, "\n  source <(flowserver ") {
				t.Errorf("no example in\n%s", text)
			}
			variables := 0
			for _, flag := range node.Flags {
				if flag.Hidden {
					continue
				}
				variables += len(flag.Envs)
				block := flagHelp(t, text, flag)
				if want := min(len(flag.Envs), 1); strings.Count(block, "FLOWSERVER_") != want && !strings.Contains(flag.Help, "FLOWSERVER_") {
					t.Errorf("--%s: got %q, want %d variables", flag.Name, block, want)
				}
				if flag.Enum != "" { // the values that may be listed
					block = strings.Replace(block, flag.Default, "", max(0, strings.Count(flag.Help, flag.Default)-1))
				}
				if flag.HasDefault && !flag.IsBool() && strings.Count(block, flag.Default) != 1 {
					t.Errorf("--%s: got %q, want the default %s once", flag.Name, block, flag.Default)
				}
			}
			seen := map[string]bool{}
			for _, sentence := range regexp.MustCompile(`[.:]\s`).Split(strings.Join(strings.Fields(text), " "), -1) {
				if len(sentence) > 25 && seen[sentence] {
					t.Errorf("twice: %q", sentence)
				}
				seen[sentence] = true
			}
		})
	})
}

func helpOf(t *testing.T, command string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	p := Program{Stdout: &stdout, Stderr: &stderr, LookupEnv: func(string) (string, bool) { return "", false }}
	if code := p.Run(t.Context(), append(strings.Fields(command), "--help")); code != ExitDone || stderr.Len() > 0 {
		t.Fatalf("got exit code %d and %q on stderr", code, &stderr)
	}
	return stdout.String()
}

// flagHelp returns what help prints for one flag, on one line.
func flagHelp(t *testing.T, text string, flag *kong.Flag) string {
	t.Helper()
	flags := text[strings.Index(text, "\nFlags:\n"):strings.Index(text, "\nExamples:\n")]
	_, rest, ok := strings.Cut(flags, "--"+flag.Name)
	for ok && rest[0] != '=' && rest[0] != ' ' && rest[0] != '\n' { // a flag that begins like this one
		_, rest, ok = strings.Cut(rest, "--"+flag.Name)
	}
	if !ok {
		t.Fatalf("--%s is not in\n%s", flag.Name, text)
	}
	if next := regexp.MustCompile(`\n +(-\w, )?--`).FindStringIndex(rest); next != nil {
		rest = rest[:next[0]]
	}
	return strings.Join(strings.Fields(rest), " ")
}
