package server

import (
	"log/slog"

	"github.com/flowserver/flowserver/crypto/backend"
)

// openRSA opens what decrypts requests. A fault is logged when it happens.
func openRSA(mode string, log *slog.Logger) *backend.Backend {
	computing := backend.Open(backend.Mode(mode), func(fault error) { logFault(log, fault) })
	if status := computing.Status(); mode == string(backend.Batch) && status.Unused != nil {
		log.Warn("rsa: batch has no effect here", slog.String("backend", status.Name), slog.String("reason", status.Unused.Error()))
	}
	return computing
}

func logFault(log *slog.Logger, fault error) {
	log.Error("from now on, crypto/rsa alone decrypts requests: slower, but equally correct", slog.String("error", fault.Error()),
		slog.String("remedy", "check the memory and the CPU of this machine, and restart; if it happens again, report it and set rsa: crypto"))
}

// RSA returns what decrypts requests at present.
func (s *Server) RSA() backend.Status { return s.rsa.Status() }

func rsaHealth(status backend.Status) RSAHealth {
	h := RSAHealth{Backend: status.Name, BatchSize: status.BatchSize, Faults: status.Faults}
	if status.Fault != nil {
		h.Reason = status.Fault.Error()
	}
	return h
}
