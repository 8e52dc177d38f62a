package multirsa

import (
	"math/big"
	"testing"
)

// edges returns numbers below 2^bits that arithmetic gets wrong first, and random ones.
func edges(bits uint) []*big.Int {
	top := new(big.Int).Lsh(big.NewInt(1), bits)
	numbers := []*big.Int{
		big.NewInt(0), big.NewInt(1), big.NewInt(digitMask), big.NewInt(digitMask + 1),
		new(big.Int).Rsh(top, 1), new(big.Int).Sub(top, big.NewInt(1)), new(big.Int).Sub(top, big.NewInt(digitMask+1)),
	}
	for range 8 {
		numbers = append(numbers, randomBelow(top))
	}
	return numbers
}

func TestNatAgainstBig(t *testing.T) {
	t.Parallel()
	modulus := new(big.Int).Lsh(big.NewInt(1), 64*uint(len(nat{})))
	for _, x := range edges(1080) {
		for _, y := range edges(1080) {
			a, b := natOf(x), natOf(y)
			sum := a
			sum.add(&b)
			if want := new(big.Int).Add(x, y); sum.big().Cmp(want) != 0 {
				t.Errorf("%x + %x = %x", x, y, sum.big())
			}
			difference := a
			borrow := difference.sub(&b)
			want := new(big.Int).Mod(new(big.Int).Sub(x, y), modulus)
			if difference.big().Cmp(want) != 0 || (borrow == 1) != (x.Cmp(y) < 0) {
				t.Errorf("%x - %x = %x, borrow %d", x, y, difference.big(), borrow)
			}
			reduced := a
			reduced.reduceOnce(&b)
			if want := new(big.Int).Set(x); x.Cmp(y) >= 0 {
				if reduced.big().Cmp(want.Sub(want, y)) != 0 {
					t.Errorf("%x - %x once: got %x", x, y, reduced.big())
				}
			} else if reduced.big().Cmp(want) != 0 {
				t.Errorf("%x is below %x, but became %x", x, y, reduced.big())
			}
		}
	}
}

func TestMulAddAgainstBig(t *testing.T) {
	t.Parallel()
	for _, x := range edges(primeBits) {
		for _, y := range edges(primeBits) {
			for _, z := range edges(primeBits) {
				a, b, c := natOf(x), natOf(y), natOf(z)
				sum := mulAdd(&a, &b, &c)
				want := new(big.Int).Mul(x, y)
				if got := bigOf(sum[:]); got.Cmp(want.Add(want, z)) != 0 {
					t.Fatalf("%x · %x + %x = %x, want %x", x, y, z, got, want)
				}
			}
		}
	}
}

func TestMontgomeryConstants(t *testing.T) {
	t.Parallel()
	radix := new(big.Int).Lsh(big.NewInt(1), montBits)
	digitRadix := big.NewInt(digitMask + 1)
	for _, key := range testKeys() {
		for _, m := range key.Primes {
			prime := natOf(m)
			r := radixMod(&prime)
			if want := new(big.Int).Mod(radix, m); r.big().Cmp(want) != 0 {
				t.Errorf("%s: R mod m = %x, want %x", key.name, r.big(), want)
			}
			r.shiftMod(montBits, &prime)
			want := new(big.Int).Mul(radix, radix)
			if r.big().Cmp(want.Mod(want, m)) != 0 {
				t.Errorf("%s: R² mod m = %x, want %x", key.name, r.big(), want)
			}
			want = new(big.Int).ModInverse(new(big.Int).Neg(m), digitRadix)
			if got := negInverse(&prime); got != want.Uint64() {
				t.Errorf("%s: -m⁻¹ mod 2^52 = %x, want %x", key.name, got, want)
			}
		}
	}
}

func TestDigits(t *testing.T) {
	t.Parallel()
	for _, lanes := range []int{4, 8} {
		for lane := range lanes {
			for _, x := range edges(montBits) {
				var v, w vector
				for i := range v { // what other lanes have must not matter
					v[i], w[i] = digitMask, 0
				}
				in := natOf(x)
				v.set(lane, lanes, &in)
				w.set(lane, lanes, &in)
				for j := range digits {
					want := new(big.Int).Rsh(x, uint(j*digitBits))
					if got := v[j*lanes+lane]; got != want.And(want, big.NewInt(digitMask)).Uint64() {
						t.Fatalf("lane %d of %d: digit %d of %x is %x", lane, lanes, j, x, got)
					}
				}
				var out nat
				if v.get(lane, lanes, &out); out != in {
					t.Fatalf("lane %d of %d: set %x, got %x", lane, lanes, x, out.big())
				}
			}
		}
	}
}

func TestVectorAdd(t *testing.T) {
	t.Parallel()
	for _, lanes := range []int{4, 8} {
		for _, x := range edges(montBits - 1) {
			for _, y := range edges(montBits - 1) {
				var v, w vector
				a, b := natOf(x), natOf(y)
				for lane := range lanes { // a sum and, beside it, zeros
					if lane%2 == 0 {
						v.set(lane, lanes, &a)
						w.set(lane, lanes, &b)
					}
				}
				v.add(&w, lanes)
				for lane := range lanes {
					want := new(big.Int)
					if lane%2 == 0 {
						want.Add(x, y)
					}
					var sum nat
					if v.get(lane, lanes, &sum); sum.big().Cmp(want) != 0 {
						t.Fatalf("lane %d of %d: %x + %x = %x", lane, lanes, x, y, sum.big())
					}
				}
			}
		}
	}
}

func TestCiphertextDigits(t *testing.T) {
	t.Parallel()
	for _, lanes := range []int{4, 8} {
		for lane := range lanes {
			for _, c := range edges(8 * modulusSize) {
				var low, high vector
				var l, h nat
				setCiphertext(&low, &high, lane, lanes, (*[modulusSize]byte)(c.FillBytes(make([]byte, modulusSize))))
				low.get(lane, lanes, &l)
				high.get(lane, lanes, &h)
				got := new(big.Int).Lsh(h.big(), montBits)
				if got.Add(got, l.big()); got.Cmp(c) != 0 {
					t.Fatalf("lane %d of %d: set %x, got %x", lane, lanes, c, got)
				}
			}
		}
	}
}
