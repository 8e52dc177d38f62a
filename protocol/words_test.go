package protocol_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/protocol"
)

// words are those that mean one thing only, so that a literal elsewhere is a second
// definition. Others, such as "screen", are also the names of columns and attributes.
func words() []string {
	return []string{
		string(protocol.ActionDataExchange), string(protocol.ActionInit), string(protocol.ActionBack),
		protocol.ScreenSuccess, protocol.TokenUnused,
		protocol.KeyFlowToken, protocol.KeyFlowTokenSignature, protocol.KeyErrorMessage, protocol.KeyErrorMessages,
		protocol.KeyErrorMsg, protocol.KeyExtension, protocol.KeyErrorOld,
		protocol.ErrorPayloadSchema, protocol.ErrorScreenTransition, protocol.ErrorComponents, protocol.ErrorResponseDecryption,
		protocol.ErrorRequestDecryption, protocol.ErrorPublicKeyMissing, protocol.ErrorPublicKeySignature, protocol.ErrorTimeout,
		protocol.ErrorNoResponse, protocol.ErrorUnexpectedStatus, protocol.ErrorMissingCapability, protocol.ErrorCannotBeServed,
		strconv.Itoa(protocol.StatusKeyMismatch), strconv.Itoa(protocol.StatusTokenExpired), strconv.Itoa(protocol.StatusBadSignature),
	}
}

// TestWordsAreDefinedOnce reads the code of the module, except for tests and the
// modules within it, for literals that repeat a word of this package. Struct tags are
// allowed, because a tag cannot be a constant, and so is prose that contains a word.
func TestWordsAreDefinedOnce(t *testing.T) {
	t.Parallel()
	root := ".."
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (strings.HasPrefix(name, ".") && name != ".." || name == "testdata" || name == "protocol" || name == "bench" || name == "examples"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files++
		short, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for _, found := range literals(t, path) {
			if slices.Contains(words(), found.text) {
				t.Errorf("%s:%d: %s is defined in package protocol", short, found.line, found.text)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("read %d files, which cannot be the whole module", files)
	}
}

type literal struct {
	text string
	line int
}

// literals returns the strings and integers in the code of a file, without struct tags.
func literals(tb testing.TB, path string) (found []literal) {
	tb.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		tb.Fatal(err)
	}
	tags := map[*ast.BasicLit]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			tags[n.Tag] = true
		case *ast.BasicLit:
			text := n.Value
			if n.Kind == token.STRING {
				text, err = strconv.Unquote(n.Value)
			}
			if err == nil && !tags[n] {
				found = append(found, literal{text, fset.Position(n.Pos()).Line})
			}
		}
		return true
	})
	return found
}
