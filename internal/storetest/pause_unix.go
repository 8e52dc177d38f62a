//go:build unix

package storetest

import "syscall"

// Pause stops the process: connections stay open and the kernel even accepts new
// ones, but the server answers nothing until Resume.
func (s *RedisServer) Pause() { s.tb.Helper(); s.signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *RedisServer) Resume() { s.tb.Helper(); s.signal(syscall.SIGCONT) }

func (s *RedisServer) signal(sig syscall.Signal) {
	s.tb.Helper()
	if s.process == nil {
		s.tb.Fatal("redis-server does not run")
	}
	if err := s.process.Signal(sig); err != nil {
		s.tb.Fatalf("redis-server: %v: %v", sig, err)
	}
}
