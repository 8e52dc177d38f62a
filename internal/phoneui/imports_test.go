package phoneui_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestServerHasNoPhone checks that serve cannot show the phone: what runs in production
// does not even contain it.
func TestServerHasNoPhone(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../server").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "flowserver/exchange\n") {
		t.Fatalf("go list names no package of this module:\n%s", out)
	}
	for _, name := range []string{"/internal/phoneui", "/flowserver/phone\n"} {
		if strings.Contains(string(out), name) {
			t.Errorf("internal/server imports %s", name)
		}
	}
}
