package multirsa

import (
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
)

// TestTiming looks for times that depend on secrets, as dudect does (Reparaz, Balasch and
// Verbauwhede, 2017): it measures the CPU time of two classes of inputs in random order and
// asks by Welch's t-test whether their means differ. FLOWSERVER_DUDECT is the number of
// measurements of each class; 8000 resolve some 20 ns of 300 or 500 us.
//
//	FLOWSERVER_DUDECT=8000 go test -run Timing -v -cpu 1 ./crypto/internal/multirsa
//
// Run it on a quiet machine and in several processes: neighbours make t grow by accident.
// A |t| above 4.5 that comes back, with the same sign, must be explained. Both classes use
// the same memory, as the caches see addresses too. The last pair is a control: one product
// more, which the test must find.
func TestTiming(t *testing.T) { //nolint:paralleltest // measures
	n, err := strconv.Atoi(os.Getenv("FLOWSERVER_DUDECT"))
	if err != nil || n < 100 {
		t.Skip("opt-in: set FLOWSERVER_DUDECT to the number of measurements of each class, at least 100")
	}
	narrow, wide := hardwareKernels()
	if narrow == nil {
		t.Skip(noIFMA)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, k := range []*kernel{narrow, wide} {
		for _, pair := range timingPairs(t, k) {
			times := measure(k, pair.classes, n)
			score, difference, resolution := welch(times)
			t.Logf("%d lanes, %-28s t = %6.2f, difference %6.0f ns, resolution %4.0f ns", k.lanes, pair.name+":", score, difference, resolution)
			switch differs := math.Abs(score) > 4.5; {
			case differs && !pair.differs:
				t.Errorf("%d lanes, %s: the times differ, t = %.2f", k.lanes, pair.name, score)
			case !differs && pair.differs:
				t.Errorf("%d lanes: the control was not found: repeat it on a quieter machine, or measure more", k.lanes)
			}
		}
	}
}

// A class says what is computed on, and how.
type class struct {
	numbers    crt
	constants  constants
	ciphertext func(dst *[modulusSize]byte)
	extra      int // products
}

type timingPair struct {
	name    string
	classes [2]*class
	differs bool
}

func timingPairs(t *testing.T, k *kernel) []timingPair {
	t.Helper()
	random := rand.NewChaCha8([32]byte{})
	anything := func(dst *[modulusSize]byte) {
		_, _ = random.Read(dst[:]) // never fails
		dst[0] = 0                 // below n
	}
	fixed := func(c [modulusSize]byte) func(*[modulusSize]byte) {
		return func(dst *[modulusSize]byte) {
			anything(dst) // takes the same time
			*dst = c
		}
	}
	var some [modulusSize]byte
	anything(&some)
	of := func(key int, ciphertext func(*[modulusSize]byte)) *class {
		numbers, err := crtOf(testKeys()[key].PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		return &class{numbers: *numbers, constants: *newEngine(k, numbers).constants, ciphertext: ciphertext}
	}
	three, full, more := of(0, anything), of(0, anything), of(0, anything)
	three.numbers.primes[0].exponent, three.numbers.primes[1].exponent = nat{3}, nat{3}
	for i := range primeWords {
		full.numbers.primes[0].exponent[i], full.numbers.primes[1].exponent[i] = math.MaxUint64, math.MaxUint64
	}
	more.extra = 1
	return []timingPair{
		{"a ciphertext and any", [2]*class{of(0, fixed(some)), of(0, anything)}, false},
		{"1 and any ciphertext", [2]*class{of(0, fixed([modulusSize]byte{modulusSize - 1: 1})), of(0, anything)}, false},
		{"0 and any ciphertext", [2]*class{of(0, fixed([modulusSize]byte{})), of(0, anything)}, false},
		{"two keys", [2]*class{of(0, anything), of(2, anything)}, false},
		{"exponent 3 and a key's", [2]*class{three, of(0, anything)}, false},
		{"a full exponent and a key's", [2]*class{full, of(0, anything)}, false},
		{"control: a product more", [2]*class{of(0, anything), more}, true},
	}
}

// measure returns n times of each class, in nanoseconds.
func measure(k *kernel, classes [2]*class, n int) (times [2][]float64) {
	e := &engine{kernel: k, constants: new(constants), numbers: new(crt)}
	s := new(scratch)
	for i := 0; len(times[0]) < n || len(times[1]) < n; i++ {
		which := rand.IntN(2)
		c := classes[which]
		*e.constants, *e.numbers = c.constants, c.numbers
		for j := range e.operations() {
			c.ciphertext(&s.messages[j])
		}
		start := cpuTime()
		e.decrypt(s, e.operations())
		for range c.extra {
			e.mul(&s.acc, &s.acc, &s.factor, &e.m, &e.k0)
		}
		took := cpuTime() - start
		if i > 50 { // warm
			times[which] = append(times[which], float64(took.Nanoseconds()))
		}
	}
	return times
}

// welch returns t, the difference of the means and its standard error, of the faster half of
// the times: the others are more about what else the machine did.
func welch(times [2][]float64) (t, difference, resolution float64) {
	all := slices.Sorted(slices.Values(slices.Concat(times[0], times[1])))
	limit := all[len(all)/2]
	var means, errors [2]float64
	for i := range times {
		kept := slices.DeleteFunc(slices.Clone(times[i]), func(x float64) bool { return x > limit })
		var sum, squares float64
		for _, x := range kept {
			sum += x
		}
		means[i] = sum / float64(len(kept))
		for _, x := range kept {
			squares += (x - means[i]) * (x - means[i])
		}
		errors[i] = squares / float64(len(kept)-1) / float64(len(kept))
	}
	difference, resolution = means[0]-means[1], math.Sqrt(errors[0]+errors[1])
	return difference / resolution, difference, resolution
}
