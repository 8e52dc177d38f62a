package starter_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/upstream"
	"github.com/flowserver/flowserver/internal/starter"
	"github.com/flowserver/flowserver/phone/phonetest"
)

const secret = "whsec_c3RhcnRlciB0ZXN0IHNlY3JldA=="

// found skips the test where a program does not exist, unless the environment wants all
// examples to run, as CI does for those that it installs.
func found(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("FLOWSERVER_REQUIRE_EXAMPLES") == "1" && name != "php" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return path
}

// TestScenariosPass starts what init writes, and plays its scenarios.
func TestScenariosPass(t *testing.T) {
	t.Parallel()
	for language, start := range map[string]func(t *testing.T, dir string) string{
		"node": func(t *testing.T, dir string) string {
			t.Helper()
			return startPrinting(t, dir, found(t, "node"), "server.js")
		},
		"python": func(t *testing.T, dir string) string {
			t.Helper()
			return startPrinting(t, dir, found(t, "python3"), "server.py")
		},
		"php": startPHP,
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "parcels")
			if _, err := starter.Write(language, dir, ""); err != nil {
				t.Fatal(err)
			}
			up, err := upstream.New(upstream.Config{Flow: "parcels", URL: start(t, dir), Secret: []byte(secret)})
			if err != nil {
				t.Fatal(err)
			}
			flow, err := os.ReadFile(filepath.Join(dir, "flow.json"))
			if err != nil {
				t.Fatal(err)
			}
			phonetest.Run(t, filepath.Join(dir, "scenarios", "*.yaml"), exchange.Unrouted(up), phonetest.WithFlow(flow))
		})
	}
}

// startPrinting starts a server that prints where it listens.
func startPrinting(t *testing.T, dir, program, script string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, script)
	cmd.Dir, cmd.Stderr = dir, t.Output()
	cmd.Env = append(os.Environ(), "PORT=0", "FLOWSERVER_UPSTREAM_SECRET="+secret)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	run(t, cmd)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		t.Fatalf("%s printed %q (%v), want where it listens", script, line, err)
	}
	return url
}

func startPHP(t *testing.T, dir string) string {
	t.Helper()
	php := found(t, "php")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), php, "-S", address, "server.php")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "FLOWSERVER_UPSTREAM_SECRET="+secret)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	run(t, cmd)
	if line, err := bufio.NewReader(stderr).ReadString('\n'); err != nil || !strings.Contains(line, "started") {
		t.Fatalf("php printed %q (%v)", line, err)
	}
	return "http://" + address + "/flow"
}

// run starts a command, which serves until the end of the test.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// TestGoTestsPass runs the tests that init writes for Go, with this module instead of a
// released one. It builds a second module, so it runs only where CI asks for it.
func TestGoTestsPass(t *testing.T) {
	t.Parallel()
	if os.Getenv("FLOWSERVER_REQUIRE_EXAMPLES") != "1" {
		t.Skip("FLOWSERVER_REQUIRE_EXAMPLES is not 1")
	}
	dir := filepath.Join(t.TempDir(), "parcels")
	if _, err := starter.Write("go", dir, ""); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"mod", "edit", "-replace", "github.com/flowserver/flowserver=" + root},
		{"mod", "tidy"},
		{"test", "-v", "./..."},
		{"run", ".", "generate", "flow.json", "--package", "main", "--out", "screens.go", "--check"},
	} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strconv.Quote(strings.Join(args, " ")), err, out)
		}
	}
}
