package crypto_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// mediaVector is one case of media.json; encoding/json undoes the base64.
type mediaVector struct {
	Name     string `json:"name"`
	Expect   string `json:"expect"` // ok, corrupt or malformed
	File     []byte `json:"cdn_file"`
	Metadata struct {
		EncryptionKey []byte `json:"encryption_key"`
		HMACKey       []byte `json:"hmac_key"`
		IV            []byte `json:"iv"`
		EncryptedHash []byte `json:"encrypted_hash"`
		PlaintextHash []byte `json:"plaintext_hash"`
	} `json:"encryption_metadata"`
	PlaintextSHA256 []byte `json:"plaintext_sha256"`
}

func mediaVectors(tb testing.TB) []mediaVector {
	tb.Helper()
	text, err := os.ReadFile(vectortest.Path(tb, "vectors", "media.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var cases []mediaVector
	if err := json.Unmarshal(text, &cases); err != nil {
		tb.Fatal(err)
	}
	if len(cases) == 0 {
		tb.Fatal("media.json holds no case")
	}
	return cases
}

func (v mediaVector) key() flowcrypto.MediaKey { return flowcrypto.MediaKey(v.Metadata) }

// openMedia is OpenMedia of bytes.
func openMedia(dst io.Writer, file []byte, key flowcrypto.MediaKey) error {
	return flowcrypto.OpenMedia(dst, bytes.NewReader(file), int64(len(file)), key)
}

// sealPadded encrypts text that is padded already, as a WhatsApp client would,
// and takes the first clear bytes of it for the clear file.
func sealPadded(padded []byte, clearSize int) (file []byte, key flowcrypto.MediaKey) {
	key = flowcrypto.MediaKey{
		EncryptionKey: bytes.Repeat([]byte{0x11}, 32),
		HMACKey:       bytes.Repeat([]byte{0x22}, 32),
		IV:            bytes.Repeat([]byte{0x33}, 16),
	}
	block, err := aes.NewCipher(key.EncryptionKey)
	if err != nil {
		panic(err)
	}
	plain := sha256.Sum256(padded[:clearSize])
	file = make([]byte, len(padded), len(padded)+10)
	cipher.NewCBCEncrypter(block, key.IV).CryptBlocks(file, padded)
	mac := hmac.New(sha256.New, key.HMACKey)
	mac.Write(key.IV)
	mac.Write(file)
	file = append(file, mac.Sum(nil)[:10]...)
	whole := sha256.Sum256(file)
	key.EncryptedHash, key.PlaintextHash = whole[:], plain[:]
	return file, key
}

func sealMedia(text []byte) (file []byte, key flowcrypto.MediaKey) {
	n := aes.BlockSize - len(text)%aes.BlockSize
	return sealPadded(append(bytes.Clone(text), bytes.Repeat([]byte{byte(n)}, n)...), len(text))
}

func TestOpenMediaVectors(t *testing.T) {
	t.Parallel()
	for _, v := range mediaVectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var dst bytes.Buffer
			err := openMedia(&dst, v.File, v.key())
			switch v.Expect {
			case "ok":
				if err != nil {
					t.Fatalf("open: %v", err)
				}
				if got := sha256.Sum256(dst.Bytes()); !bytes.Equal(got[:], v.PlaintextSHA256) {
					t.Errorf("got a clear file of %d bytes with another hash", dst.Len())
				}
			case "corrupt":
				if !errors.Is(err, flowcrypto.ErrMedia) || dst.Len() > 0 {
					t.Errorf("got %d bytes, %v; want ErrMedia alone", dst.Len(), err)
				}
			case "malformed":
				if !errors.Is(err, flowcrypto.ErrMalformed) || dst.Len() > 0 {
					t.Errorf("got %d bytes, %v; want ErrMalformed alone", dst.Len(), err)
				}
			default:
				t.Fatalf("expects %q, which this test does not know", v.Expect)
			}
		})
	}
}

// TestOpenMediaPublished checks the vector that the protocol's documentation was
// checked with, and with it the sealing of these tests.
func TestOpenMediaPublished(t *testing.T) {
	t.Parallel()
	file, key := sealMedia([]byte("hello flows"))
	got, err := json.Marshal(map[string][]byte{"file": file, "encrypted": key.EncryptedHash, "plain": key.PlaintextHash})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"encrypted":"7Q/VUD71CtFYk4iSl85XNS+15qsf7CsiaCuP1/DiB+4=","file":"9kWcoX7IrxpZkJi7GWIvB+Cw+SB26D6yTfM=",` +
		`"plain":"xPbQEs+ebhYUb8gWp+YW1J2div3avKrx9LSI775N6dw="}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("sealed (-want +got):\n%s", diff)
	}
	var dst bytes.Buffer
	if err := openMedia(&dst, file, key); err != nil || dst.String() != "hello flows" {
		t.Errorf("got %q, %v", dst.String(), err)
	}
}

func TestOpenMediaSizes(t *testing.T) {
	t.Parallel()
	const chunk = 32 << 10
	for _, size := range []int{0, 1, 15, 16, 17, chunk - 17, chunk - 16, chunk - 1, chunk, chunk + 1, 3*chunk + 5} {
		text := bytes.Repeat([]byte("media"), size/5+1)[:size]
		file, key := sealMedia(text)
		if over := len(file) - size; over > flowcrypto.MediaOverhead {
			t.Errorf("size %d: the file is %d bytes longer, more than MediaOverhead", size, over)
		}
		var dst bytes.Buffer
		if err := openMedia(&dst, file, key); err != nil || !bytes.Equal(dst.Bytes(), text) {
			t.Errorf("size %d: got %d bytes, %v", size, dst.Len(), err)
		}
	}
}

// TestOpenMediaCorrupt repairs the hash after each change, so that it is the check
// named which refuses the file.
func TestOpenMediaCorrupt(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	rehash := func(file []byte, key *flowcrypto.MediaKey) {
		sum := sha256.Sum256(file)
		key.EncryptedHash = sum[:]
	}
	flip := func(b []byte, at int) { b[(at+len(b))%len(b)] ^= 0x01 }
	for _, c := range []struct {
		name   string
		change func(file []byte, key *flowcrypto.MediaKey) []byte
		want   string
	}{
		{"first block", func(file []byte, _ *flowcrypto.MediaKey) []byte { flip(file, 0); return file }, "hash of the encrypted file"},
		{"trailer", func(file []byte, _ *flowcrypto.MediaKey) []byte { flip(file, -1); return file }, "hash of the encrypted file"},
		{"encrypted hash", func(file []byte, key *flowcrypto.MediaKey) []byte { flip(key.EncryptedHash, 31); return file }, "hash of the encrypted file"},
		{"first block, hash repaired", func(file []byte, key *flowcrypto.MediaKey) []byte {
			flip(file, 0)
			rehash(file, key)
			return file
		}, "HMAC"},
		{"middle, hash repaired", func(file []byte, key *flowcrypto.MediaKey) []byte {
			flip(file, len(file)/2)
			rehash(file, key)
			return file
		}, "HMAC"},
		{"last block, hash repaired", func(file []byte, key *flowcrypto.MediaKey) []byte {
			flip(file, -11)
			rehash(file, key)
			return file
		}, "HMAC"},
		{"first byte of the HMAC, hash repaired", func(file []byte, key *flowcrypto.MediaKey) []byte {
			flip(file, -10)
			rehash(file, key)
			return file
		}, "HMAC"},
		{"last byte of the HMAC, hash repaired", func(file []byte, key *flowcrypto.MediaKey) []byte {
			flip(file, -1)
			rehash(file, key)
			return file
		}, "HMAC"},
		{"IV", func(file []byte, key *flowcrypto.MediaKey) []byte { flip(key.IV, 0); return file }, "HMAC"},
		{"HMAC key", func(file []byte, key *flowcrypto.MediaKey) []byte { flip(key.HMACKey, 0); return file }, "HMAC"},
		{"encryption key", func(file []byte, key *flowcrypto.MediaKey) []byte { flip(key.EncryptionKey, 0); return file }, "clear file"},
		{"plaintext hash", func(file []byte, key *flowcrypto.MediaKey) []byte { flip(key.PlaintextHash, 0); return file }, "clear file"},
		{"one byte short", func(file []byte, key *flowcrypto.MediaKey) []byte {
			file = file[:len(file)-1]
			rehash(file, key)
			return file
		}, "whole blocks"},
		{"trailer alone", func(file []byte, key *flowcrypto.MediaKey) []byte {
			file = file[len(file)-10:]
			rehash(file, key)
			return file
		}, "whole blocks"},
		{"nothing", func([]byte, *flowcrypto.MediaKey) []byte { return nil }, "whole blocks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, key := sealMedia(text)
			file = c.change(file, &key)
			var dst bytes.Buffer
			err := openMedia(&dst, file, key)
			if !errors.Is(err, flowcrypto.ErrMedia) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want ErrMedia about %q", err, c.want)
			}
			if dst.Len() > 0 {
				t.Errorf("%d bytes were written of a corrupt file", dst.Len())
			}
		})
	}
}

// TestOpenMediaPadding takes files whose hashes and HMAC are right and whose last
// block alone is wrong, at every byte.
func TestOpenMediaPadding(t *testing.T) {
	t.Parallel()
	check := func(padding []byte, clearSize int) error {
		file, key := sealPadded(append(bytes.Repeat([]byte{0xAA}, 32-len(padding)), padding...), clearSize)
		return openMedia(io.Discard, file, key)
	}
	for n := 1; n <= 16; n++ {
		good := bytes.Repeat([]byte{byte(n)}, n)
		if err := check(good, 32-n); err != nil {
			t.Errorf("padding of %d: %v", n, err)
		}
		for at := range n {
			bad := bytes.Clone(good)
			bad[at] ^= 0x40
			// neither the clear file without padding nor with it may pass
			for _, clearSize := range []int{32 - n, 32} {
				if err := check(bad, clearSize); !errors.Is(err, flowcrypto.ErrMedia) {
					t.Errorf("padding of %d wrong at %d: got %v, want ErrMedia", n, at, err)
				}
			}
		}
	}
	for _, last := range []byte{0, 17, 32, 255} {
		if err := check(bytes.Repeat([]byte{last}, 16), 32); !errors.Is(err, flowcrypto.ErrMedia) {
			t.Errorf("padding byte %d: got %v, want ErrMedia", last, err)
		}
	}
}

func TestOpenMediaKeySizes(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]func(*flowcrypto.MediaKey) *[]byte{
		"encryption_key": func(k *flowcrypto.MediaKey) *[]byte { return &k.EncryptionKey },
		"hmac_key":       func(k *flowcrypto.MediaKey) *[]byte { return &k.HMACKey },
		"iv":             func(k *flowcrypto.MediaKey) *[]byte { return &k.IV },
		"encrypted_hash": func(k *flowcrypto.MediaKey) *[]byte { return &k.EncryptedHash },
		"plaintext_hash": func(k *flowcrypto.MediaKey) *[]byte { return &k.PlaintextHash },
	} {
		file, key := sealMedia([]byte("hello flows"))
		whole := part(&key)
		for _, wrong := range [][]byte{nil, (*whole)[1:], append(bytes.Clone(*whole), 0)} {
			want := flowcrypto.MediaKeyError{Field: name, Size: len(wrong), Want: len(*whole)}
			changed := key
			*part(&changed) = wrong
			err := openMedia(io.Discard, file, changed)
			got, ok := errors.AsType[*flowcrypto.MediaKeyError](err)
			if !ok || *got != want || !errors.Is(err, flowcrypto.ErrMalformed) {
				t.Errorf("%s of %d bytes: got %v, want %v", name, len(wrong), err, &want)
			}
		}
	}
}

var errDisk = errors.New("disk is broken")

type brokenWriter struct{ short bool }

func (w brokenWriter) Write(p []byte) (int, error) {
	if w.short {
		return len(p) - 1, nil
	}
	return 0, errDisk
}

// changingFile has other bytes from the second reading of its beginning on.
type changingFile struct {
	io.ReaderAt
	starts int
}

func (f *changingFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, off)
	if off == 0 {
		if f.starts++; f.starts == 3 {
			p[0] ^= 0x01
		}
	}
	return n, err
}

func TestOpenMediaIO(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("x"), 100_000)
	file, key := sealMedia(text)
	size := int64(len(file))
	source := bytes.NewReader(file)
	for _, c := range []struct {
		name string
		open func() error
		want error
	}{
		{"writer fails", func() error { return flowcrypto.OpenMedia(brokenWriter{}, source, size, key) }, errDisk},
		{"writer takes less", func() error { return flowcrypto.OpenMedia(brokenWriter{short: true}, source, size, key) }, io.ErrShortWrite},
		{"file shorter than its size", func() error {
			return flowcrypto.OpenMedia(io.Discard, bytes.NewReader(file[:50_000]), size, key)
		}, io.ErrUnexpectedEOF},
		{"file fails", func() error {
			return flowcrypto.OpenMedia(io.Discard, brokenReaderAt{}, size, key)
		}, iotest.ErrTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if err := c.open(); !errors.Is(err, c.want) || errors.Is(err, flowcrypto.ErrMedia) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("file changes", func(t *testing.T) {
		t.Parallel()
		var dst bytes.Buffer
		err := flowcrypto.OpenMedia(&dst, &changingFile{ReaderAt: source}, size, key)
		if !errors.Is(err, flowcrypto.ErrMedia) || dst.Len() == 0 || dst.Len() >= len(text) {
			t.Errorf("got %d bytes of %d, %v; want ErrMedia and the end held back", dst.Len(), len(text), err)
		}
	})
}

type brokenReaderAt struct{}

func (brokenReaderAt) ReadAt([]byte, int64) (int, error) { return 0, iotest.ErrTimeout }

// TestOpenMediaMemory opens a file larger than WhatsApp allows. It runs alone, for
// it counts what the whole process allocates.
func TestOpenMediaMemory(t *testing.T) { //nolint:paralleltest // see above
	const size = 30 << 20
	sealed, key := sealMedia(make([]byte, size))
	path := filepath.Join(t.TempDir(), "cdn_file")
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	written := &countingWriter{}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = flowcrypto.OpenMedia(written, file, int64(len(sealed)), key)
	runtime.ReadMemStats(&after)
	if err != nil || written.bytes != size {
		t.Fatalf("got %d bytes, %v", written.bytes, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("allocated %d bytes in all for a file of %d", got, size)
	}
}

type countingWriter struct{ bytes int }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return len(p), nil
}

func TestMediaKeyPrintsNothing(t *testing.T) {
	t.Parallel()
	key := flowcrypto.MediaKey{
		EncryptionKey: []byte("SECRET"), HMACKey: []byte("SECRET"), IV: []byte("SECRET"),
		EncryptedHash: []byte("SECRET"), PlaintextHash: []byte("SECRET"),
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", key, struct{ Key *flowcrypto.MediaKey }{&key}.Key)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("media", slog.Any("key", key))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("media", slog.Any("form", map[string]any{"key": key}))
	for _, secret := range []string{"SECRET", fmt.Sprintf("%x", "SECRET"), "83 69 67", "U0VDUkVU"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed %q:\n%s", secret, out.String())
		}
	}
	if got := strings.Count(out.String(), "crypto.MediaKey"); got != 16 {
		t.Errorf("the type is named %d times, want 16:\n%s", got, out.String())
	}
}
