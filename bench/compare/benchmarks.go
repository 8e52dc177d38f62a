package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// benchmarks are what go test -bench printed, and what it says.
type benchmarks struct {
	text []byte // for benchstat
	all  []benchmark
}

// benchmark is a Go benchmark over its rounds, by unit.
type benchmark struct {
	name    string
	metrics map[string][]float64
}

// benchmarkPackages have the benchmarks of one exchange and its parts. They belong to
// the module of the parent folder.
var benchmarkPackages = []string{"./crypto", "./crypto/backend", "./exchange"}

func (b *bench) benchmarkCommand() []string {
	command := append(b.pins.server(), "go", "test", "-C", "..", "-run", "^$", "-bench", ".", "-cpu", "1",
		"-count", strconv.Itoa(b.plan.benchmarks), "-benchtime", b.plan.benchmark.String())
	return append(command, benchmarkPackages...)
}

func (b *bench) runBenchmarks(ctx context.Context) (*benchmarks, error) {
	command := b.benchmarkCommand()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // G204: our own command
	var failure bytes.Buffer
	cmd.Stderr = &failure
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s%s", strings.Join(command, " "), err, text, failure.Bytes())
	}
	all, err := parseBenchmarks(text)
	return &benchmarks{text, all}, err
}

// parseBenchmarks reads what go test -bench prints.
func parseBenchmarks(text []byte) ([]benchmark, error) {
	var all []benchmark
	index := map[string]int{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		i, found := index[words[0]]
		if !found {
			i = len(all)
			index[words[0]] = i
			all = append(all, benchmark{name: strings.TrimPrefix(words[0], "Benchmark"), metrics: map[string][]float64{}})
		}
		for pair := words[2:]; len(pair) >= 2; pair = pair[2:] {
			value, err := strconv.ParseFloat(pair[0], 64)
			if err != nil {
				return nil, fmt.Errorf("benchmark %s: %q is no number", words[0], pair[0])
			}
			all[i].metrics[pair[1]] = append(all[i].metrics[pair[1]], value)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("no benchmark ran")
	}
	return all, nil
}
