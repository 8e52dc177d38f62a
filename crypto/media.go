package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
)

const (
	mediaKeySize   = 32 // AES-256, and the HMAC key
	mediaMACSize   = 10 // of the HMAC's 32 bytes
	mediaChunkSize = 32 << 10
)

// MediaOverhead is the most bytes by which an encrypted media file is longer than the
// original: a block of padding and the trailer.
const MediaOverhead = aes.BlockSize + mediaMACSize

// ErrMedia means that an encrypted media file does not match its [MediaKey]: a hash or
// the HMAC differs, or its size or padding is impossible.
var ErrMedia = errors.New("media file is corrupt")

// MediaKey is what WhatsApp sends with a picked photo or document to decrypt and check it
// (Meta, "Media upload", April 15, 2026), decoded from base64. Its contents are never
// printed, not even in JSON.
type MediaKey struct {
	EncryptionKey []byte // AES-256, 32 bytes
	HMACKey       []byte // 32 bytes
	IV            []byte // 16 bytes
	EncryptedHash []byte // SHA-256 of the encrypted file with its trailer, 32 bytes
	PlaintextHash []byte // SHA-256 of the original file, 32 bytes
}

// MediaKeyError reports which part of a [MediaKey] has a wrong size. It is an
// [ErrMalformed].
type MediaKeyError struct {
	Field      string // as WhatsApp calls it, for example "encryption_key"
	Size, Want int    // bytes
}

func (e *MediaKeyError) Error() string {
	return fmt.Sprintf("malformed media key: %s has %d bytes, want %d", e.Field, e.Size, e.Want)
}

// Is makes it an [ErrMalformed].
func (e *MediaKeyError) Is(target error) bool { return target == ErrMalformed }

// Validate checks the sizes of all parts. The error is a [*MediaKeyError].
func (k MediaKey) Validate() error {
	for _, part := range []struct {
		name  string
		value []byte
		want  int
	}{
		{"encryption_key", k.EncryptionKey, mediaKeySize},
		{"hmac_key", k.HMACKey, mediaKeySize},
		{"iv", k.IV, aes.BlockSize},
		{"encrypted_hash", k.EncryptedHash, sha256.Size},
		{"plaintext_hash", k.PlaintextHash, sha256.Size},
	} {
		if len(part.value) != part.want {
			return &MediaKeyError{Field: part.name, Size: len(part.value), Want: part.want}
		}
	}
	return nil
}

// Format keeps the keys out of every fmt verb.
func (k MediaKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "crypto.MediaKey") }

// LogValue keeps the keys out of logs.
func (k MediaKey) LogValue() slog.Value { return slog.StringValue("crypto.MediaKey") }

// MarshalJSON keeps the keys out of JSON. To store them, use the fields.
func (k MediaKey) MarshalJSON() ([]byte, error) { return []byte(`"crypto.MediaKey"`), nil }

// OpenMedia verifies and decrypts an encrypted media file of size bytes from WhatsApp's
// CDN, and writes the original file to dst. The file is AES-256-CBC ciphertext with
// PKCS#7 padding and, at its end, the first 10 bytes of the HMAC-SHA256 over IV and
// ciphertext.
//
// Nothing is written to dst before everything has been verified: the hash of the file,
// the HMAC, the padding and the hash of the original file. For this the file is read
// three times, in pieces, which takes about 100 KiB of memory whatever the size of the
// file.
//
// Errors: a [*MediaKeyError], which is an [ErrMalformed], if a part of key has
// the wrong size; [ErrMedia] if the file does not match key; otherwise the error of file
// or dst. If dst failed, it may contain part of the original file. With ErrMedia it may
// contain part of it, but not its end, if the file was changed while it was read.
func OpenMedia(dst io.Writer, file io.ReaderAt, size int64, key MediaKey) error {
	if err := key.Validate(); err != nil {
		return err
	}
	length := size - mediaMACSize
	if length < aes.BlockSize || length%aes.BlockSize != 0 {
		return fmt.Errorf("%w: expected whole blocks and a trailer, got %d bytes", ErrMedia, size)
	}
	block, err := aes.NewCipher(key.EncryptionKey)
	if err != nil {
		return fmt.Errorf("set up AES-256: %w", err)
	}
	m := &mediaFile{file: file, length: length, key: key, block: block}
	if err := m.authenticate(); err != nil {
		return err
	}
	if err := m.decrypt(io.Discard); err != nil {
		return err
	}
	return m.decrypt(dst)
}

// mediaFile is an encrypted file: length bytes of ciphertext, and the trailer.
type mediaFile struct {
	file   io.ReaderAt
	length int64
	key    MediaKey
	block  cipher.Block
}

// authenticate checks the hash of the file and its HMAC.
func (m *mediaFile) authenticate() error {
	whole, mac := sha256.New(), hmac.New(sha256.New, m.key.HMACKey)
	mac.Write(m.key.IV) // a hash never fails
	read, err := io.Copy(io.MultiWriter(whole, mac), io.NewSectionReader(m.file, 0, m.length))
	if err == nil && read < m.length {
		err = io.ErrUnexpectedEOF
	}
	trailer := make([]byte, mediaMACSize)
	if err == nil {
		_, err = io.ReadFull(io.NewSectionReader(m.file, m.length, mediaMACSize), trailer)
	}
	if err != nil {
		return fmt.Errorf("read the encrypted media file: %w", err)
	}
	whole.Write(trailer)
	switch {
	case !hmac.Equal(whole.Sum(nil), m.key.EncryptedHash):
		return fmt.Errorf("%w: the hash of the encrypted file differs", ErrMedia)
	case !hmac.Equal(mac.Sum(nil)[:mediaMACSize], trailer):
		return fmt.Errorf("%w: the HMAC differs", ErrMedia)
	}
	return nil
}

// decrypt writes the original file to dst, the last piece only after the padding and the
// hash were checked.
func (m *mediaFile) decrypt(dst io.Writer) error {
	cbc, plain := cipher.NewCBCDecrypter(m.block, m.key.IV), sha256.New()
	ciphertext := io.NewSectionReader(m.file, 0, m.length)
	buffer := make([]byte, min(mediaChunkSize, m.length))
	for left := m.length; left > 0; {
		text := buffer[:min(mediaChunkSize, left)]
		left -= int64(len(text))
		if _, err := io.ReadFull(ciphertext, text); err != nil {
			return fmt.Errorf("read the encrypted media file: %w", err)
		}
		cbc.CryptBlocks(text, text)
		padded := 1
		if left == 0 {
			text, padded = unpad(text)
		}
		plain.Write(text)
		if left == 0 && padded&equal(plain, m.key.PlaintextHash) == 0 {
			return fmt.Errorf("%w: the padding or the hash of the clear file differs", ErrMedia)
		}
		n, err := dst.Write(text)
		if err == nil && n < len(text) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return fmt.Errorf("write the clear media file: %w", err)
		}
	}
	return nil
}

// equal returns 1 if the sum of h is sum, else 0.
func equal(h hash.Hash, sum []byte) int { return subtle.ConstantTimeCompare(h.Sum(nil), sum) }

// unpad removes PKCS#7 padding from text. It looks at every byte, in constant time. If
// the padding is wrong, it removes nothing and ok is 0.
func unpad(text []byte) (unpadded []byte, ok int) {
	last := text[len(text)-1]
	ok = subtle.ConstantTimeLessOrEq(1, int(last)) & subtle.ConstantTimeLessOrEq(int(last), aes.BlockSize)
	for i := 1; i <= aes.BlockSize; i++ {
		outside := subtle.ConstantTimeLessOrEq(int(last)+1, i)
		ok &= outside | subtle.ConstantTimeByteEq(text[len(text)-i], last)
	}
	return text[:len(text)-subtle.ConstantTimeSelect(ok, int(last), 0)], ok
}
