package crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// SealMedia encrypts a media file as a phone does before it uploads it to WhatsApp's CDN,
// writes the encrypted file to dst, and returns the key for [OpenMedia]. Keys and IV are
// fresh. The file is encrypted in pieces, which takes about 32 KiB of memory whatever its
// size; at most [MediaOverhead] bytes more than src has are written to dst.
//
// It is for tests and development: a server only opens such files. The error is that of
// src or dst; dst may then contain part of the file.
func SealMedia(dst io.Writer, src io.Reader) (MediaKey, error) {
	key := MediaKey{
		EncryptionKey: make([]byte, mediaKeySize),
		HMACKey:       make([]byte, mediaKeySize),
		IV:            make([]byte, aes.BlockSize),
	}
	for _, part := range [][]byte{key.EncryptionKey, key.HMACKey, key.IV} {
		_, _ = rand.Read(part) // never fails
	}
	if err := sealMedia(dst, src, &key); err != nil {
		return MediaKey{}, err
	}
	return key, nil
}

// sealMedia seals with the keys and the IV of key and adds the hashes to it.
func sealMedia(dst io.Writer, src io.Reader, key *MediaKey) error {
	block, err := aes.NewCipher(key.EncryptionKey)
	if err != nil {
		return fmt.Errorf("set up AES-256: %w", err)
	}
	cbc, mac := cipher.NewCBCEncrypter(block, key.IV), hmac.New(sha256.New, key.HMACKey)
	mac.Write(key.IV) // a hash never fails
	whole, plain := sha256.New(), sha256.New()
	buffer := make([]byte, mediaChunkSize)
	for last := false; !last; {
		// whole blocks, and room for the padding of the last piece
		n, err := io.ReadFull(src, buffer[:mediaChunkSize-aes.BlockSize])
		last = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("read the media file: %w", err)
		}
		plain.Write(buffer[:n])
		text := buffer[:n]
		if last {
			text = pad(text)
		}
		cbc.CryptBlocks(text, text)
		mac.Write(text)
		whole.Write(text)
		if err := writeMedia(dst, text); err != nil {
			return err
		}
	}
	trailer := mac.Sum(nil)[:mediaMACSize]
	whole.Write(trailer)
	key.EncryptedHash, key.PlaintextHash = whole.Sum(nil), plain.Sum(nil)
	return writeMedia(dst, trailer)
}

func writeMedia(dst io.Writer, text []byte) error {
	n, err := dst.Write(text)
	if err == nil && n < len(text) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("write the encrypted media file: %w", err)
	}
	return nil
}

// pad adds PKCS#7 padding. text must have the capacity for it.
func pad(text []byte) []byte {
	padding := aes.BlockSize - len(text)%aes.BlockSize
	for range padding {
		text = append(text, byte(padding))
	}
	return text
}
