package multirsa

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
)

var _ crypto.Decrypter = (*Key)(nil)

// newTestKey returns a Key for the kernels of a pair, and its switch.
func newTestKey(tb testing.TB, key *rsa.PrivateKey, pair kernelPair) (*Key, *Switch) {
	tb.Helper()
	power := new(Switch)
	k, err := newKey(key, power, pair.narrow, pair.wide)
	if err != nil {
		tb.Fatal(err)
	}
	return k, power
}

// seal encrypts plaintext as a client does.
func seal(tb testing.TB, key *rsa.PrivateKey, plaintext []byte) []byte {
	tb.Helper()
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.PublicKey, plaintext, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return ciphertext
}

// ciphertextsFor returns ciphertexts of which crypto/rsa decrypts some and not others.
func ciphertextsFor(tb testing.TB, key *rsa.PrivateKey) [][]byte {
	tb.Helper()
	valid := func(plaintext string) []byte { return seal(tb, key, []byte(plaintext)) }
	corrupted := valid("corrupted")
	corrupted[100] ^= 4
	var tooLarge []byte // n + c: the residue of a valid one, but too large
	for tooLarge == nil {
		if sum := new(big.Int).Add(key.N, new(big.Int).SetBytes(valid("n + c"))); sum.BitLen() <= 8*modulusSize {
			tooLarge = sum.FillBytes(make([]byte, modulusSize))
		}
	}
	return [][]byte{
		valid("the first of nine"), corrupted, valid(""), nil, valid(strings.Repeat("a", 190)),
		make([]byte, modulusSize), tooLarge, key.N.FillBytes(make([]byte, modulusSize)), valid("sixteen byte key"),
	}
}

// wantFor returns what crypto/rsa makes of ciphertexts.
func wantFor(key *rsa.PrivateKey, ciphertexts [][]byte) []result {
	want := make([]result, len(ciphertexts))
	for i, c := range ciphertexts {
		want[i].Plaintext, want[i].Err = rsa.DecryptOAEP(sha256.New(), nil, key, c, nil)
	}
	return want
}

func TestBatchesOfAllSizes(t *testing.T) {
	t.Parallel()
	key := randomKey()
	mixed := ciphertextsFor(t, key)
	var valid [][]byte
	for i := range 9 {
		valid = append(valid, seal(t, key, []byte{byte(i)}))
	}
	for _, pair := range append(kernelPairs(), kernelPair{name: "256 bits alone", narrow: best().narrow}) {
		k, power := newTestKey(t, key, pair)
		if want := map[bool]int{true: 4, false: 2}[pair.wide != nil]; k.BatchSize() != want {
			t.Errorf("%s: batches of %d, want %d", pair.name, k.BatchSize(), want)
		} else if power.Wide = pair.wide != nil; power.BatchSize() != want {
			t.Errorf("%s: the switch says batches of %d, want %d", pair.name, power.BatchSize(), want)
		}
		for _, ciphertexts := range [][][]byte{valid, mixed} {
			want := wantFor(key, ciphertexts)
			for n := range len(ciphertexts) + 1 {
				if pair.name == "generic" && n > 3 && n < len(ciphertexts) {
					continue // it is slow
				}
				got := make([]result, n)
				if decryptBatch(k, got, ciphertexts[:n]); !reflect.DeepEqual(got, want[:n]) {
					t.Errorf("%s, batch of %d: got %v, want %v", pair.name, n, got, want[:n])
				}
			}
			for i, c := range ciphertexts {
				got, err := k.Decrypt(nil, c, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
				if !bytes.Equal(got, want[i].Plaintext) || !errors.Is(err, want[i].Err) {
					t.Errorf("%s, Decrypt %d: got %x, %v; want %v", pair.name, i, got, err, want[i])
				}
			}
		}
		if n := power.Faults(); n > 0 || power.Off() {
			t.Errorf("%s: %d faults, off %t", pair.name, n, power.Off())
		}
	}
}

func TestDecryptBatchPanics(t *testing.T) {
	t.Parallel()
	k, _ := newTestKey(t, randomKey(), best())
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "got 1 and 2") {
			t.Errorf("got %q, want the numbers of plaintexts and ciphertexts", got)
		}
	}()
	decryptBatch(k, make([]result, 1), make([][]byte, 2))
}

// TestOtherOptions checks that what the kernels cannot do is what crypto/rsa does.
func TestOtherOptions(t *testing.T) {
	t.Parallel()
	key := randomKey()
	k, power := newTestKey(t, key, best())
	want := []byte("sixteen byte key")
	withLabel, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.PublicKey, want, []byte("label"))
	if err != nil {
		t.Fatal(err)
	}
	withSHA1, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, &key.PublicKey, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &key.PublicKey, want, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1})
	if err != nil {
		t.Fatal(err)
	}
	pkcs1, err := rsa.EncryptPKCS1v15(rand.Reader, &key.PublicKey, want) //nolint:staticcheck // deprecated, but what a Decrypter must do
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		ciphertext []byte
		opts       crypto.DecrypterOpts
	}{
		{"label", withLabel, &rsa.OAEPOptions{Hash: crypto.SHA256, Label: []byte("label")}},
		{"SHA-1", withSHA1, &rsa.OAEPOptions{Hash: crypto.SHA1}},
		{"MGF1 with SHA-1", mixed, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}},
		{"PKCS #1 v1.5", pkcs1, &rsa.PKCS1v15DecryptOptions{}}, //nolint:staticcheck // as above
		{"nil", pkcs1, nil},
	} {
		if got, err := k.Decrypt(nil, c.ciphertext, c.opts); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %x, %v; want %x", c.name, got, err, want)
		}
	}
	if _, err := k.Decrypt(nil, withLabel, &rsa.OAEPOptions{Hash: crypto.SHA256}); !errors.Is(err, rsa.ErrDecryption) {
		t.Errorf("without the label: got %v, want %v", err, rsa.ErrDecryption)
	}
	if power.Faults() > 0 {
		t.Error("counted a fault")
	}
}

// TestFaults corrupts each constant of a key, after the self-test: results must still be
// those of crypto/rsa, the fault counted, and the kernels off.
func TestFaults(t *testing.T) {
	t.Parallel()
	key := keyWithZeroWindows(t)
	type part struct {
		name string
		word *uint64
	}
	partsOf := func(e *engine, operation int) (parts []part) {
		for lane := 2 * operation; lane < 2*operation+2; lane++ {
			parts = append(parts, part{fmt.Sprintf("k0, lane %d", lane), &e.k0[lane]})
			for name, v := range map[string]*vector{"m": &e.m, "r": &e.r, "rr": &e.rr, "one": &e.one, "qInv": &e.qInv} {
				if name == "qInv" && lane%2 == 1 {
					continue // not used modulo q
				}
				for _, j := range []int{0, digits / 2} {
					parts = append(parts, part{fmt.Sprintf("%s, lane %d, digit %d", name, lane, j), &v[j*e.lanes+lane]})
				}
			}
		}
		for i, prime := range []string{"p", "q"} {
			for _, word := range []int{0, 7} {
				parts = append(parts,
					part{fmt.Sprintf("%s, word %d", prime, word), &e.numbers.primes[i].m[word]},
					part{fmt.Sprintf("exponent mod %s-1, word %d", prime, word), &e.numbers.primes[i].exponent[word]})
			}
		}
		return parts
	}
	ciphertexts := [][]byte{seal(t, key, []byte("one")), seal(t, key, []byte("two")), seal(t, key, []byte("three")), seal(t, key, []byte("four"))}
	want := wantFor(key, ciphertexts)
	for _, wide := range []bool{false, true} {
		k, _ := newTestKey(t, key, best())
		e, n := k.narrow, 2
		if wide {
			e, n = k.wide, 4
		}
		for operation := range n {
			if e.name == "generic" && operation > 0 {
				break // it is slow, and all lanes are one loop
			}
			for _, part := range partsOf(e, operation) {
				calls := 0
				k.power = &Switch{OnFault: func() { calls++ }}
				*part.word ^= 2
				got := make([]result, n)
				decryptBatch(k, got, ciphertexts[:n])
				faults := k.power.Faults()
				again := make([]result, n)
				decryptBatch(k, again, ciphertexts[:n])
				*part.word ^= 2
				if !reflect.DeepEqual(got, want[:n]) || !reflect.DeepEqual(again, want[:n]) {
					t.Errorf("%d lanes, %s: got %v and then %v, want %v", e.lanes, part.name, got, again, want[:n])
				}
				if faults == 0 || calls != int(faults) || !k.power.Off() {
					t.Errorf("%d lanes, %s: %d faults, %d calls of OnFault, off %t", e.lanes, part.name, faults, calls, k.power.Off())
				}
				if k.power.Faults() != faults {
					t.Errorf("%d lanes, %s: the kernel was used after it was switched off", e.lanes, part.name)
				}
			}
		}
		k.power = new(Switch)
		got := make([]result, n)
		if decryptBatch(k, got, ciphertexts[:n]); k.power.Faults() > 0 {
			t.Errorf("%d lanes: faults although nothing is corrupted any more", e.lanes)
		}
	}
}

// TestFaultyModulus: a wrong n can only make the judge decide more often.
func TestFaultyModulus(t *testing.T) {
	t.Parallel()
	key := randomKey()
	k, power := newTestKey(t, key, best())
	k.modulus[0] = 0
	got := make([]result, 1)
	ciphertexts := [][]byte{seal(t, key, []byte("one"))}
	if decryptBatch(k, got, ciphertexts); !reflect.DeepEqual(got, wantFor(key, ciphertexts)) || power.Faults() > 0 {
		t.Errorf("got %v, %d faults", got, power.Faults())
	}
}

// TestSelfTest breaks a kernel in one lane and one function, which newKey must notice.
func TestSelfTest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		sabotage func(k *kernel, lane int)
	}{
		{"mul", func(k *kernel, lane int) {
			mul := k.mul
			k.mul = func(dst, a, b, m *vector, k0 *row) { mul(dst, a, b, m, k0); dst[lane] ^= 1 }
		}},
		{"square", func(k *kernel, lane int) {
			square := k.square
			k.square = func(dst, a, m *vector, k0 *row, p *product) { square(dst, a, m, k0, p); dst[lane] ^= 1 }
		}},
		{"pick", func(k *kernel, lane int) {
			pick := k.pick
			k.pick = func(dst *vector, table *table, index *row, n int) {
				other := *index
				other[lane] ^= 1
				pick(dst, table, &other, n)
			}
		}},
	} {
		for _, wide := range []bool{false, true} {
			lanes := 4
			if wide {
				lanes = 8
			}
			for lane := range lanes {
				pair := best()
				kernel := &pair.narrow
				if wide {
					kernel = &pair.wide
				}
				bad := **kernel
				c.sabotage(&bad, lane)
				*kernel = &bad
				if _, err := newKey(randomKey(), new(Switch), pair.narrow, pair.wide); !errors.Is(err, ErrSelfTest) {
					t.Errorf("%s, lane %d of %d: got %v, want %v", c.name, lane, lanes, err, ErrSelfTest)
				}
			}
		}
	}
}

// TestNew goes the way of a program, which may end at crypto/rsa.
func TestNew(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		power := &Switch{Wide: wide}
		k, err := New(randomKey(), power)
		if narrow, _ := hardwareKernels(); narrow == nil || fips140.Enabled() {
			if !errors.Is(err, ErrUnsupported) || k != nil || !errors.Is(Supported(), ErrUnsupported) {
				t.Errorf("got %v, %v, and %v of Supported; want %v", k, err, Supported(), ErrUnsupported)
			}
			continue
		}
		if err != nil || Supported() != nil {
			t.Fatal(err, Supported())
		}
		if (k.wide != nil) != wide {
			t.Errorf("wide %t: the kernel of 512 bits is used: %t", wide, k.wide != nil)
		}
		if !randomKey().PublicKey.Equal(k.Public()) {
			t.Error("another public key")
		}
		got, err := k.Decrypt(nil, seal(t, randomKey(), []byte("sixteen byte key")), &rsa.OAEPOptions{Hash: crypto.SHA256})
		if string(got) != "sixteen byte key" || err != nil || power.Faults() > 0 || power.Off() {
			t.Errorf("got %q, %v, %d faults, off %t", got, err, power.Faults(), power.Off())
		}
	}
}

// TestFIPS runs TestNew again in a process in FIPS 140-3 mode, which lasts for a process.
func TestFIPS(t *testing.T) {
	t.Parallel()
	if narrow, _ := hardwareKernels(); narrow == nil {
		t.Skip("New refuses anyway, and the tag purego excludes FIPS mode")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-test.run=^TestNew$", "-test.v")
	command.Env = append(os.Environ(), "GODEBUG=fips140=on")
	if output, err := command.CombinedOutput(); err != nil || !bytes.Contains(output, []byte("--- PASS: TestNew")) {
		t.Errorf("%v\n%s", err, output)
	}
}

func TestSwitchedOff(t *testing.T) {
	t.Parallel()
	key := randomKey()
	off := new(Switch)
	off.TurnOff()
	if k, err := New(key, off); !errors.Is(err, ErrUnsupported) || k != nil {
		t.Errorf("got %v, %v; want %v", k, err, ErrUnsupported)
	}

	pair, calls := best(), 0
	counting := *pair.narrow
	mul := counting.mul
	counting.mul = func(dst, a, b, m *vector, k0 *row) { calls++; mul(dst, a, b, m, k0) }
	pair.narrow = &counting
	k, power := newTestKey(t, key, pair)
	calls = 0
	ciphertexts := [][]byte{seal(t, key, []byte("one"))}
	got := make([]result, 1)
	if decryptBatch(k, got, ciphertexts); calls == 0 || got[0].Err != nil {
		t.Errorf("on: %d products, %v", calls, got[0].Err)
	}
	calls = 0
	power.TurnOff()
	if decryptBatch(k, got, ciphertexts); calls > 0 || string(got[0].Plaintext) != "one" {
		t.Errorf("off: %d products, %v", calls, got[0])
	}
	if power.Faults() > 0 || k.BatchSize() != 1 {
		t.Errorf("off: %d faults, batches of %d; want none, and of 1", power.Faults(), k.BatchSize())
	}
}

func TestUnsupportedKeys(t *testing.T) {
	t.Parallel()
	generate := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(nil, bits)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	three, err := rsa.GenerateMultiPrimeKey(nil, 3, 2048) //nolint:staticcheck // deprecated, and therefore unsupported
	if err != nil {
		t.Fatal(err)
	}
	bare := &rsa.PrivateKey{PublicKey: randomKey().PublicKey, D: randomKey().D, Primes: randomKey().Primes}
	uneven := &rsa.PrivateKey{PublicKey: randomKey().PublicKey, D: randomKey().D, Primes: []*big.Int{big.NewInt(3), randomKey().N}}
	for name, key := range map[string]*rsa.PrivateKey{
		"1024 bits": generate(1024), "3072 bits": generate(3072), "three primes": three, "not precomputed": bare, "uneven primes": uneven,
	} {
		if k, err := newKey(key, new(Switch), best().narrow, best().wide); !errors.Is(err, ErrUnsupported) || k != nil {
			t.Errorf("%s: got %v, %v; want %v", name, k, err, ErrUnsupported)
		}
	}
}

// TestSecretsAreCleared looks at the memory of a batch after it.
func TestSecretsAreCleared(t *testing.T) {
	t.Parallel()
	key := randomKey()
	k, _ := newTestKey(t, key, best())
	s := dirtyScratch()
	k.scratch = sync.Pool{New: func() any { return s }}
	ciphertexts := [][]byte{seal(t, key, []byte("one")), seal(t, key, []byte("two")), seal(t, key, []byte("three"))}
	decryptBatch(k, make([]result, 3), ciphertexts)
	if *s != (scratch{}) {
		t.Error("the table, operands or messages of a batch are still there after it")
	}
}

func TestKeyPrintsNothing(t *testing.T) {
	t.Parallel()
	k, _ := newTestKey(t, randomKey(), best())
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", slog.Any("key", k))
	for _, text := range []string{fmt.Sprintf("%v", k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprintf("%d", k)} {
		if text != "multirsa.Key" {
			t.Errorf("prints %.40q…, want multirsa.Key", text)
		}
	}
	if !strings.Contains(log.String(), "key=multirsa.Key") {
		t.Errorf("logs %.80q…", log.String())
	}
}

func TestConcurrentBatches(t *testing.T) {
	t.Parallel()
	key := randomKey()
	k, power := newTestKey(t, key, best())
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			var ciphertexts [][]byte
			for i := range 1 + worker {
				ciphertexts = append(ciphertexts, seal(t, key, []byte{byte(worker), byte(i)}))
			}
			for range 10 {
				results := make([]result, len(ciphertexts))
				decryptBatch(k, results, ciphertexts)
				for i, r := range results {
					if !bytes.Equal(r.Plaintext, []byte{byte(worker), byte(i)}) {
						t.Errorf("worker %d, result %d: %x, %v", worker, i, r.Plaintext, r.Err)
					}
				}
			}
		})
	}
	wg.Wait()
	if power.Faults() > 0 {
		t.Errorf("%d faults", power.Faults())
	}
}

func TestAllocations(t *testing.T) { //nolint:paralleltest // AllocsPerRun must not run beside others
	if raceDetector {
		t.Skip("the race detector empties pools at random")
	}
	key := randomKey()
	k, _ := newTestKey(t, key, best())
	ciphertexts := [][]byte{seal(t, key, []byte("one")), seal(t, key, []byte("two")), seal(t, key, []byte("three")), seal(t, key, []byte("four"))}
	plaintexts := make([][]byte, len(ciphertexts))
	if n := testing.AllocsPerRun(20, func() { k.DecryptBatch(plaintexts, ciphertexts) }); n > float64(len(plaintexts)) {
		t.Errorf("%v allocations for %d plaintexts", n, len(plaintexts))
	}
}

// keyWithZeroWindows returns a random key that uses every constant: r, the power with
// exponent 0, counts only if a window of the exponent is 0. With windows of 5 bits that
// does not hold for about one exponent in 700.
func keyWithZeroWindows(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	hasZero := func(exponent *big.Int, window uint) bool {
		mask := big.NewInt(1<<window - 1)
		for x := new(big.Int).Set(exponent); x.Sign() > 0; x.Rsh(x, window) {
			if new(big.Int).And(x, mask).Sign() == 0 {
				return true
			}
		}
		return false
	}
	for {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		dp, dq := key.Precomputed.Dp, key.Precomputed.Dq
		if hasZero(dp, 4) && hasZero(dp, 5) && hasZero(dq, 4) && hasZero(dq, 5) {
			return key
		}
	}
}
