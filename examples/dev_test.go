package examples_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
)

// TestDev does what README.md says first: it runs "flowserver dev" and the examples as
// processes, with the line that dev prints, and walks the Flow.
func TestDev(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the printed lines are for a POSIX shell")
	}
	program := filepath.Join(t.TempDir(), "flowserver")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../cmd/flowserver").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	flowJSON, err := filepath.Abs("booking.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, port := t.TempDir(), freePort(t)
			cmd := b.cmd(t, port)
			endpoint, export := startDev(t, dir, program, "--upstream", "http://127.0.0.1:"+port+"/flow", "--flow-json", flowJSON)
			phone := phoneOf(t, filepath.Join(dir, ".flowserver"), endpoint)

			before := sendTo(t, phone, client.Message{Action: protocol.ActionInit, FlowToken: "t"})
			if reason := before.Header.Get(exchange.ReasonHeader); before.Status != http.StatusBadGateway || !strings.Contains(reason, "connection%20refused") {
				t.Errorf("without the backend: status %d and reason %q, want 502 and why", before.Status, reason)
			}
			startIn(t, dir, export, b, cmd)
			for _, step := range []struct {
				msg    client.Message
				screen string
			}{
				{client.Message{Action: protocol.ActionInit}, "DAY"},
				{client.Message{Action: protocol.ActionDataExchange, Screen: "DAY", Data: map[string]string{"day": "sun"}}, "DAY"},
				{client.Message{Action: protocol.ActionDataExchange, Screen: "DAY", Data: map[string]string{"day": "mon"}}, "CONFIRM"},
				{client.Message{Action: protocol.ActionBack, Screen: "CONFIRM"}, "DAY"},
				{client.Message{Action: protocol.ActionDataExchange, Screen: "CONFIRM", Data: map[string]string{"day": "mon"}}, "SUCCESS"},
			} {
				step.msg.FlowToken = "t"
				if reply := sendTo(t, phone, step.msg); reply.Status != http.StatusOK || reply.Screen != step.screen {
					t.Errorf("%s %s: status %d, screen %q (%s), want 200, %s", step.msg.Action, step.msg.Screen, reply.Status, reply.Screen,
						reply.Header.Get(exchange.ReasonHeader), step.screen)
				}
			}
		})
	}
}

var (
	endpointLine = regexp.MustCompile(`^ *endpoint +(http://\S+/flows/booking)$`)
	exportLine   = regexp.MustCompile(`^ *(export \S+="\$\(cat \.flowserver/upstream-secret\)")$`)
)

// startDev runs dev in dir until the end of the test. It returns the endpoint and the
// line that gives a shell the upstream's secret, both as printed.
func startDev(t *testing.T, dir, program string, args ...string) (endpoint, export string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, append([]string{"dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
	cmd.Dir, cmd.Stderr = dir, t.Output()
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
	var printed strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		printed.WriteString(lines.Text() + "\n")
		if found := endpointLine.FindStringSubmatch(lines.Text()); found != nil {
			endpoint = found[1]
		}
		if found := exportLine.FindStringSubmatch(lines.Text()); found != nil {
			export = found[1]
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") { // the last line
			break
		}
	}
	if endpoint == "" || export == "" {
		t.Fatalf("dev printed\n%s", printed.String())
	}
	return endpoint, export
}

// startIn runs an example in a shell in dir, after the line that dev has printed.
func startIn(t *testing.T, dir, export string, b backend, cmd *exec.Cmd) {
	t.Helper()
	inShell := exec.CommandContext(t.Context(), "sh", append([]string{"-c", export + "\nexec \"$0\" \"$@\"", cmd.Path}, cmd.Args[1:]...)...)
	inShell.Dir, inShell.Env, inShell.Stderr = dir, cmd.Env, t.Output()
	b.start(t, inShell)
}

// phoneOf plays WhatsApp with the public key and the app secret that dev has made.
func phoneOf(t *testing.T, dir, endpoint string) *client.Client {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	key, err := keystore.ParsePublic(read("public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	phone, err := client.New(client.Config{URL: endpoint, PublicKey: key, AppSecret: []byte(strings.TrimSpace(string(read("app-secret")))), RetryWait: -1})
	if err != nil {
		t.Fatal(err)
	}
	return phone
}

func sendTo(t *testing.T, phone *client.Client, msg client.Message) *client.Reply {
	t.Helper()
	if msg.Data == nil {
		msg.Data = json.RawMessage(`{}`)
	}
	reply, err := phone.Send(t.Context(), msg)
	if reply == nil {
		t.Fatal(err)
	}
	return reply
}
