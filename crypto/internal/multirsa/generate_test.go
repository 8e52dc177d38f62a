package multirsa

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerated generates the assembly again, in a copy, and compares. The generator's
// dependencies are not those of the main module. Where they cannot be downloaded, the test
// is skipped, except in CI and where the assembly must be tested.
func TestGenerated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the generator")
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("NOT TESTED: kernel_amd64.s against its generator, since there is no go command")
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "_asm"), os.DirFS("_asm")); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) ([]byte, error) {
		command := exec.CommandContext(t.Context(), goCommand, args...)
		command.Dir = filepath.Join(dir, "_asm")
		command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "GOOS=", "GOARCH=")
		return command.CombinedOutput()
	}
	if output, err := run("mod", "download"); err != nil {
		if os.Getenv(requireIFMA) == "1" || os.Getenv("CI") != "" {
			t.Fatalf("download what the generator needs: %v\n%s", err, output)
		}
		t.Skipf("NOT TESTED: kernel_amd64.s against its generator, as what that needs cannot be downloaded: %v\n%s"+
			"Set CI=1 to make this a failure.", err, output)
	}
	if output, err := run("generate"); err != nil {
		t.Fatalf("go generate: %v\n%s", err, output)
	}
	want, err := os.ReadFile(filepath.Join(dir, "kernel_amd64.s"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("kernel_amd64.s"); err != nil || !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), want) {
		t.Errorf("kernel_amd64.s is not what its generator writes (%v): run go generate in _asm, and do not edit the output", err)
	}
}
