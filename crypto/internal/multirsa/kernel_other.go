//go:build !amd64 || purego

package multirsa

// hardwareKernels returns nil: there is no assembly for this CPU, or none is wanted.
func hardwareKernels() (narrow, wide *kernel) { return nil, nil }
