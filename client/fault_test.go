package client_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client"
	flowcrypto "github.com/flowserver/flowserver/crypto"
)

const faultless = `{"version":"3.0","action":"INIT","screen":"","data":{},"flow_token":"token-1"}`

func newSHA256() hash.Hash { return sha256.New() }

func TestFaultsMeetTheirStatus(t *testing.T) {
	t.Parallel()
	e := honest(t, 200, `{"screen":"A","data":{}}`)
	c := dial(t, e, client.Config{})
	for _, fault := range client.Faults() {
		t.Run(fault.Name(), func(t *testing.T) {
			t.Parallel()
			reply, err := c.SendClear(t.Context(), []byte(faultless), fault)
			if err != nil {
				t.Fatal(err)
			}
			if reply.Status != fault.Want() || reply.Attempts != 1 {
				t.Errorf("got status %d after %d attempts, want %d after 1", reply.Status, reply.Attempts, fault.Want())
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Parallel()
		reply, err := c.SendClear(t.Context(), []byte(faultless))
		if err != nil || reply.Screen != "A" {
			t.Errorf("got %v, %v, want screen A", reply, err)
		}
	})
}

func TestFaultsAreDescribed(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	last := client.Stage(0)
	for _, fault := range client.Faults() {
		name := fault.Name()
		if seen[name] || name == "" || fault.Doc() == "" || fault.String() != name {
			t.Errorf("fault %q: got doc %q and string %q, want a unique name, a doc, and the name", name, fault.Doc(), fault)
		}
		seen[name] = true
		if fault.Stage() < last {
			t.Errorf("fault %q: got stage %v after %v, want the order of the stages", name, fault.Stage(), last)
		}
		last = fault.Stage()
		if found, ok := client.FaultNamed(name); !ok || found.Doc() != fault.Doc() {
			t.Errorf("FaultNamed(%q): got %v, %v, want the fault", name, found, ok)
		}
		if got, want := fault.NeedsSecret(), fault.Want() == 432; got != want {
			t.Errorf("fault %q: got NeedsSecret %v, want %v", name, got, want)
		}
	}
	if _, found := client.FaultNamed("no-such"); found {
		t.Error("FaultNamed(no-such): got a fault, want none")
	}
}

func TestStageNames(t *testing.T) {
	t.Parallel()
	for stage, want := range map[client.Stage]string{0: "none", client.StageClear: "clear text", client.StageRequest: "request", 8: "unknown", -1: "unknown"} {
		if got := stage.String(); got != want {
			t.Errorf("stage %d: got %q, want %q", int(stage), got, want)
		}
	}
}

// Each vector that must not open has a fault that makes its like.
func TestFaultsCoverTheVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/vectors/envelopes.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Name, Expect string }
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	statuses := map[string]int{"undecryptable": 421, "malformed": 400}
	covered := 0
	for _, v := range vectors {
		if v.Expect == "ok" {
			continue
		}
		if v.Name == "wrapped-key-255-bytes" {
			v.Name = "wrapped-key-short"
		}
		if fault := named(t, v.Name); fault.Want() != statuses[v.Expect] {
			t.Errorf("%s: got %d, want %d", v.Name, fault.Want(), statuses[v.Expect])
		}
		covered++
	}
	if covered == 0 {
		t.Error("no vector names a fault")
	}
}

// sent is a request taken apart with the standard library alone.
type sent struct {
	*client.Request

	fields        map[string]any
	data, key, iv []byte // decoded, URL-safe base64 included
	private       *rsa.PrivateKey
}

func takeApart(t *testing.T, req *client.Request) sent {
	t.Helper()
	s := sent{Request: req, private: readKey(t, "a")}
	if json.Unmarshal(req.Body, &s.fields) != nil {
		return s // the fault is in the JSON
	}
	for name, into := range map[string]*[]byte{"encrypted_flow_data": &s.data, "encrypted_aes_key": &s.key, "initial_vector": &s.iv} {
		if value, ok := s.fields[name].(string); ok {
			*into, _ = base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(value)) // base64-junk decodes to nothing
		}
	}
	return s
}

// opens decrypts with an AES key; nil is "does not authenticate".
func (s sent) opens(aesKey, iv, data []byte) []byte {
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		return nil
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil
	}
	plaintext, err := gcm.Open([]byte{}, iv, data, nil)
	if err != nil {
		return nil
	}
	return plaintext
}

func (s sent) oaep(newHash func() hash.Hash, label string) []byte {
	aesKey, err := rsa.DecryptOAEP(newHash(), nil, s.private, s.key, []byte(label))
	if err != nil {
		return nil
	}
	return aesKey
}

// plaintext opens the request as the protocol has it.
func (s sent) plaintext() []byte { return s.opens(s.oaep(newSHA256, ""), s.iv, s.data) }

func (s sent) signature() string { return s.Header.Get(flowcrypto.SignatureHeader) }

func (s sent) mac() string {
	return strings.TrimPrefix(flowcrypto.Sign(s.Body, []byte(appSecret)), "sha256=")
}

// arrivals tells for each fault what must be seen on the wire: the one thing that is
// wrong, and the rest right.
func arrivals() map[string]func(s sent) bool {
	clearText := func(want func(plaintext []byte) bool) func(sent) bool {
		return func(s sent) bool { p := s.plaintext(); return p != nil && want(p) }
	}
	body := func(want string) func(sent) bool { return func(s sent) bool { return string(s.Body) == want } }
	rightBut := func(from, to string) func(sent) bool {
		return func(s sent) bool {
			whole := sent{Request: &client.Request{Body: bytes.Replace(s.Body, []byte(from), []byte(to), 1)}}
			return !json.Valid(s.Body) && json.Valid(whole.Body)
		}
	}
	flipped := func(b []byte, i int) []byte { b = bytes.Clone(b); b[i] ^= 1; return b }
	return map[string]func(s sent) bool{
		"data-only-tag":           func(s sent) bool { return len(s.data) == 16 && s.plaintext() != nil },
		"plaintext-text":          clearText(func(p []byte) bool { return !json.Valid(p) && utf8.Valid(p) }),
		"plaintext-array":         clearText(func(p []byte) bool { return json.Valid(p) && p[0] == '[' }),
		"plaintext-null":          clearText(func(p []byte) bool { return string(p) == "null" }),
		"plaintext-invalid-utf8":  clearText(func(p []byte) bool { return !utf8.Valid(p) && json.Valid(bytes.ToValidUTF8(p, []byte("?"))) }),
		"plaintext-no-action":     clearText(func(p []byte) bool { return json.Valid(p) && !bytes.Contains(p, []byte("action")) }),
		"plaintext-number-action": clearText(func(p []byte) bool { return json.Valid(p) && bytes.Contains(p, []byte(`"action":5`)) }),
		"plaintext-data-array":    clearText(func(p []byte) bool { return json.Valid(p) && bytes.Contains(p, []byte(`"data":[`)) }),
		"unknown-action":          clearText(func(p []byte) bool { return json.Valid(p) && bytes.Contains(p, []byte(`"action":"zzz"`)) }),

		"other-rsa-key": func(s sent) bool { return len(s.key) == 256 && len(s.iv) == 16 && s.oaep(newSHA256, "") == nil },
		"oaep-sha1":     func(s sent) bool { return string(s.opens(s.oaep(sha1.New, ""), s.iv, s.data)) == faultless },
		"oaep-label": func(s sent) bool {
			return string(s.opens(s.oaep(newSHA256, "flow"), s.iv, s.data)) == faultless
		},
		"rsa-pkcs1v15": func(s sent) bool {
			aesKey, err := rsa.DecryptPKCS1v15(nil, s.private, s.key) //nolint:staticcheck // deprecated, and what the fault uses
			return err == nil && string(s.opens(aesKey, s.iv, s.data)) == faultless
		},
		"aes-key-5-bytes":  func(s sent) bool { return len(s.oaep(newSHA256, "")) == 5 },
		"aes-key-32-bytes": func(s sent) bool { return len(s.oaep(newSHA256, "")) == 32 && string(s.plaintext()) == faultless },
		"iv-12-bytes":      func(s sent) bool { return len(s.iv) == 12 && string(s.plaintext()) == faultless },
		"iv-17-bytes":      func(s sent) bool { return len(s.iv) == 17 && string(s.plaintext()) == faultless },

		"bad-tag": func(s sent) bool {
			return s.plaintext() == nil && string(s.opens(s.oaep(newSHA256, ""), s.iv, flipped(s.data, len(s.data)-1))) == faultless
		},
		"bad-ciphertext": func(s sent) bool {
			return s.plaintext() == nil && string(s.opens(s.oaep(newSHA256, ""), s.iv, flipped(s.data, 0))) == faultless
		},
		"bad-iv-bit": func(s sent) bool {
			return s.plaintext() == nil && string(s.opens(s.oaep(newSHA256, ""), flipped(s.iv, 3), s.data)) == faultless
		},
		"bad-wrapped-key-bit": func(s sent) bool {
			broken := s.plaintext()
			s.key = flipped(s.key, 100)
			return broken == nil && string(s.plaintext()) == faultless
		},
		"wrapped-key-too-big-for-modulus": func(s sent) bool { return bytes.Equal(s.key, bytes.Repeat([]byte{0xff}, 256)) },
		"wrapped-key-short":               func(s sent) bool { return len(s.key) == 255 },
		"wrapped-key-empty":               func(s sent) bool { return s.fields["encrypted_aes_key"] == "" },
		"iv-empty":                        func(s sent) bool { return s.fields["initial_vector"] == "" },
		"data-shorter-than-tag":           func(s sent) bool { return len(s.data) == 15 },

		"base64-junk":     func(s sent) bool { return s.fields["encrypted_aes_key"] == "***" },
		"base64-unpadded": func(s sent) bool { return len(s.fields["initial_vector"].(string)) == 22 },
		"field-is-number": func(s sent) bool { return s.fields["initial_vector"] == 7.0 },
		"field-is-null": func(s sent) bool {
			value, found := s.fields["encrypted_flow_data"]
			return found && value == nil
		},
		"field-missing": func(s sent) bool {
			_, found := s.fields["encrypted_aes_key"]
			return !found && len(s.fields) == 2
		},
		"empty-object": body("{}"),

		"base64-url-alphabet": func(s sent) bool { return !bytes.ContainsAny(s.Body, `/+\`) && string(s.plaintext()) == faultless },
		"empty-body":          body(""),
		"json-null":           body("null"),
		"json-array": func(s sent) bool {
			var list []map[string]string
			return json.Unmarshal(s.Body, &list) == nil && len(list) == 1 && len(list[0]) == 3
		},
		"not-json": body("hello"),
		"truncated-json": func(s sent) bool {
			return bytes.HasPrefix(s.Body, []byte(`{"encrypted_flow_data":"`)) && !json.Valid(s.Body)
		},
		"trailing-garbage": rightBut("}{}", "}"),
		"body-too-large":   func(s sent) bool { return len(s.Body) > 2<<20 && string(s.plaintext()) == faultless },

		"signature-bad": func(s sent) bool {
			right := "sha256=" + s.mac()
			return len(s.signature()) == len(right) && s.signature() != right && strings.HasPrefix(s.signature(), right[:len(right)-1])
		},
		"signature-missing":   func(s sent) bool { return s.Header.Values(flowcrypto.SignatureHeader) == nil },
		"signature-short":     func(s sent) bool { return s.signature() == "sha256="+s.mac()[:32] },
		"signature-long":      func(s sent) bool { return s.signature() == "sha256="+s.mac()+"00" },
		"signature-not-hex":   func(s sent) bool { return s.signature() == "sha256="+strings.Repeat("z", 64) },
		"signature-space":     func(s sent) bool { return s.signature() == "sha256= "+s.mac() },
		"signature-no-prefix": func(s sent) bool { return s.signature() == s.mac() },
		"signature-sha1-prefix": func(s sent) bool {
			mac := hmac.New(sha1.New, []byte(appSecret))
			mac.Write(s.Body)
			return s.signature() == "sha1="+hex.EncodeToString(mac.Sum(nil))
		},
		"signature-other-secret": func(s sent) bool {
			return len(s.signature()) == len("sha256=")+64 && s.signature() != "sha256="+s.mac()
		},
		"signature-reserialised-body": func(s sent) bool {
			var envelope struct {
				FlowData string `json:"encrypted_flow_data"`
				AESKey   string `json:"encrypted_aes_key"`
				IV       string `json:"initial_vector"`
			}
			if json.Unmarshal(s.Body, &envelope) != nil {
				return false
			}
			again, err := json.Marshal(envelope)
			return err == nil && s.signature() == flowcrypto.Sign(again, []byte(appSecret))
		},

		"method-get": func(s sent) bool { return s.Method == http.MethodGet && len(s.Body) == 0 },
	}
}

func TestFaultsArriveAsDescribed(t *testing.T) {
	t.Parallel()
	c := dial(t, http.NotFoundHandler(), client.Config{})
	checks := arrivals()
	for _, fault := range client.Faults() {
		t.Run(fault.Name(), func(t *testing.T) {
			t.Parallel()
			req, err := c.Seal([]byte(faultless), fault)
			if err != nil {
				t.Fatal(err)
			}
			check, found := checks[fault.Name()]
			if !found {
				t.Fatal("arrivals does not know this fault")
			}
			if !check(takeApart(t, req)) {
				t.Errorf("got a request that is not as described (%s): %s %v %.900s", fault.Doc(), req.Method, req.Header, req.Body)
			}
			verifies := flowcrypto.VerifySignature(req.Body, req.Header.Get(flowcrypto.SignatureHeader), []byte(appSecret)) == nil
			if want := !fault.NeedsSecret() && fault.Stage() != client.StageRequest; verifies != want {
				t.Errorf("signature over the spoilt bytes verifies: got %v, want %v", verifies, want)
			}
		})
	}
	if got, want := len(checks), len(client.Faults()); got != want {
		t.Errorf("got %d checks for %d faults", got, want)
	}
}

func TestOversize(t *testing.T) {
	t.Parallel()
	c := dial(t, honest(t, 200, `{"data":{}}`), client.Config{})
	for name, test := range map[string]struct{ padding, want int }{
		"under the limit": {1000, 200},
		"over the limit":  {1 << 20, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := c.SendClear(t.Context(), []byte(faultless), client.Oversize(test.padding))
			if err != nil || reply.Status != test.want {
				t.Errorf("got %v, %v, want status %d", reply, err, test.want)
			}
		})
	}
}

func TestFaultsTogether(t *testing.T) {
	t.Parallel()
	c := dial(t, honest(t, 200, `{"data":{}}`), client.Config{})
	unsigned := dial(t, http.NotFoundHandler(), client.Config{AppSecret: []byte{}})

	req, err := c.Seal([]byte(faultless), named(t, "plaintext-null"), client.Fault{}, named(t, "oaep-sha1"), named(t, "signature-missing"))
	if err != nil {
		t.Fatal(err)
	}
	s := takeApart(t, req)
	if got := s.opens(s.oaep(sha1.New, ""), s.iv, s.data); string(got) != "null" || s.signature() != "" {
		t.Errorf("got clear text %q and signature %q, want null and none", got, s.signature())
	}
	for name, refused := range map[string]func() (*client.Reply, error){
		"same stage": func() (*client.Reply, error) {
			return c.SendClear(t.Context(), []byte(faultless), named(t, "bad-tag"), named(t, "iv-empty"))
		},
		"signature without a secret": func() (*client.Reply, error) {
			return unsigned.SendClear(t.Context(), []byte(faultless), named(t, "signature-bad"))
		},
	} {
		if reply, err := refused(); err == nil || reply != nil {
			t.Errorf("%s: got %v, %v, want an error before anything is sent", name, reply, err)
		}
	}
}

// Stages are independent, so any two faults of different stages can be combined.
func TestEveryPairOfFaultsSeals(t *testing.T) {
	t.Parallel()
	c := dial(t, http.NotFoundHandler(), client.Config{})
	cheap := slices.DeleteFunc(client.Faults(), func(f client.Fault) bool { return f.Name() == "other-rsa-key" || f.Name() == "body-too-large" })
	for i, first := range cheap {
		for _, second := range cheap[i+1:] {
			_, err := c.Seal([]byte(faultless), first, second)
			if sameStage := first.Stage() == second.Stage(); (err != nil) != sameStage {
				t.Errorf("%s and %s: got error %v, want one only within a stage", first, second, err)
			}
		}
	}
}
