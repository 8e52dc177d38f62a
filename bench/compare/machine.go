package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// machine is where the numbers come from.
type machine struct {
	cpu, flags, memory, kernel     string
	cores                          int
	commit                         string
	golang, node, nodeSSL, openssl string
	rsa                            float64 // microseconds of one RSA-2048 private operation of openssl speed; 0 if there is none
}

func describe(ctx context.Context) machine {
	said := func(name string, args ...string) string {
		output, err := exec.CommandContext(ctx, name, args...).Output() //nolint:gosec // G204: the commands below
		if err != nil {
			return "unknown" // the report is no worse for it
		}
		return strings.TrimSpace(string(output))
	}
	m := machine{
		cpu: infoLine("/proc/cpuinfo", "model name"), cores: runtime.NumCPU(), memory: infoLine("/proc/meminfo", "MemTotal"),
		kernel: said("uname", "-srm"), golang: runtime.Version(),
		node: said("node", "--version"), nodeSSL: said("node", "-p", "process.versions.openssl"),
		openssl: said("openssl", "version"), commit: said("git", "rev-parse", "--short", "HEAD"),
	}
	if said("git", "status", "--porcelain", "--untracked-files=no") != "" {
		m.commit += ", with changes"
	}
	for _, flag := range []string{"avx512ifma", "adx", "bmi2"} {
		if strings.Contains(infoLine("/proc/cpuinfo", "flags")+" ", " "+flag+" ") {
			m.flags += " " + flag
		}
	}
	speed := exec.CommandContext(ctx, "openssl", "speed", "-seconds", "1", "-mr", "rsa2048")
	if output, err := speed.Output(); err == nil {
		m.rsa = parseSpeed(string(output))
	}
	return m
}

// parseSpeed reads the time of a private operation, in microseconds, from what
// openssl speed -mr prints: +F2:<id>:2048:<private a second>:<public a second>. It is
// 0 if that is not there.
func parseSpeed(text string) float64 {
	for line := range strings.Lines(text) {
		var id int
		var private, public float64
		if n, _ := fmt.Sscanf(line, "+F2:%d:2048:%f:%f", &id, &private, &public); n == 3 && private > 0 {
			return 1e6 / private
		}
	}
	return 0
}

// infoLine is the value of the first line "name : value" of a file under /proc.
func infoLine(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
