//go:build unix

package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A key file that becomes a pipe, which is never written to, stops neither the reloading
// of other keys, nor serving, nor the end.
func TestKeyFileBecomesPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	piped, other := filepath.Join(dir, "piped.pem"), filepath.Join(dir, "other.pem")
	a, b := readFile(t, keyFile("a.pkcs8.pem")), readFile(t, keyFile("b.pkcs8.pem"))
	writeFile(t, piped, a)
	writeFile(t, other, a)
	s := serve(t, loadConfig(t, fmt.Sprintf(`
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers: [{id: piped, private_keys: [{file: %s}]}, {id: other, private_keys: [{file: %s}]}]
flows: [{id: greeting, app_secrets: [%s], numbers: [piped, other]}]
`, piped, other, appSecret)), setup{}.flows())
	if err := os.Remove(piped); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(piped, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the log says so", func() bool { return strings.Contains(s.log.String(), "it is not a regular file") })
	writeFile(t, other, b)
	eventually(t, "the other key is reloaded", func() bool { return s.health().Numbers[1].Fingerprint == fingerprint(t, "b") })
	s.Reload()
	for _, key := range []string{"a", "b"} {
		if got := send(t, s.phone(key), initMessage()); got != 200 {
			t.Errorf("key %s: status %d, want 200", key, got)
		}
	}
	s.stop()
}
