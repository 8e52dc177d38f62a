package multirsa

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"math/big"
	"sync"
	"testing"
)

// kernelPair is what a Key computes with.
type kernelPair struct {
	name         string
	narrow, wide *kernel
}

// kernelPairs returns the twin in plain Go, and the assembly where the CPU can run it.
func kernelPairs() []kernelPair {
	pairs := []kernelPair{{"generic", generic(4, 5), generic(8, 4)}}
	if narrow, wide := hardwareKernels(); narrow != nil {
		pairs = append(pairs, kernelPair{"assembly", narrow, wide})
	}
	return pairs
}

// best returns the assembly if the CPU can run it, else the twin.
func best() kernelPair {
	pairs := kernelPairs()
	return pairs[len(pairs)-1]
}

// eachKernel runs a subtest for each kernel, of both widths.
func eachKernel(t *testing.T, test func(t *testing.T, k *kernel)) {
	t.Helper()
	for _, pair := range kernelPairs() {
		for _, k := range []*kernel{pair.narrow, pair.wide} {
			t.Run(fmt.Sprintf("%s, %d lanes", pair.name, k.lanes), func(t *testing.T) {
				t.Parallel()
				test(t, k)
			})
		}
	}
}

type namedKey struct {
	name string
	*rsa.PrivateKey
}

// testKeys returns random keys and keys with the most extreme primes.
var testKeys = sync.OnceValue(func() []namedKey {
	power := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	plus := func(x *big.Int, y int64) *big.Int { return new(big.Int).Add(x, big.NewInt(y)) }
	// crypto/rsa requires a distance of 2^924 between the primes.
	highest, high := plus(power(1024), -105), plus(new(big.Int).Sub(power(1024), power(930)), -293)
	root := new(big.Int).Sqrt(power(2047))
	lowest, low := plus(root, 37), plus(new(big.Int).Add(root, power(930)), 423)
	least := plus(power(1023), 1155)

	random, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	p, q := random.Primes[0], random.Primes[1]
	return []namedKey{
		{"random", random},
		{"random, swapped", keyOf(q, p)},
		{"near 2^1024, p > q", keyOf(highest, high)},
		{"near 2^1024, p < q", keyOf(high, highest)},
		{"near 2^1023.5, p < q", keyOf(lowest, low)},
		{"q almost 2p", keyOf(least, highest)},
		{"p almost 2q", keyOf(highest, least)},
	}
})

// randomKey returns a key that all tests share.
func randomKey() *rsa.PrivateKey { return testKeys()[0].PrivateKey }

func keyOf(p, q *big.Int) *rsa.PrivateKey {
	one := big.NewInt(1)
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537},
		Primes:    []*big.Int{p, q},
	}
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key.D = new(big.Int).ModInverse(big.NewInt(65537), phi)
	key.Precompute()
	if err := key.Validate(); err != nil {
		panic(fmt.Sprintf("p = %x, q = %x: %v", p, q, err))
	}
	return key
}

// randomBelow returns a random number below n.
func randomBelow(n *big.Int) *big.Int {
	x, err := rand.Int(rand.Reader, n)
	if err != nil {
		panic(err)
	}
	return x
}

func natOf(x *big.Int) (n nat) {
	n.setBytes(x.Bytes())
	return n
}

func (x *nat) big() *big.Int { return bigOf(x[:]) }

// bigOf returns the number with these words, the least significant first.
func bigOf(words []uint64) *big.Int {
	x := new(big.Int)
	for i := range words {
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(words[len(words)-1-i]))
	}
	return x
}

// A result is that of one decryption.
type result struct {
	Plaintext []byte
	Err       error
}

// decryptBatch does what callers of a key do: what the kernels leave, crypto/rsa decides.
func decryptBatch(k *Key, results []result, ciphertexts [][]byte) {
	plaintexts := make([][]byte, len(results))
	k.DecryptBatch(plaintexts, ciphertexts)
	for i, plaintext := range plaintexts {
		if results[i] = (result{Plaintext: plaintext}); plaintext == nil {
			results[i].Plaintext, results[i].Err = k.Judge(ciphertexts[i])
		}
	}
}
