package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/flowserver/flowserver/crypto/backend"
)

type versionCommand struct{}

// Run prints the version, the Go version, the platform and the RSA backend.
func (versionCommand) Run(p *Program) error {
	_, err := fmt.Fprintf(p.Stdout, "flowserver %s %s %s/%s %s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, backend.Name())
	return err
}

// version is the module's version, or else the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return "devel-" + setting.Value[:min(12, len(setting.Value))]
		}
	}
	return "devel"
}
