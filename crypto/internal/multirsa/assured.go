package multirsa

import (
	"encoding/binary"
	"fmt"
)

// Assured returns [ErrUnsupported] unless all that docs/rsa.md requires assures that the time
// of the kernels does not depend on secrets on this CPU: of the kernel of 256 bits, or of the
// one of 512 bits if wide. It does not say whether the kernels can run: see [Supported].
//
// Intel lists VPMADD52LUQ and VPMADD52HUQ among the instructions whose time does not depend
// on their operands, with a reservation: on some of its CPUs they take a cycle longer for
// certain values, unless MXCSR is 0x1FBF (MXCSR configuration dependent timing, MCDT). Each
// batch is computed with that value, on all CPUs. AMD has no such list; there, the timing test
// of this package was passed on Zen 4, but not with 512 bits.
func Assured(wide bool) error { return hardware.assured(wide) }

// A processor answers as the instruction CPUID does.
type processor func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

func (cpu processor) assured(wide bool) error {
	_, b, c, d := cpu(0, 0)
	var vendor []byte
	for _, word := range []uint32{b, d, c} {
		vendor = binary.LittleEndian.AppendUint32(vendor, word)
	}
	switch {
	case string(vendor) == "GenuineIntel", string(vendor) == "AuthenticAMD" && !wide:
		return nil
	case string(vendor) == "AuthenticAMD":
		return fmt.Errorf("%w: the timing test has not been passed with registers of 512 bits on CPUs of AMD", ErrUnsupported)
	}
	return fmt.Errorf("%w: this CPU is neither AMD's nor Intel's, and nothing assures that the time of its multiplications never depends on data", ErrUnsupported)
}
