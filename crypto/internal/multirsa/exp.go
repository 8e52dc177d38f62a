package multirsa

// exponentiate raises the ciphertexts in s.low and s.high to the private exponents. It
// leaves them in s.acc, out of Montgomery form and at most m in each lane.
//
// All numbers are below 4m meanwhile, so that each product is below 16m² < R·m, as the
// kernels require: the results of mul and square are below 2m, and only base is a sum of
// two of them.
func (e *engine) exponentiate(s *scratch) {
	e.toMontgomery(s)
	e.fillTable(s)
	windows := (primeBits + e.window - 1) / e.window
	e.setIndex(&s.index, windows-1)
	e.pick(&s.acc, &s.table, &s.index, e.entries())
	for w := windows - 2; w >= 0; w-- {
		for range e.window {
			e.square(&s.acc, &s.acc, &e.m, &e.k0, &s.product)
		}
		e.setIndex(&s.index, w)
		e.pick(&s.factor, &s.table, &s.index, e.entries())
		e.mul(&s.acc, &s.acc, &s.factor, &e.m, &e.k0)
	}
	e.mul(&s.acc, &s.acc, &e.one, &e.m, &e.k0)
}

// toMontgomery sets s.base to c·R mod m for the ciphertexts c = high·R + low, without a
// division: mul by R² is a product with R, and low·R² < R·m whatever low is.
func (e *engine) toMontgomery(s *scratch) {
	e.mul(&s.high, &s.high, &e.rr, &e.m, &e.k0)
	e.mul(&s.high, &s.high, &e.rr, &e.m, &e.k0)
	e.mul(&s.base, &s.low, &e.rr, &e.m, &e.k0)
	s.base.add(&s.high, e.lanes)
}

// fillTable sets the entries of s.table to the powers of s.base.
func (e *engine) fillTable(s *scratch) {
	copy(e.entry(&s.table, 0), e.r[:])
	copy(e.entry(&s.table, 1), s.base[:])
	s.acc = s.base
	for i := 2; i < e.entries(); i++ {
		e.mul(&s.acc, &s.acc, &s.base, &e.m, &e.k0)
		copy(e.entry(&s.table, i), s.acc[:])
	}
}

// setIndex sets index to the w-th window of the private exponents, counted from the least
// significant one. Where a window is, is public; what is in it is not.
func (e *engine) setIndex(index *row, w int) {
	mask := uint64(e.entries() - 1)
	p := bitsAt(e.numbers.primes[0].exponent[:], w*e.window) & mask
	q := bitsAt(e.numbers.primes[1].exponent[:], w*e.window) & mask
	for l := 0; l < e.lanes; l += 2 {
		index[l], index[l+1] = p, q
	}
}
