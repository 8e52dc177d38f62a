package exchange_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/vectortest"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/protocol"
)

// fakeKernel decrypts in batches with crypto/rsa, each after it has received from release. It
// notes its batches.
type fakeKernel struct {
	*rsa.PrivateKey
	name    string
	size    int
	release chan struct{}
	batches *batches
}

type batches struct {
	mu   sync.Mutex
	seen []string
}

func (b *batches) add(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, fmt.Sprintf(format, args...))
}

func (b *batches) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.seen, ", ")
}

func (k fakeKernel) BatchSize() int { return k.size }

func (k fakeKernel) DecryptBatch(plaintexts, ciphertexts [][]byte) {
	k.batches.add("%s %d", k.name, len(ciphertexts))
	<-k.release
	if k.name == "panics" {
		panic("oh no")
	}
	for i, ciphertext := range ciphertexts {
		plaintexts[i], _ = k.Judge(ciphertext) // nil if it fails
	}
}

func (k fakeKernel) Judge(ciphertext []byte) ([]byte, error) {
	return k.Decrypt(nil, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
}

// pair returns a key pair that decrypts with the kernel, as a server has it.
func (k fakeKernel) pair(t *testing.T) *keystore.Pair {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := keystore.ParsePrivate(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil)
	if err != nil {
		t.Fatal(err)
	}
	if pair, err = pair.WithBackend(func(*rsa.PrivateKey) (crypto.Decrypter, error) { return k, nil }); err != nil {
		t.Fatal(err)
	}
	return pair
}

// batchTest is a pool with one worker that is busy with the first batch until it is released.
type batchTest struct {
	t       *testing.T
	pool    *exchange.Pool
	release chan struct{}
	batches *batches
	opening []int
	served  sync.WaitGroup
}

func newBatchTest(t *testing.T) *batchTest {
	t.Helper()
	b := &batchTest{t: t, release: make(chan struct{}), batches: &batches{}}
	b.pool = exchange.NewPool(exchange.PoolConfig{Workers: 1, Opening: func(n int) { b.opening = append(b.opening, n) }})
	return b
}

// flow returns a function that begins as many requests to a Flow of the pool, whose key has
// this name and is a of the vectors if good, and b otherwise.
func (b *batchTest) flow(name string, size int, good bool) (begin func(times, status int)) {
	b.t.Helper()
	key := "b"
	if good {
		key = "a"
	}
	kernel := fakeKernel{vectortest.Key(b.t, key), name, size, b.release, b.batches}
	e := newEndpoint(b.t, func(c *exchange.Config) {
		c.Flow, c.Pool, c.Keys, c.Logger = name, b.pool, keystore.NewRing(kernel.pair(b.t)), nil
	})
	body := vectortest.Named(b.t, "ping").Body
	signature := flowcrypto.Sign([]byte(body), []byte(secret))
	return func(times, status int) {
		for range times {
			b.served.Go(func() {
				if got := post(e, body, signature).Code; got != status {
					b.t.Errorf("%s: status %d, want %d", name, got, status)
				}
			})
			synctest.Wait()
		}
	}
}

// opened releases all batches and checks which there were.
func (b *batchTest) opened(want string) {
	b.t.Helper()
	close(b.release)
	b.served.Wait()
	b.pool.Close()
	if got := b.batches.String(); got != want {
		b.t.Errorf("opened %q, want %q", got, want)
	}
	total := 0
	for i, n := range b.opening {
		total += n
		if seen := b.batches.seen[i]; !strings.HasSuffix(seen, fmt.Sprint(" ", n)) {
			b.t.Errorf("batch %d: PoolConfig.Opening was called with %d, the kernel with %s", i, n, seen)
		}
	}
	if len(b.opening) != len(b.batches.seen) {
		b.t.Errorf("PoolConfig.Opening was called %d times, for %d batches", len(b.opening), len(b.batches.seen))
	}
}

// TestPoolBatchesReachTheKernel goes the whole way, through a key pair: what waits is opened
// together, as much as the kernel can do at once.
func TestPoolBatchesReachTheKernel(t *testing.T) {
	t.Parallel()
	for size, want := range map[int]string{
		4: "a 1, a 4, a 2",
		2: "a 1, a 2, a 2, a 2",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBatchTest(t)
			b.flow("a", size, true)(7, http.StatusOK)
			b.opened(want)
		})
	}
}

// TestPoolGroupsByKeys has two flows with keys of their own take turns.
func TestPoolGroupsByKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatchTest(t)
		one, other := b.flow("one", 4, true), b.flow("other", 4, true)
		one(1, http.StatusOK)
		for range 3 {
			one(1, http.StatusOK)
			other(1, http.StatusOK)
		}
		b.opened("one 1, one 3, other 3")
	})
}

// TestPoolCountsWork has one flow send what no key decrypts. Each of these costs eight times
// as much as what the other one sends, so it passes as many turns.
func TestPoolCountsWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatchTest(t)
		costly, cheap := b.flow("costly", 4, false), b.flow("cheap", 4, true)
		costly(4, protocol.StatusKeyMismatch)
		cheap(12, http.StatusOK)
		b.opened("costly 1, cheap 4, cheap 4, costly 3, cheap 4")
	})
}

// A flow that is alone is served although it has cost more than others before.
func TestPoolForgetsWorkOfOneFlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatchTest(t)
		b.flow("costly", 4, false)(9, protocol.StatusKeyMismatch)
		b.opened("costly 1, costly 4, costly 4")
	})
}

func TestPoolOutlivesAPanicOfABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatchTest(t)
		b.flow("panics", 4, true)(3, http.StatusInternalServerError)
		b.flow("fine", 4, true)(2, http.StatusOK)
		b.opened("panics 1, fine 2, panics 2") // it counts as work
	})
}
