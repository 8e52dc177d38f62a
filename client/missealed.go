package client

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/jsonobject"
	"github.com/flowserver/flowserver/protocol"
)

// SealError explains why an answer does not open. It is wrapped in [ErrUndecryptable].
type SealError struct {
	// Mistakes are the mistakes that the answer proves, the outermost first: without them
	// it would open. Nil means that the cause is unknown.
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
const maxExamined = 256 << 10 // bytes

// seal is how a phone expects the answer to one request to be sealed.
type seal struct {
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
	case isAnswer(body):
		return &SealError{Mistakes: []mistake.ID{mistake.AnswerClear}}
	}
	for _, reading := range readings(body) {
		if isAnswer(reading.data) {
			return &SealError{Mistakes: append(reading.mistakes, mistake.AnswerEncoded)}
		}
		if found, ok := s.wrongly(reading.data); ok {
			return &SealError{Mistakes: append(reading.mistakes, found...)}
		}
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

func looksLikePage(body []byte) bool {
	start := strings.ToLower(string(body[:min(len(body), 512)]))
	return strings.Contains(start, "<html") || strings.Contains(start, "<!doctype")
}

// reading is one way to take ciphertext and tag out of a body, and the mistakes that
// the endpoint has made if it is the right way.
type reading struct {
	mistakes []mistake.ID
	data     []byte
}

// readings returns the ways to read a body, simple ones first.
func readings(body []byte) []reading {
	all := decodings(nil, string(body))
	if inner, found := bytesText(string(body)); found {
		all = append(all, decodings([]mistake.ID{mistake.AnswerBytesText}, inner)...)
	}
	for _, text := range stringsIn(body) {
		id := mistake.AnswerWrapped
		if body[0] == '"' {
			id = mistake.AnswerQuoted
		}
		all = append(all, decodings([]mistake.ID{id}, text)...)
	}
	return append(all, reading{[]mistake.ID{mistake.AnswerRaw}, body})
}

// bytesText is what Python writes within b” when it makes a text of bytes.
func bytesText(text string) (inner string, found bool) {
	for _, quote := range []string{"'", `"`} {
		rest, begins := strings.CutPrefix(strings.TrimSpace(text), "b"+quote)
		if inner, ends := strings.CutSuffix(rest, quote); begins && ends {
			return inner, true
		}
	}
	return "", false
}

// stringsIn returns the texts in a body of JSON: itself, or members of the object.
func stringsIn(body []byte) []string {
	var text string
	if json.Unmarshal(body, &text) == nil {
		return []string{text}
	}
	var texts []string
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	for _, member := range members {
		switch member := member.(type) {
		case string:
			texts = append(texts, member)
		case map[string]any:
			for _, inner := range member {
				if text, ok := inner.(string); ok {
					texts = append(texts, text)
				}
			}
		}
	}
	slices.Sort(texts) // maps have no order
	return texts[:min(len(texts), 8)]
}

// decodings returns what a text may encode.
func decodings(outer []mistake.ID, text string) []reading {
	var all []reading
	add := func(data []byte, err error, ids ...mistake.ID) {
		if err == nil && len(data) > 0 {
			all = append(all, reading{slices.Concat(outer, ids), data})
		}
	}
	once, err := base64.StdEncoding.DecodeString(text)
	add(once, err)
	digits, hexErr := hex.DecodeString(strings.TrimSpace(text))
	add(digits, hexErr, mistake.AnswerHex) // hexadecimal digits may be base64, too
	if err == nil {
		again, err := base64.StdEncoding.DecodeString(string(once))
		add(again, err, mistake.AnswerTwice)
		digits, err := hex.DecodeString(string(once))
		add(digits, err, mistake.AnswerHex)
		return all
	}
	compact := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\ufeff' {
			return -1
		}
		return c
	}, text)
	spaced, err := base64.StdEncoding.DecodeString(compact)
	add(spaced, err, mistake.AnswerSpaced)
	unpadded, err := base64.RawStdEncoding.DecodeString(compact)
	add(unpadded, err, mistake.AnswerUnpadded)
	if strings.ContainsAny(compact, "-_") || err != nil {
		urlSafe, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(compact, "="))
		add(urlSafe, err, mistake.AnswerURLSafe)
	}
	pieces, err := decodePieces(compact)
	add(pieces, err, mistake.AnswerInPieces)
	return all
}

// decodePieces decodes base64 texts that follow each other, each with its padding or
// apart by a separator.
func decodePieces(text string) ([]byte, error) {
	var data []byte
	for piece := range strings.FieldsFuncSeq(paddingEnds(text), func(c rune) bool { return strings.ContainsRune(".:|, ", c) }) {
		decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(piece, "="))
		if err != nil {
			return nil, err
		}
		data = append(data, decoded...)
	}
	return data, nil
}

// paddingEnds puts a blank behind each run of padding.
func paddingEnds(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "=", "= "), "= =", "==")
}

// nonce is an IV that an endpoint may have sealed with.
type nonce struct {
	mistakes []mistake.ID
	value    []byte
	cut      func(data []byte) []byte // the rest of the data, if the nonce is a part of it
}

func (s seal) nonces(data []byte) []nonce {
	right := inverted(s.iv)
	reversed := func(b []byte) []byte { b = bytes.Clone(b); slices.Reverse(b); return b }
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

// wrongly opens data that was sealed in a known wrong way, or in the right one, and
// returns the mistakes.
func (s seal) wrongly(data []byte) ([]mistake.ID, bool) {
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

// otherMode decrypts data by AES in a mode other than GCM.
func (s seal) otherMode(data []byte) ([]mistake.ID, bool) {
	for _, body := range [][]byte{data, data[min(len(data), aes.BlockSize):]} { // or behind an IV
		iv := data[:len(data)-len(body)]
		for _, iv := range [][]byte{inverted(s.iv), s.iv, make([]byte, aes.BlockSize), iv} {
			if len(iv) != aes.BlockSize {
				continue
			}
			text := make([]byte, len(body))
			cipher.NewCTR(s.block, iv).XORKeyStream(text, body)
			if _, ok := answerSize(text); ok {
				return []mistake.ID{mistake.ModeCTR}, true
			}
			if len(body)%aes.BlockSize != 0 {
				continue
			}
			cipher.NewCBCDecrypter(s.block, iv).CryptBlocks(text, body)
			if _, ok := answerSize(text); ok {
				return []mistake.ID{mistake.ModeCBC}, true
			}
		}
	}
	if len(data)%aes.BlockSize == 0 {
		text := make([]byte, len(data))
		for i := 0; i < len(data); i += aes.BlockSize {
			s.block.Decrypt(text[i:], data[i:])
		}
		if _, ok := answerSize(text); ok {
			return []mistake.ID{mistake.ModeECB}, true
		}
	}
	return nil, false
}
