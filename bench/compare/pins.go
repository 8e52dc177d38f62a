package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
)

// pins says which core servers and generator are held to; none with one core or
// without taskset.
type pins bool

const (
	serverCore    = "0"
	generatorCore = "1"
)

// pin holds this process, the generator, to its core.
func pin(ctx context.Context) (pins, error) {
	if _, err := exec.LookPath("taskset"); err != nil || runtime.NumCPU() < 2 {
		return false, nil //nolint:nilerr // it is measured without, and the report says so
	}
	self := strconv.Itoa(os.Getpid())
	cmd := exec.CommandContext(ctx, "taskset", "--all-tasks", "--cpu-list", "--pid", generatorCore, self) //nolint:gosec // G204: a number of our own
	if output, err := cmd.CombinedOutput(); err != nil {
		return false, fmt.Errorf("hold the generator to core %s: %w: %s", generatorCore, err, output)
	}
	return true, nil
}

// server is what stands before the command of a server.
func (p pins) server() []string {
	if !p {
		return nil
	}
	return []string{"taskset", "--cpu-list", serverCore}
}

func (p pins) String() string {
	if !p {
		return "servers and generator share all cores: there is one only, or no taskset"
	}
	return "server on core " + serverCore + ", generator on core " + generatorCore + ", by taskset"
}
