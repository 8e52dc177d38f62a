package multirsa

import "math/bits"

// generic returns a kernel in plain Go. It specifies what the assembly does, and it runs
// the rest of this package on CPUs that have no AVX-512. It is slower than crypto/rsa:
// [New] never uses it.
func generic(lanes, window int) *kernel {
	mul := func(dst, a, b, m *vector, k0 *row) {
		for l := range lanes {
			x, y, modulus := a.digits(l, lanes), b.digits(l, lanes), m.digits(l, lanes)
			columns := multiplyDigits(&x, &y)
			for j, d := range reduceDigits(&columns, &modulus, k0[l]) {
				dst[j*lanes+l] = d
			}
		}
	}
	return &kernel{
		name:   "generic",
		lanes:  lanes,
		window: window,
		mul:    mul,
		square: func(dst, a, m *vector, k0 *row, _ *product) { mul(dst, a, a, m, k0) },
		pick: func(dst *vector, table *table, index *row, n int) {
			size := digits * lanes
			clear(dst[:size])
			for i := range n {
				entry := table[i*size : (i+1)*size]
				for l := range lanes {
					wanted := equalMask(index[l], uint64(i))
					for j := l; j < size; j += lanes {
						dst[j] |= entry[j] & wanted
					}
				}
			}
		},
	}
}

// digits returns the digits of one lane.
func (v *vector) digits(lane, lanes int) (x [digits]uint64) {
	for j := range x {
		x[j] = v[j*lanes+lane]
	}
	return x
}

// multiplyDigits returns the 40 columns of a·b. A column is a sum of halves of products:
// carries are not propagated yet.
func multiplyDigits(a, b *[digits]uint64) (columns [2 * digits]uint64) {
	for i, x := range a {
		addProduct(columns[i:], x, b)
	}
	return columns
}

// reduceDigits returns columns/R mod m. For each of the 20 low columns, it adds the multiple
// of m that makes the column zero modulo 2^52.
func reduceDigits(columns *[2 * digits]uint64, m *[digits]uint64, k0 uint64) (result [digits]uint64) {
	for i := range digits {
		y := columns[i] * k0 & digitMask
		addProduct(columns[i:], y, m)
		columns[i+1] += columns[i] >> digitBits
	}
	var carry uint64
	for j := range result {
		sum := columns[digits+j] + carry
		result[j], carry = sum&digitMask, sum>>digitBits
	}
	result[digits-1] |= carry << digitBits
	return result
}

// addProduct adds x·b to columns, for a digit x.
func addProduct(columns []uint64, x uint64, b *[digits]uint64) {
	columns = columns[:digits+1]
	for j, y := range b {
		high, low := bits.Mul64(x, y)
		columns[j] += low & digitMask
		columns[j+1] += high<<(64-digitBits) | low>>digitBits
	}
}

// equalMask returns all ones if a == b, else zero.
func equalMask(a, b uint64) uint64 {
	difference := a ^ b
	return (difference|-difference)>>63 - 1
}
