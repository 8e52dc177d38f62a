package cli

import (
	"context"
	"os/exec"
	"runtime"
)

// openBrowser opens a page in the user's browser. The error says why it cannot; the
// browser itself is not waited for.
func openBrowser(ctx context.Context, p *Program, url string) error {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	if browser, _ := p.LookupEnv("BROWSER"); browser != "" { // as in codespaces
		name, args = browser, []string{url}
	}
	command := exec.CommandContext(context.WithoutCancel(ctx), name, args...) //nolint:gosec // G204: the user's own browser
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }() // only so that no process is left over
	return nil
}
