package main

import (
	"bytes"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// goPrograms are ours, by name: where the source is, and whether OpenSSL computes.
var goPrograms = map[string]struct {
	source  string
	openssl bool
}{
	pureGo:    {"./server", false},
	openSSL:   {"./server", true},
	unbounded: {"./unbounded", false},
}

// goBuild returns the arguments of the go command that builds a program of ours, and
// what it needs in the environment.
func goBuild(name, output string) (cgo string, args []string) {
	cgo, args = "CGO_ENABLED=0", []string{"build", "-trimpath", "-ldflags=-s -w"}
	if goPrograms[name].openssl {
		cgo, args = "CGO_ENABLED=1", append(args, "-tags", "openssl")
	}
	return cgo, append(args, "-o", output, goPrograms[name].source)
}

// prepare builds or installs all servers. One that cannot be had here is marked so;
// only that our own pure Go one cannot be built is an error.
func prepare(ctx context.Context, dir string) ([]server, error) {
	const path = "/flows/bench"
	servers := []server{
		{name: pureGo, path: path, about: "`flowserver serve`, pure Go: log at info level (discarded), metrics, replay protection, bounded pool"},
		{name: widest, path: path, about: "the same with `rsa: batch`: 512-bit registers, too", rsa: "batch"},
		{name: switchedOff, path: path, about: "the same with `rsa: crypto`: one request at a time, by Go's crypto/rsa", rsa: "crypto"},
		{name: openSSL, path: path, about: "the same, built with `-tags openssl`"},
		{name: nodeHTTP, path: "/", about: "`bench/peers/node-http`: node:http, key parsed once", command: []string{"node", "peers/node-http/server.js"}},
		{
			name: expressMeta, path: "/", about: "`bench/peers/express`: Express 4 in the pattern of Meta's sample, PEM parsed at each request",
			command: []string{"node", "peers/express/server.js"},
		},
		{name: unbounded, path: path, about: "`bench/unbounded`: our endpoint without the pool", overloadOnly: true},
	}
	for i := range servers {
		s := &servers[i]
		var err error
		switch s.name {
		case nodeHTTP:
			err = requireNode(ctx)
		case expressMeta:
			if err = requireNode(ctx); err == nil {
				err = installExpress(ctx)
			}
		case widest, switchedOff:
			s.command = servers[0].command
		default:
			var binary string
			binary, err = build(ctx, s.name, dir)
			s.command = []string{binary}
			if !s.overloadOnly {
				s.command = append(s.command, "serve")
			}
		}
		if err != nil && (s.name == pureGo || ctx.Err() != nil) {
			return nil, err
		}
		if err != nil {
			s.skipped = err.Error()
		}
	}
	return servers, nil
}

// build makes a program of ours in a folder.
func build(ctx context.Context, name, folder string) (binary string, err error) {
	binary = filepath.Join(folder, name)
	cgo, args := goBuild(name, binary)
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // G204: our own programs
	cmd.Env = append(os.Environ(), cgo)
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("its build failed: %w: %s", err, lastLine(output))
	}
	if goPrograms[name].openssl {
		err = requireLibcrypto(binary)
	}
	return binary, err
}

// requireLibcrypto makes sure that a binary is what its name says.
func requireLibcrypto(binary string) error {
	program, err := elf.Open(binary)
	if err != nil {
		return err
	}
	defer func() { _ = program.Close() }()
	libraries, err := program.ImportedLibraries()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(libraries, func(l string) bool { return strings.HasPrefix(l, "libcrypto.") }) {
		return errors.New("the build with -tags openssl does not use libcrypto")
	}
	return nil
}

func requireNode(ctx context.Context) error {
	if _, err := exec.LookPath("node"); err != nil {
		return errors.New("there is no node here")
	}
	return exec.CommandContext(ctx, "node", "--version").Run()
}

// installExpress installs the pinned version, unless it is there.
func installExpress(ctx context.Context) error {
	const folder = "peers/express"
	want, err := field(filepath.Join(folder, "package.json"), "dependencies", "express")
	if err != nil {
		return err
	}
	installed := filepath.Join(folder, "node_modules", "express", "package.json")
	if got, err := field(installed, "version"); err == nil && got == want {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = folder
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm cannot install express %s: %w: %s", want, err, lastLine(output))
	}
	return nil
}

// field reads a string in a JSON file.
func field(file string, path ...string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for _, name := range path {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
		text = object[name]
	}
	var value string
	if err := json.Unmarshal(text, &value); err != nil {
		return "", fmt.Errorf("%s: %s: %w", file, strings.Join(path, "."), err)
	}
	return value, nil
}

func lastLine(output []byte) string {
	lines := bytes.Split(bytes.TrimSpace(output), []byte("\n"))
	return string(lines[len(lines)-1])
}
