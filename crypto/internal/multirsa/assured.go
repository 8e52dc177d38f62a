package multirsa

import (
	"encoding/binary"
	"fmt"
)

// Assured returns [ErrUnsupported] if the time of the kernels may depend on secrets on this
// CPU, for all that is known about it. It does not say whether the kernels can run: see
// [Supported].
//
// Intel lists VPMADD52LUQ and VPMADD52HUQ among the instructions whose time does not depend
// on their operands, with a reservation: on some of its CPUs they take a cycle longer for
// certain values, unless MXCSR has a particular value (MXCSR configuration dependent timing,
// MCDT). CPUs that are not affected set the bit MCDT_NO, CPUID.(EAX=7,ECX=2):EDX[5]. AMD has
// no such list; there, the timing test of this package was run on Zen 4.
func Assured() error { return hardware.assured() }

// A processor answers as the instruction CPUID does.
type processor func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

const (
	extendedFeatures = 7      // the leaf
	mcdtNo           = 1 << 5 // in EDX of its subleaf 2
)

func (cpu processor) assured() error {
	highest, b, c, d := cpu(0, 0)
	var vendor []byte
	for _, word := range []uint32{b, d, c} {
		vendor = binary.LittleEndian.AppendUint32(vendor, word)
	}
	if string(vendor) == "AuthenticAMD" {
		return nil
	}
	if highest >= extendedFeatures {
		if subleaves, _, _, _ := cpu(extendedFeatures, 0); subleaves >= 2 {
			if _, _, _, d := cpu(extendedFeatures, 2); d&mcdtNo != 0 {
				return nil
			}
		}
	}
	return fmt.Errorf("%w: this CPU does not say (MCDT_NO) that the time of its multiplications never depends on data", ErrUnsupported)
}
