package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/flowserver/flowserver/internal/phoneui"
)

// showTraces serves the trace viewer until ctx ends.
func (c phoneCommand) showTraces(ctx context.Context, p *Program) error {
	if c.FlowJSON != "" || c.Address != "" || c.Command != "" {
		return usagef("--trace shows what happened: it needs neither a Flow JSON nor an endpoint")
	}
	if info, err := os.Stat(c.Trace); err == nil && !info.IsDir() {
		return usagef("--trace: expected the folder that play --trace wrote to, got a file")
	}
	ui, err := c.listen(ctx, c.Listen, phoneui.Options{Traces: c.Trace, Version: version(), AllowHosts: c.AllowHost})
	if err != nil {
		return err
	}
	s := p.style(p.Stdout)
	if _, err := fmt.Fprintf(p.Stdout, "\n  %s  %s\n\n  traces      %s\n\nCtrl-C stops.\n\n", s.bold("phone"), s.paint("1;36", ui.URL()), c.Trace); err != nil {
		return err
	}
	c.show(ctx, p, ui)
	return ui.Serve(ctx)
}
