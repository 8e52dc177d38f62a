//go:build !purego

package multirsa

// cpuid executes the instruction of that name.
//
//go:noescape
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

// hardware asks the CPU that this process runs on.
var hardware processor = cpuid
