package media_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// address is where the items of these tests are; what must never be printed of it,
// or of their keys, says so.
const address = "https://cdn.example.com/v/SECRET-path?oh=SECRET"

// seal encrypts a file as a phone does.
func seal(text []byte) (file []byte, item media.Item) {
	keys := media.EncryptionMetadata{
		EncryptionKey: bytes.Repeat([]byte("K"), 32),
		HMACKey:       bytes.Repeat([]byte("H"), 32),
		IV:            bytes.Repeat([]byte("I"), 16),
	}
	block, err := aes.NewCipher(keys.EncryptionKey)
	if err != nil {
		panic(err)
	}
	n := aes.BlockSize - len(text)%aes.BlockSize
	file = make([]byte, 0, len(text)+n+10)
	file = append(append(file, text...), bytes.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(block, keys.IV).CryptBlocks(file, file)
	mac := hmac.New(sha256.New, keys.HMACKey)
	mac.Write(keys.IV)
	mac.Write(file)
	file = append(file, mac.Sum(nil)[:10]...)
	whole, plain := sha256.Sum256(file), sha256.Sum256(text)
	keys.EncryptedHash, keys.PlaintextHash = whole[:], plain[:]
	return file, media.Item{MediaID: "790aba14", CDNURL: address, FileName: "IMG_5237.jpg", EncryptionMetadata: keys}
}

// vector is one case of media.json.
type vector struct {
	Name            string                   `json:"name"`
	Expect          string                   `json:"expect"` // ok, corrupt or malformed
	File            []byte                   `json:"cdn_file"`
	Metadata        media.EncryptionMetadata `json:"encryption_metadata"`
	PlaintextSHA256 []byte                   `json:"plaintext_sha256"`
}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	text, err := os.ReadFile(vectortest.Path(tb, "vectors", "media.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var cases []vector
	if err := json.Unmarshal(text, &cases); err != nil {
		tb.Fatal(err)
	}
	if len(cases) == 0 {
		tb.Fatal("media.json holds no case")
	}
	return cases
}

// serve starts a CDN at *.example.com and a downloader for it, as change has it.
func serve(tb testing.TB, cdn http.HandlerFunc, change func(*media.Config)) *media.Downloader {
	tb.Helper()
	server := httptest.NewTLSServer(cdn)
	tb.Cleanup(server.Close)
	cfg := media.Config{Hosts: []string{".example.com"}, TempDir: tb.TempDir(), InsecureTransport: server.Client().Transport}
	if change != nil {
		change(&cfg)
	}
	tb.Cleanup(func() {
		if left, err := os.ReadDir(cfg.TempDir); err != nil || len(left) > 0 {
			tb.Errorf("left in TempDir: %v, %v", left, err)
		}
	})
	return newDownloader(tb, cfg)
}

func newDownloader(tb testing.TB, cfg media.Config) *media.Downloader {
	tb.Helper()
	d, err := media.NewDownloader(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// file answers every request with a file.
func file(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }
}
