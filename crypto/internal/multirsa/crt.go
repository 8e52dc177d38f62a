package multirsa

import (
	"encoding/binary"
	"runtime"
)

// steadyMXCSR is the value of MXCSR that Intel gives for code whose time must not depend on
// data: on some of its CPUs, the multiplications of the kernels take a cycle longer for
// certain values with any other one. All exceptions are masked, as always in Go, and the flags
// of all but "denormal" are set. Go uses none of the flags. See [Assured].
const steadyMXCSR = 0x1fbf

// decrypt replaces the first n messages, which are ciphertexts below the modulus, by
// their private-key operations. Other lanes compute on zeros.
func (e *engine) decrypt(s *scratch, n int) {
	runtime.LockOSThread() // MXCSR belongs to the thread
	defer runtime.UnlockOSThread()
	defer swapMXCSR(swapMXCSR(steadyMXCSR))
	clear(s.low[:])
	clear(s.high[:])
	for i := range n {
		setCiphertext(&s.low, &s.high, 2*i, e.lanes, &s.messages[i])
		setCiphertext(&s.low, &s.high, 2*i+1, e.lanes, &s.messages[i])
	}
	e.exponentiate(s)
	e.recombine(s, n)
}

// recombine sets the first n messages to the numbers that are s.acc modulo p and q, by
// Garner's formula: q·((mp - mq)·q⁻¹ mod p) + mq.
func (e *engine) recombine(s *scratch, n int) {
	p, q := &e.numbers.primes[0].m, &e.numbers.primes[1].m
	var mq [maxBatch]nat
	for i := range n {
		var h nat // mp - mq + 2p: more than 0 since mq < q < 2p, and less than 3p
		s.acc.get(2*i, e.lanes, &h)
		h.reduceOnce(p)
		s.acc.get(2*i+1, e.lanes, &mq[i])
		mq[i].reduceOnce(q)
		h.add(p)
		h.add(p)
		h.sub(&mq[i])
		s.acc.set(2*i, e.lanes, &h)
	}
	e.mul(&s.acc, &s.acc, &e.qInv, &e.m, &e.k0)
	for i := range n {
		var h nat
		s.acc.get(2*i, e.lanes, &h)
		h.reduceOnce(p)
		m := mulAdd(&h, q, &mq[i])
		for j, word := range m {
			binary.BigEndian.PutUint64(s.messages[i][modulusSize-8*(j+1):], word)
		}
	}
}
