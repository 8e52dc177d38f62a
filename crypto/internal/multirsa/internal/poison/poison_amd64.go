package poison

import "golang.org/x/sys/cpu"

// Registers fills all vector and mask registers with ones if the CPU has AVX-512.
func Registers() {
	if cpu.X86.HasAVX512F {
		registers()
	}
}

func registers()
