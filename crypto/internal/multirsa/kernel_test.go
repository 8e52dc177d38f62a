package multirsa

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/flowserver/flowserver/crypto/internal/multirsa/internal/poison"
)

// withinBounds returns numbers for an odd modulus m of 1024 bits. Each is below 256m, so
// that the product of any two is below R·m.
func withinBounds(m *big.Int) []*big.Int {
	return []*big.Int{
		new(big.Int), big.NewInt(1), times(m, 1), m, times(m, 4), times(m, 256),
		new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 1024), big.NewInt(1)), // full digits
		randomBelow(new(big.Int).Lsh(m, 2)), randomBelow(new(big.Int).Lsh(m, 8)),
	}
}

// times returns n·m - 1.
func times(m *big.Int, n int64) *big.Int {
	x := new(big.Int).Mul(m, big.NewInt(n))
	return x.Sub(x, big.NewInt(1))
}

// modulusFor returns a different modulus for each lane, extreme ones among them.
func modulusFor(lane int) *big.Int {
	keys := testKeys()
	return keys[lane%len(keys)].Primes[lane/len(keys)%2]
}

// lanesOf returns a vector with one number for each lane.
func lanesOf(k *kernel, number func(lane int) *big.Int) (v vector) {
	for lane := range k.lanes {
		x := natOf(number(lane))
		v.set(lane, k.lanes, &x)
	}
	return v
}

func moduli(k *kernel) (m vector, k0 row) {
	m = lanesOf(k, modulusFor)
	for lane := range k.lanes {
		prime := natOf(modulusFor(lane))
		k0[lane] = negInverse(&prime)
	}
	return m, k0
}

// poisonAll fills what a kernel may not rely on: its results, its scratch memory and the
// registers.
func poisonAll(dst *vector, product *product) {
	for i := range dst {
		dst[i] = 0xdead_beef_dead_beef
	}
	for i := range product {
		product[i] = 0xdead_beef_dead_beef
	}
	poison.Registers()
}

func TestMulAndSquareAgainstBig(t *testing.T) {
	t.Parallel()
	radix := new(big.Int).Lsh(big.NewInt(1), montBits)
	eachKernel(t, func(t *testing.T, k *kernel) {
		m, k0 := moduli(k)
		check := func(name string, dst *vector, a, b []*big.Int) {
			t.Helper()
			for lane := range k.lanes {
				modulus := modulusFor(lane)
				var got nat
				dst.get(lane, k.lanes, &got)
				want := new(big.Int).Mul(a[lane], b[lane])
				want.Mul(want, new(big.Int).ModInverse(radix, modulus)).Mod(want, modulus)
				if new(big.Int).Mod(got.big(), modulus).Cmp(want) != 0 {
					t.Errorf("%s, lane %d: %x·%x = %x, want %x", name, lane, a[lane], b[lane], got.big(), want)
				}
				if got.big().Cmp(new(big.Int).Lsh(modulus, 1)) >= 0 {
					t.Errorf("%s, lane %d: %x·%x = %x is not below 2m", name, lane, a[lane], b[lane], got.big())
				}
			}
		}
		var numbers [maxLanes][]*big.Int
		for lane := range numbers {
			numbers[lane] = withinBounds(modulusFor(lane))
		}
		n := len(numbers[0])
		for i := range n {
			for j := range n {
				var a, b []*big.Int // different numbers in each lane: lanes must not hide each other
				for lane := range k.lanes {
					a, b = append(a, numbers[lane][(i+lane)%n]), append(b, numbers[lane][(j+2*lane)%n])
				}
				av := lanesOf(k, func(lane int) *big.Int { return a[lane] })
				bv := lanesOf(k, func(lane int) *big.Int { return b[lane] })
				var dst vector
				var product product
				poisonAll(&dst, &product)
				k.mul(&dst, &av, &bv, &m, &k0)
				check("mul", &dst, a, b)

				poisonAll(&dst, &product)
				k.square(&dst, &av, &m, &k0, &product)
				check("square", &dst, a, a)

				poisonAll(&dst, &product)
				inPlace := av
				k.mul(&inPlace, &inPlace, &bv, &m, &k0)
				check("mul into a", &inPlace, a, b)
				inPlace = bv
				k.mul(&inPlace, &av, &inPlace, &m, &k0)
				check("mul into b", &inPlace, a, b)
				inPlace = av
				k.square(&inPlace, &inPlace, &m, &k0, &product)
				check("square into a", &inPlace, a, a)
			}
		}
	})
}

// TestMulRadixBound covers the other way to be within the bound: any number of 20 digits
// times one below m.
func TestMulRadixBound(t *testing.T) {
	t.Parallel()
	radix := new(big.Int).Lsh(big.NewInt(1), montBits)
	eachKernel(t, func(t *testing.T, k *kernel) {
		m, k0 := moduli(k)
		a := lanesOf(k, func(int) *big.Int { return new(big.Int).Sub(radix, big.NewInt(1)) })
		b := lanesOf(k, func(lane int) *big.Int { return times(modulusFor(lane), 1) })
		var dst vector
		var product product
		poisonAll(&dst, &product)
		k.mul(&dst, &a, &b, &m, &k0)
		for lane := range k.lanes {
			var got nat
			dst.get(lane, k.lanes, &got)
			if got.big().Cmp(new(big.Int).Lsh(modulusFor(lane), 1)) >= 0 {
				t.Errorf("lane %d: %x is not below 2m", lane, got.big())
			}
		}
	})
}

// TestAgainstTwin compares all words of the results with those of the twin, for digits
// of any value below 2^52: also where the bounds do not apply.
func TestAgainstTwin(t *testing.T) {
	t.Parallel()
	digit := []func(r *rand.Rand) uint64{
		func(*rand.Rand) uint64 { return 0 },
		func(*rand.Rand) uint64 { return digitMask },
		func(r *rand.Rand) uint64 { return r.Uint64() & digitMask },
		func(r *rand.Rand) uint64 { return -(r.Uint64() & 1) & digitMask }, // 0 or full
		func(r *rand.Rand) uint64 { return 1 << r.IntN(digitBits) },
	}
	eachKernel(t, func(t *testing.T, k *kernel) {
		twin := generic(k.lanes, k.window)
		const seed = 1
		r := rand.New(rand.NewPCG(seed, uint64(k.lanes)))
		for i := range 500 {
			fill := func(dst []uint64) {
				how := digit[r.IntN(len(digit))]
				if i < len(digit)*len(digit) { // all pairs of kinds, for sure
					how = digit[i%len(digit)]
				}
				for j := range dst {
					dst[j] = how(r)
				}
			}
			var a, b, m, got, want vector
			var k0 row
			var product product
			fill(a[:])
			if fill(b[:]); i < len(digit)*len(digit) {
				for j := range b {
					b[j] = digit[i/len(digit)](r)
				}
			}
			fill(m[:])
			fill(k0[:])

			poisonAll(&got, &product)
			want = got // the rest of dst is not written
			k.mul(&got, &a, &b, &m, &k0)
			twin.mul(&want, &a, &b, &m, &k0)
			if got != want {
				t.Fatalf("mul, input %d: got %x, want %x", i, got, want)
			}
			poisonAll(&got, &product)
			k.square(&got, &a, &m, &k0, &product)
			twin.square(&want, &a, &m, &k0, &product)
			if got != want {
				t.Fatalf("square, input %d: got %x, want %x", i, got, want)
			}
		}
	})
}

func TestPick(t *testing.T) {
	t.Parallel()
	eachKernel(t, func(t *testing.T, k *kernel) {
		var table table
		for i := range table {
			table[i] = uint64(i) | 1<<51
		}
		var product product
		for shift := range k.entries() {
			var index row
			for lane := range k.lanes {
				index[lane] = uint64(shift+5*lane) % uint64(k.entries())
			}
			var got vector
			poisonAll(&got, &product)
			want := got
			for i := range digits * k.lanes {
				want[i] = k.entry(&table, int(index[i%k.lanes]))[i]
			}
			if k.pick(&got, &table, &index, k.entries()); got != want {
				t.Errorf("index %v: got %x, want %x", index, got, want)
			}
		}
	})
}
