package backend_test

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// asOpen are the options that flowcrypto.Open decrypts with.
var asOpen = &rsa.OAEPOptions{Hash: crypto.SHA256}

func newBackend(tb testing.TB, key *rsa.PrivateKey) crypto.Decrypter {
	tb.Helper()
	decrypter, err := backend.New(key)
	if err != nil {
		tb.Fatal(err)
	}
	return decrypter
}

func seal(tb testing.TB, public *rsa.PublicKey, plain []byte) []byte {
	tb.Helper()
	sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, public, plain, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

func TestName(t *testing.T) {
	t.Parallel()
	if got := backend.Name(); !regexp.MustCompile(named).MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	key := newBackend(t, vectortest.Key(t, "a"))
	opened := 0
	for _, c := range vectortest.Envelopes(t) {
		env, err := flowcrypto.ParseEnvelope([]byte(c.Body))
		if err != nil {
			continue // decided without a key
		}
		plain, reply, err := flowcrypto.Open(env, key)
		switch c.Expect {
		case vectortest.OK:
			opened++
			if err != nil {
				t.Errorf("%s: %v", c.Name, err)
				continue
			}
			if diff := cmp.Diff(c.Plaintext, string(plain)); diff != "" {
				t.Errorf("%s: clear text (-want +got):\n%s", c.Name, diff)
			}
			sealed, err := reply.Seal([]byte(c.ReplyPlaintext))
			if err != nil || string(sealed) != c.ReplyBody {
				t.Errorf("%s: got answer %s, %v; want %s", c.Name, sealed, err, c.ReplyBody)
			}
		case vectortest.Undecryptable:
			if !errors.Is(err, flowcrypto.ErrDecrypt) {
				t.Errorf("%s: got %v, want ErrDecrypt", c.Name, err)
			}
		}
	}
	if opened == 0 {
		t.Error("no vector was to be opened")
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{2048, 3072, 4096} {
		t.Run(strconv.Itoa(bits), func(t *testing.T) {
			t.Parallel()
			key, err := rsa.GenerateKey(rand.Reader, bits)
			if err != nil {
				t.Fatal(err)
			}
			decrypter := newBackend(t, key)
			if !key.PublicKey.Equal(decrypter.Public()) {
				t.Error("the public key is another one")
			}
			for _, size := range []int{0, 1, 16, bits/8 - 2*sha256.Size - 2} {
				want := bytes.Repeat([]byte{7}, size)
				got, err := decrypter.Decrypt(rand.Reader, seal(t, &key.PublicKey, want), asOpen)
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes: got %x, %v", size, got, err)
				}
			}
		})
	}
}

// Keys come and go, as with a reload, while others are in use.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	shared := newBackend(t, key)
	var callers sync.WaitGroup
	for i := range 2*runtime.GOMAXPROCS(0) + 2 {
		callers.Go(func() {
			for j := range 20 {
				decrypter := shared
				if j%4 == 0 {
					decrypter, _ = backend.New(key)
					runtime.GC() // what is garbage is freed
				}
				want := []byte{byte(i), byte(j)}
				sealed, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.PublicKey, want, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := decrypter.Decrypt(rand.Reader, sealed, asOpen); err != nil || !bytes.Equal(got, want) {
					t.Errorf("got %x, %v; want %x", got, err, want)
				}
				sealed[len(sealed)/2] ^= 1
				if got, err := decrypter.Decrypt(rand.Reader, sealed, asOpen); err != rsa.ErrDecryption || got != nil { //nolint:errorlint // the very error
					t.Errorf("corrupted: got %x, %v; want ErrDecryption", got, err)
				}
			}
		})
	}
	callers.Wait()
}

func TestModes(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	sealed := [][]byte{seal(t, &key.PublicKey, []byte("one")), seal(t, &key.PublicKey, []byte("two")), seal(t, &key.PublicKey, []byte("three"))}
	for _, mode := range []backend.Mode{backend.Auto, backend.Batch, backend.Crypto} {
		computing := backend.Open(mode, func(err error) { t.Errorf("%s: %v", mode, err) })
		decrypter, err := computing.New(key)
		if err != nil {
			t.Fatal(err)
		}
		status := computing.Status()
		t.Logf("%s: %+v", mode, status)
		batch, several := decrypter.(flowcrypto.BatchDecrypter)
		switch {
		case several != (status.Name == "multirsa"), several != (status.Unused == nil), several != (status.BatchSize > 1):
			t.Errorf("%s: New returns a %T, the status is %+v", mode, decrypter, status)
		case several && batch.BatchSize() != status.BatchSize:
			t.Errorf("%s: the key decrypts %d at once, the status says %d", mode, batch.BatchSize(), status.BatchSize)
		case mode == backend.Crypto && decrypter != crypto.Decrypter(key):
			t.Errorf("%s: got a %T, want the key itself", mode, decrypter)
		case mode == backend.Auto && status.Name != backend.Name():
			t.Errorf("%s: the status says %s, Name %s", mode, status.Name, backend.Name())
		}
		if several {
			plaintexts := make([][]byte, len(sealed))
			if batch.DecryptBatch(plaintexts, sealed); string(bytes.Join(plaintexts, nil)) != "onetwothree" {
				t.Errorf("%s: decrypted %q", mode, plaintexts)
			}
		}
		if status.Faults > 0 || status.Fault != nil {
			t.Errorf("%s: %d faults, %v", mode, status.Faults, status.Fault)
		}
	}
}

// TestMultirsaIsUsed fails where AVX-512 IFMA is required and not used.
func TestMultirsaIsUsed(t *testing.T) {
	t.Parallel()
	status := backend.Open(backend.Batch, nil).Status()
	if status.Name != "multirsa" || status.BatchSize != 4 {
		if os.Getenv("FLOWSERVER_REQUIRE_IFMA") == "1" {
			t.Fatalf("not used: %v", status.Unused)
		}
		t.Skipf("NOT TESTED: several RSA operations at once: %v", status.Unused)
	}
}

// TestFIPS runs TestModes again in FIPS 140-3 mode, which lasts for a process.
func TestFIPS(t *testing.T) {
	t.Parallel()
	if fips140.Enabled() {
		if status := backend.Open(backend.Batch, nil).Status(); status.Name != "crypto/rsa" || status.Unused == nil {
			t.Errorf("in FIPS 140-3 mode: %+v, want crypto/rsa", status)
		}
		return
	}
	if backend.Open(backend.Batch, nil).Status().Name == "crypto/rsa" {
		t.Skip("crypto/rsa is used anyway, and the tag purego excludes FIPS mode")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-test.run", "^(TestFIPS|TestModes)$", "-test.v")
	command.Env = append(os.Environ(), "GODEBUG=fips140=on")
	if output, err := command.CombinedOutput(); err != nil || bytes.Count(output, []byte("--- PASS")) != 2 {
		t.Errorf("%v\n%s", err, output)
	}
}

// BenchmarkDecrypt is the private operation alone, beside that of crypto/rsa.
func BenchmarkDecrypt(b *testing.B) {
	key := vectortest.Key(b, "a")
	sealed := seal(b, &key.PublicKey, make([]byte, 16))
	for _, of := range []struct {
		name string
		key  crypto.Decrypter
	}{{"crypto-rsa", key}, {"backend", newBackend(b, key)}} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := of.key.Decrypt(rand.Reader, sealed, asOpen); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
