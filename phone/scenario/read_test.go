package scenario_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/phone/scenario"
)

func TestParseReportsPlaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, source, want string }{
		{"empty", "", "s.yaml:1:1: the file has no scenario"},
		{"not YAML", "name: [", "s.yaml:1:7: not YAML"},
		{"list", "- a", "a scenario must be a mapping, not a list"},
		{"no name", "steps: [back]", "s.yaml:1:1: the scenario has no name"},
		{"no steps", "name: a", "the scenario has no steps"},
		{"unknown key", "name: a\nstep: [back]\nsteps: [back]", "s.yaml:2:1: unknown key step\n  hint: did you mean steps?"},
		{"key twice", "name: a\nname: b\nsteps: [back]", "s.yaml:2:1: the key name is given twice"},
		{"name twice", "name: a\nsteps: [back]\n---\nname: a\nsteps: [back]", "two scenarios have the name a"},
		{"unknown step", "name: a\nsteps:\n  - type: x", "s.yaml:3:5: unknown step type"},
		{"misspelt step", "name: a\nsteps:\n  - tab: x", "did you mean tap?"},
		{"step with two keys", "name: a\nsteps:\n  - {tap: x, back: y}", "a step must be a word or have one key"},
		{"step without a value", "name: a\nsteps: [tap]", "the step tap needs a value"},
		{"word with a value", "name: a\nsteps: [back: 1]", "the step does not take a value"},
		{"unknown observation", "name: a\nsteps:\n  - expect: {screeen: A}", "s.yaml:3:14: unknown observation screeen\n  hint: did you mean screen?"},
		{"unknown key of a field", "name: a\nsteps:\n  - expect: {fields: {b: {errors: x}}}", "unknown key errors\n  hint: did you mean error?"},
		{"unknown key of the footer", "name: a\nsteps:\n  - expect: {footer: {labels: x}}", "did you mean label?"},
		{"pattern", "name: a\nsteps:\n  - expect: {snackbar: '/(/'}", "the pattern cannot be read"},
		{"fault", "name: a\nsteps:\n  - fault: no-signatures", "unknown fault no-signatures"},
		{"duration", "name: a\nsteps:\n  - fault: {slow: soon}", "slow must be a duration, not soon"},
		{"pick", "name: a\nsteps:\n  - fill: {b: {pick: middle}}", "pick must be first, last or a title, not middle"},
		{"steps that are a text", "name: a\nsteps: open", "s.yaml:2:8: steps must be a list, not a text"},
		{"name that is a list", "name: [a]\nsteps: [back]", "s.yaml:1:7: name must be a text, not a list"},
		{"anchor", "name: &a b\nsteps: [back]", "an anchor, an alias"},
		{"use", "name: a\nsteps: [back]\n---\nname: c\nuse: '#b'\nsteps: [back]", "unknown scenario b\n  hint: did you mean a?"},
		{"use of a later one", "name: a\nuse: '#b'\nsteps: [back]\n---\nname: b\nsteps: [back]", "there is no scenario b above this one"},
		{"use without a name", "name: a\nuse: b.yaml\nsteps: [back]", "use does not name a scenario"},
		{"rules", "name: a\nrules: drafts\nsteps: [back]", "unknown rules drafts\n  hint: did you mean draft?"},
		{"quirk", "name: a\nquirks: {late-answers: true}\nsteps: [back]", "s.yaml:2:10: unknown rule with a switch late-answers\n  hint: did you mean late-answer?"},
		{"no switch", "name: a\nquirks: {merge: true}\nsteps: [back]", "s.yaml:2:10: unknown rule with a switch merge\n  hint: expected one of "},
		{"quirk without a value", "name: a\nquirks: {late-answer: yes}\nsteps: [back]", "s.yaml:2:23: late-answer must be true or false, not a text"},
		{"quirks are a list", "name: a\nquirks: [late-answer]\nsteps: [back]", "s.yaml:2:9: quirks must be a mapping from rules to true or false, not a list"},
		{"allow", "name: a\nallow: [warnings]\nsteps: [back]", "unknown allow warnings"},
		{"allow is a mapping", "name: a\nallow: {errors: true}\nsteps: [back]", "allow must be a list of words, not a mapping"},
		{"open", "name: a\nopen: {tokens: x}\nsteps: [back]", "did you mean token?"},
		{"open with data that is not sent", "name: a\nopen: {action: data_exchange, data: {b: c}}\nsteps: [back]", "has neither screen nor data"},
		{"expect of nothing", "name: a\nsteps: [expect: {}]", "expect must be a mapping, not an empty one"},
		{"allow of nothing", "name: a\nallow: []\nsteps: [back]", "allow must be a list of words, not an empty one"},
		{"status", "name: a\nsteps:\n  - fault: {answer: {status: 9999}}", "s.yaml:3:30: status must be from 100 to 599, not 9999"},
		{"flag of a pattern", "name: a\nsteps:\n  - expect: {screen: /a/gi}", "s.yaml:3:22: a pattern has no flag g"},
		{"unclosed variable", "name: a\nsteps:\n  - tap: 'a ${b'", "s.yaml:3:10: a ${ without }"},
		{"variable without a path", "name: a\nsteps:\n  - fill: {a: '${answer.data.x}'}", "s.yaml:3:15: ${answer.data.x} has no path: write ${answer./data/x}"},
		{"day that is none", "name: a\nopen: {token: '${today+3}'}\nsteps: [back]", "s.yaml:2:15: ${today+3} is not a day: write ${today+3d}"},
		{"fault without anything", "name: a\nsteps: [fault: {}]", "fault is empty"},
		{"faults are a mapping", "name: a\nsteps: [fault: {faults: {no-signature: true}}]", "faults must be a list of words, not a mapping"},
		{"wait-for with another key", "name: a\nsteps: [wait-for: {endpoint: 3s, within: 4s}]", "unknown key within"},
		{"tap in two ways", "name: a\nsteps: [tap: {at: /screens/0, text: Send}]", "tap names its target in two ways"},
		{"several texts at once", "name: a\nsteps: [expect: {texts: {not: {has: [a, b]}}}]", "has must be a text, not a list"},
		{"unknown key of a notice", "name: a\nsteps: [expect: {notice: {acknowledge: none}}]", "did you mean acknowledged?"},
		{"not UTF-8", "name: \xff", "the file is not a text in UTF-8"},
		{"deep", "name: a\nsteps: [fill: {a: " + strings.Repeat("[", 80) + strings.Repeat("]", 80) + "}]", "nests deeper than 64 levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := scenario.Parse("s.yaml", []byte(test.source))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q, want %q", err, test.want)
			}
		})
	}
}

// One mistake is one problem: what cannot be read does not seem to be missing, too.
func TestParseReportsOnce(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"nam: a\nsteps: [back]", "name: a\nstep: [back]", "name: a\nsteps: [tap: {txt: Send}]", "name: a\nsteps: [wait-for: {endpont: 3s}]",
		"name: a\nsteps: [fill: {b: {pick: {titel: c}}}]", "name: a\nsteps: [fault: {answer: {sttus: 500}}]",
		"name: a\nsteps: [tap: /(/]", "name: a\nsteps: [fill: {b: {pick: {title: /(/}}}]", "name: a\nsteps: [tap: {item: /(/}]",
		"name: &a b\nsteps: [back]", "name: a\nsteps: &s [back]", "name: [a]\nsteps: [back]", "name: a\nsteps: back", "name: a\nsteps:\n  - note: *n",
	} {
		_, err := scenario.Parse("s.yaml", []byte(source))
		if err == nil || strings.Count(err.Error(), "s.yaml:") != 1 {
			t.Errorf("%q: error %v, want one problem", source, err)
		}
	}
}

// Problems are in the order of the file.
func TestParseReportsInOrder(t *testing.T) {
	t.Parallel()
	_, err := scenario.Parse("s.yaml", []byte("name: a\nsteps:\n  - fault: {slow: 5, nxt: 1}\n  - expect: {screen: /a/g, scren: A}\nallows: x"))
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{"s.yaml:3:19", "s.yaml:3:22", "s.yaml:4:22", "s.yaml:4:28", "s.yaml:5:1"}
	if got := regexp.MustCompile(`s\.yaml:\d+:\d+`).FindAllString(err.Error(), -1); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v in\n%v", got, want, err)
	}
}

func TestLoadFollowsUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("first.yaml", "flow: flow.json\nname: one\nsteps: [back]\n")
	second := write("sub/second.yaml", "name: two\nuse: ../first.yaml#one\nsteps: [back]\n")
	file, err := scenario.Load(second)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := file.Scenarios[0].FlowPath(), filepath.Join(dir, "flow.json"); got != want {
		t.Errorf("FlowPath = %q, want %q: it is relative to the file that names it", got, want)
	}
	circle := write("circle.yaml", "name: a\nuse: other.yaml#b\nsteps: [back]\n")
	write("other.yaml", "name: b\nuse: circle.yaml#a\nsteps: [back]\n")
	if _, err := scenario.Load(circle); err == nil || !strings.Contains(err.Error(), "uses itself") {
		t.Errorf("error of a circle %v", err)
	}
	if _, err := scenario.Load(filepath.Join(dir, "none.yaml")); err == nil {
		t.Error("no error for a file that does not exist")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: a\nopen: {token: \"t-${random}\"}\nsteps:\n  - fill: {a: {pick: first}}\n  - expect: {screen: A, texts: {has: /b/i}}\n"))
	f.Add([]byte("name: a\nsteps: [back, close, retry, again, ping, {fault: {slow: 1s, next: 1}}, {upload: {p: a.jpg}}]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		file, err := scenario.Parse("s.yaml", source)
		if err == nil && len(file.Scenarios) == 0 {
			t.Error("neither an error nor a scenario")
		}
	})
}
