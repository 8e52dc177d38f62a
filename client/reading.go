package client

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"io"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/flowserver/flowserver/client/mistake"
)

// reading is one way to take ciphertext and tag out of a body, and the mistakes that
// the endpoint has made if it is the right way.
type reading struct {
	mistakes []mistake.ID
	data     []byte
	decoded  bool // a text was decoded
	guessed  bool // put together from parts: only a right tag in its place proves it
}

// readText is a text that a body may hold, and the mistakes if the answer is in it.
type readText struct {
	mistakes []mistake.ID
	text     string
}

const (
	maxTexts  = 6       // within JSON that are looked at
	maxPieces = 3       // of a text: IV, ciphertext and tag
	maxParts  = 8 << 10 // bytes of a body whose parts are put together in all ways
)

// readings returns the ways to read a body, simple ones first.
func readings(body []byte) []reading {
	var all []reading
	for _, text := range texts(body) {
		for _, reading := range decodings(text.mistakes, text.text) {
			reading.guessed = reading.guessed || slices.Contains(text.mistakes, mistake.AnswerWithin)
			all = append(all, reading)
		}
	}
	if values, found := byteList(body); found {
		all = append(all, reading{mistakes: []mistake.ID{mistake.AnswerByteList}, data: values})
	}
	all = append(all, otherBytes(body)...)
	// Parts go first: of ciphertext and tag, each in a member, the ciphertext alone opens but for its tag.
	return slices.Concat(parts(body), all, []reading{{mistakes: []mistake.ID{mistake.AnswerRaw}, data: body}})
}

// texts returns the texts that a body may hold, itself first.
func texts(body []byte) []readText {
	whole := string(body)
	all := []readText{{nil, whole}}
	add := func(text string, ids ...mistake.ID) { all = append(all, readText{ids, text}) }
	if inner, found := bytesText(whole); found {
		add(inner, mistake.AnswerBytesText)
	}
	if values, found := byteList(body); found {
		add(string(values), mistake.AnswerByteList)
	}
	if narrow, found := fromUTF16(body); found {
		add(narrow, mistake.AnswerUTF16)
	}
	for _, text := range stringsIn(body) {
		if bytes.TrimSpace(body)[0] != '"' {
			add(text, mistake.AnswerWrapped)
			continue
		}
		add(text, mistake.AnswerQuoted)
		for _, inner := range stringsIn([]byte(text)) { // JSON in JSON
			add(inner, mistake.AnswerQuoted)
		}
	}
	for _, text := range unescaped(whole) {
		add(text, mistake.AnswerEscaped)
	}
	if inner, found := decompressed(body); found {
		add(string(inner), mistake.AnswerCompressed)
	}
	if runs := base64Run.FindAllString(whole, maxTexts); len(runs) > 0 && runs[0] != whole {
		for _, run := range runs {
			add(run, mistake.AnswerWithin)
		}
	}
	return all
}

// base64Run matches what may be an answer within other text.
var base64Run = regexp.MustCompile(`[A-Za-z0-9+/]{32,}={0,2}`)

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

// byteList reads bytes that are written as a list of numbers: a Buffer or Uint8Array of
// JavaScript in JSON, or the numbers alone.
func byteList(body []byte) (values []byte, found bool) {
	var buffer struct {
		Data []int16 `json:"data"`
	}
	var indexed map[string]int16
	switch {
	case json.Unmarshal(body, &buffer) == nil && len(buffer.Data) > 0:
		return asBytes(buffer.Data)
	case json.Unmarshal(body, &indexed) == nil && len(indexed) > 0:
		list := make([]int16, len(indexed))
		for i := range list {
			value, found := indexed[strconv.Itoa(i)]
			if !found {
				return nil, false
			}
			list[i] = value
		}
		return asBytes(list)
	}
	text := strings.Trim(strings.TrimSpace(string(body)), "[]")
	if strings.Trim(text, "0123456789-, \n") != "" {
		return nil, false
	}
	var list []int16
	for number := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		value, err := strconv.ParseInt(number, 10, 16)
		if err != nil {
			return nil, false
		}
		list = append(list, int16(value))
	}
	return asBytes(list)
}

// asBytes returns bytes that are written with a sign, as in Java, or without.
func asBytes(list []int16) ([]byte, bool) {
	out := make([]byte, 0, len(list))
	for _, value := range list {
		if value < math.MinInt8 || value > math.MaxUint8 {
			return nil, false
		}
		out = append(out, byte(value&0xff))
	}
	return out, len(out) >= tagSize
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
	return texts[:min(len(texts), maxTexts)]
}

// parts puts the members of a JSON object together, each base64 or hexadecimal: two or
// three of IV, ciphertext and tag.
func parts(body []byte) []reading {
	if len(body) > maxParts {
		return nil
	}
	var decoded [][]byte
	for _, text := range stringsIn(body) {
		// Hexadecimal digits first: most are base64, too.
		if data, err := hex.DecodeString(text); err == nil && len(data) > 0 {
			decoded = append(decoded, data)
		} else if data, err := base64.StdEncoding.DecodeString(text); err == nil && len(data) > 0 {
			decoded = append(decoded, data)
		}
	}
	return arranged([]mistake.ID{mistake.AnswerWrapped, mistake.AnswerInPieces}, decoded)
}

// arranged puts pieces together, two or three of them in each order.
func arranged(mistakes []mistake.ID, pieces [][]byte) []reading {
	var all []reading
	add := func(pieces ...[]byte) { all = append(all, reading{mistakes, slices.Concat(pieces...), false, true}) }
	for i, one := range pieces {
		for j, other := range pieces {
			if i == j {
				continue
			}
			add(one, other)
			for k, third := range pieces {
				if k != i && k != j {
					add(one, other, third)
				}
			}
		}
	}
	return all
}

// unescaped undoes the escapes of URLs, of HTML and of JSON.
func unescaped(text string) []string {
	var all []string
	percent, err := url.PathUnescape(text)
	if err != nil {
		percent = text
	}
	for _, plain := range []string{
		percent, html.UnescapeString(text), strings.ReplaceAll(text, `\/`, "/"),
		strings.ReplaceAll(strings.TrimSpace(text), " ", "+"), // a form turns + into a blank
	} {
		if plain != text {
			all = append(all, plain)
		}
	}
	return all
}

// decompressed undoes gzip, zlib or deflate.
func decompressed(data []byte) ([]byte, bool) {
	for _, open := range []func(io.Reader) (io.Reader, error){
		func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil },
	} {
		r, err := open(bytes.NewReader(data))
		if err != nil {
			continue
		}
		if plain, err := io.ReadAll(io.LimitReader(r, maxExamined)); err == nil && len(plain) > 0 {
			return plain, true
		}
	}
	return nil, false
}

// decodings returns what a text may encode.
func decodings(outer []mistake.ID, text string) []reading {
	var all []reading
	add := func(data []byte, err error, ids ...mistake.ID) {
		if err == nil && len(data) > 0 {
			all = append(all, reading{mistakes: slices.Concat(outer, ids), data: data, decoded: true})
		}
	}
	if data, found := hexTag(text); found {
		all = append(all, reading{slices.Concat(outer, []mistake.ID{mistake.AnswerInPieces}), data, false, true})
	}
	once, err := base64.StdEncoding.DecodeString(text)
	add(once, err)
	for _, other := range otherBases(text) {
		add(other.data, nil, other.mistakes...)
	}
	digits, hexErr := hex.DecodeString(bareHex(text))
	add(digits, hexErr, mistake.AnswerHex) // hexadecimal digits may be base64, too
	if hexErr == nil {
		inner, err := base64.StdEncoding.DecodeString(string(digits))
		add(inner, err, mistake.AnswerHex, mistake.AnswerTwice)
	}
	if err == nil {
		again, err := base64.StdEncoding.DecodeString(strings.Trim(string(once), `"`))
		add(again, err, mistake.AnswerTwice)
		digits, err := hex.DecodeString(string(once))
		add(digits, err, mistake.AnswerHex)
		if size := len(once) - tagSize; size > 0 { // PHP seals in this way without OPENSSL_RAW_DATA
			inner, err := base64.StdEncoding.DecodeString(string(once[:size]))
			add(slices.Concat(inner, once[size:]), err, mistake.AnswerTwice)
		}
		if inner, found := decompressed(once); found {
			add(inner, nil, mistake.AnswerCompressed)
		}
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
	if pieces, err := decodePieces(compact); err == nil {
		ids := slices.Concat(outer, []mistake.ID{mistake.AnswerInPieces})
		all = append(all, reading{ids, slices.Concat(pieces...), false, true})
		all = append(all, arranged(ids, pieces[:min(len(pieces), maxPieces)])...)
	}
	return all
}

// hexTag decodes base64 of the ciphertext that is followed by the tag in hexadecimal.
func hexTag(text string) (data []byte, found bool) {
	size := len(text) - 2*tagSize
	if size <= 0 {
		return nil, false
	}
	ciphertext, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text[:size], "=.:| "))
	tag, tagErr := hex.DecodeString(text[size:])
	return slices.Concat(ciphertext, tag), err == nil && tagErr == nil
}

// decodePieces decodes base64 texts that follow each other, each with its padding or
// apart by a separator.
func decodePieces(text string) ([][]byte, error) {
	var pieces [][]byte
	for piece := range strings.FieldsFuncSeq(paddingEnds(text), func(c rune) bool { return strings.ContainsRune(".:|, ", c) }) {
		decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(piece, "="))
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, decoded)
	}
	return pieces, nil
}

// paddingEnds puts a blank behind each run of padding.
func paddingEnds(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "=", "= "), "= =", "==")
}

// printed matches what languages print for no value, or for an object in place of what is
// in it.
var printed = regexp.MustCompile(`^(\[object \w+\]|\[B@[0-9a-f]+|[\w.$]+@[0-9a-f]{6,8}|System\.Byte\[\]|Array|` +
	`<(Buffer|Response|JSONResponse|Future|Task|generator|coroutine|memory|built-in|bound|function|[\w.]+ object)\b[^>]*>|` +
	`#<[^>]+>|Promise \{[^}]*\}|\[(Async)?Function[^\]]*\]|java\.nio\.\w+\[[^\]]*\]|` +
	`undefined|null|None|nil|<nil>|\{\}|true|false|NaN)$`)

func isPrinted(body []byte) bool { return printed.Match(bytes.Trim(body, " \r\n\"")) }
