package cli

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/commands.md")

const (
	commandsPage = "../../docs/commands.md"
	generated    = "<!-- The rest is generated: go test ./internal/cli -run TestCommandsPage -update -->\n"
)

// docs/commands.md has all commands and flags as their help describes them.
func TestCommandsPage(t *testing.T) {
	t.Parallel()
	page := readText(t, commandsPage)
	head, got, found := strings.Cut(page, generated)
	if !found {
		t.Fatalf("docs/commands.md has no line %q", generated)
	}
	var text strings.Builder
	for _, command := range leaves(t) {
		writeCommand(&text, command)
	}
	want := text.String()
	if *update {
		if err := os.WriteFile(commandsPage, []byte(head+generated+want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("run: go test ./internal/cli -run TestCommandsPage -update\n-commands +docs/commands.md:\n%s", diff)
	}
}

// The README's table has all commands and no others.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(readText(t, "../../README.md"), "\n## Commands\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got, want []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(section, -1) {
		group := ""
		for i, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) { // as in `keys status`, `register`
			if i == 0 {
				group = name[1][:strings.LastIndex(name[1], " ")+1]
				got = append(got, name[1])
			} else {
				got = append(got, group+name[1])
			}
		}
	}
	for _, command := range leaves(t) {
		want = append(want, commandPath(command))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("commands (-code +README.md):\n%s", diff)
	}
}

// docs/commands.md has a row for each exit code and for no other number.
func TestExitCodesPage(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(readText(t, commandsPage), "\n## Exit codes\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \| \S`).FindAllStringSubmatch(section, -1) {
		got = append(got, row[1])
	}
	if diff := gocmp.Diff(exitCodes(t), got); diff != "" {
		t.Errorf("exit codes (-code +docs/commands.md):\n%s", diff)
	}
}

// exitCodes are the values of the constants named Exit…, in order.
func exitCodes(t *testing.T) (codes []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if ok && strings.HasPrefix(spec.Names[0].Name, "Exit") && len(spec.Values) == 1 {
				codes = append(codes, spec.Values[0].(*ast.BasicLit).Value)
			}
			return true
		})
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// leaves are the commands that do something, in the order of the help.
func leaves(t *testing.T) []*kong.Node {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("flowserver"))
	if err != nil {
		t.Fatal(err)
	}
	nodes := parser.Model.Leaves(true)
	if len(nodes) < 10 {
		t.Fatalf("got %d commands, want more", len(nodes))
	}
	return nodes
}

func commandPath(command *kong.Node) string {
	path := command.Name
	for parent := command.Parent; parent != nil && parent.Type == kong.CommandNode; parent = parent.Parent {
		path = parent.Name + " " + path
	}
	return path
}

func writeCommand(out *strings.Builder, command *kong.Node) {
	fmt.Fprintf(out, "\n## %s\n\n%s\n\n", commandPath(command), cmp.Or(command.Help, "No description."))
	fmt.Fprintf(out, "    flowserver %s", commandPath(command))
	for _, arg := range command.Positional {
		fmt.Fprintf(out, " %s", arg.Summary())
	}
	out.WriteString(" [flags]\n")
	var rows []string
	for _, arg := range command.Positional {
		rows = append(rows, row(arg.Summary(), "", arg))
	}
	for _, group := range command.AllFlags(true) {
		for _, f := range group {
			if f.Name != "help" {
				rows = append(rows, row("--"+f.Name, strings.Join(f.Envs, ", "), f.Value))
			}
		}
	}
	if len(rows) > 0 {
		out.WriteString("\n| argument | default | variable | |\n|---|---|---|---|\n" + strings.Join(rows, ""))
	}
}

func row(name, variables string, value *kong.Value) string {
	code := func(text string) string {
		if text == "" {
			return ""
		}
		return "`" + text + "`"
	}
	help := strings.ReplaceAll(value.Help, "|", "\\|")
	if value.Flag != nil && value.Required {
		help = "Required. " + help
	}
	if value.Flag != nil && !value.IsBool() {
		name += " " + cmp.Or(value.Flag.PlaceHolder, strings.ToUpper(value.Name))
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", code(name), code(value.Default), code(variables), help)
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
