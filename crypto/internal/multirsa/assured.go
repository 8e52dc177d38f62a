package multirsa

import (
	"encoding/binary"
	"fmt"
)

// Assured returns [ErrUnsupported] if nothing assures that the time of the kernels does not
// depend on secrets on this CPU. It does not say whether the kernels can run: see [Supported].
//
// Intel lists VPMADD52LUQ and VPMADD52HUQ among the instructions whose time does not depend
// on their operands, with a reservation: on some of its CPUs they take a cycle longer for
// certain values, unless MXCSR is 0x1FBF (MXCSR configuration dependent timing, MCDT). Each
// batch is computed with that value, on all CPUs. AMD has no such list; there, the timing test
// of this package was run on Zen 4.
func Assured() error { return hardware.assured() }

// A processor answers as the instruction CPUID does.
type processor func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

func (cpu processor) assured() error {
	_, b, c, d := cpu(0, 0)
	var vendor []byte
	for _, word := range []uint32{b, d, c} {
		vendor = binary.LittleEndian.AppendUint32(vendor, word)
	}
	switch string(vendor) {
	case "AuthenticAMD", "GenuineIntel":
		return nil
	}
	return fmt.Errorf("%w: this CPU is of neither AMD nor Intel, and nothing assures that the time of its multiplications never depends on data", ErrUnsupported)
}
