package cli_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/flowserver/flowserver/internal/standin"
)

// sets counts the requests that set a key at ChakraHQ, and checks that no private
// key was sent.
func sets(t *testing.T, stand *standin.Server) int {
	t.Helper()
	count := 0
	for _, r := range stand.Requests() {
		if r.Method == http.MethodPost {
			count++
		}
		if strings.Contains(r.Body+r.URI, "PRIVATE") {
			t.Errorf("a private key was sent: %s %s", r.Method, r.URI)
		}
	}
	return count
}

func TestKeysRegister(t *testing.T) {
	t.Parallel()
	a, b := readFile(t, keysDir, "a.public.pem"), readFile(t, keysDir, "b.public.pem")
	stranger := string(generate(t).PublicPEM())
	both := []string{fingerprint(t, a), fingerprint(t, stranger)}
	for name, c := range map[string]struct {
		pem, status string // at the provider
		answer      string // of a user at a terminal; none if empty
		args        []string
		code, sets  int
		stdout      []string
		stderr      []string
	}{
		"ok":            {pem: a, status: "VALID", stdout: []string{"verdict       ok\n", "nothing to do"}},
		"ok with --yes": {pem: a, status: "VALID", args: []string{"--yes"}, stdout: []string{"nothing to do"}},
		"missing": {
			pem: " ", status: "MISMATCH", sets: 1,
			stdout: []string{"The public key was sent to chakra; read back:\n\nmain\n", "verdict       ok\n", "nothing to do"},
		},
		"unsigned": {pem: a, status: "MISMATCH", sets: 1, stdout: []string{"verdict       ok\n"}},
		"previous": {pem: b, status: "VALID", sets: 1, stdout: []string{"verdict       ok\n"}},
		"invalid":  {pem: "not a key", status: "VALID", sets: 1, stdout: []string{"verdict       ok\n"}},
		"foreign, nobody to ask": {
			pem: stranger, status: "VALID", code: 1, stdout: both,
			stderr: []string{"error: number main: another key is registered", "hint: nothing was sent; to replace the key, add --yes"},
		},
		"not shown":        {pem: " ", status: "VALID", code: 1, stdout: []string{"unknown"}, stderr: []string{"but the provider does not show it"}},
		"not shown, --yes": {pem: " ", status: "VALID", args: []string{"--yes"}, sets: 1, stdout: []string{"verdict       ok\n"}},
		"foreign, y": {
			pem: stranger, status: "VALID", answer: "y\n", sets: 1, stdout: append(both, "verdict       ok\n"),
			stderr: []string{"Replace it? [y/N] "},
		},
		"foreign, Yes":          {pem: stranger, status: "VALID", answer: " Yes\r\n", sets: 1, stdout: []string{"verdict       ok\n"}},
		"foreign, n":            {pem: stranger, status: "VALID", answer: "n\n", code: 1, stdout: both, stderr: []string{"not replaced, nothing was sent"}},
		"foreign, just Enter":   {pem: stranger, status: "VALID", answer: "\n", code: 1, stderr: []string{"not replaced"}},
		"foreign, yikes":        {pem: stranger, status: "VALID", answer: "yikes\n", code: 1, stderr: []string{"not replaced"}},
		"foreign, end of input": {pem: stranger, status: "VALID", answer: "EOF", code: 1, stderr: []string{"not replaced"}},
		"foreign, MISMATCH":     {pem: stranger, status: "MISMATCH", code: 1, stdout: both},
		"foreign, --yes":        {pem: stranger, status: "VALID", args: []string{"--yes"}, sets: 1, stdout: []string{"verdict       ok\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem", "b.pkcs8.pem"}}
			stand := serveProvider(t, &n, c.pem, c.status)
			p := newProgram()
			p.Interactive, p.Stdin = c.answer != "", strings.NewReader(strings.TrimPrefix(c.answer, "EOF"))
			p.run(t, c.code, append([]string{"keys", "register", "--number", "main", "--config", writeConfig(t, "", n)}, c.args...)...)
			if got := sets(t, stand); got != c.sets {
				t.Errorf("got %d requests that set a key, want %d", got, c.sets)
			}
			wantPEM := c.pem
			if c.sets > 0 {
				wantPEM = a
			}
			if got, _ := stand.Registered(); got != wantPEM {
				t.Errorf("got registered\n%s\nwant\n%s", got, wantPEM)
			}
			contains(t, "stdout", p.stdout.String(), c.stdout...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
			noSecrets(t, p.stdout.String(), p.stderr.String())
		})
	}
}

// What goes wrong when the key is set decides on the exit code by what was read
// back afterwards.
func TestKeysRegisterTrouble(t *testing.T) {
	t.Parallel()
	a := readFile(t, keysDir, "a.public.pem")
	stranger := string(generate(t).PublicPEM())
	for name, c := range map[string]struct {
		before func(*standin.Server) // the first request
		onSet  func(*standin.Server) http.HandlerFunc
		code   int
		sets   int
		stdout []string
		stderr []string
	}{
		"unauthorized": {
			before: func(s *standin.Server) { s.Fail(standin.Unauthorized) },
			code:   1,
			stderr: []string{"number main: the registered key cannot be read: chakra: get business public key: credentials refused (HTTP 401", "hint: nothing was sent"},
		},
		"set refused": {
			onSet: failing(standin.Forbidden),
			code:  3,
			sets:  1,
			stdout: []string{
				"The provider chakra refused the key: not permitted. Registered is:\n\nmain\n", "verdict       missing\n",
				"next step     fix the error, then run flowserver keys register again",
			},
			stderr: []string{"chakra: set business public key: not permitted (HTTP 403"},
		},
		"set, then reset": { // uncertain, and read back well
			onSet:  failing(standin.SetThenReset),
			sets:   1,
			stdout: []string{"verdict       ok\n"},
		},
		"reset, not set": {
			onSet:  failing(standin.Reset),
			code:   3,
			sets:   1,
			stderr: []string{"the key may or may not have been replaced"},
		},
		"taken and dropped": {
			onSet:  saying("", ""),
			code:   3,
			sets:   1,
			stdout: []string{"verdict       missing\n", "next step     the provider may need a while: run flowserver keys status again later"},
			stderr: []string{"the provider does not have our key after setting it"},
		},
		"another came in between": {
			onSet:  saying(stranger, "VALID"),
			code:   3,
			sets:   1,
			stdout: []string{"verdict       foreign\n"},
		},
		"not signed": {
			onSet:  saying(a, "MISMATCH"),
			code:   3,
			sets:   1,
			stdout: []string{"verdict       unsigned\n"},
			stderr: []string{"our key is registered, but its signature status is MISMATCH"},
		},
		"not read back": {
			onSet: func(s *standin.Server) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					s.ServeHTTP(w, r)
					s.Fail(standin.Unauthorized)
				}
			},
			code:   4,
			sets:   1,
			stderr: []string{"number main: read the key back: chakra: get business public key", "hint: the key may or may not be registered"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stand := standin.New(standin.Chakra, account)
			if c.before != nil {
				c.before(stand)
			}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && c.onSet != nil {
					c.onSet(stand)(w, r)
					return
				}
				stand.ServeHTTP(w, r)
			}))
			t.Cleanup(s.Close)
			n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem"}, url: s.URL}
			p := newProgram()
			p.run(t, c.code, "keys", "register", "--number", "main", "--config", writeConfig(t, "", n))
			if got := sets(t, stand); got != c.sets {
				t.Errorf("got %d requests that set a key, want %d", got, c.sets)
			}
			contains(t, "stdout", p.stdout.String(), c.stdout...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
			noSecrets(t, p.stdout.String(), p.stderr.String())
		})
	}
}

// failing makes a set meet a fault.
func failing(fault standin.Fault) func(*standin.Server) http.HandlerFunc {
	return func(s *standin.Server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			s.FailNext(1, fault)
			s.ServeHTTP(w, r)
		}
	}
}

// saying takes a set well and has something else on record then; nothing new if
// pem is empty.
func saying(pem, status string) func(*standin.Server) http.HandlerFunc {
	return func(s *standin.Server) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			before, beforeStatus := s.Registered()
			s.ServeHTTP(w, r)
			if pem == "" {
				s.Register(before, beforeStatus)
			} else {
				s.Register(pem, status)
			}
		}
	}
}

func TestKeysRegisterRefusals(t *testing.T) {
	t.Parallel()
	config := writeConfig(t, "", number{id: "main", keys: []string{"a.pkcs8.pem"}})
	for name, c := range map[string]struct {
		args   []string
		code   int
		stderr []string
	}{
		"no provider":    {[]string{"--number", "main", "--config", config}, 1, []string{"number main: there is no provider", "hint: set provider"}},
		"no number":      {[]string{"--config", config}, 2, []string{"missing flags: --number=ID"}},
		"unknown number": {[]string{"--number", "x", "--config", config}, 2, []string{`no number has the id "x"; configured: main`}},
		"no such file":   {[]string{"--number", "main", "--config", "nosuch.yaml"}, 1, []string{"nosuch.yaml", "cannot be read"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"keys", "register"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), c.stderr...)
		})
	}
}

// Whoever does not answer can still end the program.
func TestKeysRegisterUnanswered(t *testing.T) {
	t.Parallel()
	n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem"}}
	stand := serveProvider(t, &n, readFile(t, keysDir, "b.public.pem"), "VALID")
	args := []string{"keys", "register", "--number", "main", "--config", writeConfig(t, "", n)}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	silence, w := io.Pipe() // a terminal at which nobody types
	defer func() { _ = w.Close() }()
	p := newProgram()
	p.Interactive, p.Stdin, p.Stderr = true, silence, io.MultiWriter(&p.stderr, onText("[y/N]", cancel))
	if code := p.Run(ctx, args); code != 1 {
		t.Errorf("interrupted: got exit code %d, want 1", code)
	}
	contains(t, "stderr", p.stderr.String(), "error: number main: interrupted, nothing was sent")

	p = newProgram()
	p.Interactive, p.Stdin = true, iotest.ErrReader(io.ErrClosedPipe)
	p.run(t, 1, args...)
	contains(t, "stderr", p.stderr.String(), "read the answer: io: read/write on closed pipe")
	if got := sets(t, stand); got != 0 {
		t.Errorf("got %d requests that set a key, want none", got)
	}
}

// onText is a writer that calls f when the text is written to it.
func onText(text string, f func()) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		if strings.Contains(string(p), text) {
			f()
		}
		return len(p), nil
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
