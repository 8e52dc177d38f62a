package multirsa

import (
	"crypto/rsa"
	"math/big"
	"strconv"
	"testing"
	"unsafe"
)

// edgeCiphertexts returns numbers below n whose private-key operations go wrong first.
func edgeCiphertexts(key *rsa.PrivateKey) []*big.Int {
	one, p, q := big.NewInt(1), key.Primes[0], key.Primes[1]
	numbers := []*big.Int{
		new(big.Int), one, big.NewInt(2), new(big.Int).Sub(key.N, one), new(big.Int).Sub(key.N, big.NewInt(2)),
		p, q, new(big.Int).Mul(p, randomBelow(q)), new(big.Int).Mul(q, randomBelow(p)), // kp, kq
		new(big.Int).Sub(key.N, p), new(big.Int).Sub(key.N, q), new(big.Int).Add(p, q), new(big.Int).Sub(p, one), new(big.Int).Add(q, one),
		new(big.Int).Lsh(one, montBits), new(big.Int).Sub(new(big.Int).Lsh(one, montBits), one), // the border of low and high
	}
	for range 5 {
		numbers = append(numbers, randomBelow(key.N))
	}
	return numbers
}

// power returns c^d mod n, by the Chinese remainder theorem as math/big is slow.
func power(key *rsa.PrivateKey, c *big.Int) *big.Int {
	p, q := key.Primes[0], key.Primes[1]
	mp, mq := new(big.Int).Exp(c, key.Precomputed.Dp, p), new(big.Int).Exp(c, key.Precomputed.Dq, q)
	h := new(big.Int).Sub(mp, mq)
	h.Mul(h, key.Precomputed.Qinv).Mod(h, p)
	return h.Mul(h, q).Add(h, mq)
}

// TestRawOperation compares the private-key operation with math/big in every lane: all
// operations of a batch have different ciphertexts, and each ciphertext is at each place.
func TestRawOperation(t *testing.T) {
	t.Parallel()
	for _, key := range testKeys() {
		numbers, err := crtOf(key.PrivateKey)
		if err != nil {
			t.Fatalf("%s: %v", key.name, err)
		}
		ciphertexts := edgeCiphertexts(key.PrivateKey)
		var want []*big.Int
		for _, c := range ciphertexts {
			want = append(want, power(key.PrivateKey, c))
		}
		t.Run(key.name, func(t *testing.T) {
			t.Parallel()
			eachKernel(t, func(t *testing.T, k *kernel) {
				e := newEngine(k, numbers)
				step := 1
				if k.name == "generic" {
					step = k.operations() // it is slow, and all lanes are one loop
				}
				for first := 0; first < len(ciphertexts); first += step {
					for n := 1; n <= k.operations(); n++ {
						if n < k.operations() && first > 0 {
							continue // batches that are not full: once
						}
						s := dirtyScratch()
						for i := range n {
							ciphertexts[(first+i)%len(ciphertexts)].FillBytes(s.messages[i][:])
						}
						e.decrypt(s, n)
						for i := range n {
							at := (first + i) % len(ciphertexts)
							if got := new(big.Int).SetBytes(s.messages[i][:]); got.Cmp(want[at]) != 0 {
								t.Errorf("operation %d of %d: %x^d = %x, want %x", i+1, n, ciphertexts[at], got, want[at])
							}
						}
					}
				}
			})
		})
	}
}

// dirtyScratch returns memory in which nothing is zero: a batch must not rely on it.
func dirtyScratch() *scratch {
	s := new(scratch)
	for i := range s.table {
		s.table[i] = 0xdead_beef_dead_beef
	}
	for _, v := range []*vector{&s.low, &s.high, &s.base, &s.acc, &s.factor} {
		poisonAll(v, &s.product)
	}
	for i := range s.index {
		s.index[i] = 0xdead_beef_dead_beef
	}
	for i := range s.messages {
		for j := range s.messages[i] {
			s.messages[i][j] = 0xdb
		}
	}
	return s
}

// TestManyKeys goes through keys rather than ciphertexts: constants go wrong for some.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("generates keys for some seconds")
	}
	for i := range 8 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			key, err := rsa.GenerateKey(nil, 2048)
			if err != nil {
				t.Fatal(err)
			}
			k, _ := newTestKey(t, key, best())
			c := randomBelow(key.N)
			for _, e := range []*engine{k.narrow, k.wide} {
				s := dirtyScratch()
				for i := range e.operations() {
					c.FillBytes(s.messages[i][:])
				}
				e.decrypt(s, e.operations())
				for i := range e.operations() {
					if got := new(big.Int).SetBytes(s.messages[i][:]); got.Cmp(power(key, c)) != 0 {
						t.Errorf("%d lanes, operation %d: %x^d = %x", e.lanes, i, c, got)
					}
				}
			}
		})
	}
}

// TestAlignment checks what scratch and constants rely on for their speed.
func TestAlignment(t *testing.T) {
	t.Parallel()
	const cacheLine = 64
	for range 10 {
		s, c := new(scratch), new(constants)
		escape(t, s, c)
		for name, p := range map[string]unsafe.Pointer{
			"table": unsafe.Pointer(&s.table), "product": unsafe.Pointer(&s.product), "acc": unsafe.Pointer(&s.acc),
			"index": unsafe.Pointer(&s.index), "m": unsafe.Pointer(&c.m), "qInv": unsafe.Pointer(&c.qInv), "k0": unsafe.Pointer(&c.k0),
		} {
			if uintptr(p)%cacheLine != 0 {
				t.Errorf("%s is not aligned to %d bytes", name, cacheLine)
			}
		}
	}
}

// escape makes its arguments live on the heap.
func escape(t *testing.T, values ...any) {
	t.Helper()
	if len(values) == 0 {
		t.Log(values...)
	}
}
