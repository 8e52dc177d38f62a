//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
)

// startWithLog starts a process that writes its log to a file.
func startWithLog(t *testing.T, log *os.File, listen string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	key, err := filepath.Abs(filepath.Join("..", "..", "testdata", "keys", "a.pkcs8.pem"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "flowserver.yaml")
	text := fmt.Appendf(nil, `
listen: %s
admin: 127.0.0.1:0
numbers: [{id: main, private_keys: [{file: %q}]}]
flows: [{id: booking, app_secrets: [%s], upstream: {url: "http://127.0.0.1:1/"}}] # only health checks come
`, listen, key, appSecret)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("flowserver", "serve", "--config", config) // TestMain put it on PATH
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// exchanges sends requests and wants an answer to each.
func exchanges(t *testing.T, public string, n int) {
	t.Helper()
	key, err := keystore.ParsePublic(readKey(t, "a.public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	phone, err := client.New(client.Config{
		URL: public + "/flows/booking", PublicKey: key, AppSecret: []byte(appSecret), HTTPClient: &http.Client{Timeout: 20 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		reply, err := phone.Send(t.Context(), client.Message{Action: protocol.ActionPing})
		if err != nil {
			t.Fatalf("exchange %d of %d: %v", i, n, err)
		}
		if reply.Status != http.StatusOK {
			t.Fatalf("exchange %d of %d: status %d", i, n, reply.Status)
		}
	}
}

// ends wants a process to end well after SIGTERM, in a bounded time.
func ends(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
	case <-time.After(time.Minute):
		_ = cmd.Process.Kill()
		t.Error("a minute after SIGTERM the process still runs")
	}
}

// servingLine reads a log up to the line with the addresses.
func servingLine(t *testing.T, log *bufio.Reader) (public string) {
	t.Helper()
	for {
		line, err := log.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		var serving struct{ Msg, Listen string }
		if err := json.Unmarshal([]byte(line), &serving); err != nil {
			t.Fatal(err)
		}
		if serving.Msg == "serving" {
			return "http://" + serving.Listen
		}
	}
}

// A log that nothing reads delays neither an answer nor the end.
func TestLogReaderStalls(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	cmd := startWithLog(t, writer, "127.0.0.1:0")
	_ = writer.Close() // the process has its own
	public := servingLine(t, bufio.NewReaderSize(reader, 16))
	exchanges(t, public, 1000) // over 200 KB of log; a pipe holds 64 KB
	ends(t, cmd)
}

// A reader that goes away does not end the process.
func TestLogReaderGoes(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := startWithLog(t, writer, "127.0.0.1:0")
	_ = writer.Close()
	public := servingLine(t, bufio.NewReader(reader))
	_ = reader.Close()
	exchanges(t, public, 20)
	ends(t, cmd)
}

// A full disk stops nothing either.
func TestLogDiskIsFull(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no device that is always full: %v", err)
	}
	t.Cleanup(func() { _ = full.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:0") // since no log says which port it is
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := startWithLog(t, full, address)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			t.Fatal("after a minute it does not listen")
		}
	}
	exchanges(t, "http://"+address, 200)
	ends(t, cmd)
}
