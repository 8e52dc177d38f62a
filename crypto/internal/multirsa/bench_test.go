package multirsa

import (
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"testing"
)

// BenchmarkDecrypt compares batches with crypto/rsa. Compare ns/ciphertext of one run only:
//
//	go test -run '^$' -bench Decrypt -cpu 1 -count 9 ./crypto/internal/multirsa
func BenchmarkDecrypt(b *testing.B) {
	key := randomKey()
	var ciphertexts [][]byte
	for range maxLanes / 2 {
		ciphertexts = append(ciphertexts, seal(b, key, []byte("sixteen byte key")))
	}
	perCiphertext := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/ciphertext")
	}
	b.Run("crypto/rsa", func(b *testing.B) {
		for b.Loop() {
			if _, err := rsa.DecryptOAEP(sha256.New(), nil, key, ciphertexts[0], nil); err != nil {
				b.Fatal(err)
			}
		}
		perCiphertext(b, 1)
	})
	if narrow, _ := hardwareKernels(); narrow == nil {
		b.Skip(noIFMA)
	}
	k, power := newTestKey(b, key, best())
	for n := 1; n <= len(ciphertexts); n++ {
		b.Run(fmt.Sprintf("batch of %d", n), func(b *testing.B) {
			b.ReportAllocs()
			results := make([]Result, n)
			for b.Loop() {
				k.DecryptBatch(results, ciphertexts[:n])
			}
			perCiphertext(b, n)
		})
	}
	if power.Faults() > 0 {
		b.Errorf("%d faults", power.Faults())
	}
}

// BenchmarkUndecryptable measures the price of a verdict by crypto/rsa.
func BenchmarkUndecryptable(b *testing.B) {
	key := randomKey()
	k, _ := newTestKey(b, key, best())
	ciphertexts, results := [][]byte{make([]byte, modulusSize)}, make([]Result, 1)
	for b.Loop() {
		if k.DecryptBatch(results, ciphertexts); results[0].Err == nil {
			b.Fatal("decrypted zeros")
		}
	}
}

// BenchmarkNew measures what a key costs at start-up, self-test included.
func BenchmarkNew(b *testing.B) {
	key := randomKey()
	pair := best()
	for b.Loop() {
		if _, err := newKey(key, new(Switch), pair.narrow, pair.wide); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKernel(b *testing.B) {
	for _, pair := range kernelPairs() {
		for _, k := range []*kernel{pair.narrow, pair.wide} {
			s := dirtyScratch()
			m, k0 := moduli(k)
			s.base = lanesOf(k, modulusFor)
			for name, call := range map[string]func(){
				"mul":    func() { k.mul(&s.acc, &s.base, &s.base, &m, &k0) },
				"square": func() { k.square(&s.acc, &s.base, &m, &k0, &s.product) },
				"pick":   func() { k.pick(&s.acc, &s.table, &s.index, k.entries()) },
			} {
				b.Run(fmt.Sprintf("%s/%s/%d lanes", name, pair.name, k.lanes), func(b *testing.B) {
					for b.Loop() {
						call()
					}
				})
			}
		}
	}
}
