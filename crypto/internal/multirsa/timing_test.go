package multirsa

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"
	"unsafe"
)

// TestTiming looks for times that depend on secrets, as dudect does (Reparaz, Balasch and
// Verbauwhede, 2017): it measures the CPU time of two classes of inputs, one right after the
// other and in random order, and asks by a t-test whether one class takes longer in more than
// half of the pairs. FLOWSERVER_DUDECT is the number of pairs; 8000 resolve some 20 ns of 260
// or 380 us.
//
//	FLOWSERVER_DUDECT=8000 go test -run Timing -v -cpu 1 ./crypto/internal/multirsa
//
// Run it on a quiet machine and in several processes. A |t| above 4.5 that comes back, with
// the same sign, must be explained. The last comparison is a control: one product more, which
// the test must find.
func TestTiming(t *testing.T) { //nolint:paralleltest // measures
	n, err := strconv.Atoi(os.Getenv("FLOWSERVER_DUDECT"))
	if err != nil || n < 100 {
		t.Skip("opt-in: set FLOWSERVER_DUDECT to the number of pairs of measurements, at least 100")
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
			score, difference, resolution := compare(measure(k, pair.classes, n))
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
	inputs     inputs
	ciphertext func(dst *[modulusSize]byte)
}

// inputs are what a measurement computes on. They have no pointers.
type inputs struct {
	numbers     crt
	constants   constants
	ciphertexts [maxBatch][modulusSize]byte
	extra       uint64 // products
}

// words returns the memory of the inputs.
func (in *inputs) words() *[unsafe.Sizeof(inputs{}) / 8]uint64 {
	return (*[unsafe.Sizeof(inputs{}) / 8]uint64)(unsafe.Pointer(in)) // no pointers, aligned
}

// choose copies the inputs of the second class if which is 1, and of the first one if it is
// 0. It reads both, and does the same for both: otherwise the caches and the branch predictor
// would be left in a state that depends on the class, and t would be about that.
func (in *inputs) choose(classes *[2]*class, which uint64) {
	for _, c := range classes {
		for j := range c.inputs.ciphertexts {
			c.ciphertext(&c.inputs.ciphertexts[j])
		}
	}
	dst, first, second := in.words(), classes[0].inputs.words(), classes[1].inputs.words()
	for i := range dst {
		dst[i] = first[i] ^ -which&(first[i]^second[i])
	}
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
		return func(dst *[modulusSize]byte) { *dst = c }
	}
	var some [modulusSize]byte
	anything(&some)
	of := func(key int, ciphertext func(*[modulusSize]byte)) *class {
		numbers, err := crtOf(testKeys()[key].PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		return &class{inputs: inputs{numbers: *numbers, constants: *newEngine(k, numbers).constants}, ciphertext: ciphertext}
	}
	three, full, more := of(0, anything), of(0, anything), of(0, anything)
	for i := range three.inputs.numbers.primes {
		three.inputs.numbers.primes[i].exponent = nat{3}
		for j := range primeWords {
			full.inputs.numbers.primes[i].exponent[j] = math.MaxUint64
		}
	}
	more.inputs.extra = 1
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

// measure returns n differences between the time of the first class and that of the second
// one, in nanoseconds. The speed of a machine drifts, mostly by far more than the times could
// differ, so each difference is between neighbours.
func measure(k *kernel, classes [2]*class, n int) (differences []float64) {
	in := new(inputs)
	e := &engine{kernel: k, constants: &in.constants, numbers: &in.numbers}
	s := new(scratch)
	for i := range n + warm {
		var times [2]time.Duration
		first := rand.Uint64N(2)
		for _, which := range [2]uint64{first, 1 - first} {
			in.choose(&classes, which)
			s.messages = in.ciphertexts
			start := cpuTime()
			e.decrypt(s, e.operations())
			for range in.extra {
				e.mul(&s.acc, &s.acc, &s.factor, &e.m, &e.k0)
			}
			times[which] = cpuTime() - start
		}
		if i >= warm {
			differences = append(differences, float64(times[0]-times[1]))
		}
	}
	return differences
}

// warm is how many pairs precede those that count.
const warm = 50

// compare returns t for the signs of differences, their median, and the change of all of them
// that would change t by about one. A sign says nothing about how much longer a time was, since
// that is mostly about what else the machine did.
func compare(differences []float64) (t, median, resolution float64) {
	n := len(differences)
	var signs float64
	for _, d := range differences {
		switch {
		case d > 0:
			signs++
		case d < 0:
			signs--
		}
	}
	slices.Sort(differences)
	median = differences[n/2]
	slices.SortFunc(differences, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	return signs / math.Sqrt(float64(n)), median, math.Abs(differences[int(math.Sqrt(float64(n)))])
}
