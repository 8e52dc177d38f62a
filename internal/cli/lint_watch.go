package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// watchEvery is how often watched files are looked at.
const watchEvery = 300 * time.Millisecond

// clearTerminal clears a terminal and what was scrolled out of it.
const clearTerminal = "\x1b[H\x1b[2J\x1b[3J"

// watch checks the files whenever one changes, comes or goes, or the ignore file does,
// until ctx ends.
func (c lintCommand) watch(ctx context.Context, p *Program) error {
	ticks := time.NewTicker(watchEvery)
	defer ticks.Stop()
	before := ""
	for {
		if now := c.fingerprint(); now != before {
			before = now
			if err := c.again(p); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
	}
}

// again checks all files and prints what a single run does; on a terminal, in place of
// what was there.
func (c lintCommand) again(p *Program) error {
	if isTerminal(p.Stdout) {
		if _, err := io.WriteString(p.Stdout, clearTerminal); err != nil {
			return err
		}
	}
	ignored, err := c.readIgnored()
	if err == nil {
		err = c.once(p, ignored)
	}
	if exit, ok := errors.AsType[*exitError](err); ok && exit.error == nil {
		return nil
	}
	if err != nil { // files may be missing or half written
		_, err = fmt.Fprintf(p.Stderr, "flowserver: error: %v\n", err)
	}
	return err
}

// fingerprint changes when a file does.
func (c lintCommand) fingerprint() string {
	var text strings.Builder
	for _, file := range append(c.listFiles(), lintFile{name: c.ignoreFile()}) {
		info, err := os.Stat(file.name)
		if err != nil {
			fmt.Fprintf(&text, "%s %v\n", file.name, err)
			continue
		}
		fmt.Fprintf(&text, "%s %v %d %d\n", file.name, info.Mode(), info.Size(), info.ModTime().UnixNano())
	}
	return text.String()
}
