package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/internal/nearest"
)

// Options change what [Options.Validate] reports. The zero value reports everything.
type Options struct {
	// UnderscoreKeys accepts keys that begin with _, and $schema: a build removes them
	// before the upload.
	UnderscoreKeys bool
	// Ignore are the findings to omit.
	Ignore []Ignored
}

// Ignored describes findings that are not reported.
type Ignored struct {
	Code string
	// Pointer is the JSON pointer of a place; findings there and below are omitted. If it
	// is empty, all findings with the code are omitted.
	Pointer string
}

// ParseIgnored reads CODE or CODE@POINTER, for example TEXT_TOO_LONG@/screens/0/layout.
// The code must be one of this package.
func ParseIgnored(text string) (Ignored, error) {
	code, pointer, placed := strings.Cut(text, "@")
	e, ok := Explain(code)
	switch {
	case !ok || e.Unreported != "":
		if meant := nearestCode(code); meant != "" {
			return Ignored{}, fmt.Errorf("there is no code %q: did you mean %s?", code, meant)
		}
		return Ignored{}, fmt.Errorf("there is no code %q", code)
	case placed && !strings.HasPrefix(pointer, "/"):
		return Ignored{}, fmt.Errorf("expected a JSON pointer such as /screens/0 after the @, got %q", pointer)
	}
	return Ignored{code, pointer}, nil
}

// nearestCode returns the code that is most like a text; "" if none is.
func nearestCode(text string) string {
	best, least := "", 6
	for _, e := range Explanations() {
		if d := nearest.Distance(strings.ToUpper(text), e.Code); d < least && e.Unreported == "" {
			best, least = e.Code, d
		}
	}
	return best
}

// Matches reports whether the finding is omitted.
func (i Ignored) Matches(f Finding) bool {
	return f.Code == i.Code && (i.Pointer == "" || f.Pointer == i.Pointer || strings.HasPrefix(f.Pointer, i.Pointer+"/"))
}

// Validate returns what [Validate] returns, without what the options omit.
func (o Options) Validate(data []byte) []Finding {
	return o.filter(Validate(data))
}

// Unreadable returns the finding of a file or folder that cannot be read, and why, if the options do
// not leave it out.
func (o Options) Unreadable(err error) []Finding {
	if path, ok := errors.AsType[*fs.PathError](err); ok { // the file is named with the finding
		err = path.Err
	}
	return o.filter([]Finding{{
		Code: "UNREADABLE_FILE", Severity: Error, Range: at(jsontree.Position{Line: 1, Column: 1}),
		Message: "cannot be read: " + err.Error(),
	}})
}

func (o Options) filter(findings []Finding) []Finding {
	return slices.DeleteFunc(findings, func(f Finding) bool {
		return o.UnderscoreKeys && isStripped(f) || slices.ContainsFunc(o.Ignore, func(i Ignored) bool { return i.Matches(f) })
	})
}

// isStripped reports whether a finding is about a key that a build removes.
func isStripped(f Finding) bool {
	key := f.Pointer[strings.LastIndex(f.Pointer, "/")+1:]
	return strings.HasPrefix(key, "_") && (f.Code == "INVALID_PROPERTY_KEY" || f.Code == "DUPLICATE_KEY") ||
		f.Code == "UNDOCUMENTED_PROPERTY" && f.Pointer == "/"+catalog.SchemaKey
}
