package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

func TestKeysGenerate(t *testing.T) {
	t.Parallel()
	passphrase := writeFile(t, filepath.Join(t.TempDir(), "passphrase"), "correct horse\r\n")
	for name, c := range map[string]struct {
		args       []string
		passphrase string
		form       string
	}{
		"plain":     {nil, "", "-----BEGIN PRIVATE KEY-----"},
		"encrypted": {[]string{"--passphrase-file", passphrase}, "correct horse", "-----BEGIN ENCRYPTED PRIVATE KEY-----"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "main.pem")
			args := append([]string{"keys", "generate", "--out", out}, c.args...)
			p := newProgram()
			p.run(t, 0, args...)
			text := readFile(t, out)
			pair, err := keystore.ParsePrivate([]byte(text), []byte(c.passphrase))
			if err != nil || !strings.HasPrefix(text, c.form) {
				t.Fatalf("got error %v and a key that begins with %.40s, want %s", err, text, c.form)
			}
			contains(t, "stdout", p.stdout.String(), "private key  "+out+" (mode 0600", "fingerprint  "+pair.Fingerprint()+"\n", string(pair.PublicPEM()))
			noSecrets(t, p.stdout.String(), p.stderr.String())
			info, err := os.Stat(out)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != 0o600 {
				t.Errorf("got mode %o, want 600", got)
			}

			p = newProgram()
			p.run(t, 1, args...)
			contains(t, "stderr", p.stderr.String(), "file exists", "hint: nothing was overwritten")
			if readFile(t, out) != text {
				t.Error("the key was overwritten")
			}
		})
	}
}

func TestKeysShow(t *testing.T) {
	t.Parallel()
	want := strings.TrimSpace(readFile(t, keysDir, "a.fingerprint.txt"))
	for file, c := range map[string]struct{ args, form string }{
		"a.pkcs8.pem":              {"", "private key, PKCS#8"},
		"a.pkcs1.pem":              {"", "private key, PKCS#1"},
		"a.pkcs8.escaped.txt":      {"", "private key, PKCS#8"},
		"a.pkcs8.pbes2-aes256.pem": {"passphrase.txt", "private key, "},
		"a.pkcs1.des3.pem":         {"passphrase.txt", "private key, "},
		"a.public.pem":             {"", "public key"},
		"a.public.pkcs1.pem":       {"", "public key"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			args := []string{"keys", "show", keysDir + file}
			if c.args != "" {
				args = append(args, "--passphrase-file", keysDir+c.args)
			}
			p := newProgram()
			p.run(t, 0, args...)
			contains(t, "stdout", p.stdout.String(), "form         "+c.form, "size         RSA 2048\n", "fingerprint  "+want+"\n", "-----BEGIN PUBLIC KEY-----")
			noSecrets(t, p.stdout.String())
		})
	}
}

// Neither file is ever overwritten, and a refusal leaves no file behind.
func TestKeysGeneratePublic(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private, public := filepath.Join(dir, "private.pem"), filepath.Join(dir, "public.pem")
	p := newProgram()
	p.run(t, 0, "keys", "generate", "--out", private, "--public", public)
	pair, err := keystore.ParsePrivate([]byte(readFile(t, private)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := readFile(t, public), string(pair.PublicPEM()); got != want {
		t.Errorf("got public key %s, want %s", got, want)
	}
	contains(t, "stdout", p.stdout.String(), "private key  "+private, "public key   "+public+"\n", pair.Fingerprint(), string(pair.PublicPEM()))

	other := filepath.Join(dir, "other.pem")
	for name, args := range map[string][]string{
		"private key exists":     {"--out", private, "--public", other},
		"public key exists":      {"--out", other, "--public", public},
		"the same file for both": {"--out", other, "--public", other},
		"no directory":           {"--out", other, "--public", filepath.Join(dir, "nosuch", "public.pem")},
	} {
		p := newProgram()
		p.run(t, 1, append([]string{"keys", "generate"}, args...)...)
		if _, err := os.Stat(other); !os.IsNotExist(err) {
			t.Errorf("%s: a refused generate left a file", name)
		}
	}
	if got := readFile(t, public); got != string(pair.PublicPEM()) {
		t.Error("the public key was overwritten")
	}
}

// Every refusal says what to do, in a hint or in its own words.
func TestKeysRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := writeFile(t, filepath.Join(dir, "empty"), "\n")
	wrong := writeFile(t, filepath.Join(dir, "wrong"), "battery staple\n")
	quoted := writeFile(t, filepath.Join(dir, "quoted"), "\"correct horse\"\n")
	out := filepath.Join(dir, "main.pem")
	note := writeFile(t, filepath.Join(dir, "note"), "not a key")
	jwk := writeFile(t, filepath.Join(dir, "jwk"), `{"kty":"RSA","n":"x","e":"AQAB"}`)
	for name, c := range map[string]struct {
		args   []string
		code   int
		stderr []string
	}{
		"no --out":          {[]string{"generate"}, 2, []string{"missing flags: --out=FILE"}},
		"no directory":      {[]string{"generate", "--out", filepath.Join(dir, "nosuch", "main.pem")}, 1, []string{"no such file or directory"}},
		"empty passphrase":  {[]string{"generate", "--out", out, "--passphrase-file", empty}, 1, []string{"is empty", "hint: write the passphrase"}},
		"no passphrase":     {[]string{"generate", "--out", out, "--passphrase-file", "nosuch"}, 1, []string{"nosuch: no such file"}},
		"show nothing":      {[]string{"show"}, 2, []string{`expected "<file>"`}},
		"no file":           {[]string{"show", "nosuch.pem"}, 1, []string{"nosuch.pem: no such file"}},
		"no key":            {[]string{"show", note}, 1, []string{note + ": private key not usable: text without a key", "hint: keys show accepts public keys"}},
		"public JWK":        {[]string{"show", jwk}, 1, []string{jwk + ": public key not readable: JWK of a public key found: convert it with"}},
		"quoted passphrase": {[]string{"show", keysDir + "a.pkcs8.scrypt.pem", "--passphrase-file", quoted}, 1, []string{"it begins with a quotation mark"}},
		"EC":                {[]string{"show", keysDir + "ec.pkcs8.pem"}, 1, []string{"WhatsApp needs RSA 2048; make one with"}},
		"RSA 1024":          {[]string{"show", keysDir + "weak1024.pkcs8.pem"}, 1, []string{"RSA", "2048"}},
		"passphrase needed": {[]string{"show", keysDir + "a.pkcs1.aes256.pem"}, 1, []string{"private key not decrypted", "passphrase"}},
		"wrong passphrase":  {[]string{"show", keysDir + "a.pkcs8.scrypt.pem", "--passphrase-file", wrong}, 1, []string{"private key not decrypted", "passphrase"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, append([]string{"keys"}, c.args...)...)
			contains(t, "stderr", p.stderr.String(), append(c.stderr, "flowserver: error: ")...)
			noSecrets(t, p.stdout.String(), p.stderr.String())
			if strings.Contains(p.stderr.String(), "battery") {
				t.Errorf("the passphrase is in %s", &p.stderr)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "main.pem")); !os.IsNotExist(err) {
		t.Error("a refused generate left a file")
	}
}

// A key or a secret that was given in the place of its file is not printed.
func TestMisplacedValues(t *testing.T) {
	t.Parallel()
	pem := readFile(t, keysDir, "a.pkcs8.pem")
	_, body, _ := strings.Cut(pem, "\n")
	body, _, _ = strings.Cut(strings.ReplaceAll(body, "\n", ""), "-----END")
	public := readFile(t, keysDir, "a.public.pem")
	const url, app = "http://127.0.0.1:1/", "0123456789abcdef0123456789abcdef"
	for name, c := range map[string]struct {
		args   []string
		code   int
		secret string
	}{
		"key":                 {[]string{"keys", "show", pem}, 2, "MIIE"},
		"key after a dash":    {[]string{"keys", "show", "--", pem}, 1, "MIIE"},
		"bare key":            {[]string{"keys", "show", body}, 1, "MIIE"},
		"key as a flag":       {[]string{"call", url, "ping", "--public-key=" + pem}, 1, "MIIE"},
		"key of a flag":       {[]string{"call", url, "ping", "--public-key", public}, 2, "MIIB"},
		"app secret":          {[]string{"call", url, "ping", "--public-key", keysDir + "a.public.pem", "--app-secret-file", app}, 1, app},
		"secret as an action": {[]string{"call", url, app}, 2, app},
		"token as a file":     {[]string{"serve", "--config", "EAAGm0PX4ZCpsBAKZC0PX4ZCpsBAKZC"}, 1, "EAAGm0PX4"},
		"superfluous secret":  {[]string{"keys", "show", "x", app}, 2, app},
		"superfluous token":   {[]string{"keys", "show", "x", "EAAGm0PX4ZCpsBAKZC0PX4ZCpsBAKZC"}, 2, "EAAGm0PX4"},
		"secret of tokens":    {[]string{"token", "mint", "--flow", "f", "--subject", "s", "--token-secret-file", "whsec_" + app}, 1, app},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, c.args...)
			contains(t, "stderr", p.stderr.String(), "[redacted]", "hint: give the path of a file, not what is in it")
			if output := p.stderr.String() + p.stdout.String(); strings.Contains(output, c.secret) {
				t.Errorf("%s shows the value", output)
			}
		})
	}
}
