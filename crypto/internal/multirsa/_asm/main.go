// Command asm generates kernel_amd64.s: arithmetic modulo 4 or 8 independent numbers of
// 1024 bits at once, with AVX-512 IFMA.
//
// A number has 20 digits of 52 bits. A vector register holds one digit of every lane, and
// VPMADD52LUQ and VPMADD52HUQ multiply such digits and add the low or the high 52 bits of
// the products to 64-bit accumulators. An accumulator has 12 bits to spare, so carries are
// propagated only once, at the end. package multirsa documents the bounds.
//
// Everything that is read through an argument is secret. Addresses and branches depend on
// the arguments themselves alone, which are public; a test of package multirsa checks it.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

//go:generate go run . -out ../kernel_amd64.s -pkg multirsa

const (
	digits    = 20
	digitBits = 52
)

func main() {
	ConstraintExpr("!purego")
	digitMask := GLOBL("digitMask", RODATA|NOPTR)
	DATA(0, U64(1<<digitBits-1))
	for _, g := range []generator{{4, YMM, digitMask}, {8, ZMM, digitMask}} {
		g.mul()
		g.square()
		g.pick()
	}
	Generate()
}

// A generator writes the kernel of one width.
type generator struct {
	lanes     int
	register  func() VecVirtual // of that width
	digitMask Mem
}

// function begins a function, whose name ends in the number of lanes. The signature has
// the underlying types of package multirsa's own, which the generator does not know.
func (g generator) function(name, signature string) {
	TEXT(fmt.Sprint(name, g.lanes), NOSPLIT, signature)
}

func argument(name string) Register { return Load(Param(name), GP64()) }

// digit is where the i-th digits of all lanes are, in a vector that starts at base.
func (g generator) digit(base Register, i int) Mem {
	return Mem{Base: base, Disp: i * g.rowBytes()}
}

func (g generator) rowBytes() int { return 8 * g.lanes }

func (g generator) load(from Op) VecVirtual {
	v := g.register()
	VMOVDQU64(from, v)
	return v
}

func (g generator) registers(n int) []VecVirtual {
	v := make([]VecVirtual, n)
	for i := range v {
		v[i] = g.register()
	}
	return v
}

func zero(registers ...VecVirtual) {
	for _, v := range registers {
		VPXORQ(v, v, v)
	}
}

// mul computes dst = a·b/R mod m, row by row: it adds a times a digit of b and the multiple
// of m that makes the lowest digit zero, and drops that digit.
func (g generator) mul() {
	g.function("mul", "func(dst, a, b, m *[160]uint64, k0 *[8]uint64)")
	dst, a, b, m := argument("dst"), argument("a"), argument("b"), argument("m")
	k0 := g.load(Mem{Base: argument("k0")})
	acc := g.registers(digits + 1)
	zero(acc[:digits]...)

	g.rows(func() {
		zero(acc[digits])
		bi := g.load(Mem{Base: b})
		ADDQ(Imm(uint64(g.rowBytes())), b)
		var y VecVirtual
		for j := range digits {
			aj := g.load(g.digit(a, j))
			VPMADD52LUQ(aj, bi, acc[j])
			if j == 0 {
				y = g.quotient(acc[0], k0) // it takes long, and reduce waits for it
			}
			VPMADD52HUQ(aj, bi, acc[j+1])
		}
		g.reduce(acc, m, y)
	})
	g.finish(acc[:digits], dst)
}

// square computes dst = a·a/R mod m. Products of two different digits are computed once and
// doubled. First come the 40 columns of the square, then 20 rows as in mul.
func (g generator) square() {
	g.function("square", "func(dst, a, m *[160]uint64, k0 *[8]uint64, product *[320]uint64)")
	dst, a, m, columns := argument("dst"), argument("a"), argument("m"), argument("product")
	k0 := g.load(Mem{Base: argument("k0")})
	x := g.registers(digits)
	for i := range x {
		VMOVDQU64(g.digit(a, i), x[i])
	}
	sums := g.registers(6) // for three columns in turn, so that they overlap
	for column := range 2 * digits {
		low, high := sums[2*(column%3)], sums[2*(column%3)+1]
		zero(low, high)
		for i := range digits {
			if j := column - i; i < j && j < digits {
				VPMADD52LUQ(x[i], x[j], low)
			}
			if j := column - 1 - i; i < j && j < digits {
				VPMADD52HUQ(x[i], x[j], high)
			}
		}
		VPADDQ(low, high, high)
		VPADDQ(high, high, high)
		if middle := x[column/2]; column%2 == 0 {
			VPMADD52LUQ(middle, middle, high)
		} else {
			VPMADD52HUQ(middle, middle, high)
		}
		VMOVDQU64(high, g.digit(columns, column))
	}

	acc := g.registers(digits + 1)
	for i := range digits {
		VMOVDQU64(g.digit(columns, i), acc[i])
	}
	g.rows(func() {
		VMOVDQU64(g.digit(columns, digits), acc[digits])
		ADDQ(Imm(uint64(g.rowBytes())), columns)
		g.reduce(acc, m, g.quotient(acc[0], k0))
	})
	g.finish(acc[:digits], dst)
}

// rows repeats a row 20 times. A loop is faster than 20 rows in line: it stays in the cache
// of decoded instructions.
func (g generator) rows(row func()) {
	n := GP64()
	MOVQ(U32(digits), n)
	Label("row")
	row()
	DECQ(n)
	JNZ(LabelRef("row"))
}

// quotient returns the y for which acc + y·m has zero as its lowest digit.
func (g generator) quotient(lowest, k0 VecVirtual) VecVirtual {
	y := g.register()
	zero(y)
	VPMADD52LUQ(lowest, k0, y)
	return y
}

// reduce adds y·m to the 21 digits of acc and moves the upper 20 down: the lowest is zero
// modulo 2^52, and the next one receives the rest of it. The moves are register renaming.
func (g generator) reduce(acc []VecVirtual, m Register, y VecVirtual) {
	carry := g.register()
	for j := range digits {
		mj := g.load(g.digit(m, j))
		VPMADD52LUQ(mj, y, acc[j])
		if j == 0 {
			VPSRLQ(U8(digitBits), acc[0], carry)
		}
		VPMADD52HUQ(mj, y, acc[j+1])
	}
	VPADDQ(carry, acc[1], acc[0])
	for j := 1; j < digits; j++ {
		VMOVDQA64(acc[j+1], acc[j])
	}
}

// finish propagates the carries of acc, stores it and returns.
func (g generator) finish(acc []VecVirtual, dst Register) {
	mask, carry := g.register(), g.register()
	VPBROADCASTQ(g.digitMask, mask)
	for j, digit := range acc {
		if j < len(acc)-1 {
			VPSRLQ(U8(digitBits), digit, carry)
			VPADDQ(carry, acc[j+1], acc[j+1])
			VPANDQ(mask, digit, digit)
		}
		VMOVDQU64(digit, g.digit(dst, j))
	}
	VZEROUPPER()
	RET()
}

// pick computes dst = table[index] for each lane. It loads every entry as a whole and keeps
// the lanes whose index it is: neither addresses nor which lanes are loaded depend on index.
func (g generator) pick() {
	g.function("pick", "func(dst *[160]uint64, table *[2560]uint64, index *[8]uint64, n int)")
	dst, table, n := argument("dst"), argument("table"), argument("n")
	index := g.load(Mem{Base: argument("index")})
	picked := g.registers(digits)
	entry, one := g.register(), g.register()
	zero(picked...)
	zero(entry)
	o := GP64()
	MOVQ(U32(1), o)
	VPBROADCASTQ(o, one)

	Label("entry")
	wanted := K()
	VPCMPEQQ(index, entry, wanted)
	for j, digit := range picked {
		VMOVDQA64(g.load(g.digit(table, j)), wanted, digit)
	}
	VPADDQ(one, entry, entry)
	ADDQ(U32(digits*g.rowBytes()), table)
	DECQ(n)
	JNZ(LabelRef("entry"))

	for j, digit := range picked {
		VMOVDQU64(digit, g.digit(dst, j))
	}
	VZEROUPPER()
	RET()
}
