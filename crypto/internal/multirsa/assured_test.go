package multirsa

import (
	"errors"
	"testing"
)

func TestAssured(t *testing.T) {
	t.Parallel()
	amd, intel := [3]uint32{0x68747541, 0x69746e65, 0x444d4163}, [3]uint32{0x756e6547, 0x49656e69, 0x6c65746e}
	for name, c := range map[string]struct {
		vendor             [3]uint32 // EBX, EDX, ECX
		highest, subleaves uint32
		bits               uint32 // of EDX in subleaf 2
		assured            bool
	}{
		"AMD":                          {amd, 16, 1, 0, true},
		"Intel, not affected":          {intel, 32, 2, 0xff, true},
		"Intel, affected or unknown":   {intel, 32, 2, 0xff &^ mcdtNo, false},
		"Intel, without the subleaf":   {intel, 32, 1, 0xff, false},
		"Intel, without the leaf":      {intel, 6, 2, 0xff, false},
		"another vendor":               {[3]uint32{1, 2, 3}, 32, 2, 0, false},
		"another vendor, with MCDT_NO": {[3]uint32{1, 2, 3}, 32, 2, mcdtNo, true},
	} {
		err := processor(func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32) {
			switch {
			case leaf == 0:
				return c.highest, c.vendor[0], c.vendor[2], c.vendor[1]
			case leaf == 7 && subleaf == 0 && c.highest >= 7:
				return c.subleaves, 0, 0, 0
			case leaf == 7 && subleaf == 2 && c.subleaves >= 2:
				return 0, 0, 0, c.bits
			}
			t.Errorf("%s: asked for leaf %d, subleaf %d, which this CPU does not have", name, leaf, subleaf)
			return 0, 0, 0, 0
		}).assured()
		if (err == nil) != c.assured || err != nil && !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: got %v, want assured %t", name, err, c.assured)
		}
	}
	t.Logf("this CPU: %v", Assured())
}
