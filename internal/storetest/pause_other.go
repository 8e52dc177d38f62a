//go:build !unix

package storetest

// Pause skips the test: this system cannot stop a process.
func (s *RedisServer) Pause() { s.tb.Helper(); s.tb.Skip("this system cannot pause a process") }

// Resume is only reached after Pause, which skips the test.
func (s *RedisServer) Resume() {}
