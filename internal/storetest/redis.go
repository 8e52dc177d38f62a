package storetest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// RedisServer is a redis-server that a test started. Its methods fail the test if they
// cannot do what they say. They are not for concurrent use.
type RedisServer struct {
	tb       testing.TB
	dir      string
	addr     string
	sentinel bool
	process  *os.Process   // nil while it does not run
	ended    chan struct{} // closed when process has ended
}

// StartRedis starts a real Redis on a free port of the loopback interface, without
// persistence, and stops it when the test ends. config are further lines of its
// configuration. url is for redis.Open.
//
// Where there is no redis-server on PATH it skips the test; with the environment variable
// FLOWSERVER_TEST_REQUIRE_REDIS=1, as CI sets it, the test fails.
func StartRedis(tb testing.TB, config ...string) (url string, server *RedisServer) {
	tb.Helper()
	config = append([]string{`save ""`, "appendonly no"}, config...)
	server = start(tb, false, config)
	return "redis://" + server.addr, server
}

// StartSentinel starts a sentinel that watches one Redis under the name mymaster, in the
// way of [StartRedis]. url is for redis.Open.
func StartSentinel(tb testing.TB, watched *RedisServer) (url string, server *RedisServer) {
	tb.Helper()
	host, port, err := net.SplitHostPort(watched.addr)
	if err != nil {
		tb.Fatal(err)
	}
	server = start(tb, true, []string{fmt.Sprintf("sentinel monitor mymaster %s %s 1", host, port)})
	return "redis://" + server.addr + "?master_name=mymaster", server
}

func start(tb testing.TB, sentinel bool, config []string) *RedisServer {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("FLOWSERVER_TEST_REQUIRE_REDIS") == "1" {
			tb.Fatalf("FLOWSERVER_TEST_REQUIRE_REDIS=1, but there is no redis-server: %v", err)
		}
		tb.Skip("no redis-server on PATH")
	}
	s := &RedisServer{tb: tb, dir: tb.TempDir(), sentinel: sentinel}
	tb.Cleanup(s.stop)

	var output string
	for range 5 { // another process may take the port between finding and using it
		s.addr = FreeAddr(tb)
		_, port, _ := net.SplitHostPort(s.addr)
		lines := append([]string{"bind 127.0.0.1", "port " + port, "dir " + s.dir}, config...)
		if err := os.WriteFile(s.configFile(), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			tb.Fatal(err)
		}
		var up bool
		if output, up = s.run(); up {
			return s
		}
	}
	tb.Fatalf("redis-server does not start: %s", output)
	return nil
}

// FreeAddr returns an address of the loopback interface that nobody listens at. The port
// is low enough for the bus of a Redis Cluster, 10,000 above it.
func FreeAddr(tb testing.TB) string {
	tb.Helper()
	for {
		listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // listens at once, and is closed at once
		if err != nil {
			tb.Fatal(err)
		}
		addr := listener.Addr().(*net.TCPAddr)
		_ = listener.Close()
		if addr.Port < 55_000 {
			return addr.String()
		}
	}
}

// Addr is host and port. They stay the same over restarts.
func (s *RedisServer) Addr() string { return s.addr }

// Kill ends the server at once. Connections to it break, and new ones are refused. What it
// stored is gone.
func (s *RedisServer) Kill() {
	s.tb.Helper()
	if s.process == nil {
		s.tb.Fatal("redis-server does not run")
	}
	s.stop()
}

// Restart starts the server again, empty, after Kill.
func (s *RedisServer) Restart() {
	s.tb.Helper()
	if s.process != nil {
		s.tb.Fatal("redis-server still runs")
	}
	if output, up := s.run(); !up {
		s.tb.Fatalf("redis-server does not start again: %s", output)
	}
}

func (s *RedisServer) configFile() string { return filepath.Join(s.dir, "redis.conf") }

// run starts the process and waits until it answers. If it ends instead, run returns what
// it printed.
func (s *RedisServer) run() (output string, up bool) {
	s.tb.Helper()
	args := []string{s.configFile()}
	if s.sentinel {
		args = append(args, "--sentinel")
	}
	var printed bytes.Buffer                     // to be read when the process has ended
	cmd := exec.Command("redis-server", args...) //nolint:noctx,gosec // ends with the test, by stop; the arguments are our own
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		s.tb.Fatalf("redis-server: %v", err)
	}
	s.process, s.ended = cmd.Process, make(chan struct{})
	go func() {
		_ = cmd.Wait() // ends by a signal, which is an error
		close(s.ended)
	}()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		select {
		case <-s.ended:
			s.process = nil
			return printed.String(), false
		case <-time.After(5 * time.Millisecond):
		}
		if answers(s.addr, s.process.Pid) {
			return "", true
		}
	}
	s.stop()
	return "no answer within 20 s: " + printed.String(), false
}

func (s *RedisServer) stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Kill() // ends a paused process too; one that has ended is no matter
	<-s.ended
	s.process = nil
}

// answers reports whether the process answers at addr, and not another one that was faster
// to take the port.
func answers(addr string, pid int) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second) //nolint:noctx // has a time limit
	if err != nil {
		return false
	}
	defer conn.Close() //nolint:errcheck // read only
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	if _, err := io.WriteString(conn, "INFO server\r\n"); err != nil {
		return false
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "process_id:"); ok {
			return id == strconv.Itoa(pid)
		}
	}
	return false
}

// Config sets a configuration parameter of the running server.
func (s *RedisServer) Config(name, value string) {
	s.tb.Helper()
	conn, err := net.DialTimeout("tcp", s.addr, time.Second) //nolint:noctx // has a time limit
	if err != nil {
		s.tb.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // what it said has been read
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		s.tb.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "CONFIG SET %s %s\r\n", name, value); err != nil {
		s.tb.Fatal(err)
	}
	if reply, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.HasPrefix(reply, "+OK") {
		s.tb.Fatalf("CONFIG SET %s: %q, error %v", name, reply, err)
	}
}

// Eventually fails the test unless done becomes true within 20 seconds.
func Eventually(tb testing.TB, done func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
	}
	tb.Fatal("it did not happen within 20 s")
}
