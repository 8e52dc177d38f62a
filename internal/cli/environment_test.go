package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// sharedVariables belong to a flag and to a key of the configuration: both mean the
// same value.
var sharedVariables = []string{"FLOWSERVER_ADMIN", "FLOWSERVER_APP_SECRET", "FLOWSERVER_APP_SECRET_FILE"}

// flagVariables are all the variables that flags have. The documentation lists them.
var flagVariables = map[string]string{
	"health --admin":           "FLOWSERVER_ADMIN",
	"call --url":               "FLOWSERVER_URL",
	"check --url":              "FLOWSERVER_URL",
	"call --public-key":        "FLOWSERVER_PUBLIC_KEY",
	"call --app-secret":        "FLOWSERVER_APP_SECRET",
	"call --app-secret-file":   "FLOWSERVER_APP_SECRET_FILE",
	"check --public-key":       "FLOWSERVER_PUBLIC_KEY",
	"check --app-secret":       "FLOWSERVER_APP_SECRET",
	"check --app-secret-file":  "FLOWSERVER_APP_SECRET_FILE",
	"doctor --url":             "FLOWSERVER_URL",
	"doctor --public-key":      "FLOWSERVER_PUBLIC_KEY",
	"doctor --app-secret":      "FLOWSERVER_APP_SECRET",
	"doctor --app-secret-file": "FLOWSERVER_APP_SECRET_FILE",
	"play --url":               "FLOWSERVER_URL",
	"play --public-key":        "FLOWSERVER_PUBLIC_KEY",
	"play --app-secret":        "FLOWSERVER_APP_SECRET",
	"play --app-secret-file":   "FLOWSERVER_APP_SECRET_FILE",
	"phone --url":              "FLOWSERVER_URL",
	"phone --public-key":       "FLOWSERVER_PUBLIC_KEY",
	"phone --app-secret":       "FLOWSERVER_APP_SECRET",
	"phone --app-secret-file":  "FLOWSERVER_APP_SECRET_FILE",
}

func testParser(t *testing.T, env map[string]string) *kong.Kong {
	t.Helper()
	p := &Program{Stdout: io.Discard, Stderr: io.Discard, LookupEnv: func(name string) (string, bool) { value, ok := env[name]; return value, ok }}
	parser, err := p.parser()
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// Each variable has one owner: a flag, or the configuration.
func TestFlagVariables(t *testing.T) {
	t.Parallel()
	found := map[string]string{}
	configured := builtinVariables(func(string) (string, bool) { return "", false })
	if len(configured) < 40 {
		t.Fatalf("got %d variables of the built-in configuration, want all", len(configured))
	}
	eachFlag(testParser(t, nil).Model.Node, func(node *kong.Node, flag *kong.Flag) {
		name := commandName(node) + " --" + flag.Name
		for _, env := range flag.Envs {
			found[name] = env
			if flagVariables[name] != env {
				t.Errorf("%s has the variable %s: only flags of the documented list have one", name, env)
			}
			if flag.IsBool() {
				t.Errorf("%s has the variable %s: a switch must not come from the environment", name, env)
			}
			if slices.Contains(configured, env) && !slices.Contains(sharedVariables, env) {
				t.Errorf("%s belongs to %s and to the built-in configuration", env, name)
			}
		}
	})
	eachCommand(testParser(t, nil).Model.Node, func(node *kong.Node) {
		for _, argument := range node.Positional {
			if len(argument.Tag.Envs) > 0 {
				t.Errorf("%s <%s> has a variable, which kong would read even if it is empty", commandName(node), argument.Name)
			}
		}
	})
	for name, env := range flagVariables {
		if found[name] != env {
			t.Errorf("%s does not have the variable %s", name, env)
		}
	}
}

// No variable reaches a flag that is not in the list, whatever it is called.
func TestNoOtherVariables(t *testing.T) {
	t.Parallel()
	parser := testParser(t, nil)
	listed := map[string]bool{}
	for _, env := range flagVariables {
		listed[env] = true
	}
	env := map[string]string{}
	eachFlag(parser.Model.Node, func(_ *kong.Node, flag *kong.Flag) {
		if name := "FLOWSERVER_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")); !listed[name] {
			env[name] = "not a value of any flag"
		}
	})
	for command, list := range examples() {
		for _, e := range list {
			args := splitExample(t, e.line)
			parsed, err := testParser(t, env).Parse(args)
			if err != nil {
				t.Errorf("%s: %v", command, err)
				continue
			}
			for _, path := range parsed.Path {
				if path.Resolved {
					t.Errorf("%s: a variable set --%s", e.line, path.Flag.Name)
				}
			}
		}
	}
}

// An empty variable is unset, and a flag beats its variable.
func TestFlagBeatsVariable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, variable, args, want string }{
		{"neither", "", "health", "127.0.0.1:9090"},
		{"variable", "10.0.0.1:1", "health", "10.0.0.1:1"},
		{"flag", "", "health --admin 10.0.0.2:2", "10.0.0.2:2"},
		{"both", "10.0.0.1:1", "health --admin 10.0.0.2:2", "10.0.0.2:2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			parsed, err := testParser(t, map[string]string{"FLOWSERVER_ADMIN": tt.variable}).Parse(strings.Fields(tt.args))
			if err != nil {
				t.Fatal(err)
			}
			if got := parsed.Selected().Target.Interface().(healthCommand).Admin; got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A variable that happens to be called like a switch has no effect.
func TestSwitchesIgnoreTheEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{"FLOWSERVER_CHECK": "true", "FLOWSERVER_PRINT_CONFIG": "true", "FLOWSERVER_YES": "true", "FLOWSERVER_JSON": "true"}
	parse := func(args string) any {
		t.Helper()
		parsed, err := testParser(t, env).Parse(strings.Fields(args))
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Selected().Target.Interface()
	}
	if serve := parse("serve").(serveCommand); serve.Check || serve.PrintConfig {
		t.Error("serve does not serve")
	}
	if parse("keys register --number main").(keysRegisterCommand).Yes {
		t.Error("keys register is confirmed")
	}
	if parse("keys status").(keysStatusCommand).JSON {
		t.Error("keys status prints JSON")
	}
}

// The hint to the built-in configuration helps only where nothing was set.
func TestConfigHint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing set", nil, true},
		{"only empty variables", map[string]string{"FLOWSERVER_APP_SECRET": ""}, true},
		{"a wrong variable", map[string]string{"FLOWSERVER_TIMEOUT": "soon"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stderr strings.Builder
			p := Program{Stdout: io.Discard, Stderr: &stderr, LookupEnv: func(name string) (string, bool) { value, ok := tt.env[name]; return value, ok }}
			if code := p.Run(context.Background(), []string{"serve"}); code != ExitFailed {
				t.Fatalf("got exit code %d, want %d", code, ExitFailed)
			}
			if got := strings.Contains(stderr.String(), "give a file with --config"); got != tt.want {
				t.Errorf("hint: got %v, want %v in\n%s", got, tt.want, &stderr)
			}
		})
	}
}
