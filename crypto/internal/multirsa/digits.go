package multirsa

import "encoding/binary"

// set makes x, below 2^1040, the number of one lane.
func (v *vector) set(lane, lanes int, x *nat) {
	for j := range digits {
		v[j*lanes+lane] = bitsAt(x[:], j*digitBits) & digitMask
	}
}

// get sets x to the number of one lane, whose digits are below 2^52.
func (v *vector) get(lane, lanes int, x *nat) {
	*x = nat{}
	for j := range digits {
		word, shift := j*digitBits/64, j*digitBits%64
		x[word] |= v[j*lanes+lane] << shift
		x[word+1] |= v[j*lanes+lane] >> (64 - shift) // Go shifts by 64 to zero
	}
}

// add sets v = v + w in every lane, with all digits below 2^52 again. The caller
// guarantees that the sums are below 2^1040.
func (v *vector) add(w *vector, lanes int) {
	var carry row
	for j := range digits {
		for l := range lanes {
			sum := v[j*lanes+l] + w[j*lanes+l] + carry[l]
			v[j*lanes+l], carry[l] = sum&digitMask, sum>>digitBits
		}
	}
}

// setCiphertext sets one lane of low and high to the parts of a big-endian ciphertext,
// which is high·2^1040 + low.
func setCiphertext(low, high *vector, lane, lanes int, ciphertext *[modulusSize]byte) {
	var c [modulusSize / 8]uint64
	for i := range c {
		c[len(c)-1-i] = binary.BigEndian.Uint64(ciphertext[8*i:])
	}
	for j := range digits {
		low[j*lanes+lane] = bitsAt(c[:], j*digitBits) & digitMask
		high[j*lanes+lane] = bitsAt(c[:], montBits+j*digitBits) & digitMask
	}
}

// bitsAt returns the 64 bits of x from bit i on, where i is public. Bits past the end of x
// are zero.
func bitsAt(x []uint64, i int) (b uint64) {
	word, shift := i/64, i%64
	if word < len(x) {
		b = x[word] >> shift
	}
	if word+1 < len(x) {
		b |= x[word+1] << (64 - shift) // Go shifts by 64 to zero
	}
	return b
}
