package multirsa

import (
	"errors"
	"testing"
)

func TestAssured(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vendor  [3]uint32 // EBX, EDX, ECX
		assured bool
	}{
		"AMD":              {[3]uint32{0x68747541, 0x69746e65, 0x444d4163}, true},
		"Intel":            {[3]uint32{0x756e6547, 0x49656e69, 0x6c65746e}, true},
		"another vendor":   {[3]uint32{1, 2, 3}, false},
		"an unknown value": {[3]uint32{}, false},
	} {
		err := processor(func(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32) {
			if leaf != 0 || subleaf != 0 {
				t.Errorf("%s: asked for leaf %d, subleaf %d, want the vendor alone", name, leaf, subleaf)
			}
			return 0, c.vendor[0], c.vendor[2], c.vendor[1]
		}).assured()
		if (err == nil) != c.assured || err != nil && !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: got %v, want assured %t", name, err, c.assured)
		}
	}
	t.Logf("this CPU: %v", Assured())
}
