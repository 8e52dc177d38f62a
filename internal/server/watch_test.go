package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/registration"
)

// mount is a folder as Kubernetes mounts a secret: the names are links into ..data,
// and ..data is a link to the generation in force.
type mount struct {
	t   *testing.T
	dir string
}

func newMount(t *testing.T, files map[string]string) *mount {
	t.Helper()
	m := &mount{t: t, dir: t.TempDir()}
	m.swap("1", files)
	for name := range files {
		if err := os.Symlink(filepath.Join("..data", name), m.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *mount) path(name string) string { return filepath.Join(m.dir, name) }

// swap puts a new generation in force at once. files are names and what they copy.
func (m *mount) swap(generation string, files map[string]string) {
	m.t.Helper()
	dir := m.path("..generation" + generation)
	if err := os.Mkdir(dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	for name, from := range files {
		writeFile(m.t, filepath.Join(dir, name), readFile(m.t, keyFile(from)))
	}
	next := m.path("..next")
	if err := os.Symlink(filepath.Base(dir), next); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Rename(next, m.path("..data")); err != nil {
		m.t.Fatal(err)
	}
}

// A rotation fails no exchange: neither of phones that still have the old public
// key, nor of those that have the new one.
func TestRotationUnderLoad(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	secret := newMount(t, map[string]string{"active.pem": "a.pkcs8.pem", "previous.pem": "a.pkcs8.pem"})
	s := setup{keys: []string{secret.path("active.pem"), secret.path("previous.pem")}, provider: meta(url)}.start(t)
	s.becomes(registration.VerdictOK)
	old := startLoad(t, s.phone("a"))

	secret.swap("2", map[string]string{"active.pem": "b.pkcs8.pem", "previous.pem": "a.pkcs8.pem"})
	eventually(t, "the new key is active", func() bool { return s.number().Fingerprint == fingerprint(t, "b") })
	old.more(t)
	s.becomes(registration.VerdictPrevious)
	if status, reasons := s.ready(); status != 200 {
		t.Errorf("between reloading and registering: not ready: %s", reasons)
	}

	stand.Register(publicPEM(t, "b"), "VALID")
	fresh := startLoad(t, s.phone("b"))
	old.more(t)
	old.stop()
	fresh.stop()
	for _, part := range []string{"keys reloaded", fingerprint(t, "a"), fingerprint(t, "b")} {
		if !strings.Contains(s.log.String(), part) {
			t.Errorf("log lacks %q:\n%s", part, s.log)
		}
	}
}

// A broken file keeps the old keys and says so, once; the next content is tried again.
func TestBrokenKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	whole := readFile(t, keyFile("b.pkcs8.pem"))
	writeFile(t, path, readFile(t, keyFile("a.pkcs8.pem")))
	s := setup{keys: []string{path}}.start(t)

	for name, spoil := range map[string]func(){
		"half written": func() { writeFile(t, path, whole[:len(whole)/2]) },
		"empty":        func() { writeFile(t, path, nil) },
		"gone": func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		before := strings.Count(s.log.String(), "cannot be reloaded")
		spoil()
		eventually(t, name+": the log says so", func() bool { return strings.Count(s.log.String(), "cannot be reloaded") == before+1 })
		h := s.health()
		if n := h.Numbers[0]; h.Status != server.StatusDegraded || n.Fingerprint != fingerprint(t, "a") || !strings.Contains(n.Error, path) {
			t.Errorf("%s: %s, key %s, error %q", name, h.Status, n.Fingerprint, n.Error)
		}
		if got := send(t, s.phone("a"), initMessage()); got != 200 {
			t.Errorf("%s: exchange: status %d, want 200 with the old key", name, got)
		}
	}
	before := strings.Count(s.log.String(), "cannot be reloaded")
	s.Reload() // whoever asks for it is told again
	if got := strings.Count(s.log.String(), "cannot be reloaded"); got != before+1 {
		t.Errorf("Reload of a broken file: told %d times, want once", got-before)
	}

	writeFile(t, path, whole)
	eventually(t, "the whole file is taken over", func() bool { return s.number().Fingerprint == fingerprint(t, "b") })
	if h := s.health(); h.Status != server.StatusOK || h.Numbers[0].Error != "" {
		t.Errorf("afterwards: %s, %q", h.Status, h.Numbers[0].Error)
	}
	if strings.Contains(s.log.String(), "PRIVATE KEY-----") {
		t.Error("the log shows a key")
	}
}

// A file that stays broken is complained of once, not every time that it is looked at.
func TestBrokenKeyFileIsToldOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken, clock := filepath.Join(dir, "broken.pem"), filepath.Join(dir, "clock.pem")
	a, b := readFile(t, keyFile("a.pkcs8.pem")), readFile(t, keyFile("b.pkcs8.pem"))
	writeFile(t, broken, a)
	writeFile(t, clock, a)
	cfg := loadConfig(t, fmt.Sprintf(`
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers: [{id: broken, private_keys: [{file: %s}]}, {id: clock, private_keys: [{file: %s}]}]
flows: [{id: greeting, app_secrets: [x], numbers: [broken, clock]}]
`, broken, clock))
	s := serve(t, cfg, setup{}.flows())
	writeFile(t, broken, []byte("broken"))
	for i, key := range [][]byte{b, a, b} { // each change that is seen proves that all files were looked at
		writeFile(t, clock, key)
		eventually(t, "the other number's key changes", func() bool { return strings.Count(s.log.String(), "keys reloaded") == i+1 })
	}
	if got := strings.Count(s.log.String(), "cannot be reloaded"); got != 1 {
		t.Errorf("told %d times, want once:\n%s", got, s.log)
	}
	if h := s.health(); h.Numbers[0].Error == "" || h.Numbers[1].Error != "" {
		t.Errorf("errors %q and %q, want one of the first number only", h.Numbers[0].Error, h.Numbers[1].Error)
	}
}

// Reload adopts keys at once, judges them at once, and has the provider asked. The key
// that was replaced still opens envelopes.
func TestReload(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	path := filepath.Join(t.TempDir(), "key.pem")
	writeFile(t, path, readFile(t, keyFile("a.pkcs8.pem")))
	s := setup{keys: []string{path}, provider: meta(url)}.start(t)
	s.becomes(registration.VerdictOK)

	stand.Fail(standin.Slow) // the judgement must not wait for it
	writeFile(t, path, readFile(t, keyFile("b.pkcs8.pem")))
	s.Reload()
	if h := s.health(); h.Status != server.StatusDegraded || h.Numbers[0].Verdict != "previous" ||
		!slices.Equal(h.Numbers[0].PreviousFingerprints, []string{fingerprint(t, "a")}) {
		t.Errorf("with another key: %s, verdict %s, previous keys %q, want previous at once", h.Status, h.Numbers[0].Verdict, h.Numbers[0].PreviousFingerprints)
	}
	for _, key := range []string{"a", "b"} {
		s.Reload()
		if got := send(t, s.phone(key), initMessage()); got != 200 {
			t.Errorf("key %s: status %d, want 200", key, got)
		}
	}
	for _, part := range []string{registration.VerdictPrevious.Remedy("main"), "replaced in its file", fingerprint(t, "a"), "until"} {
		if !strings.Contains(s.log.String(), part) {
			t.Errorf("the log lacks %q:\n%s", part, s.log)
		}
	}
	eventually(t, "the provider is asked again", func() bool { return stand.Count() >= 2 })
}

// Signals in a row do not become a load on the provider.
func TestReloadAsksSeldom(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	s := setup{provider: meta(url)}.start(t)
	s.becomes(registration.VerdictOK)
	for i := range 20 {
		s.Reload()
		if i == 0 {
			eventually(t, "the provider is asked again", func() bool { return stand.Count() == 2 })
		}
		if got := send(t, s.phone("a"), initMessage()); got != 200 {
			t.Errorf("exchange: status %d, want 200", got)
		}
	}
	s.stop()
	if got := stand.Count(); got != 2 {
		t.Errorf("the provider was asked %d times for 20 signals, want once after the start", got-1)
	}
}

// Keys and their passphrases change together.
func TestReloadPassphrase(t *testing.T) {
	t.Parallel()
	secret := newMount(t, map[string]string{"key.pem": "b.pkcs8.pem", "pass": "a.fingerprint.txt"})
	cfg := loadConfig(t, "numbers: [{id: main, private_keys: [{file: "+secret.path("key.pem")+", passphrase_file: "+secret.path("pass")+"}]}]\n"+
		"flows: [{id: greeting, app_secrets: [x]}]\n")
	s, err := server.New(server.Options{Config: cfg, Flows: setup{}.flows()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // in memory
	if got := s.Health().Numbers[0].Fingerprint; got != fingerprint(t, "b") {
		t.Fatalf("key %s, want b", got)
	}
	secret.swap("2", map[string]string{"key.pem": "a.pkcs8.pbes2-aes256.pem", "pass": "passphrase.txt"})
	s.Reload() // before it serves, too
	if n := s.Health().Numbers[0]; n.Fingerprint != fingerprint(t, "a") || n.Error != "" {
		t.Errorf("key %s, error %q, want a", n.Fingerprint, n.Error)
	}
}
