//go:build unix

package cli

import (
	"os/exec"
	"syscall"
)

// inGroup lets a command lead its own process group, so that what it starts ends with it.
func inGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate asks the group of a started command to end.
func terminate(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGTERM) } // it may have ended

// kill ends the group of a started command.
func kill(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) } // it may have ended

// shell returns a command that a shell runs.
func shell(line string) (name string, args []string) { return "/bin/sh", []string{"-c", line} }
