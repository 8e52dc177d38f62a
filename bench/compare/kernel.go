package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// kernel is the CPU time of the RSA operation alone, in µs for each ciphertext, by what
// computes it and by round.
type kernel struct{ took map[string][]float64 }

// Names of what computes RSA.
const (
	nodeRSA   = "Node, `privateDecrypt`"
	goRSA     = "Go, crypto/rsa"
	batchOf   = "batch of "
	fullBatch = batchOf + "4"
)

// kernelNames are the names in the order of the report.
func kernelNames() []string {
	return []string{goRSA, nodeRSA, batchOf + "1", batchOf + "2", batchOf + "3", fullBatch}
}

// measureKernel measures in turns what Go and Node need for one operation.
func (b *bench) measureKernel(ctx context.Context) (*kernel, error) {
	k := &kernel{map[string][]float64{}}
	dir, err := os.MkdirTemp("", "flowserver-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "multirsa.test")
	build := exec.CommandContext(ctx, "go", "test", "-C", "..", "-c", "-o", program, "./crypto/internal/multirsa") //nolint:gosec // G204: our own
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the benchmark of RSA: %w: %s", err, lastLine(output))
	}
	for range b.plan.kernels {
		text, err := b.output(ctx, program, "-test.run", "^$", "-test.bench", "^BenchmarkDecrypt$", "-test.cpu", "1", "-test.benchtime", "200ms")
		if err != nil {
			return nil, err
		}
		all, err := parseBenchmarks(text)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			name := strings.ReplaceAll(strings.TrimPrefix(one.name, "Decrypt/"), "_", " ")
			if name == "crypto/rsa" {
				name = goRSA
			}
			k.took[name] = append(k.took[name], one.metrics["CPU-us/ciphertext"]...)
		}
		if requireNode(ctx) != nil {
			continue
		}
		text, err = b.output(ctx, "node", "peers/decrypt.js", privateKey)
		if err != nil {
			return nil, err
		}
		took, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
		if err != nil {
			return nil, fmt.Errorf("peers/decrypt.js: %w", err)
		}
		k.took[nodeRSA] = append(k.took[nodeRSA], took)
	}
	return k, nil
}

// output runs a program on the core of the servers.
func (b *bench) output(ctx context.Context, command ...string) ([]byte, error) {
	command = append(b.pins.server(), command...)
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // G204: our own programs
	var failure bytes.Buffer
	cmd.Stderr = &failure
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s%s", strings.Join(command, " "), err, text, failure.Bytes())
	}
	return text, nil
}
