//go:build !amd64 || purego

package multirsa

// hardware is a CPU that nothing is known about.
var hardware processor = func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32) { return 0, 0, 0, 0 }
