package multirsa

import (
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkDecrypt compares batches with crypto/rsa. CPU-us/ciphertext is the steadier figure
// on a shared machine; compare only what was measured in one run:
//
//	go test -run '^$' -bench Decrypt -cpu 1 -count 9 ./crypto/internal/multirsa
func BenchmarkDecrypt(b *testing.B) {
	key := randomKey()
	var ciphertexts [][]byte
	for range maxBatch {
		ciphertexts = append(ciphertexts, seal(b, key, []byte("sixteen byte key")))
	}
	b.Run("crypto/rsa", func(b *testing.B) {
		measureCPU(b, "CPU-us/ciphertext", 1, func() {
			if _, err := rsa.DecryptOAEP(sha256.New(), nil, key, ciphertexts[0], nil); err != nil {
				b.Fatal(err)
			}
		})
	})
	if narrow, _ := hardwareKernels(); narrow == nil {
		b.Skip(noIFMA)
	}
	k, power := newTestKey(b, key, best())
	for n := 1; n <= len(ciphertexts); n++ {
		b.Run(fmt.Sprintf("batch of %d", n), func(b *testing.B) {
			results := make([]result, n)
			measureCPU(b, "CPU-us/ciphertext", n, func() { decryptBatch(k, results, ciphertexts[:n]) })
		})
	}
	if power.Faults() > 0 {
		b.Errorf("%d faults", power.Faults())
	}
}

// BenchmarkUndecryptable measures what a ciphertext costs on which crypto/rsa has to decide.
func BenchmarkUndecryptable(b *testing.B) {
	k, _ := newTestKey(b, randomKey(), best())
	ciphertexts, results := [][]byte{make([]byte, modulusSize)}, make([]result, 1)
	measureCPU(b, "CPU-us/ciphertext", 1, func() {
		if decryptBatch(k, results, ciphertexts); results[0].Err == nil {
			b.Fatal("decrypted zeros")
		}
	})
}

// BenchmarkNew measures what a key costs at start-up, self-test included.
func BenchmarkNew(b *testing.B) {
	key, pair := randomKey(), best()
	for name, wide := range map[string]*kernel{"256 bits": nil, "both widths": pair.wide} {
		b.Run(name, func(b *testing.B) {
			measureCPU(b, "CPU-us/key", 1, func() {
				if _, err := newKey(key, new(Switch), pair.narrow, wide); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// measureCPU reports the CPU time of f, which handles n units, for each unit.
func measureCPU(b *testing.B, unit string, n int, f func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	start := cpuTime()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((cpuTime()-start).Nanoseconds())/1000/float64(b.N*n), unit)
}

func BenchmarkKernel(b *testing.B) {
	for _, pair := range kernelPairs() {
		for _, k := range []*kernel{pair.narrow, pair.wide} {
			s := dirtyScratch()
			m, k0 := moduli(k)
			s.base, s.index = lanesOf(k, modulusFor), row{}
			for _, c := range []struct {
				name string
				call func()
			}{
				{"mul", func() { k.mul(&s.acc, &s.base, &s.base, &m, &k0) }},
				{"square", func() { k.square(&s.acc, &s.base, &m, &k0, &s.product) }},
				{"pick", func() { k.pick(&s.acc, &s.table, &s.index, k.entries()) }},
			} {
				b.Run(fmt.Sprintf("%s/%d lanes/%s", pair.name, k.lanes, c.name), func(b *testing.B) {
					measureCPU(b, "CPU-us/call", 1, c.call)
				})
			}
		}
	}
}
