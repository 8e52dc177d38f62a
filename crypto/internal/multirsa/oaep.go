package multirsa

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
)

const seedSize = sha256.Size

// decodeOAEP removes the padding of RSA-OAEP with SHA-256, MGF1 with SHA-256 and an empty
// label (RFC 8017, section 7.1.2) from message, which it overwrites. valid is 1 if the
// encoding is valid, and plaintext then points into message; otherwise valid is 0 and
// plaintext means nothing. The time does not depend on the contents of message.
func decodeOAEP(message *[modulusSize]byte) (plaintext []byte, valid int) {
	seed, block := message[1:1+seedSize], message[1+seedSize:]
	xorMGF1(seed, block)
	xorMGF1(block, seed)

	label := sha256.Sum256(nil)
	valid = subtle.ConstantTimeByteEq(message[0], 0)
	valid &= subtle.ConstantTimeCompare(block[:sha256.Size], label[:])

	// zeros, a one, and the plaintext
	padded := block[sha256.Size:]
	searching, start := 1, 0
	for i, b := range padded {
		zero, one := subtle.ConstantTimeByteEq(b, 0), subtle.ConstantTimeByteEq(b, 1)
		start = subtle.ConstantTimeSelect(searching&one, i+1, start)
		valid &= 1 ^ searching&^(zero|one)
		searching &^= one
	}
	valid &^= searching
	return padded[start:], valid
}

// xorMGF1 sets dst to dst XOR MGF1(seed).
func xorMGF1(dst, seed []byte) {
	var input [modulusSize]byte
	n := copy(input[:], seed)
	for counter := uint32(0); len(dst) > 0; counter++ {
		binary.BigEndian.PutUint32(input[n:], counter)
		mask := sha256.Sum256(input[:n+4])
		dst = dst[subtle.XORBytes(dst, dst, mask[:]):]
	}
}
