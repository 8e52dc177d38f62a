package cli

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

type schemaCommand struct {
	Version string `placeholder:"VERSION" help:"Describe this Flow JSON version (default: the newest known one)."`
}

// Help says what the schema is for.
func (schemaCommand) Help() string {
	return `The schema is a JSON Schema (draft-07), which editors such as VS Code use for completion,
and which validators such as ajv accept. It describes keys and types; flowserver lint checks more.`
}

// Run prints the schema of a version.
func (c schemaCommand) Run(p *Program) error {
	v := catalog.Newest()
	if c.Version != "" {
		var err error
		if v, err = catalog.ParseVersion(c.Version); err != nil {
			return usagef("--version: %w", err)
		}
		if !slices.ContainsFunc(catalog.Releases(), func(r catalog.Release) bool { return r.Version == v }) {
			return hint(usagef("--version: unknown Flow JSON version %s", v), "the newest is "+catalog.Newest().String())
		}
	}
	text, err := catalog.Schema(v)
	if err != nil {
		return err
	}
	_, err = p.Stdout.Write(text)
	return err
}
