package client

import (
	"bytes"
	"crypto"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // what a wrong endpoint computes
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/client/mistake"
	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Guess is a request as an endpoint with one mistake expects it. An endpoint that
// refuses a sound request and accepts this one makes the mistake.
type Guess struct {
	Mistake mistake.ID
	Fault   Fault

	signature bool
}

// OfSignature reports whether the mistake is in the verification of signatures, so that
// only a signed request can show it.
func (g Guess) OfSignature() bool { return g.signature }

// Guesses returns what may be behind a refusal: mistakes of the signature, then those of
// the cryptography, those that are least likely to disturb an endpoint first. Guesses of
// the signature need [Config.AppSecret].
func Guesses() []Guess {
	ofSignature := signatureGuesses()
	for i := range ofSignature {
		ofSignature[i].signature = true
	}
	return slices.Concat(ofSignature, openingGuesses())
}

func guess(id mistake.ID, stage Stage, spoil func(*draft)) Guess {
	return Guess{Mistake: id, Fault: Fault{name: "guess-" + string(id), stage: stage, doc: mistake.Named(id).Text, spoil: spoil}}
}

func signatureGuesses() []Guess {
	over := func(id mistake.ID, message func(*draft) []byte) Guess {
		return guess(id, StageSignature, func(d *draft) { d.signature = flowcrypto.Sign(message(d), d.secret) })
	}
	under := func(id mistake.ID, change func(secret string) string) Guess {
		return guess(id, StageSignature, func(d *draft) { d.signature = flowcrypto.Sign(d.body, []byte(change(string(d.secret)))) })
	}
	written := func(id mistake.ID, change func(right string) string) Guess {
		return guess(id, StageSignature, func(d *draft) { d.signature = change(d.signature) })
	}
	plain := func(message func(*draft) []byte) Guess {
		return guess(mistake.SignedPlainHash, StageSignature, func(d *draft) { d.signature = "sha256=" + hexSHA256(message(d)) })
	}
	hashed := func(newHash func() hash.Hash) Guess {
		return guess(mistake.SignedSHA512, StageSignature, func(d *draft) { d.signature = "sha256=" + hex.EncodeToString(d.mac(newHash)) })
	}
	constant := func(value string) func(string) string { return func(string) string { return value } }
	return []Guess{
		// First: an endpoint that accepts any wrong signature would accept those below.
		written(mistake.SignedInverted, func(right string) string { return flowcrypto.Sign([]byte(right), random(sha256.Size)) }),
		over(mistake.SignedReserialised, func(d *draft) []byte { return reserialised(d, "", false) }),
		over(mistake.SignedReserialised, func(d *draft) []byte { return reserialised(d, " ", false) }),
		over(mistake.SignedReserialised, func(d *draft) []byte { return reserialised(d, "", true) }),
		over(mistake.SignedReserialised, func(d *draft) []byte { return reserialised(d, " ", true) }),
		over(mistake.SignedReserialised, indented),
		over(mistake.SignedReserialised, func(d *draft) []byte {
			return []byte(strings.ReplaceAll(string(reserialised(d, " ", false)), `"`, "'"))
		}), // str of Python
		over(mistake.SignedReserialised, func(d *draft) []byte { text, _ := encodeJSON(string(d.body)); return text }),
		over(mistake.SignedReserialised, func(d *draft) []byte {
			return bytes.ReplaceAll(reserialised(d, "", false), []byte("="), []byte(`\u003d`))
		}), // Gson
		over(mistake.SignedNoBody, func(*draft) []byte { return nil }),
		over(mistake.SignedNoBody, func(*draft) []byte { return []byte("undefined") }),
		over(mistake.SignedNoBody, func(*draft) []byte { return []byte("[object Object]") }),
		over(mistake.SignedNoBody, func(*draft) []byte { return []byte("{}") }),
		over(mistake.SignedClearText, func(d *draft) []byte { return d.plaintext }),
		over(mistake.SignedPart, func(d *draft) []byte { return []byte(encode(d.envelope.EncryptedFlowData)) }),
		over(mistake.SignedPart, func(d *draft) []byte { return d.envelope.EncryptedFlowData }),
		over(mistake.SignedHashed, func(d *draft) []byte { return []byte(hexSHA256(d.body)) }),
		over(mistake.SignedHashed, func(d *draft) []byte { sum := sha256.Sum256(d.body); return sum[:] }),
		over(mistake.SignedMore, func(d *draft) []byte { return slices.Concat([]byte(d.url), d.body) }),
		over(mistake.SignedMore, func(d *draft) []byte { return slices.Concat([]byte(pathOf(d.url)), d.body) }),
		over(mistake.SignedMore, func(d *draft) []byte { return slices.Concat([]byte(http.MethodPost), d.body) }),
		plain(func(d *draft) []byte { return d.body }),
		plain(func(d *draft) []byte { return slices.Concat(d.secret, d.body) }),
		plain(func(d *draft) []byte { return slices.Concat(d.body, d.secret) }),
		guess(mistake.SignedSwapped, StageSignature, func(d *draft) { d.signature = flowcrypto.Sign(d.secret, d.body) }),
		guess(mistake.SignedOtherHeader, StageRequest, func(d *draft) {
			for _, name := range []string{"X-Hub-Signature", "X-Signature", "X-Signature-256", "X-Hub-Signature256", "X-Webhook-Signature"} {
				d.request.Header.Set(name, d.signature)
			}
		}),
		under(mistake.SecretEmpty, constant("")),
		under(mistake.SecretUndefined, constant("undefined")),
		under(mistake.SecretUndefined, constant("null")),
		under(mistake.SecretUndefined, constant("None")),
		under(mistake.SecretLineEnd, func(s string) string { return s + "\n" }),
		under(mistake.SecretLineEnd, func(s string) string { return s + "\r\n" }),
		under(mistake.SecretLineEnd, func(s string) string { return s + " " }),
		under(mistake.SecretQuoted, func(s string) string { return `"` + s + `"` }),
		under(mistake.SecretQuoted, func(s string) string { return "'" + s + "'" }),
		under(mistake.SecretUpperCase, upperCased),
		under(mistake.SecretDecoded, func(s string) string {
			raw, _ := hex.DecodeString(s) // of another text it is what was decoded until then, which no endpoint has
			return string(raw)
		}),
		under(mistake.SecretBase64, func(s string) string {
			raw, _ := base64.StdEncoding.DecodeString(s) // likewise
			return string(raw)
		}),
		written(mistake.SignedUpperCase, func(right string) string {
			return "sha256=" + strings.ToUpper(strings.TrimPrefix(right, "sha256="))
		}),
		// Those of another length come last: comparisons of unequal lengths end some endpoints.
		guess(mistake.SignedSHA1, StageRequest, func(d *draft) {
			digits := hex.EncodeToString(d.mac(sha1.New))
			d.request.Header.Set(flowcrypto.SignatureHeader, "sha1="+digits)
			d.request.Header.Set("X-Hub-Signature", "sha1="+digits)
		}),
		guess(mistake.SignedSHA1, StageRequest, func(d *draft) {
			d.request.Header.Set(flowcrypto.SignatureHeader, "sha256="+hex.EncodeToString(d.mac(sha1.New)))
		}),
		hashed(sha512.New),
		hashed(sha512.New384),
		written(mistake.SignedNoPrefix, func(right string) string { return strings.TrimPrefix(right, "sha256=") }),
		guess(mistake.SignedBase64, StageSignature, func(d *draft) {
			d.signature = "sha256=" + base64.StdEncoding.EncodeToString(d.mac(sha256.New))
		}),
	}
}

// mac returns the HMAC of the body.
func (d *draft) mac(newHash func() hash.Hash) []byte {
	mac := hmac.New(newHash, d.secret)
	mac.Write(d.body)
	return mac.Sum(nil)
}

// upperCased returns another text than s even if s has no letters: the guess must
// differ from a right signature.
func upperCased(s string) string {
	if upper := strings.ToUpper(s); upper != s {
		return upper
	}
	return strings.ToLower(s)
}

// reserialised is the body after a JSON parser and a serialiser that does not escape
// slashes: JSON.stringify without blanks, json.dumps with them, each with or without
// sorted keys.
func reserialised(d *draft, blank string, sorted bool) []byte {
	if !json.Valid(d.body) {
		return d.body
	}
	body := string(bytes.ReplaceAll(d.body, []byte(`\/`), []byte("/")))
	if sorted {
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &members) != nil {
			return d.body
		}
		text, _ := encodeJSON(members) // decoded JSON encodes; maps are sorted by key
		body = string(text)
	}
	return []byte(strings.NewReplacer(`":`, `":`+blank, `",`, `",`+blank).Replace(body))
}

// indented is the body as JSON.stringify(body, null, 2) writes it.
func indented(d *draft) []byte {
	var out bytes.Buffer
	if json.Indent(&out, reserialised(d, "", false), "", "  ") != nil {
		return d.body
	}
	return out.Bytes()
}

// pathOf returns the path and the query of a URL, as servers see them.
func pathOf(text string) string {
	target, err := url.Parse(text)
	if err != nil {
		return "" // no client has such a URL
	}
	return target.RequestURI()
}

func hexSHA256(message []byte) string {
	sum := sha256.Sum256(message)
	return hex.EncodeToString(sum[:])
}

func openingGuesses() []Guess {
	wrapped := func(id mistake.ID, wrap func(*rsa.PublicKey, []byte) ([]byte, error)) Guess {
		return guess(id, StageKey, func(d *draft) { d.wrap = wrap })
	}
	sealed := func(id mistake.ID, encrypt func(s seal, plaintext []byte) []byte) Guess {
		return guess(id, StageEnvelope, func(d *draft) {
			if s, err := newSeal(d.key, d.iv); err == nil { // it was set up before
				d.envelope.EncryptedFlowData = encrypt(s, d.plaintext)
			}
		})
	}
	return []Guess{
		wrapped(mistake.UnwrapSHA1, wrapOAEP(sha1.New, nil)),
		wrapped(mistake.UnwrapMGF1, func(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
			return rsa.EncryptOAEPWithOptions(rand.Reader, publicKey, key, &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1})
		}),
		wrapped(mistake.UnwrapOther, wrapOAEP(sha512.New, nil)),
		wrapped(mistake.UnwrapOther, wrapOAEP(sha512.New384, nil)),
		// Before PKCS #1: an endpoint that takes the last bytes would read its padding, too.
		guess(mistake.UnwrapRaw, StageKey, func(d *draft) {
			d.key[0] = d.key[0]&0x7f | 1 // as a number it keeps its length, with a sign or without
			d.wrap = wrapRaw
		}),
		wrapped(mistake.UnwrapPKCS1, wrapPKCS1v15),
		sealed(mistake.OpenIVShort, func(s seal, plaintext []byte) []byte {
			gcm, _ := cipher.NewGCM(s.block) // AES has the block size that GCM needs
			return gcm.Seal(nil, s.iv[:gcm.NonceSize()], plaintext, nil)
		}),
		sealed(mistake.OpenIVZero, func(s seal, plaintext []byte) []byte { return sealedWith(s.key, make([]byte, ivSize), plaintext) }),
		sealed(mistake.OpenIVSent, func(s seal, plaintext []byte) []byte { return sealedBehind(s, 12, plaintext) }),
		sealed(mistake.OpenIVSent, func(s seal, plaintext []byte) []byte { return sealedBehind(s, ivSize, plaintext) }),
		sealed(mistake.OpenTagCut, func(s seal, plaintext []byte) []byte {
			data := s.gcm.Seal(nil, s.iv, plaintext, nil)
			return data[:len(plaintext)+12]
		}),
		sealed(mistake.OpenIVFlip, func(s seal, plaintext []byte) []byte {
			return s.gcm.Seal(nil, inverted(s.iv), plaintext, nil) //nolint:gosec // what a wrong endpoint expects
		}),
		sealed(mistake.OpenIVBack, func(s seal, plaintext []byte) []byte { return sealedWith(s.key, reversed(s.iv), plaintext) }),
		sealed(mistake.OpenTwice, func(s seal, plaintext []byte) []byte {
			data := s.gcm.Seal(nil, s.iv, plaintext, nil)
			return slices.Concat([]byte(encode(data[:len(plaintext)])), data[len(plaintext):])
		}),
		sealed(mistake.OpenTag, func(s seal, plaintext []byte) []byte {
			// White space of JSON, so that as text the data is one message.
			padded := append(slices.Clone(plaintext), bytes.Repeat([]byte(" "), tagSize)...)
			return s.gcm.Seal(nil, s.iv, padded, nil)[:len(padded)]
		}),
		sealed(mistake.OpenTagIn, func(s seal, plaintext []byte) []byte {
			data := s.gcm.Seal(nil, s.iv, plaintext, nil)
			return slices.Concat(data[len(plaintext):], data[:len(plaintext)])
		}),
		sealed(mistake.OpenCBC, func(s seal, plaintext []byte) []byte {
			size := s.block.BlockSize()
			pad := size - len(plaintext)%size
			padded := append(slices.Clone(plaintext), bytes.Repeat([]byte{byte(pad)}, pad)...)
			cipher.NewCBCEncrypter(s.block, s.iv).CryptBlocks(padded, padded)
			return padded
		}),
		sealed(mistake.OpenCTR, func(s seal, plaintext []byte) []byte {
			// The blanks are where the tag would be: read or cut off, the rest is one message.
			padded := append(slices.Clone(plaintext), bytes.Repeat([]byte(" "), tagSize)...)
			cipher.NewCTR(s.block, s.iv).XORKeyStream(padded, padded)
			return padded
		}),
		sealed(mistake.OpenIVText, func(s seal, plaintext []byte) []byte { return sealedWith(s.key, []byte(encode(s.iv)), plaintext) }),
		sealed(mistake.OpenIVText, func(s seal, plaintext []byte) []byte {
			return sealedWith(s.key, []byte(hex.EncodeToString(s.iv)), plaintext)
		}),
		sealed(mistake.OpenKeyText, func(s seal, plaintext []byte) []byte {
			return sealedWith([]byte(hex.EncodeToString(s.key)), s.iv, plaintext)
		}),
		sealed(mistake.OpenKeyText, func(s seal, plaintext []byte) []byte { return sealedWith([]byte(encode(s.key)), s.iv, plaintext) }),
	}
}

// wrapRaw encrypts with RSA without padding.
func wrapRaw(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
	power := new(big.Int).Exp(new(big.Int).SetBytes(key), big.NewInt(int64(publicKey.E)), publicKey.N)
	return power.FillBytes(make([]byte, publicKey.Size())), nil
}

// sealedBehind seals with a new IV of this size, which goes before the ciphertext.
func sealedBehind(s seal, size int, plaintext []byte) []byte {
	iv := random(size)
	return slices.Concat(iv, sealedWith(s.key, iv, plaintext))
}

// sealedWith seals with another key or IV than those of the request.
func sealedWith(key, iv, plaintext []byte) []byte {
	s, err := newSeal(key, iv)
	if err != nil {
		return nil // not of a key that has the size of the protocol
	}
	return s.gcm.Seal(nil, s.iv, plaintext, nil)
}
