package keystore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// differentialPassphrase is that of all keys that these tests make.
const differentialPassphrase = "Tr0ub4dor & 3"

// tool skips the test where a program is missing, unless the environment requires all
// of them, as CI does.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, err)
	}
	return path
}

func missing(t *testing.T, what ...any) {
	t.Helper()
	if os.Getenv("FLOWSERVER_REQUIRE_EXAMPLES") == "1" {
		t.Fatal(what...)
	}
	t.Skip(what...)
}

// opensslTool returns OpenSSL 3 or later: the commands that errors advise are for it.
func opensslTool(t *testing.T) string {
	t.Helper()
	path := tool(t, "openssl")
	version, err := run(t, nil, path, "version")
	if err != nil || !bytes.HasPrefix(version, []byte("OpenSSL ")) || bytes.HasPrefix(version, []byte("OpenSSL 1.")) {
		missing(t, "not OpenSSL 3: ", string(version), err)
	}
	return path
}

// run runs a program with the text on its standard input and returns what it prints.
func run(t *testing.T, stdin []byte, name string, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	return cmd.Output()
}

// sample is a key as a tool wrote it, or as something else mangled it.
type sample struct {
	Name string
	Text []byte
}

// The tools write the keys, and the tools judge them.
func TestParsePrivateDifferential(t *testing.T) {
	t.Parallel()
	openssl, node := opensslTool(t), tool(t, "node")
	samples := append(opensslSamples(t, openssl), nodeSamples(t, node)...)
	t.Run("opened by all", func(t *testing.T) { t.Parallel(); testOpenedByAll(t, openssl, node, samples) })
	t.Run("remedies", func(t *testing.T) { t.Parallel(); testRemedies(t, openssl, node, samples) })
}

// What Node, OpenSSL and Python all open is opened here, too.
func testOpenedByAll(t *testing.T, openssl, node string, samples []sample) {
	t.Helper()
	samples = slices.Clone(samples)
	for _, file := range []string{"a.pkcs8.pem", "a.pkcs1.pem"} {
		for name, text := range damages(t, string(readFile(t, keysDir, file))) {
			samples = append(samples, sample{file + ", " + name, []byte(text)})
		}
	}
	var opened []sample
	var fingerprints []string
	for i, fingerprint := range nodeOpens(t, node, samples) {
		if fingerprint != "" && opensslOpens(t, openssl, samples[i]) {
			opened, fingerprints = append(opened, samples[i]), append(fingerprints, fingerprint)
		}
	}
	compared := 0
	for i, byPython := range pythonOpens(t, opened) {
		if !byPython {
			continue
		}
		compared++
		pair, err := keystore.ParsePrivate(opened[i].Text, []byte(differentialPassphrase))
		if err != nil {
			t.Errorf("%s: the others open it: %v", opened[i].Name, err)
			continue
		}
		if got := pair.Fingerprint(); got != fingerprints[i] {
			t.Errorf("%s: Fingerprint = %s, want %s", opened[i].Name, got, fingerprints[i])
		}
	}
	t.Logf("%d of %d keys are opened by all", compared, len(samples))
	if compared < 40 {
		t.Errorf("only %d of %d keys were compared", compared, len(samples))
	}
}

// opensslSamples returns a key in every form that OpenSSL writes.
func opensslSamples(t *testing.T, openssl string) []sample {
	t.Helper()
	plain, err := run(t, nil, openssl, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
	if err != nil {
		t.Fatal(err)
	}
	var samples []sample
	for _, form := range opensslForms() {
		args := append(strings.Fields(form), "-passout", "pass:"+differentialPassphrase)
		text, err := run(t, plain, openssl, args...)
		if err != nil {
			t.Logf("openssl %s: %v", form, err) // another version may lack it
			continue
		}
		samples = append(samples, sample{"openssl " + form, text})
	}
	if len(samples) < 20 {
		t.Fatalf("OpenSSL wrote %d forms only", len(samples))
	}
	return samples
}

func opensslForms() []string {
	forms := []string{
		"rsa", "rsa -traditional", "rsa -outform DER", "rsa -traditional -outform DER", "pkcs8 -topk8 -nocrypt", "pkcs8 -topk8 -nocrypt -outform DER",
		"pkcs8 -topk8 -outform DER", "pkcs8 -topk8 -scrypt", "pkcs8 -topk8 -scrypt -scrypt_N 1024 -scrypt_r 16 -scrypt_p 2",
		"pkcs8 -topk8 -iter 1", "pkcs8 -topk8 -iter 100000",
		"pkcs8 -topk8 -v2 des-cbc -provider legacy -provider default", "rsa -outform MSBLOB", "rsa -outform PVK -pvk-none",
	}
	for _, cipher := range []string{"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3", "camellia-256-cbc", "aria-128-cbc", "aes-256-cfb", "aes-256-ofb"} {
		forms = append(forms, "pkcs8 -topk8 -v2 "+cipher)
	}
	for _, prf := range []string{"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512-224", "SHA512-256", "MD5"} {
		forms = append(forms, "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWith"+prf)
	}
	for _, scheme := range []string{"PBE-SHA1-3DES", "PBE-SHA1-2DES", "PBE-MD5-DES", "PBE-SHA1-DES", "PBE-SHA1-RC2-128", "PBE-SHA1-RC2-40", "PBE-SHA1-RC4-128"} {
		forms = append(forms, "pkcs8 -topk8 -provider legacy -provider default -v1 "+scheme)
	}
	for _, cipher := range []string{"aes128", "aes192", "aes256", "des3", "camellia128", "aria256", "aes-256-cfb", "des", "bf", "cast", "rc2", "seed"} {
		forms = append(forms, "rsa -provider legacy -provider default -traditional -"+cipher)
	}
	return forms
}

// nodeSamples returns a key in every form that Node writes.
func nodeSamples(t *testing.T, node string) []sample {
	t.Helper()
	const script = `
const crypto = require("crypto"), passphrase = process.argv[1], samples = [];
const ciphers = ["", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc", "camellia-256-cbc", "aria-256-cbc"];
const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
for (const type of ["pkcs1", "pkcs8"]) for (const format of ["pem", "der"]) for (const cipher of ciphers) {
	if (cipher && type === "pkcs1" && format === "der") continue;
	try {
		const text = privateKey.export(cipher ? { type, format, cipher, passphrase } : { type, format });
		samples.push({ Name: "node " + [type, format, cipher].join(" "), Text: Buffer.from(text).toString("base64") });
	} catch { /* another version may lack the cipher */ }
}
console.log(JSON.stringify(samples));`
	output, err := run(t, nil, node, "-e", script, differentialPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	var samples []sample
	if err := json.Unmarshal(output, &samples); err != nil || len(samples) < 10 {
		t.Fatalf("Node wrote %d forms: %v", len(samples), err)
	}
	return samples
}

// nodeOpens returns the fingerprint of each key that Node opens.
func nodeOpens(t *testing.T, node string, samples []sample) []string {
	t.Helper()
	const script = `
const crypto = require("crypto"), passphrase = process.argv[1];
const fingerprint = ({ Text }) => {
	const key = Buffer.from(Text, "base64");
	for (const options of [{ format: "pem" }, { format: "der", type: "pkcs8" }, { format: "der", type: "pkcs1" }]) try {
		const open = crypto.createPrivateKey({ key, passphrase, ...options });
		return crypto.createHash("sha256").update(crypto.createPublicKey(open).export({ type: "spki", format: "der" })).digest("hex");
	} catch { /* the next */ }
	return "";
};
console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).map(fingerprint)));`
	return judge[string](t, samples, node, "-e", script, differentialPassphrase)
}

// pythonOpens reports which keys Python opens: all without its package cryptography.
func pythonOpens(t *testing.T, samples []sample) []bool {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err == nil {
		_, err = run(t, nil, python, "-c", "import cryptography")
	}
	if err != nil {
		t.Log("without Python: ", err)
		return slices.Repeat([]bool{true}, len(samples))
	}
	const script = `
import base64, json, sys
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
passphrase = sys.argv[1].encode()
def opens(sample):
    for load in (load_pem_private_key, load_der_private_key):
        for given in (passphrase, None):
            try:
                load(base64.b64decode(sample["Text"]), given)
                return True
            except Exception:
                pass
    return False
print(json.dumps([opens(s) for s in json.load(sys.stdin)]))`
	return judge[bool](t, samples, python, "-W", "ignore", "-c", script, differentialPassphrase)
}

// judge has a program read all samples and returns its verdicts, in order.
func judge[Verdict any](t *testing.T, samples []sample, name string, args ...string) []Verdict {
	t.Helper()
	input, err := json.Marshal(samples)
	if err != nil {
		t.Fatal(err)
	}
	output, err := run(t, input, name, args...)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(name), err)
	}
	var verdicts []Verdict
	if err := json.Unmarshal(output, &verdicts); err != nil || len(verdicts) != len(samples) {
		t.Fatalf("%s: %d verdicts on %d keys: %v", filepath.Base(name), len(verdicts), len(samples), err)
	}
	return verdicts
}

func opensslOpens(t *testing.T, openssl string, s sample) bool {
	t.Helper()
	_, err := run(t, s.Text, openssl, "pkey", "-noout", "-passin", "pass:"+differentialPassphrase)
	return err == nil
}

// command is what an error advises in quotation marks.
var command = regexp.MustCompile(`"((?:openssl|ssh-keygen|node) .*)"`)

// The commands that errors advise work: their output is a key that is read.
func testRemedies(t *testing.T, openssl, node string, samples []sample) {
	t.Helper()
	const pass = "pass:" + differentialPassphrase
	plain := readFile(t, keysDir, "a.pkcs8.pem")
	samples = slices.Clone(samples)
	pss, err := run(t, nil, openssl, "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
	if err != nil {
		t.Fatal(err)
	}
	samples = append(samples, sample{"RSA-PSS", pss})
	certificate := filepath.Join(t.TempDir(), "both.pem")
	if err := os.WriteFile(certificate, append(testCertificate(t), plain...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-descert"}, {"-legacy"}} {
		p12, err := run(t, nil, openssl, append([]string{"pkcs12", "-export", "-in", certificate, "-passout", pass}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, sample{"pkcs12 " + args[0], p12})
	}
	jwk, err := run(t, plain, node, "-p", `JSON.stringify(require("crypto").createPrivateKey(require("fs").readFileSync(0)).export({format:"jwk"}))`)
	if err != nil {
		t.Fatal(err)
	}
	samples = append(samples, sample{"JWK", jwk})
	if keygen, err := exec.LookPath("ssh-keygen"); err == nil {
		samples = append(samples, sample{"OpenSSH", openSSHKey(t, keygen)})
	}

	followed := 0
	for _, s := range samples {
		_, err := keystore.ParsePrivate(s.Text, []byte(differentialPassphrase))
		if err == nil {
			continue
		}
		advice := command.FindStringSubmatch(err.Error())
		if advice == nil {
			t.Errorf("%s: error without a command: %v", s.Name, err)
			continue
		}
		followed++
		if key, err := keystore.ParsePrivate(follow(t, advice[1], s.Text), []byte(differentialPassphrase)); err != nil || key == nil {
			t.Errorf("%s: after %s: %v", s.Name, advice[1], err)
		}
	}
	t.Logf("%d commands were followed", followed)
	if followed < 10 {
		t.Errorf("only %d commands were followed", followed)
	}
}

// follow runs a command that an error advises for the file F and returns the file G,
// or COPY, which it changes.
func follow(t *testing.T, command string, text []byte) []byte {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"F": filepath.Join(dir, "F"), "G": filepath.Join(dir, "G"), "COPY": filepath.Join(dir, "F")}
	if err := os.WriteFile(files["F"], text, 0o600); err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(command)
	if fields[0] == "node" { // its script is one field
		script, _, _ := strings.Cut(strings.TrimPrefix(command, "node -e '"), "'")
		fields = []string{"node", "-e", script, "F", "G"}
	}
	result := files["F"]
	for i, field := range fields {
		if path, ok := files[field]; ok {
			fields[i] = path
		}
		if field == "G" {
			result = files["G"]
		}
	}
	switch fields[0] {
	case "openssl":
		fields = append(fields, "-passin", "pass:"+differentialPassphrase)
		if fields[1] != "rsa" {
			fields = append(fields, "-passout", "pass:"+differentialPassphrase)
		}
	case "ssh-keygen":
		fields = append(fields, "-P", differentialPassphrase, "-N", differentialPassphrase)
	}
	if _, err := run(t, nil, fields[0], fields[1:]...); err != nil {
		t.Errorf("%s: %v", command, err)
		return nil
	}
	return readFile(t, result)
}

// openSSHKey makes a key in the form of OpenSSH.
func openSSHKey(t *testing.T, keygen string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "id_rsa")
	if _, err := run(t, nil, keygen, "-q", "-t", "rsa", "-b", "2048", "-N", differentialPassphrase, "-f", path); err != nil {
		t.Fatal(err)
	}
	return readFile(t, path)
}

// Public keys in the forms that OpenSSL writes, whatever their label.
func TestParsePublicDifferential(t *testing.T) {
	t.Parallel()
	openssl := opensslTool(t)
	private := readFile(t, keysDir, "a.pkcs8.pem")
	for _, form := range []string{
		"pkey -pubout", "pkey -pubout -outform DER", "rsa -RSAPublicKey_out", "rsa -RSAPublicKey_out -outform DER",
		"req -new -x509 -subj /CN=flows -key /dev/stdin", "req -new -x509 -subj /CN=flows -key /dev/stdin -outform DER",
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			text, err := run(t, private, openssl, strings.Fields(form)...)
			if err != nil {
				t.Skipf("openssl %s: %v", form, err)
			}
			for name, text := range map[string][]byte{
				"as is": text, "base64": []byte(base64.StdEncoding.EncodeToString(text)),
				"UTF-16 of base64": []byte("\ufeff" + base64.StdEncoding.EncodeToString(text)),
			} {
				if got, want := keystore.Fingerprint(mustParsePublic(t, text)), wantFingerprint(t); got != want {
					t.Errorf("%s: Fingerprint = %s, want %s", name, got, want)
				}
			}
		})
	}
}
