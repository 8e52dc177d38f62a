package deploy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/cli"
	"github.com/flowserver/flowserver/internal/config"
)

// longestDrain is what the server gives exchanges in flight: 10 s for a slow body,
// 10 s for the longest timeout that a Flow can have, 5 s to write.
const longestDrain = 25 * time.Second

func TestFilesParse(t *testing.T) {
	t.Parallel()
	parsed := map[string]int{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		switch filepath.Ext(path) {
		case ".yaml":
			for _, doc := range documents[any](t, path) {
				if doc == nil {
					t.Errorf("%s has an empty document", path)
				}
			}
		case ".json":
			if !json.Valid([]byte(read(t, path))) {
				t.Errorf("%s is not JSON", path)
			}
		}
		parsed[filepath.Ext(path)]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if parsed[".yaml"] < 10 || parsed[".json"] < 1 {
		t.Fatalf("got %v files, want more", parsed)
	}
}

// readDockerfile returns it with each instruction on one line.
func readDockerfile(t *testing.T) string {
	t.Helper()
	return regexp.MustCompile(`\s*\\\n\s*`).ReplaceAllString(read(t, "../Dockerfile"), " ")
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := readDockerfile(t)
	one := func(pattern string) string {
		t.Helper()
		found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(text, -1)
		if len(found) != 1 {
			t.Fatalf("got %d of %s, want one", len(found), pattern)
		}
		return found[0][1]
	}
	exec := func(list string) (command []string) {
		t.Helper()
		if err := json.Unmarshal([]byte(list), &command); err != nil || len(command) == 0 {
			t.Fatalf("%s is no exec form, and there is no shell: %v", list, err)
		}
		return command
	}

	binary := exec(one(`^ENTRYPOINT (.*)$`))[0]
	if copied := one(`^COPY --from=build \S+ (\S+)$`); copied != binary {
		t.Errorf("got %s as the entry point, and the binary at %s", binary, copied)
	}
	health := exec(one(`^HEALTHCHECK .* CMD (.*)$`))
	if diff := cmp.Diff([]string{binary, "health", "--live"}, health); diff != "" {
		t.Errorf("health check (-want +got):\n%s", diff)
	}
	for _, command := range [][]string{exec(one(`^CMD (.*)$`)), health[1:]} {
		program := cli.Program{Stdout: io.Discard, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}
		if code := program.Run(t.Context(), append(command, "--help")); code != cli.ExitDone {
			t.Errorf("the program does not know %q", command)
		}
	}
	if user := one(`^USER (.*)$`); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("user: got %s, want numbers that are not root's", user)
	}
	if got, want := one(`^EXPOSE (.*)$`), "8080 9090"; got != want {
		t.Errorf("ports: got %s, want %s", got, want)
	}
	if main := read(t, "..", one(`^ARG PACKAGE=(.*)$`), "main.go"); !strings.Contains(main, "func main()") {
		t.Error("the package that is built is no program")
	}
}

// Each backend has a stage that builds it and one that has what it needs to run.
func TestDockerfileBackends(t *testing.T) {
	t.Parallel()
	text := readDockerfile(t)
	from, body := map[string]string{}, map[string]string{} // by stage
	for _, stage := range strings.Split(text, "\nFROM ")[1:] {
		first, rest, _ := strings.Cut(stage, "\n")
		image, name, _ := strings.Cut(first, " AS ")
		from[name], body[name] = image, rest
	}
	if from["build"] != "build-$BACKEND" || from[""] != "base-$BACKEND" {
		t.Errorf("got the binary from %s and the final image from %s, want both as BACKEND says", from["build"], from[""])
	}
	if !strings.Contains(text, "\nARG BACKEND=rsa\n") {
		t.Error("crypto/rsa is not the default")
	}
	compiler := "golang:" + regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1] + "-bookworm" // Debian 12
	copied := regexp.MustCompile(`(?m)^COPY --from=build (\S+) `).FindStringSubmatch(text)[1]
	static := " CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath "
	for _, want := range []struct{ backend, compiler, build, base string }{
		{"rsa", "--platform=$BUILDPLATFORM " + compiler, static, "gcr.io/distroless/static-debian12:nonroot"},
		{"openssl", compiler, " CGO_ENABLED=1 go build -tags openssl -trimpath ", "gcr.io/distroless/base-debian12:nonroot"},
	} {
		build, base := "build-"+want.backend, "base-"+want.backend
		if from[build] != want.compiler {
			t.Errorf("%s: got compiler %s, want %s", want.backend, from[build], want.compiler)
		}
		if !strings.Contains(body[build], want.build) || !strings.Contains(body[build], " -o "+copied+` "$PACKAGE"`) {
			t.Errorf("%s: its stage does not run%s-o %s", want.backend, want.build, copied)
		}
		if from[base] != want.base {
			t.Errorf("%s: got final image %s, want %s", want.backend, from[base], want.base)
		}
	}
}

// Secrets that lie in the tree get neither into git nor into a builder.
func TestSecretsAreIgnored(t *testing.T) {
	t.Parallel()
	dockerignore, gitignore := read(t, "../.dockerignore"), read(t, ".gitignore")
	for _, volume := range readCompose(t).Services["flowserver"].Volumes {
		folder := strings.TrimPrefix(strings.Split(volume, ":")[0], "./")
		if !strings.Contains(dockerignore, "\ndeploy/"+folder+"\n") {
			t.Errorf(".dockerignore lets %s through", folder)
		}
		if !strings.Contains(gitignore, "\n/"+folder+"/\n") {
			t.Errorf(".gitignore lets %s through", folder)
		}
	}
}

type compose struct {
	Services map[string]struct {
		Image           string
		Environment     map[string]string
		Volumes         []string
		Ports           []string
		DependsOn       any      `yaml:"depends_on"`
		ReadOnly        bool     `yaml:"read_only"`
		CapDrop         []string `yaml:"cap_drop"`
		StopGracePeriod string   `yaml:"stop_grace_period"`
	}
}

func readCompose(t *testing.T) compose {
	t.Helper()
	return documents[compose](t, "compose.yaml")[0]
}

// The variables of compose.yaml are a sound configuration.
func TestComposeConfiguration(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		env      map[string]string
		provider string
		upstream *config.Upstream
	}{
		{"as it is", nil, config.ProviderNone, nil},
		{"with a provider", map[string]string{
			"FLOWSERVER_PROVIDER": "meta", "FLOWSERVER_PHONE_NUMBER_ID": "106540352242922", "FLOWSERVER_ACCESS_TOKEN_FILE": "/secrets/provider-token",
		}, "meta", nil},
		{"with Kaleyra and an upstream", map[string]string{
			"FLOWSERVER_PROVIDER": "kaleyra", "FLOWSERVER_KALEYRA_POD": "in", "FLOWSERVER_KALEYRA_SID": "HXAP16XXXXXX97IN",
			"FLOWSERVER_KALEYRA_PHONE_NUMBER": "+919900000000", "FLOWSERVER_KALEYRA_API_KEY_FILE": "/secrets/provider-token",
			"FLOWSERVER_FLOW": "survey", "FLOWSERVER_UPSTREAM_URL": "http://upstream:3000/flow", "FLOWSERVER_UPSTREAM_SECRET_FILE": "/secrets/upstream",
			"FLOWSERVER_FLOW_JSON": "/flows/survey.json", "FLOWSERVER_GUARD": "enforce",
		}, "kaleyra", &config.Upstream{URL: "http://upstream:3000/flow", Secret: config.NewSecret("made-up"), Timeout: 7 * time.Second, MaxAnswer: config.MiB}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			service := readCompose(t).Services["flowserver"]
			folders := map[string]string{}
			for _, volume := range service.Volumes {
				parts := strings.Split(volume, ":")
				if len(parts) != 3 || parts[2] != "ro" {
					t.Fatalf("volume %s: want one that is read only", volume)
				}
				folders[parts[1]] = t.TempDir()
			}
			known := config.BuiltinYAML(func(string) (string, bool) { return "", false })
			cfg, err := config.Builtin(func(name string) (string, bool) {
				value := expand(service.Environment[name], test.env)
				if folder, ok := folders[filepath.Dir(value)]; ok && strings.HasPrefix(value, "/") {
					value = writeSecret(t, filepath.Join(folder, filepath.Base(value)))
				}
				return value, value != ""
			})
			if err != nil {
				t.Fatal(err)
			}
			for name := range service.Environment {
				if strings.HasPrefix(name, "FLOWSERVER_") && !strings.Contains(known, "${"+name+":-") {
					t.Errorf("the configuration has no variable %s", name)
				}
			}
			if got := cfg.Numbers[0].Provider.Name; got != test.provider {
				t.Errorf("provider: got %s, want %s", got, test.provider)
			}
			flow := cfg.Flows[0]
			if up := flow.Upstream; up != nil {
				up.SecretFile = "" // in a folder of the test
			}
			if diff := cmp.Diff(test.upstream, flow.Upstream, cmp.Comparer(func(a, b config.Secret) bool { return a.Reveal() == b.Reveal() })); diff != "" {
				t.Errorf("upstream (-want +got):\n%s", diff)
			}
			if test.upstream != nil && (flow.ID != "survey" || flow.FlowJSON == "" || flow.Guard != config.GuardEnforce) {
				t.Errorf("flow: got %s with Flow JSON %q and guard %s", flow.ID, flow.FlowJSON, flow.Guard)
			}
			if cfg.Listen != ":8080" || cfg.Admin != ":9090" || !cfg.RedisURL.IsSet() || len(cfg.Numbers[0].PrivateKeys) != 2 {
				t.Errorf("got %s, %s and %d keys, want :8080, :9090, a Redis and 2 keys", cfg.Listen, cfg.Admin, len(cfg.Numbers[0].PrivateKeys))
			}
		})
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	services := readCompose(t).Services
	for _, name := range []string{"flowserver", "redis"} {
		if s := services[name]; !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s can write to its image, or has capabilities", name)
		}
	}
	for name, s := range services {
		if name != "flowserver" && !regexp.MustCompile(`:v?\d`).MatchString(s.Image) {
			t.Errorf("%s: image %s has no version", name, s.Image)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is open to the network", name, port)
			}
		}
	}
	flowserver := services["flowserver"]
	if !slices.Equal(flowserver.Ports, []string{"127.0.0.1:8080:8080"}) {
		t.Errorf("got ports %v, want the public listener alone", flowserver.Ports)
	}
	grace, err := time.ParseDuration(flowserver.StopGracePeriod)
	if err != nil || grace <= longestDrain {
		t.Errorf("stop_grace_period: got %s (%v), want more than a drain takes, %s", grace, err, longestDrain)
	}
	redis, _, _ := strings.Cut(strings.TrimPrefix(flowserver.Environment["FLOWSERVER_REDIS_URL"], "redis://"), ":")
	if _, ok := services[redis]; !ok {
		t.Errorf("FLOWSERVER_REDIS_URL names %q, which is no service", redis)
	}
}

// expand does what compose does with ${NAME:-default}.
func expand(text string, env map[string]string) string {
	variable := regexp.MustCompile(`\$\{(\w+):-([^}]*)\}`)
	return variable.ReplaceAllStringFunc(text, func(match string) string {
		parts := variable.FindStringSubmatch(match)
		if value := env[parts[1]]; value != "" {
			return value
		}
		return parts[2]
	})
}

// writeSecret writes what a file of this name may hold, and returns its path.
func writeSecret(t *testing.T, path string) string {
	t.Helper()
	text := "made-up"
	switch {
	case filepath.Ext(path) == ".pem":
		text = read(t, "../testdata/keys/a.pkcs8.pem")
	case filepath.Base(path) == "redis-url":
		text = "redis://redis:6379"
	}
	return writeFile(t, path, text)
}

func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// documents reads the YAML documents of a file.
func documents[T any](t *testing.T, path string) []T {
	t.Helper()
	var docs []T
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(read(t, path))))
	for {
		var doc T
		switch err := decoder.Decode(&doc); {
		case errors.Is(err, io.EOF) && len(docs) > 0:
			return docs
		case err != nil:
			t.Fatalf("%s: %v", path, err)
		}
		docs = append(docs, doc)
	}
}
