//go:build !amd64 || purego

package multirsa

// swapMXCSR does nothing: there is no MXCSR, or no kernel for which it matters.
func swapMXCSR(uint32) (before uint32) { return 0 }
