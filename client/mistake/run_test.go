package mistake_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/mistake"
	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/internal/vectortest"
)

// node and python run the code with what it takes from the program around it.
const (
	node = `import crypto from "node:crypto"; import fs from "node:fs";
const input = JSON.parse(fs.readFileSync(0, "utf8"));
const bytes = (name) => Buffer.from(input[name], "base64");
const privateKey = input.private_key, appSecret = input.app_secret;
function sealing(aesKey, iv, answer) {
  let out; const res = { type() { return this; }, send(text) { out = text; } };
  {{seal}}
  return out;
}
function unwrapping(body) {
  {{unwrap}}
  return aesKey.toString("base64");
}
function opening(aesKey, iv, data) {
  {{open}}
  return text;
}
function verifying(signature) {
  const req = { raw: bytes("raw"), get: () => signature };
  const res = { status: (code) => ({ end: () => code }) };
  {{verify}}
  return 200;
}
function ping(message) { const seal = (x) => x; {{ping}} }
function notice(message) { const seal = (x) => x; console.warn = () => {}; {{notice}} }
const spoilt = Buffer.from(bytes("data")); spoilt[0] ^= 1;
let refused = false; try { opening(bytes("aes_key"), bytes("iv"), spoilt); } catch { refused = true; }
console.log(JSON.stringify({
  answer: sealing(bytes("aes_key"), bytes("iv"), { data: { status: "active" } }),
  aes_key: unwrapping({ encrypted_aes_key: input.wrapped }),
  text: opening(bytes("aes_key"), bytes("iv"), bytes("data")), refused,
  verified: [verifying(input.signature), verifying(input.signature.replace(/.$/, "x")), verifying("")],
  ping: ping({ action: "ping" }), notice: notice({ data: { error: "", error_message: "m" } }),
}));
`
	python = `import base64, hashlib, hmac, json, logging, sys
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
logging.disable()
given = json.load(sys.stdin)
def of(name): return base64.b64decode(given[name])
private_key = serialization.load_pem_private_key(given["private_key"].encode(), None)
app_secret = given["app_secret"]
def Response(body, mimetype): return body.decode()
def seal(x): return x
class Request:
    def __init__(self, signature): self.headers = {"X-Hub-Signature-256": signature}
    def get_data(self): return of("raw")
def sealing(aes_key, iv, answer):
    {{seal}}
def unwrapping(body):
    {{unwrap}}
    return base64.b64encode(aes_key).decode()
def opening(aes_key, iv, data):
    {{open}}
    return text.decode()
def verifying(request):
    {{verify}}
    return "", 200
def ping(message):
    {{ping}}
def notice(message):
    {{notice}}
spoilt = bytearray(of("data")); spoilt[0] ^= 1
try:
    opening(of("aes_key"), of("iv"), bytes(spoilt)); refused = False
except Exception:
    refused = True
print(json.dumps({
    "answer": sealing(of("aes_key"), of("iv"), {"data": {"status": "active"}}),
    "aes_key": unwrapping({"encrypted_aes_key": given["wrapped"]}),
    "text": opening(of("aes_key"), of("iv"), of("data")), "refused": refused,
    "verified": [verifying(Request(s))[1] for s in (given["signature"], given["signature"][:-1] + "x", "")],
    "ping": ping({"action": "ping"}), "notice": notice({"data": {"error": "", "error_message": "m"}}),
}))
`
)

// java has classes of the names that Spring and Jackson have.
const java = `import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.spec.*;
import java.util.*;
import java.util.regex.*;
import javax.crypto.*;
import javax.crypto.spec.*;
public class Code {
  record ResponseEntity(int code) {
    static class Builder { int code; ResponseEntity build() { return new ResponseEntity(code); } }
    static Builder status(int code) { Builder b = new Builder(); b.code = code; return b; }
  }
  record Body(String encryptedAesKey) {}
  record JsonNode(Map<String, String> members, String text) {
    boolean has(String key) { return members.containsKey(key); }
    boolean isTextual() { return text != null; }
    JsonNode path(String key) { return key.equals("data") ? this : new JsonNode(Map.of(), members.get(key)); }
  }
  record Message(String action, JsonNode data) { JsonNode path(String key) { return data; } }
  static class log { static void warn(String format, Object value) {} }
  static String input, appSecret;
  static String seal(String text) { return text; }
  static String given(String name) {
    Matcher m = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(input);
    if (!m.find()) throw new IllegalStateException(name);
    return m.group(1);
  }
  static byte[] bytes(String name) { return Base64.getDecoder().decode(given(name)); }
  static String sealing(byte[] aesKey, byte[] iv, String answer) throws Exception {
    {{seal}}
  }
  static String unwrapping(PrivateKey privateKey, Body body) throws Exception {
    {{unwrap}}
    return Base64.getEncoder().encodeToString(aesKey);
  }
  static String opening(byte[] aesKey, byte[] iv, byte[] data) throws Exception {
    {{open}}
    return new String(text, StandardCharsets.UTF_8);
  }
  static ResponseEntity verifying(byte[] rawBody, String signature) throws Exception {
    {{verify}}
    return new ResponseEntity(200);
  }
  static String ping(Message message) { {{ping}} return ""; }
  static String notice(Message message) { {{notice}} return ""; }
  public static void main(String[] args) throws Exception {
    input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    appSecret = given("app_secret");
    String pem = given("private_key").replace("\\n", "").replaceAll("-----[A-Z ]+-----", "");
    PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    byte[] spoilt = bytes("data");
    spoilt[0] ^= 1;
    boolean refused = false;
    try { opening(bytes("aes_key"), bytes("iv"), spoilt); } catch (GeneralSecurityException e) { refused = true; }
    String signature = given("signature");
    System.out.printf("{\"answer\":\"%s\",\"aes_key\":\"%s\",\"text\":\"%s\",\"refused\":%s,\"verified\":[%d,%d,%d],\"ping\":%s,\"notice\":%s}",
      sealing(bytes("aes_key"), bytes("iv"), "{\"data\":{\"status\":\"active\"}}"), unwrapping(key, new Body(given("wrapped"))),
      opening(bytes("aes_key"), bytes("iv"), bytes("data")).replace("\"", "\\\""), refused,
      verifying(bytes("raw"), signature).code(), verifying(bytes("raw"), signature.replaceAll(".$", "x")).code(), verifying(bytes("raw"), null).code(),
      ping(new Message("ping", null)), notice(new Message("", new JsonNode(Map.of("error", "", "error_message", "m"), null))));
  }
}
`

// The code in Node, Python (with the package cryptography) and Java does what it says,
// where they are installed. With FLOWSERVER_REQUIRE_EXAMPLES=1 Node must be.
func TestCodeRuns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, program, file, harness, indent string
		ready                                    []string // arguments that succeed if all is installed
	}{
		{"Node", "node", "code.mjs", node, "  ", []string{"--version"}},
		{"Python", "python3", "code.py", python, "    ", []string{"-c", "import cryptography"}},
		{"Java", "java", "Code.java", java, "    ", []string{"--list-modules"}},
	} {
		t.Run(c.language, func(t *testing.T) {
			t.Parallel()
			if err := exec.CommandContext(t.Context(), c.program, c.ready...).Run(); err != nil {
				if c.language == "Node" && os.Getenv("FLOWSERVER_REQUIRE_EXAMPLES") != "" {
					t.Fatalf("%s is not ready: %v", c.program, err)
				}
				t.Skipf("%s is not ready: %v", c.program, err)
			}
			run(t, c.program, filepath.Join(t.TempDir(), c.file), filled(c.harness, c.language, c.indent))
		})
	}
}

// filled puts the code into a harness.
func filled(harness, language, indent string) string {
	for name, id := range map[string]mistake.ID{
		"seal": mistake.IVNotInverted, "unwrap": mistake.UnwrapSHA1, "open": mistake.OpenCBC, "verify": mistake.SignedReserialised,
		"ping": mistake.PingUnanswered, "notice": mistake.NoticesUnanswered,
	} {
		for _, code := range mistake.Named(id).Code {
			if code.Language == language {
				harness = strings.ReplaceAll(harness, "{{"+name+"}}", strings.ReplaceAll(code.Text, "\n", "\n"+indent))
			}
		}
	}
	return harness
}

func run(t *testing.T, program, file, source string) {
	t.Helper()
	key := vectortest.Key(t, "a")
	aesKey, iv, raw := random(t, 16), random(t, 16), []byte(`{"a":"\/"}`)
	const text = `{"action":"ping"}`
	gcm := newGCM(t, aesKey)
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &key.PublicKey, aesKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	input, err := json.Marshal(map[string]any{
		"aes_key": aesKey, "iv": iv, "wrapped": wrapped, "raw": raw, "data": gcm.Seal(nil, iv, []byte(text), nil),
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"app_secret":  "secret", "signature": flowcrypto.Sign(raw, []byte("secret")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, file)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s in\n%s", err, stderr(err), source)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for i := range iv {
		iv[i] ^= 0xff
	}
	answer, _ := got["answer"].(string)
	sealed, err := base64.StdEncoding.DecodeString(answer)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := gcm.Open(nil, iv, sealed, nil)
	if err != nil {
		t.Fatalf("the answer does not open: %v", err)
	}
	got["answer"] = strings.ReplaceAll(string(opened), " ", "")
	want := map[string]any{
		"answer": `{"data":{"status":"active"}}`, "aes_key": base64.StdEncoding.EncodeToString(aesKey), "text": text, "refused": true,
		"verified": []any{200.0, 432.0, 432.0},
		"ping":     map[string]any{"data": map[string]any{"status": "active"}},
		"notice":   map[string]any{"data": map[string]any{"acknowledged": true}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func stderr(err error) []byte {
	if failed, ok := err.(*exec.ExitError); ok { //nolint:errorlint // what Output returns
		return failed.Stderr
	}
	return nil
}

func random(t *testing.T, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func newGCM(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, 16)
	if err != nil {
		t.Fatal(err)
	}
	return gcm
}
