package multirsa

import "math/bits"

const (
	modulusSize = 256 // bytes of n and of a ciphertext

	primeBits  = 1024 // of p and of q
	primeWords = primeBits / 64

	digits    = 20 // of a number in a lane
	digitBits = 52
	digitMask = 1<<digitBits - 1
	montBits  = digits * digitBits // R = 2^1040
)

// nat is a natural number below 2^1088, least significant word first: room for all 20
// digits of a lane. The time of its functions does not depend on the values.
type nat [primeWords + 1]uint64

// setBytes sets x to the big-endian number b, which must not be longer than x.
func (x *nat) setBytes(b []byte) {
	*x = nat{}
	for i := range b {
		x[i/8] |= uint64(b[len(b)-1-i]) << (i % 8 * 8)
	}
}

// add sets x = x + y. The caller guarantees that the sum fits.
func (x *nat) add(y *nat) {
	var carry uint64
	for i := range x {
		x[i], carry = bits.Add64(x[i], y[i], carry)
	}
}

// sub sets x = x - y modulo 2^1088 and returns 1 if x < y, else 0.
func (x *nat) sub(y *nat) (borrow uint64) {
	for i := range x {
		x[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	return borrow
}

// reduceOnce sets x = x - m unless x < m. It reduces an x < 2m modulo m.
func (x *nat) reduceOnce(m *nat) {
	difference := *x
	keep := -difference.sub(m) // all ones if x < m
	for i := range x {
		x[i] = x[i]&keep | difference[i]&^keep
	}
}

// shiftMod sets x = x·2^n mod m, for x < m.
func (x *nat) shiftMod(n int, m *nat) {
	for range n {
		x.add(x)
		x.reduceOnce(m)
	}
}

// radixMod returns R mod m, for an odd m of exactly 1024 bits.
func radixMod(m *nat) (x nat) {
	x.sub(m)
	x[primeWords] = 0 // 2^1024 - m, which is below m since m > 2^1023
	x.shiftMod(montBits-primeBits, m)
	return x
}

// negInverse returns -m⁻¹ mod 2^52 for an odd m. Newton's iteration doubles the number
// of correct low bits in each step; m is its own inverse in the lowest three.
func negInverse(m *nat) uint64 {
	inverse := m[0]
	for range 5 { // 6, 12, 24, 48, 96 bits
		inverse *= 2 - m[0]*inverse
	}
	return -inverse & digitMask
}

// mulAdd returns x·y + z for x, y and z below 2^1024, least significant word first. It
// fits: (2^1024-1)² + 2^1024-1 is below 2^2048.
func mulAdd(x, y, z *nat) (sum [2 * primeWords]uint64) {
	copy(sum[:], z[:primeWords])
	for i := range primeWords {
		var carry uint64
		for j := range primeWords {
			high, low := bits.Mul64(x[i], y[j])
			var c1, c2 uint64
			low, c1 = bits.Add64(low, sum[i+j], 0)
			low, c2 = bits.Add64(low, carry, 0)
			sum[i+j], carry = low, high+c1+c2
		}
		sum[i+primeWords] += carry
	}
	return sum
}
