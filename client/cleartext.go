package client

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"regexp"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/internal/jsonobject"
)

// clearTextMistake names the mistake that keeps a clear text from being a JSON object; false
// if none is known. open opens sealed answers.
func clearTextMistake(text []byte, open func([]byte) ([]byte, error)) (mistake.ID, bool) {
	if isObject(text) {
		return "", false // its members are wrong
	}
	var quoted string
	for _, known := range []struct {
		id    mistake.ID
		found func() bool
	}{
		{mistake.ClearTextQuoted, func() bool { return json.Unmarshal(text, &quoted) == nil && isObject([]byte(quoted)) }},
		{mistake.ClearTextPrinted, func() bool { return printedObject.Match(text) || isPrinted(text) }},
		{mistake.ClearTextSealed, func() bool {
			_, err := open(text)
			_, rawErr := open([]byte(encode(text)))
			return err == nil || rawErr == nil
		}},
		{mistake.ClearTextEncoded, func() bool {
			inner, err := base64.StdEncoding.DecodeString(string(bytes.Trim(text, `"`)))
			return err == nil && isObject(inner)
		}},
		{mistake.ClearTextCompressed, func() bool {
			inner, ok := decompressed(text)
			return ok && isObject(inner)
		}},
		{mistake.ClearTextPadded, func() bool { return isObject(unpadded(text)) }},
		{mistake.ClearTextCharset, func() bool { return inOtherCharset(text) }},
		{mistake.ClearTextNaN, func() bool { return isObject(noNumber.ReplaceAll(text, []byte("${1}null"))) }},
		{mistake.ClearTextFollowed, func() bool {
			size, ok := firstObject(text)
			return ok && size < len(text)
		}},
		{mistake.ClearTextInvalid, func() bool { return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) && utf8.Valid(text) }},
	} {
		if known.found() {
			return known.id, true
		}
	}
	return "", false
}

// isObject reports whether text is a JSON object in UTF-8.
func isObject(text []byte) bool { return utf8.Valid(text) && json.Valid(text) && jsonobject.Is(text) }

// printedObject matches a dictionary of Python, a map of Java or Go, an array of PHP, a hash of Ruby.
var printedObject = regexp.MustCompile(`^(\{'\w+': |\{\w+=|map\[\w+:|Array\s*\(\s|\{:\w+ ?=>|\{"\w+" ?=>)`)

// noNumber matches NaN and Infinity, which many languages write but JSON does not allow.
var noNumber = regexp.MustCompile(`([:\[,]\s*)(?:NaN|-?Infinity)\b`)

// firstObject returns the length of the JSON object that text begins with.
func firstObject(text []byte) (size int, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var first json.RawMessage
	if decoder.Decode(&first) != nil {
		return 0, false
	}
	return int(decoder.InputOffset()), isObject(first)
}

// unpadded cuts off the padding of block ciphers, or zeros.
func unpadded(text []byte) []byte {
	if len(text) == 0 {
		return text
	}
	last := text[len(text)-1]
	if last == 0 {
		return bytes.TrimRight(text, "\x00")
	}
	if size := int(last); size <= 16 && size <= len(text) {
		return text[:len(text)-size]
	}
	return text
}

// inOtherCharset reports whether text is a JSON object in UTF-16, in Latin-1 or behind a
// byte order mark.
func inOtherCharset(text []byte) bool {
	if inner, found := bytes.CutPrefix(text, []byte("\ufeff")); found {
		return isObject(inner)
	}
	if !utf8.Valid(text) {
		latin := make([]rune, len(text))
		for i, b := range text {
			latin[i] = rune(b)
		}
		if isObject([]byte(string(latin))) {
			return true
		}
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		units := make([]uint16, len(text)/2)
		for i := range units {
			units[i] = order.Uint16(text[2*i:])
		}
		decoded := bytes.TrimPrefix([]byte(string(utf16.Decode(units))), []byte("\ufeff"))
		if len(text)%2 == 0 && isObject(decoded) {
			return true
		}
	}
	return false
}
