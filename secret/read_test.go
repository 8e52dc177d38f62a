package secret_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/secret"
)

// encodeUTF16 writes text as Windows programs do.
func encodeUTF16(order binary.AppendByteOrder, text string) string {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = order.AppendUint16(encoded, unit)
	}
	return string(encoded)
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, want string
		err              error
	}{
		{"as is", "s3cret", "s3cret", nil},
		{"line end", "s3cret\n", "s3cret", nil},
		{"Windows line end", "s3cret\r\n", "s3cret", nil},
		{"half a Windows line end", "s3cret\r", "s3cret", nil},
		{"two line ends", "s3cret\n\n", "s3cret\n", nil},
		{"blanks", " s3cret \n", " s3cret ", nil},
		{"two lines", "two\nlines", "two\nlines", nil},
		{"byte order mark", "\ufeffs3cret\r\n", "s3cret", nil},
		{"Latin-1", "caf\xe9\n", "caf\xe9", nil},
		{"UTF-16LE", "\xff\xfe" + encodeUTF16(binary.LittleEndian, "s3crét\r\n"), "s3crét", nil},
		{"UTF-16BE", "\xfe\xff" + encodeUTF16(binary.BigEndian, "s3crét\n"), "s3crét", nil},
		{"UTF-16LE without a mark", encodeUTF16(binary.LittleEndian, "s3cret\r\n"), "s3cret", nil},
		{"UTF-16BE without a mark", encodeUTF16(binary.BigEndian, "s3cret"), "s3cret", nil},
		{"one character", "x", "x", nil},
		{"empty", "", "", secret.ErrEmpty},
		{"line end only", "\r\n", "", secret.ErrEmpty},
		{"byte order mark only", "\ufeff\n", "", secret.ErrEmpty},
		{"UTF-16 mark only", "\xff\xfe", "", secret.ErrEmpty},
		{"half a character", "\xff\xfes\x003", "", secret.ErrForm},
		{"half a pair", "\xff\xfe\x00\xd8", "", secret.ErrForm},
		{"NUL", "s3cret\x00", "", secret.ErrForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := secret.Parse([]byte(c.text))
			if string(got) != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", string(got), err, c.want, c.err)
			}
		})
	}
}

// The list is what an operator writes while one app secret replaces another.
func TestParseLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
		err        error
	}{
		{"one", "a\n", []string{"a"}, nil},
		{"two", "a\nb", []string{"a", "b"}, nil},
		{"Windows, blank lines and blanks", "\ufeffa \r\n\r\n  b\r\n", []string{"a", "b"}, nil},
		{"old line ends", "a\rb\r", []string{"a", "b"}, nil},
		{"UTF-16", "\xff\xfe" + encodeUTF16(binary.LittleEndian, "a\r\nb\r\n"), []string{"a", "b"}, nil},
		{"a comment is kept for Check", "# old\na", []string{"# old", "a"}, nil},
		{"empty", "", nil, secret.ErrEmpty},
		{"blank", " \r\n\t\n", nil, secret.ErrEmpty},
		{"binary", "a\x00b", nil, secret.ErrForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			list, err := secret.ParseLines([]byte(c.text))
			var got []string
			for _, value := range list {
				got = append(got, string(value))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v; (-want +got):\n%s", err, c.err, diff)
			}
		})
	}
}

// A file that Notepad saved, and the ways in which a file can fail. All errors name it.
func TestReadFile(t *testing.T) {
	t.Parallel()
	write := func(name, content string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const want = "0123456789abcdef0123456789abcdef"
	path := write("notepad", "\ufeff"+want+"\r\n")
	if got, err := secret.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("ReadFile: got %q, %v", string(got), err)
	}
	if got, err := secret.ReadLines(path); err != nil || len(got) != 1 || string(got[0]) != want {
		t.Errorf("ReadLines: got %d secrets, %v", len(got), err)
	}
	for _, c := range []struct {
		path string
		err  error
	}{
		{write("empty", "\n"), secret.ErrEmpty},
		{write("large", strings.Repeat("x", 64<<10+1)), secret.ErrForm},
		{filepath.Join(t.TempDir(), "missing"), os.ErrNotExist},
	} {
		_, err := secret.ReadFile(c.path)
		_, linesErr := secret.ReadLines(c.path)
		for _, err := range []error{err, linesErr} {
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.path) {
				t.Errorf("got %v, want %v with the path", err, c.err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "s3cret\r\n", "\ufeffs3cret", "\xff\xfes\x003\x00", "\xfe\xff\x00s", "a\nb\n", "\x00s"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := secret.Parse(text)
		if (err == nil) != (len(value) > 0) || err != nil && !errors.Is(err, secret.ErrEmpty) && !errors.Is(err, secret.ErrForm) {
			t.Fatalf("got %q, %v", string(value), err)
		}
		list, err := secret.ParseLines(text)
		if (err == nil) != (len(list) > 0) || err != nil && !errors.Is(err, secret.ErrEmpty) && !errors.Is(err, secret.ErrForm) {
			t.Fatalf("got %d secrets, %v", len(list), err)
		}
		for _, value := range list {
			if warning, err := secret.CheckAppSecret(value); warning != "" && err != nil {
				t.Fatalf("warning %q and error %v", warning, err)
			}
		}
	})
}
