package cli

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// completeCommand is what the completion scripts call: with the words of a command
// line up to the cursor, it prints what may replace the last one. The scripts know
// nothing else, so they never become outdated.
const completeCommand = "__complete"

// completeFiles is printed where a file name is expected: shells know files best.
const completeFiles = ":files"

var (
	//go:embed completion.bash
	bashCompletion string
	//go:embed completion.zsh
	zshCompletion string
	//go:embed completion.fish
	fishCompletion string
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Run prints the script.
func (c completionCommand) Run(p *Program) error {
	script := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	_, err := io.WriteString(p.Stdout, script)
	return err
}

// complete prints a line for each candidate: the word, a tab and a description.
func (p *Program) complete(root *kong.Node, words []string) int {
	if len(words) == 0 {
		words = []string{""}
	}
	for _, c := range candidates(root, words) {
		line := c.word
		if c.description != "" {
			line += "\t" + c.description
		}
		if _, err := fmt.Fprintln(p.Stdout, line); err != nil {
			return ExitFailed
		}
	}
	return ExitDone
}

// candidate is a word that can stand at the cursor.
type candidate struct{ word, description string }

// candidates returns what may replace the last of words, which may be empty.
func candidates(root *kong.Node, words []string) []candidate {
	last := len(words) - 1
	if last > 0 && words[0] == "help" {
		return startingWith(words[last], commandNames(descend(root, words[1:last])))
	}
	at := cursor{node: root}
	for _, word := range words[:last] {
		at.pass(word)
	}
	return startingWith(words[last], at.options(words[last]))
}

// startingWith keeps the candidates that the user may be typing.
func startingWith(prefix string, all []candidate) []candidate {
	var kept []candidate
	for _, c := range all {
		if c.word == completeFiles || strings.HasPrefix(c.word, prefix) {
			kept = append(kept, c)
		}
	}
	return kept
}

// cursor is the place in a command line after some words.
type cursor struct {
	node      *kong.Node
	flag      *kong.Flag // whose value comes next; nil if none does
	arguments int        // how many arguments node has so far
	noFlags   bool       // after --
}

// pass moves behind a word.
func (c *cursor) pass(word string) {
	switch {
	case c.flag != nil:
		c.flag = nil
	case !c.noFlags && word == "--":
		c.noFlags = true
	case !c.noFlags && strings.HasPrefix(word, "-") && word != "-":
		if flag := c.find(word); flag != nil && !flag.IsBool() {
			c.flag = flag // --name=value is not found
		}
	case child(c.node, word) != nil:
		c.node = child(c.node, word)
	default:
		c.arguments++
	}
}

// find returns the flag that is written as --name or -n, nil if there is none.
func (c *cursor) find(word string) *kong.Flag {
	for _, flag := range c.flags() {
		if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
			return flag
		}
	}
	return nil
}

// flags returns the flags of the command and of those above it.
func (c *cursor) flags() (all []*kong.Flag) {
	for _, level := range c.node.AllFlags(true) {
		all = append(all, level...)
	}
	return all
}

// options returns everything that can stand at the cursor. word is what the user
// has typed of it.
func (c *cursor) options(word string) []candidate {
	name, _, hasValue := strings.Cut(word, "=")
	switch {
	case c.flag != nil:
		return values(c.flag.Value, c.flag.PlaceHolder)
	case !c.noFlags && hasValue && strings.HasPrefix(name, "--"):
		flag := c.find(name)
		if flag == nil {
			return nil
		}
		all := values(flag.Value, flag.PlaceHolder)
		for i := range all {
			if all[i].word != completeFiles {
				all[i].word = name + "=" + all[i].word
			}
		}
		return all
	case !c.noFlags && strings.HasPrefix(word, "-"):
		return c.flagNames()
	}
	if !c.node.Leaf() {
		if c.arguments > 0 { // a command that does not exist
			return nil
		}
		return commandNames(c.node)
	}
	if c.node.Name == callName && c.arguments == 0 {
		return callActionNames()
	}
	if all := c.argument(); len(all) > 0 || c.noFlags {
		return all
	}
	return c.flagNames()
}

// commandNames returns the commands below node, none if node is nil.
func commandNames(node *kong.Node) (all []candidate) {
	if node == nil {
		return nil
	}
	for _, command := range node.Children {
		if !command.Hidden {
			all = append(all, candidate{command.Name, firstSentence(command.Help)})
		}
	}
	return all
}

func (c *cursor) flagNames() (all []candidate) {
	for _, flag := range c.flags() {
		all = append(all, candidate{"--" + flag.Name, firstSentence(flag.Help)})
	}
	return all
}

// callActionNames returns the actions of call, which can stand at its first word.
func callActionNames() (all []candidate) {
	for _, action := range strings.Split(callActions, ", ") {
		all = append(all, candidate{word: action})
	}
	return all
}

// argument returns the values of the command's next argument.
func (c *cursor) argument() []candidate {
	arguments := c.node.Positional
	if len(arguments) == 0 {
		return nil
	}
	next := arguments[min(c.arguments, len(arguments)-1)]
	if c.arguments >= len(arguments) && !next.IsCumulative() {
		return nil
	}
	return values(next, next.Tag.PlaceHolder)
}

// values returns the values of a flag or argument, as far as they are known.
func values(value *kong.Value, placeholder string) (all []candidate) {
	if value.Enum != "" {
		for _, word := range value.EnumSlice() {
			all = append(all, candidate{word: word})
		}
		return all
	}
	if placeholder == "FILE" || placeholder == "DIR" || value.Name == "file" {
		return []candidate{{word: completeFiles}}
	}
	return nil
}

// firstSentence is short enough for a list of candidates.
func firstSentence(text string) string {
	sentence, _, _ := strings.Cut(text, ". ")
	return strings.TrimSuffix(sentence, ".")
}
