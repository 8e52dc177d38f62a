package client

import (
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/mistake"
)

// sealer makes answers that are sealed in wrong ways.
type sealer struct {
	seal

	answer []byte
}

func newSealer(tb testing.TB) sealer {
	tb.Helper()
	key, iv := unhex(tb, "000102030405060708090a0b0c0d0e0f"), unhex(tb, "10112243445566778899aabbccddeef1")
	expected, err := newSeal(key, iv)
	if err != nil {
		tb.Fatal(err)
	}
	return sealer{expected, []byte(`{"screen":"DETAILS","data":{"names":["Ada","Grace!!"]}}`)}
}

// under seals with a nonce of any size.
func (s sealer) under(nonce []byte) []byte {
	gcm, err := cipher.NewGCMWithNonceSize(s.block, len(nonce))
	if err != nil {
		panic(err)
	}
	return gcm.Seal(nil, nonce, s.answer, nil)
}

func (s sealer) padded() []byte {
	pad := aes.BlockSize - len(s.answer)%aes.BlockSize
	return append(slices.Clone(s.answer), bytes.Repeat([]byte{byte(pad)}, pad)...)
}

func (s sealer) cbc(iv []byte) []byte {
	out := s.padded()
	cipher.NewCBCEncrypter(s.block, iv).CryptBlocks(out, out)
	return out
}

func (s sealer) ecb() []byte {
	out := s.padded()
	for i := 0; i < len(out); i += aes.BlockSize {
		s.block.Encrypt(out[i:], out[i:])
	}
	return out
}

func (s sealer) ctr(iv []byte) []byte {
	out := make([]byte, len(s.answer))
	cipher.NewCTR(s.block, iv).XORKeyStream(out, s.answer)
	return out
}

// keyed is s with another key.
func (s sealer) keyed(key string) sealer {
	other, err := newSeal([]byte(key), s.iv)
	if err != nil {
		panic(err)
	}
	return sealer{other, s.answer}
}

func digest(key []byte) string {
	sum := sha256.Sum256(key)
	return string(sum[:])
}

// withSlash is a right answer whose base64 has a slash.
func withSlash(s sealer) string {
	for {
		if text := encode(s.under(inverted(s.iv))); strings.Contains(text, "/") {
			return text
		}
		s.answer = append(bytes.Clone(s.answer), ' ')
	}
}

func negated(iv []byte) []byte {
	out := bytes.Clone(iv)
	for i := range out {
		out[i] = -out[i]
	}
	return out
}

// wrapped is a JSON object of base64 texts.
func wrapped(pairs ...any) string {
	members := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		members[pairs[i].(string)] = pairs[i+1]
	}
	text, _ := json.Marshal(members) // bytes become base64
	return string(text)
}

func list(b []byte) string { return strings.ReplaceAll(fmt.Sprintf("%d", b), " ", ",") }

func indexed(b []byte) string {
	members := map[string]int{}
	for i, value := range b {
		members[strconv.Itoa(i)] = int(value)
	}
	text, _ := json.Marshal(members) // numbers always encode
	return string(text)
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b) // into memory
	_ = w.Close()
	return out.Bytes()
}

func TestMistakesOfAnswers(t *testing.T) {
	t.Parallel()
	s := newSealer(t)
	flipped := inverted(s.iv)
	right := s.under(flipped)
	size := len(s.answer)
	text := encode(right)
	quoted, _ := json.Marshal(text)
	reversed := slices.Clone(flipped)
	slices.Reverse(reversed)
	quotedTwice, _ := json.Marshal(string(quoted))
	quotedWrapped, _ := json.Marshal(`{"data":` + string(quoted) + `}`)
	quotedClear, _ := json.Marshal(string(s.answer))
	iv12, iv16 := bytes.Repeat([]byte{7}, 12), bytes.Repeat([]byte{9}, 16)
	withData := s.gcm.Seal(nil, flipped, s.answer, []byte("associated"))
	type ids = []mistake.ID
	for name, c := range map[string]struct {
		body string
		want ids
	}{
		"empty":               {"", ids{mistake.AnswerEmpty}},
		"blank":               {" \n", ids{mistake.AnswerEmpty}},
		"clear":               {string(s.answer), ids{mistake.AnswerClear}},
		"clear, encoded":      {encode(s.answer), ids{mistake.AnswerEncoded}},
		"clear, as hex":       {hex.EncodeToString(s.answer), ids{mistake.AnswerHex, mistake.AnswerEncoded}},
		"quoted":              {string(quoted), ids{mistake.AnswerQuoted}},
		"text of bytes":       {"b'" + text + "'", ids{mistake.AnswerBytesText}},
		"wrapped":             {`{"status":200,"response":` + string(quoted) + `}`, ids{mistake.AnswerWrapped}},
		"wrapped as data":     {`{"data":` + string(quoted) + `}`, ids{mistake.AnswerWrapped}},
		"wrapped deeper":      {`{"data":{"body":` + string(quoted) + `}}`, ids{mistake.AnswerWrapped}},
		"wrapped in pieces":   {wrapped("data", right[:size], "tag", right[size:]), ids{mistake.AnswerWrapped, mistake.AnswerInPieces}},
		"wrapped with its IV": {wrapped("iv", iv12, "payload", s.under(iv12)), ids{mistake.AnswerWrapped, mistake.AnswerInPieces, mistake.IVSent}},
		"wrapped in three": {
			wrapped("a", s.under(iv12)[:size], "iv", iv12, "tag", s.under(iv12)[size:]),
			ids{mistake.AnswerWrapped, mistake.AnswerInPieces, mistake.IVSent},
		},
		"wrapped, no tag":         {wrapped("data", right[:size]), ids{mistake.AnswerWrapped, mistake.TagMissing}},
		"quoted twice":            {string(quotedTwice), ids{mistake.AnswerQuoted}},
		"quoted, wrapped":         {string(quotedWrapped), ids{mistake.AnswerQuoted}},
		"clear, quoted":           {string(quotedClear), ids{mistake.AnswerClear}},
		"percent-encoded":         {url.QueryEscape(text), ids{mistake.AnswerEscaped}},
		"slashes escaped":         {strings.ReplaceAll(withSlash(s), "/", `\/`), ids{mistake.AnswerEscaped}},
		"HTML-escaped":            {strings.NewReplacer("=", "&#x3D;", "+", "&#43;").Replace(text), ids{mistake.AnswerEscaped}},
		"plus as blank":           {strings.ReplaceAll(text, "+", " "), ids{mistake.AnswerEscaped}},
		"gzip":                    {string(zipped([]byte(text))), ids{mistake.AnswerCompressed}},
		"gzip of the bytes":       {encode(zipped(right)), ids{mistake.AnswerCompressed}},
		"a Buffer in JSON":        {`{"type":"Buffer","data":` + list(right) + `}`, ids{mistake.AnswerByteList}},
		"a Buffer of the base64":  {`{"type":"Buffer","data":` + list([]byte(text)) + `}`, ids{mistake.AnswerByteList}},
		"numbers":                 {strings.Trim(list(right), "[]"), ids{mistake.AnswerByteList}},
		"a slice of Go":           {fmt.Sprintf("%d", right), ids{mistake.AnswerByteList}},
		"a Uint8Array in JSON":    {indexed(right), ids{mistake.AnswerByteList}},
		"an object":               {"[object Object]", ids{mistake.AnswerPrinted}},
		"a promise":               {"{}", ids{mistake.AnswerPrinted}},
		"no value":                {"undefined", ids{mistake.AnswerPrinted}},
		"an array of Java":        {"[B@1b6d3586", ids{mistake.AnswerPrinted}},
		"base64 of base64 as hex": {hex.EncodeToString([]byte(text)), ids{mistake.AnswerHex, mistake.AnswerTwice}},
		"IV negated":              {encode(s.under(negated(s.iv))), ids{mistake.IVChanged}},
		"first 12 inverted":       {encode(s.under(slices.Concat(flipped[:12], s.iv[12:]))), ids{mistake.IVChanged}},
		"IV as text":              {encode(s.under([]byte(encode(s.iv)))), ids{mistake.IVChanged}},
		"key as hex":              {encode(s.keyed(hex.EncodeToString(s.key)).under(flipped)), ids{mistake.KeyChanged}},
		"key as base64":           {encode(s.keyed(encode(s.key)).under(flipped)), ids{mistake.KeyChanged}},
		"key hashed, no flip":     {encode(s.keyed(digest(s.key)).under(s.iv)), ids{mistake.KeyChanged, mistake.IVNotInverted}},
		"hex":                     {hex.EncodeToString(right), ids{mistake.AnswerHex}},
		"HEX":                     {strings.ToUpper(hex.EncodeToString(right)), ids{mistake.AnswerHex}},
		"base64 twice":            {encode([]byte(text)), ids{mistake.AnswerTwice}},
		"base64 of hex":           {encode([]byte(hex.EncodeToString(right))), ids{mistake.AnswerHex}},
		"URL-safe":                {base64.URLEncoding.EncodeToString(right), ids{mistake.AnswerURLSafe}},
		"URL-safe, unpadded":      {base64.RawURLEncoding.EncodeToString(right), ids{mistake.AnswerURLSafe}},
		"unpadded":                {strings.TrimRight(text, "="), ids{mistake.AnswerUnpadded}},
		"blanks":                  {"  " + text[:20] + " " + text[20:], ids{mistake.AnswerSpaced}},
		"byte order mark":         {"\ufeff" + text, ids{mistake.AnswerSpaced}},
		"raw bytes":               {string(right), ids{mistake.AnswerRaw}},
		"pieces":                  {encode(right[:size]) + encode(right[size:]), ids{mistake.AnswerInPieces}},
		"pieces with a separator": {encode(right[:size]) + ":" + encode(right[size:]), ids{mistake.AnswerInPieces}},
		"pieces, tag as hex":      {encode(right[:size]) + hex.EncodeToString(right[size:]), ids{mistake.AnswerInPieces}},
		"in a form":               {"data=" + text, ids{mistake.AnswerWithin}},
		"sent twice":              {encode(slices.Concat(right, right)), ids{mistake.TagFollowed}},
		"read as UTF-8":           {strings.Repeat("\ufffda", 20), ids{mistake.AnswerAsText}},
		"IV not inverted":         {encode(s.under(s.iv)), ids{mistake.IVNotInverted}},
		"IV cut":                  {encode(s.under(flipped[:12])), ids{mistake.IVShort}},
		"IV cut, not inverted":    {encode(s.under(s.iv[:12])), ids{mistake.IVShort, mistake.IVNotInverted}},
		"IV reversed":             {encode(s.under(reversed)), ids{mistake.IVReversed}},
		"IV zero":                 {encode(s.under(make([]byte, 12))), ids{mistake.IVZero}},
		"IV before":               {encode(slices.Concat(iv12, s.under(iv12))), ids{mistake.IVSent}},
		"IV of 16 before":         {encode(slices.Concat(iv16, s.under(iv16))), ids{mistake.IVSent}},
		"IV behind":               {encode(slices.Concat(s.under(iv12), iv12)), ids{mistake.IVSent}},
		"no tag":                  {encode(right[:size]), ids{mistake.TagMissing}},
		"no tag, IV not inverted": {encode(s.under(s.iv)[:size]), ids{mistake.IVNotInverted, mistake.TagMissing}},
		"no tag, quoted":          {`"` + encode(right[:size]) + `"`, ids{mistake.AnswerQuoted, mistake.TagMissing}},
		"tag first":               {encode(slices.Concat(right[size:], right[:size])), ids{mistake.TagFirst}},
		"tag of 12 bytes":         {encode(right[:size+12]), ids{mistake.TagShort}},
		"tag as hex":              {encode(slices.Concat(right[:size], []byte(hex.EncodeToString(right[size:])))), ids{mistake.TagWrong}},
		"associated data":         {encode(withData), ids{mistake.TagWrong}},
		"CBC":                     {encode(s.cbc(flipped)), ids{mistake.ModeCBC}},
		"CBC, IV not inverted":    {encode(s.cbc(s.iv)), ids{mistake.ModeCBC}},
		"CBC, IV before":          {encode(slices.Concat(iv16, s.cbc(iv16))), ids{mistake.ModeCBC}},
		"CTR":                     {encode(s.ctr(flipped)), ids{mistake.ModeCTR}},
		"ECB":                     {encode(s.ecb()), ids{mistake.ModeECB}},
		"an error message":        {`{"error":"no"}`, nil},
		"a page":                  {"<!DOCTYPE html><p>hello", nil},
		"a word":                  {"OK", nil},
		"random":                  {encode(random(80)), nil},
		"another IV, known text":  {encode(sealer{s.seal, []byte(`{"data":{"status":"active"}}`)}.under(iv16)), ids{mistake.IVOther}},
		"another IV":              {encode(s.under(iv16)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := s.open([]byte(c.body))
			sealErr, ok := errors.AsType[*SealError](err)
			if got != nil || !ok || err.Error() == "" {
				t.Fatalf("got %q, %v, want a SealError with a text", got, err)
			}
			if diff := cmp.Diff(c.want, sealErr.Mistakes); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			if text := err.Error(); strings.Contains(text, "Ada") || strings.Contains(text, c.body) && len(c.body) > 20 {
				t.Errorf("got %q, want nothing of the answer in it", text)
			}
		})
	}
	if got, err := s.open([]byte(text)); err != nil || !bytes.Equal(got, s.answer) {
		t.Errorf("got %q, %v, want the answer", got, err)
	}
}

// The texts of mistakes that are not known say what was seen.
func TestUnknownMistakes(t *testing.T) {
	t.Parallel()
	s := newSealer(t)
	for body, want := range map[string]string{
		"<html>":                   "an HTML page",
		`{"error":"no"}`:           "JSON object",
		"OK!":                      "not standard base64",
		encode([]byte("short")):    "the tag alone has 16",
		encode(random(80)):         "does not authenticate",
		strings.Repeat("x", 3<<20): "too large",
	} {
		if _, err := s.open([]byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %q in it", body, err, want)
		}
	}
}

// What is sealed well, and is not JSON, is named as well.
func TestMistakesOfClearTexts(t *testing.T) {
	t.Parallel()
	s := newSealer(t)
	quoted, _ := json.Marshal(string(s.answer))
	sealed := s.under(inverted(s.iv))
	for name, c := range map[string]struct {
		clear []byte
		want  mistake.ID // empty if it is not known
	}{
		"JSON twice":          {quoted, mistake.ClearTextQuoted},
		"Python":              {[]byte(`{'data': {'status': 'active'}}`), mistake.ClearTextPrinted},
		"Java":                {[]byte(`{data={status=active}}`), mistake.ClearTextPrinted},
		"Go":                  {[]byte(`map[data:map[status:active]]`), mistake.ClearTextPrinted},
		"JavaScript":          {[]byte(`[object Object]`), mistake.ClearTextPrinted},
		"PHP":                 {[]byte("Array"), mistake.ClearTextPrinted},
		"Ruby":                {[]byte(`{:data=>{:status=>"active"}}`), mistake.ClearTextPrinted},
		"base64":              {[]byte(encode(s.answer)), mistake.ClearTextEncoded},
		"gzip":                {zipped(s.answer), mistake.ClearTextCompressed},
		"sealed twice":        {[]byte(encode(sealed)), mistake.ClearTextSealed},
		"sealed twice, bytes": {sealed, mistake.ClearTextSealed},
		"byte order mark":     {append([]byte("\ufeff"), s.answer...), mistake.ClearTextCharset},
		"Latin-1":             {[]byte("{\"data\":{\"a\":\"\xe9\"}}"), mistake.ClearTextCharset},
		"UTF-16":              {utf16LE(s.answer), mistake.ClearTextCharset},
		"PKCS #7":             {append(bytes.Clone(s.answer), 3, 3, 3), mistake.ClearTextPadded},
		"zeros":               {append(bytes.Clone(s.answer), 0, 0, 0, 0), mistake.ClearTextPadded},
		"no object":           {[]byte(`[1]`), ""},
		"half an object":      {s.answer[:20], ""},
		"a text":              {[]byte(`"hello"`), ""},
		"other members":       {[]byte(`{"status":"active"}`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Reply{Status: 200, Body: []byte(encode(s.gcm.Seal(nil, inverted(s.iv), c.clear, nil)))}
			err := r.read(s.open)
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			var want []mistake.ID
			if c.want != "" {
				want = []mistake.ID{c.want}
			}
			if diff := cmp.Diff(want, Mistakes(err)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func utf16LE(text []byte) []byte {
	var out []byte
	for _, b := range text {
		out = append(out, b, 0)
	}
	return out
}
