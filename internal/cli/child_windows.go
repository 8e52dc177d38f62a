package cli

import "os/exec"

// inGroup does nothing: only the command itself is ended.
func inGroup(*exec.Cmd) {}

// terminate ends a started command. Windows has no signal that asks for it.
func terminate(c *exec.Cmd) { kill(c) }

// kill ends a started command.
func kill(c *exec.Cmd) { _ = c.Process.Kill() } // it may have ended

// shell returns a command that a shell runs.
func shell(line string) (name string, args []string) { return "cmd", []string{"/C", line} }
