package multirsa

import (
	"errors"
	"testing"
)

func TestAssured(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vendor       [3]uint32 // EBX, EDX, ECX
		narrow, wide bool
	}{
		"AMD":              {[3]uint32{0x68747541, 0x69746e65, 0x444d4163}, true, false},
		"Intel":            {[3]uint32{0x756e6547, 0x49656e69, 0x6c65746e}, true, true},
		"another vendor":   {[3]uint32{1, 2, 3}, false, false},
		"an unknown value": {[3]uint32{}, false, false},
	} {
		cpu := processor(func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32) {
			if leaf != 0 || subleaf != 0 {
				t.Errorf("%s: asked for leaf %d, subleaf %d, want the vendor alone", name, leaf, subleaf)
			}
			return 0, c.vendor[0], c.vendor[2], c.vendor[1]
		})
		for wide, assured := range map[bool]bool{false: c.narrow, true: c.wide} {
			if err := cpu.assured(wide); (err == nil) != assured || err != nil && !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s, wide %t: got %v, want assured %t", name, wide, err, assured)
			}
		}
	}
	t.Logf("this CPU: %v; with 512 bits: %v", Assured(false), Assured(true))
}
