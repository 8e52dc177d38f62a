//go:build !purego

package multirsa

import "golang.org/x/sys/cpu"

// hardwareKernels returns the kernels of both widths, or nil if the CPU lacks an extension
// that they need, or the operating system does not save the registers.
//
// 4 lanes use 256-bit registers, 8 lanes 512-bit ones. Where a CPU starts two 256-bit
// multiplications in a cycle but only one of 512 bits, as Zen 4 does, 4 lanes need half
// the time of 8; elsewhere they need no more.
func hardwareKernels() (narrow, wide *kernel) {
	if !cpu.X86.HasAVX512F || !cpu.X86.HasAVX512VL || !cpu.X86.HasAVX512IFMA {
		return nil, nil
	}
	narrow = &kernel{name: "AVX-512 IFMA, 256 bits", lanes: 4, window: 5, mul: mul4, square: square4, pick: pick4}
	wide = &kernel{name: "AVX-512 IFMA, 512 bits", lanes: 8, window: 4, mul: mul8, square: square8, pick: pick8}
	return narrow, wide
}

//go:noescape
func mul4(dst, a, b, m *vector, k0 *row)

//go:noescape
func square4(dst, a, m *vector, k0 *row, product *product)

//go:noescape
func pick4(dst *vector, table *table, index *row, n int)

//go:noescape
func mul8(dst, a, b, m *vector, k0 *row)

//go:noescape
func square8(dst, a, m *vector, k0 *row, product *product)

//go:noescape
func pick8(dst *vector, table *table, index *row, n int)
