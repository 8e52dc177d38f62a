package client

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"slices"

	"github.com/flowserver/flowserver/client/mistake"
)

// otherMode decrypts data by AES in a mode other than GCM.
func (s seal) otherMode(data []byte) ([]mistake.ID, bool) {
	for _, body := range [][]byte{data, data[min(len(data), aes.BlockSize):]} { // or behind an IV
		sent := data[:len(data)-len(body)]
		for _, iv := range [][]byte{inverted(s.iv), s.iv, make([]byte, aes.BlockSize), sent} {
			if len(iv) != aes.BlockSize {
				continue
			}
			for _, mode := range modes() {
				if yieldsAnswer(body, func(data []byte) []byte { return mode.decrypt(s.block, iv, data) }) {
					return []mistake.ID{mode.mistake}, true
				}
			}
		}
	}
	for _, iv := range [][]byte{inverted(s.iv), s.iv} {
		for size := 7; size <= min(13, len(iv)); size++ { // of the nonces that CCM takes; a fault may have cut the IV
			if yieldsAnswer(data, func(data []byte) []byte { return decryptCCM(s.block, iv[:size], data) }) {
				return []mistake.ID{mistake.ModeCCM}, true
			}
		}
	}
	if yieldsAnswer(data, func(data []byte) []byte { return decryptECB(s.block, data) }) {
		return []mistake.ID{mistake.ModeECB}, true
	}
	return nil, false
}

// yieldsAnswer reports whether data decrypts to an answer. In nearly all other cases the
// first block is enough to tell.
func yieldsAnswer(data []byte, decrypt func([]byte) []byte) bool {
	first := decrypt(data[:min(len(data), aes.BlockSize)])
	if len(first) == 0 || first[0] != '{' {
		return false
	}
	_, ok := answerSize(decrypt(data))
	return ok
}

// mode is a mode of AES with an IV of a block.
type mode struct {
	mistake mistake.ID
	decrypt func(block cipher.Block, iv, data []byte) []byte // returns nil if data has the wrong size
}

func modes() []mode {
	return []mode{
		{mistake.ModeCTR, decryptCTR},
		{mistake.ModeCBC, decryptCBC},
		{mistake.ModeCFB, func(block cipher.Block, iv, data []byte) []byte { return decryptCFB(block, iv, data, aes.BlockSize) }},
		{mistake.ModeCFB, func(block cipher.Block, iv, data []byte) []byte { return decryptCFB(block, iv, data, 1) }}, // CFB8
		{mistake.ModeOFB, decryptOFB},
	}
}

func decryptCTR(block cipher.Block, iv, data []byte) []byte {
	text := make([]byte, len(data))
	cipher.NewCTR(block, iv).XORKeyStream(text, data)
	return text
}

func decryptCBC(block cipher.Block, iv, data []byte) []byte {
	if len(data)%aes.BlockSize != 0 {
		return nil
	}
	text := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, data)
	return text
}

func decryptECB(block cipher.Block, data []byte) []byte {
	if len(data)%aes.BlockSize != 0 {
		return nil
	}
	text := make([]byte, len(data))
	for i := 0; i < len(data); i += aes.BlockSize {
		block.Decrypt(text[i:], data[i:])
	}
	return text
}

// decryptCFB shifts segments of the given size, of bytes, into the register.
func decryptCFB(block cipher.Block, iv, data []byte, segment int) []byte {
	text, register, stream := make([]byte, len(data)), slices.Clone(iv), make([]byte, aes.BlockSize)
	for i := 0; i < len(data); i += segment {
		block.Encrypt(stream, register)
		read := data[i:min(i+segment, len(data))]
		subtle.XORBytes(text[i:], read, stream)
		register = append(register[len(read):], read...)
	}
	return text
}

func decryptOFB(block cipher.Block, iv, data []byte) []byte {
	text, stream := make([]byte, len(data)), slices.Clone(iv)
	for i := 0; i < len(data); i += aes.BlockSize {
		block.Encrypt(stream, stream)
		subtle.XORBytes(text[i:], data[i:], stream)
	}
	return text
}

// decryptCCM is AES-CTR with the first counter of CCM (RFC 3610, 2.3).
func decryptCCM(block cipher.Block, nonce, data []byte) []byte {
	counter := make([]byte, aes.BlockSize)
	counter[0] = byte((aes.BlockSize - 2 - len(nonce)) & 0xff)
	copy(counter[1:], nonce)
	counter[aes.BlockSize-1] = 1
	return decryptCTR(block, counter, data) //nolint:gosec // it decrypts, from the counter that CCM defines
}
