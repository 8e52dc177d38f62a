//go:build !amd64

package poison

// Registers does nothing: there is no assembly for this CPU.
func Registers() {}
