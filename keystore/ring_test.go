package keystore_test

import (
	"crypto"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/keystore"
)

func fingerprints(pairs []*keystore.Pair) []string {
	var all []string
	for _, pair := range pairs {
		all = append(all, pair.Fingerprint())
	}
	return all
}

func TestRing(t *testing.T) {
	t.Parallel()
	a, b := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	ring := keystore.NewRing(a)
	if got := ring.Active(); got != a {
		t.Errorf("Active = %v, want %v", got, a)
	}
	if pair, active := ring.Find(b.Fingerprint()); pair != nil || active {
		t.Errorf("Find(b) = %v, %t before b is in the ring", pair, active)
	}
	before := must(ring.Decrypters(t.Context()))

	ring.Replace(b, a)
	if got := ring.Active(); got != b {
		t.Errorf("Active = %v, want %v", got, b)
	}
	if diff := cmp.Diff(fingerprints([]*keystore.Pair{b, a}), fingerprints(ring.Pairs())); diff != "" {
		t.Errorf("Pairs (-want +got):\n%s", diff)
	}
	after := must(ring.Decrypters(t.Context()))
	if len(after) != 2 || after[0] != crypto.Decrypter(b) || after[1] != crypto.Decrypter(a) {
		t.Errorf("Decrypters = %v, want b, a", after)
	}
	if len(before) != 1 || before[0] != crypto.Decrypter(a) {
		t.Errorf("Decrypters handed out before = %v, want a still", before)
	}
	if pair, active := ring.Find(b.Fingerprint()); pair != b || !active {
		t.Errorf("Find(b) = %v, %t, want b, active", pair, active)
	}
	if pair, active := ring.Find(a.Fingerprint()); pair != a || active {
		t.Errorf("Find(a) = %v, %t, want a, not active", pair, active)
	}
}

func TestRingPreparesDecryptersOnce(t *testing.T) {
	t.Parallel()
	ring := keystore.NewRing(testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem"))
	first, second := must(ring.Decrypters(t.Context())), must(ring.Decrypters(t.Context()))
	if &first[0] != &second[0] {
		t.Error("Decrypters makes a new slice for each request")
	}
	if len(first) != cap(first) {
		t.Error("appending to Decrypters would write into the ring")
	}
}

func TestRingPairsIsACopy(t *testing.T) {
	t.Parallel()
	ring := keystore.NewRing(testPair(t, "a.pkcs8.pem"))
	ring.Pairs()[0] = nil
	if ring.Active() == nil {
		t.Error("changing Pairs changes the ring")
	}
}

func TestRingCountsAPairOnce(t *testing.T) {
	t.Parallel()
	a, b := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	ring := keystore.NewRing(a, b, testPair(t, "a.pkcs1.pem"), b)
	if diff := cmp.Diff(fingerprints([]*keystore.Pair{a, b}), fingerprints(ring.Pairs())); diff != "" {
		t.Errorf("Pairs (-want +got):\n%s", diff)
	}
	if got := must(ring.Decrypters(t.Context())); len(got) != 2 {
		t.Errorf("len(Decrypters) = %d, want 2", len(got))
	}
}

func TestRingPanics(t *testing.T) {
	t.Parallel()
	a := testPair(t, "a.pkcs8.pem")
	var empty keystore.Ring
	for name, call := range map[string]func(){
		"no active pair":   func() { keystore.NewRing(nil) },
		"no previous pair": func() { keystore.NewRing(a, nil) },
		"replaced by nil":  func() { keystore.NewRing(a).Replace(nil, a) },
		"empty ring":       func() { empty.Active() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}

// A failed Replace leaves the ring as it was.
func TestRingSurvivesNil(t *testing.T) {
	t.Parallel()
	a := testPair(t, "a.pkcs8.pem")
	ring := keystore.NewRing(a)
	func() {
		defer func() { _ = recover() }()
		ring.Replace(testPair(t, "b.pkcs8.pem"), nil)
	}()
	if got := ring.Active(); got != a {
		t.Errorf("Active = %v, want %v", got, a)
	}
}

// Under -race: readers always see one generation as a whole.
func TestRingConcurrent(t *testing.T) {
	t.Parallel()
	a, b := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem")
	ring := keystore.NewRing(a, b)
	var readers, writer sync.WaitGroup
	stop := make(chan struct{})
	writer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				ring.Replace(b, a)
				ring.Replace(a, b)
			}
		}
	})
	for range 4 {
		readers.Go(func() {
			for range 2000 {
				keys := must(ring.Decrypters(t.Context()))
				if len(keys) != 2 || keys[0] == keys[1] {
					t.Errorf("Decrypters = %v, want two different keys", keys)
					return
				}
				if pair, _ := ring.Find(a.Fingerprint()); pair != a {
					t.Errorf("Find(a) = %v, want a", pair)
					return
				}
				if pairs := ring.Pairs(); pairs[0] == pairs[1] {
					t.Errorf("Pairs = %v, want two different keys", pairs)
					return
				}
			}
		})
	}
	readers.Wait()
	close(stop)
	writer.Wait()
}
