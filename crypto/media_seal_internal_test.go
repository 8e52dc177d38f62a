package crypto

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/vectortest"
)

// TestSealMediaVectors opens each good file of media.json and seals it again with its
// own keys.
func TestSealMediaVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(vectortest.Path(t, "vectors", "media.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Expect string
		File         []byte `json:"cdn_file"`
		Metadata     struct {
			EncryptionKey []byte `json:"encryption_key"`
			HMACKey       []byte `json:"hmac_key"`
			IV            []byte `json:"iv"`
			EncryptedHash []byte `json:"encrypted_hash"`
			PlaintextHash []byte `json:"plaintext_hash"`
		} `json:"encryption_metadata"`
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	sealed := 0
	for _, c := range cases {
		if c.Expect != "ok" {
			continue
		}
		sealed++
		key := MediaKey(c.Metadata)
		var plain, again bytes.Buffer
		if err := OpenMedia(&plain, bytes.NewReader(c.File), int64(len(c.File)), key); err != nil {
			t.Fatal(err)
		}
		got := MediaKey{EncryptionKey: key.EncryptionKey, HMACKey: key.HMACKey, IV: key.IV}
		if err := sealMedia(&again, &plain, &got); err != nil || !bytes.Equal(again.Bytes(), c.File) {
			t.Errorf("%s: got %d bytes that differ from the %d of the file, %v", c.Name, again.Len(), len(c.File), err)
		}
		if diff := cmp.Diff(fmt.Sprintf("%x %x", key.EncryptedHash, key.PlaintextHash), fmt.Sprintf("%x %x", got.EncryptedHash, got.PlaintextHash)); diff != "" {
			t.Errorf("%s: hashes (-want +got):\n%s", c.Name, diff)
		}
	}
	if sealed == 0 {
		t.Error("media.json has no good file")
	}
}

// roundTrip seals a file and opens it again.
func roundTrip(tb testing.TB, text []byte) MediaKey {
	tb.Helper()
	var file, plain bytes.Buffer
	key, err := SealMedia(&file, iotest.HalfReader(bytes.NewReader(text)))
	if err != nil {
		tb.Fatal(err)
	}
	if over := file.Len() - len(text); over > MediaOverhead {
		tb.Errorf("%d bytes: the sealed file has %d more, want at most %d", len(text), over, MediaOverhead)
	}
	if err := OpenMedia(&plain, bytes.NewReader(file.Bytes()), int64(file.Len()), key); err != nil || !bytes.Equal(plain.Bytes(), text) {
		tb.Errorf("%d bytes: got %d bytes, %v", len(text), plain.Len(), err)
	}
	return key
}

func TestSealMediaSizes(t *testing.T) {
	t.Parallel()
	const piece = mediaChunkSize - 16
	for _, size := range []int{0, 1, 15, 16, 17, piece - 1, piece, piece + 1, mediaChunkSize, 3*piece + 5} {
		roundTrip(t, bytes.Repeat([]byte("m"), size))
	}
}

func TestSealMediaFresh(t *testing.T) {
	t.Parallel()
	a, b := roundTrip(t, []byte("photo")), roundTrip(t, []byte("photo"))
	if bytes.Equal(a.EncryptionKey, b.EncryptionKey) || bytes.Equal(a.HMACKey, b.HMACKey) || bytes.Equal(a.IV, b.IV) {
		t.Error("two files have a key or an IV in common")
	}
}

type shortWriter struct{ room int }

func (w *shortWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	w.room -= n
	return n, nil
}

func TestSealMediaErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := SealMedia(io.Discard, io.MultiReader(strings.NewReader("photo"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("a broken reader: got %v", err)
	}
	for _, room := range []int{0, 16, 20} { // the trailer does not fit either
		key, err := SealMedia(&shortWriter{room}, strings.NewReader("photo"))
		if !errors.Is(err, io.ErrShortWrite) || key.EncryptionKey != nil {
			t.Errorf("room for %d bytes: got %v and a key of %d bytes", room, err, len(key.EncryptionKey))
		}
	}
}

func FuzzSealMedia(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("hello flows"))
	f.Add(bytes.Repeat([]byte("0123456789abcdef"), 2048))
	f.Fuzz(func(t *testing.T, text []byte) { roundTrip(t, text) })
}
