package main

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const cliTimeout = 5 * time.Second // of redis-cli, which must not wait for a stopped server

// redisServer is a real Redis. It keeps nothing on disk.
type redisServer struct {
	lab  *Lab
	port string
	args []string
	cmd  *exec.Cmd
}

func (l *Lab) startRedis(args ...string) (*redisServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, err
	}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s := &redisServer{lab: l, port: port, args: args}
	l.onReset(s.kill)
	if err := s.launch(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *redisServer) launch() error {
	args := append([]string{"--port", s.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.lab.dir}, s.args...)
	s.cmd = exec.Command("redis-server", args...)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	if !eventually(10*time.Second, func() bool {
		out, err := s.cli("ping")
		return err == nil && (strings.Contains(out, "PONG") || strings.Contains(out, "NOAUTH"))
	}) {
		return fmt.Errorf("redis-server did not start on port %s", s.port)
	}
	return nil
}

func (s *redisServer) url() string { return "redis://127.0.0.1:" + s.port + "/0" }

func (s *redisServer) cli(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), cliTimeout)
	defer cancel()
	out, err := exec.CommandContext(ctx, "redis-cli", append([]string{"-p", s.port}, args...)...).CombinedOutput()
	return string(out), err
}

// set stores a value of any bytes.
func (s *redisServer) set(key, value string) error {
	ctx, cancel := context.WithTimeout(context.Background(), cliTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "redis-cli", "-p", s.port, "-x", "set", key)
	cmd.Stdin = strings.NewReader(value)
	return cmd.Run()
}

func (s *redisServer) signal(sig syscall.Signal) error { return s.cmd.Process.Signal(sig) }

func (s *redisServer) kill() {
	_ = s.cmd.Process.Signal(syscall.SIGCONT) // a stopped process ends all the same, but is not reaped
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}
