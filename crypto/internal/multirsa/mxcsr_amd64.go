//go:build !purego

package multirsa

// swapMXCSR sets MXCSR of this thread and returns what it was. Everything before it ends
// before, and nothing after it begins until the value is set.
//
//go:noescape
func swapMXCSR(value uint32) (before uint32)
