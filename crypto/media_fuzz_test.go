package crypto_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

func FuzzOpenMedia(f *testing.F) {
	for _, v := range mediaVectors(f) {
		if len(v.File) < 1000 {
			key := v.key()
			f.Add(v.File, key.EncryptionKey, key.HMACKey, key.IV, key.EncryptedHash, key.PlaintextHash)
		}
	}
	f.Fuzz(func(t *testing.T, file, encryptionKey, hmacKey, iv, encryptedHash, plaintextHash []byte) {
		key := flowcrypto.MediaKey{EncryptionKey: encryptionKey, HMACKey: hmacKey, IV: iv, EncryptedHash: encryptedHash, PlaintextHash: plaintextHash}
		var dst bytes.Buffer
		err := openMedia(&dst, file, key)
		switch {
		case err == nil:
			if got := sha256.Sum256(dst.Bytes()); !bytes.Equal(got[:], plaintextHash) {
				t.Fatal("opened to a clear file with another hash")
			}
		case dst.Len() > 0:
			t.Fatalf("%d bytes beside %v", dst.Len(), err)
		case !errors.Is(err, flowcrypto.ErrMalformed) && !errors.Is(err, flowcrypto.ErrMedia):
			t.Fatalf("error of no known kind: %v", err)
		}

		sealed, key := sealMedia(file) // what the fuzzer has as a file is a clear file as well
		dst.Reset()
		if err := openMedia(&dst, sealed, key); err != nil || !bytes.Equal(dst.Bytes(), file) {
			t.Fatalf("sealed and opened: got %d bytes of %d, %v", dst.Len(), len(file), err)
		}
	})
}

func BenchmarkOpenMedia(b *testing.B) {
	text := make([]byte, 1<<20)
	file, key := sealMedia(text)
	source := bytes.NewReader(file)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := flowcrypto.OpenMedia(io.Discard, source, int64(len(file)), key); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleOpenMedia() {
	file, key := exampleMedia() // from the CDN, and from the message's encryption_metadata
	var photo strings.Builder
	if err := flowcrypto.OpenMedia(&photo, bytes.NewReader(file), int64(len(file)), key); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(photo.String())

	file[0] ^= 0x01
	fmt.Println(flowcrypto.OpenMedia(io.Discard, bytes.NewReader(file), int64(len(file)), key))
	// Output:
	// hello flows
	// media file is corrupt: the hash of the encrypted file differs
}

func exampleMedia() ([]byte, flowcrypto.MediaKey) { return sealMedia([]byte("hello flows")) }
