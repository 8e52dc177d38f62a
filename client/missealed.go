package client

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// SealError says why an answer does not open, or what its clear text is instead of JSON. It
// is wrapped in [ErrUndecryptable] or [ErrMalformed].
type SealError struct {
	// Mistakes are those that the answer proves, the outermost first: without them a phone
	// could read it. Nil means that the cause is not known.
	Mistakes []mistake.ID
	text     string
}

func (e *SealError) Error() string {
	if len(e.Mistakes) == 0 {
		return e.text
	}
	var texts []string
	for _, id := range e.Mistakes {
		texts = append(texts, mistake.Named(id).Text)
	}
	return strings.Join(texts, ", and ")
}

// Mistakes returns the mistakes that an error of [Client.Send] or [Client.Do] proves.
func Mistakes(err error) []mistake.ID {
	if sealErr, ok := errors.AsType[*SealError](err); ok {
		return sealErr.Mistakes
	}
	return nil
}

// maxExamined bounds the work that a wrong answer causes.
const maxExamined = 64 << 10 // bytes

// seal is how a phone expects the answer to one request to be sealed.
type seal struct {
	key   []byte
	block cipher.Block
	gcm   cipher.AEAD // with nonces of the size of iv
	iv    []byte      // of the request
}

// open opens an answer: base64 of an AES-GCM ciphertext and tag under the request's
// key and its IV with every bit inverted. The error is a [SealError].
func (s seal) open(body []byte) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(string(body))
	if err == nil && len(sealed) >= tagSize {
		if plaintext, err := s.gcm.Open(nil, inverted(s.iv), sealed, nil); err == nil {
			return plaintext, nil
		}
	}
	return nil, s.explain(body, sealed, err)
}

// explain returns the error of an answer that does not open; sealed and decodeErr are
// what its base64 is.
func (s seal) explain(body, sealed []byte, decodeErr error) *SealError {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return &SealError{Mistakes: []mistake.ID{mistake.AnswerEmpty}}
	case len(body) > maxExamined:
		return &SealError{text: "it does not open; it is too large to find out why"}
	case isPrinted(body):
		return &SealError{Mistakes: []mistake.ID{mistake.AnswerPrinted}}
	case bytes.Count(body, []byte("\ufffd")) >= tagSize/4:
		return &SealError{Mistakes: []mistake.ID{mistake.AnswerAsText}}
	}
	for _, reading := range readings(body) {
		if found, ok := s.mistakesOf(reading); ok {
			return &SealError{Mistakes: append(reading.mistakes, found...)}
		}
	}
	for _, text := range texts(body) {
		if isAnswer([]byte(text.text)) {
			return &SealError{Mistakes: []mistake.ID{mistake.AnswerClear}}
		}
	}
	if printedObject.Match(bytes.TrimSpace(body)) {
		return &SealError{Mistakes: []mistake.ID{mistake.AnswerPrinted}}
	}
	if id, found := otherFormat(body, sealed); found {
		return &SealError{Mistakes: []mistake.ID{id}}
	}
	switch {
	case looksLikePage(body):
		return &SealError{text: "the body is an HTML page, not base64"}
	case jsonobject.Is(body):
		return &SealError{text: "the body is a JSON object: expected bare base64 of the ciphertext and tag"}
	case decodeErr != nil:
		return &SealError{text: "the body is not standard base64"}
	case len(sealed) < tagSize:
		return &SealError{text: fmt.Sprintf("the body has %d bytes under the base64, the tag alone has %d", len(sealed), tagSize)}
	}
	return &SealError{text: "it does not authenticate: seal it with the AES key of the request and its IV with every bit inverted"}
}

// mistakesOf returns the mistakes in what a body was read as, if it opens with them.
func (s seal) mistakesOf(r reading) ([]mistake.ID, bool) {
	if r.decoded && isAnswer(r.data) {
		return []mistake.ID{mistake.AnswerEncoded}, true
	}
	found, ok := s.wrongly(r.data)
	if r.guessed && slices.ContainsFunc(found, func(id mistake.ID) bool {
		return slices.Contains([]mistake.ID{mistake.TagMissing, mistake.TagFirst, mistake.TagShort, mistake.TagFollowed, mistake.TagWrong, mistake.IVOther}, id)
	}) {
		return nil, false
	}
	return found, ok
}

// isAnswer reports whether text is a clear answer: a JSON object with a member that
// answers have. An object of another kind is an error message or the like.
func isAnswer(text []byte) bool {
	members, err := jsonobject.Members(bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil {
		return false
	}
	_, data := members["data"]
	_, screen := members["screen"]
	_, message := members[protocol.KeyErrorMsg]
	return data && jsonobject.Is(members["data"]) || screen || message
}

// jose matches a JWT or JWE in its compact form (RFC 7516, 7.1).
var jose = regexp.MustCompile(`^"?eyJ[\w-]+(\.[\w-]*){2}((\.[\w-]*){2})?"?$`)

// otherFormat recognises an answer in a format such as JWE or Fernet, whose key no phone
// has. sealed is the decoded body, nil if it is not base64.
func otherFormat(body, sealed []byte) (mistake.ID, bool) {
	const salted, fernet = "Salted__", "gAAAAAB" // version 0x80, and the time until 2106
	text := bytes.Trim(bytes.TrimSpace(body), `"`)
	members, _ := jsonobject.Members(body)
	switch {
	case members["encrypted_aes_key"] != nil:
		return mistake.AnswerEnvelope, true
	case jose.Match(bytes.TrimSpace(body)):
		return mistake.AnswerJOSE, true
	case bytes.HasPrefix(sealed, []byte(salted)), bytes.HasPrefix(text, []byte(encode([]byte(salted))[:10])):
		return mistake.AnswerSalted, true
	case bytes.HasPrefix(text, []byte(fernet)):
		return mistake.AnswerFernet, true
	}
	return "", false
}

func looksLikePage(body []byte) bool {
	start := strings.ToLower(string(body[:min(len(body), 512)]))
	return strings.Contains(start, "<html") || strings.Contains(start, "<!doctype")
}

// nonce is an IV that an endpoint may have sealed with.
type nonce struct {
	mistakes []mistake.ID
	value    []byte
	cut      func(data []byte) []byte // the rest of the data, if the nonce is a part of it
}

func (s seal) nonces(data []byte) []nonce {
	right := inverted(s.iv)
	one := func(id mistake.ID, values ...[]byte) []nonce {
		var all []nonce
		for _, value := range values {
			all = append(all, nonce{mistakes: []mistake.ID{id}, value: value})
		}
		return all
	}
	all := slices.Concat(
		[]nonce{{value: right}},
		one(mistake.IVNotInverted, s.iv),
		one(mistake.IVShort, right[:12], right[len(right)-12:]),
		[]nonce{{mistakes: []mistake.ID{mistake.IVShort, mistake.IVNotInverted}, value: s.iv[:12]}},
		one(mistake.IVReversed, reversed(right), reversed(s.iv)),
		one(mistake.IVZero, make([]byte, 16), make([]byte, 12)),
		one(mistake.IVChanged, otherChanges(s.iv)...),
	)
	for _, size := range []int{16, 12} {
		if len(data) > size+tagSize {
			all = append(
				all,
				nonce{[]mistake.ID{mistake.IVSent}, data[:size], func(data []byte) []byte { return data[size:] }},
				nonce{[]mistake.ID{mistake.IVSent}, data[len(data)-size:], func(data []byte) []byte { return data[:len(data)-size] }},
			)
		}
	}
	return all
}

// otherChanges are IVs that come of misread instructions: negated or reversed bits, one
// part inverted, a successor, or the text of the IV.
func otherChanges(iv []byte) [][]byte {
	changed := func(change func(i int, b byte) byte) []byte {
		out := make([]byte, len(iv))
		for i, b := range iv {
			out[i] = change(i, b)
		}
		return out
	}
	number := new(big.Int).SetBytes(iv)
	modulus := new(big.Int).SetBytes(slices.Concat([]byte{1}, make([]byte, len(iv))))
	plus := func(n int64) []byte {
		sum := new(big.Int).Add(number, big.NewInt(n))
		return sum.Mod(sum, modulus).FillBytes(make([]byte, len(iv)))
	}
	return [][]byte{
		changed(func(_ int, b byte) byte { return -b }),
		new(big.Int).Sub(modulus, number).FillBytes(make([]byte, len(iv)+1))[1:],
		changed(func(_ int, b byte) byte { return bits.Reverse8(b) }),
		changed(func(_ int, b byte) byte { return b ^ 0x80 }),
		changed(func(_ int, b byte) byte { return b ^ 1 }),
		changed(func(_ int, b byte) byte { return ^b & 0x7f }),
		changed(func(i int, b byte) byte { return b ^ onlyIf(i == 0) }),
		changed(func(i int, b byte) byte { return b ^ onlyIf(i == len(iv)-1) }),
		changed(func(i int, b byte) byte { return b ^ onlyIf(i < 12) }),
		changed(func(i int, b byte) byte { return b ^ onlyIf(i >= len(iv)-12) }),
		plus(1), plus(-1),
		[]byte(encode(iv)), inverted([]byte(encode(iv))), []byte(encode(inverted(iv))),
		[]byte(hex.EncodeToString(iv)), []byte(hex.EncodeToString(inverted(iv))),
	}
}

// onlyIf is a mask that inverts a byte, or leaves it.
func onlyIf(invert bool) byte {
	if invert {
		return 0xff
	}
	return 0
}

// otherKeys are keys that endpoints make from the AES key of a request.
func otherKeys(key []byte) [][]byte {
	digest := sha256.Sum256(key)
	return [][]byte{
		[]byte(hex.EncodeToString(key)), []byte(encode(key)), digest[:], digest[:len(key)],
		slices.Concat(key, make([]byte, len(key))), slices.Concat(key, key),
	}
}

// wrongly opens data that was sealed in a known wrong way, or in the right one, and
// returns the mistakes.
func (s seal) wrongly(data []byte) ([]mistake.ID, bool) {
	if found, ok := s.underKey(data); ok {
		return found, true
	}
	for _, key := range otherKeys(s.key) {
		other, err := newSeal(key, s.iv)
		if err != nil {
			continue // no size of AES
		}
		if found, ok := other.underKey(data); ok {
			return slices.Concat([]mistake.ID{mistake.KeyChanged}, found), true
		}
	}
	if s.underAnyIV(data) {
		return []mistake.ID{mistake.IVOther}, true
	}
	return nil, false
}

// activeAnswers are the answers to a health check as JSON encoders usually write them.
var activeAnswers = []string{`{"data":{"status":"active"}}`, `{"data": {"status": "active"}}`}

// underAnyIV reports whether data is the ciphertext of an answer to a health check under
// the key of s. Known text shows the key stream, and AES its counter, which must go up by
// one from block to block whatever the IV was.
func (s seal) underAnyIV(data []byte) bool {
	for _, text := range activeAnswers {
		if len(data) < len(text) {
			continue
		}
		stream := make([]byte, len(text))
		subtle.XORBytes(stream, data, []byte(text))
		counter, next := make([]byte, aes.BlockSize), make([]byte, aes.BlockSize)
		s.block.Decrypt(counter, stream[:aes.BlockSize])
		low := binary.BigEndian.Uint32(counter[12:])
		binary.BigEndian.PutUint32(counter[12:], low+1)
		s.block.Encrypt(next, counter)
		if rest := stream[aes.BlockSize:]; bytes.Equal(next[:len(rest)], rest) {
			return true
		}
	}
	return false
}

// underKey is wrongly for the key of s.
func (s seal) underKey(data []byte) ([]mistake.ID, bool) {
	for _, n := range s.nonces(data) {
		rest := data
		if n.cut != nil {
			rest = n.cut(data)
		}
		gcm, err := cipher.NewGCMWithNonceSize(s.block, len(n.value))
		if err != nil {
			return nil, false // GODEBUG=fips140=only
		}
		if found, ok := tagMistake(gcm, n.value, rest); ok {
			return slices.Concat(n.mistakes, found), true
		}
	}
	return s.otherMode(data)
}

// tagMistake opens data under a nonce, wherever its tag is.
func tagMistake(gcm cipher.AEAD, nonce, data []byte) ([]mistake.ID, bool) {
	if _, err := gcm.Open(nil, nonce, data, nil); err == nil {
		return nil, true
	}
	if len(data) > tagSize {
		if _, err := gcm.Open(nil, nonce, slices.Concat(data[tagSize:], data[:tagSize]), nil); err == nil {
			return []mistake.ID{mistake.TagFirst}, true
		}
	}
	// Without a right tag, clear text that is an answer shows that key and IV are right.
	stream := gcm.Seal(nil, nonce, make([]byte, len(data)), nil)
	text := make([]byte, len(data))
	for i := range data {
		text[i] = data[i] ^ stream[i]
	}
	size, ok := answerSize(text)
	if !ok {
		return nil, false
	}
	right := gcm.Seal(nil, nonce, text[:size], nil)[size:]
	tag := data[size:]
	switch {
	case len(tag) == 0:
		return []mistake.ID{mistake.TagMissing}, true
	case len(tag) < tagSize && bytes.HasPrefix(right, tag):
		return []mistake.ID{mistake.TagShort}, true
	case bytes.HasPrefix(tag, right):
		return []mistake.ID{mistake.TagFollowed}, true
	default:
		return []mistake.ID{mistake.TagWrong}, true
	}
}

// answerSize returns the length of the clear answer that text begins with.
func answerSize(text []byte) (int, bool) {
	if len(text) == 0 || text[0] != '{' {
		return 0, false
	}
	var first json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(text))
	if decoder.Decode(&first) != nil || !utf8.Valid(first) || !isAnswer(first) {
		return 0, false
	}
	return len(first), true
}
