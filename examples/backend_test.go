package examples_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// backend is an example. All do the same, so they pass the same tests.
type backend struct {
	// command runs it in this folder. The first word is a program that must be installed.
	command []string
	// page is the language that docs/gateway.md shows its source in, and file the source.
	page, file string
}

var backends = map[string]backend{
	"node":   {[]string{"node", "node/server.js"}, "js", "node/server.js"},
	"python": {[]string{"python3", "python/server.py"}, "python", "python/server.py"},
	"php":    {[]string{"php", "-S", atAddress, "php/server.php"}, "php", "php/server.php"},
	"go":     {[]string{"go", "run", "go/main.go"}, "go", "go/main.go"},
}

// atAddress in a command is where the backend is to listen. Others use the variable PORT.
const atAddress = "127.0.0.1:$PORT"

// eachBackend runs test against every example with FLOWSERVER_UPSTREAM_SECRET set to secret.
func eachBackend(t *testing.T, secret string, test func(t *testing.T, url string)) {
	t.Helper()
	for name, b := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := "0" // any that is free
			if slices.Contains(b.command, atAddress) {
				port = freePort(t)
			}
			cmd := b.cmd(t, port)
			cmd.Env = append(cmd.Env, "FLOWSERVER_UPSTREAM_SECRET="+secret)
			test(t, b.start(t, cmd))
		})
	}
}

// cmd returns the command that runs the example at a port of this machine. It skips the
// test where the interpreter is missing, unless the environment wants all examples to run,
// as CI does; PHP may be missing there, too.
func (b backend) cmd(t *testing.T, port string) *exec.Cmd {
	t.Helper()
	program, err := exec.LookPath(b.command[0])
	if err != nil && os.Getenv("FLOWSERVER_REQUIRE_EXAMPLES") == "1" && b.command[0] != "php" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	args := slices.Clone(b.command[1:])
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "$PORT", port)
		if arg == b.file {
			args[i] = absolute(t, arg) // it may run in another folder
		}
	}
	if args[0] == "run" { // go run would leave the program behind when it is killed
		program, args = build(t, program, args[1]), nil
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), "PORT="+port), t.Output()
	return cmd
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// build builds a program of Go in its folder, which is a module, and returns its path.
func build(t *testing.T, tool, source string) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "flow.exe")
	cmd := exec.CommandContext(t.Context(), tool, "build", "-o", program, ".")
	cmd.Dir, cmd.Env = filepath.Dir(source), append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// start runs an example until the end of the test and returns its URL: the one that it
// prints, or for PHP, whose server prints nothing of ours, that of the port.
func (b backend) start(t *testing.T, cmd *exec.Cmd) (url string) {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it serves until then
		_ = cmd.Wait()
	})
	if slices.Contains(b.command, atAddress) {
		i := slices.Index(cmd.Args, "-S")
		waitForListener(t, cmd.Args[i+1])
		return "http://" + cmd.Args[i+1] + "/flow"
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !found {
		t.Fatalf("%v printed %q (%v), want where it listens", cmd.Args, line, err)
	}
	return url
}

func waitForListener(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}
