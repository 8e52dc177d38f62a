package secret

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	// ErrEmpty is returned for an empty secret, and for a list without a secret.
	ErrEmpty = errors.New("the secret is empty")
	// ErrForm is returned for a text that cannot be the expected secret. The error is a
	// [*FormError].
	ErrForm = errors.New("not a secret")
)

// FormError describes what was found instead of a secret, without the value. It is an
// [ErrForm].
type FormError struct {
	Found  string // what the text does or is, for example "is in quotation marks"
	Remedy string // for example "give the value alone"
}

// Error returns what was found and the remedy.
func (e *FormError) Error() string { return ErrForm.Error() + ": it " + e.Found + ": " + e.Remedy }

// Unwrap returns [ErrForm].
func (e *FormError) Unwrap() error { return ErrForm }

const remedyUTF8 = "save it as UTF-8"

// maxFile is the size of the largest file that holds a secret.
const maxFile = 64 << 10

// Parse reads one secret from the contents of a file, a variable or a flag. It decodes
// UTF-16, as Windows PowerShell writes it, and drops a byte order mark and one line end
// (\n, \r\n or \r). Everything else, including blanks, belongs to the secret. Errors are
// [ErrEmpty] and [ErrForm].
func Parse(text []byte) (Bytes, error) {
	plain, err := decode(text)
	if err != nil {
		return nil, err
	}
	line, _ := bytes.CutSuffix(plain, []byte("\n"))
	line, _ = bytes.CutSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return nil, ErrEmpty
	}
	return line, nil
}

// ParseLines reads several secrets, one per line, in the same way as Parse. Blank lines and
// white space around a secret are dropped. The first secret is the one used for signing.
func ParseLines(text []byte) (List, error) {
	plain, err := decode(text)
	if err != nil {
		return nil, err
	}
	var list List
	for line := range bytes.FieldsFuncSeq(plain, isLineEnd) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			list = append(list, line)
		}
	}
	if len(list) == 0 {
		return nil, ErrEmpty
	}
	return list, nil
}

func isLineEnd(r rune) bool { return r == '\n' || r == '\r' }

// ReadFile reads one secret from a file of at most 64 KiB. Errors name the file.
func ReadFile(path string) (Bytes, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	value, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return value, nil
}

// ReadLines reads several secrets, one per line, from a file of at most 64 KiB. Errors
// name the file.
func ReadLines(path string) (List, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	list, err := ParseLines(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: %w", path, &FormError{fmt.Sprintf("is larger than %d KiB", maxFile>>10), "name a file with the secret alone"})
	}
	return text, nil
}

// decode returns the text as UTF-8 without a byte order mark. Without a mark, text is
// UTF-16 if its first character has a NUL: no secret contains one.
func decode(text []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case len(text) < 2:
	case text[0] == 0xff && text[1] == 0xfe, text[0] != 0 && text[1] == 0:
		order = binary.LittleEndian
	case text[0] == 0xfe && text[1] == 0xff, text[0] == 0 && text[1] != 0:
		order = binary.BigEndian
	}
	if order != nil {
		if len(text)%2 != 0 {
			return nil, &FormError{"is UTF-16 with half a character at its end", remedyUTF8}
		}
		units := make([]uint16, len(text)/2)
		for i := range units {
			units[i] = order.Uint16(text[2*i:])
		}
		text = []byte(string(utf16.Decode(units)))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	switch {
	case bytes.ContainsRune(text, 0):
		return nil, &FormError{"is binary data, with NUL characters", remedyUTF8}
	case order != nil && bytes.ContainsRune(text, utf8.RuneError):
		return nil, &FormError{"is neither UTF-8 nor UTF-16", remedyUTF8}
	}
	return bytes.Clone(text), nil
}

// isInvisible reports whether a character cannot be seen.
func isInvisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
