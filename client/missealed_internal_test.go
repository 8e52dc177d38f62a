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

// latin1 has a character for each byte.
func latin1(b []byte) string {
	var text []rune
	for _, c := range b {
		text = append(text, rune(c))
	}
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
		"wrapped in three, hex": {
			wrapped("content", hex.EncodeToString(s.under(iv12)[:size]), "iv", hex.EncodeToString(iv12), "tag", hex.EncodeToString(s.under(iv12)[size:])),
			ids{mistake.AnswerWrapped, mistake.AnswerInPieces, mistake.IVSent},
		},
		"wrapped in pieces, hex": {
			wrapped("content", hex.EncodeToString(right[:size]), "tag", hex.EncodeToString(right[size:])),
			ids{mistake.AnswerWrapped, mistake.AnswerInPieces},
		},
		"IV, tag and data": {
			encode(iv12) + ":" + encode(s.under(iv12)[size:]) + ":" + encode(s.under(iv12)[:size]),
			ids{mistake.AnswerInPieces, mistake.IVSent},
		},
		"IV, data and tag": {
			encode(iv16) + "." + encode(s.under(iv16)[:size]) + "." + encode(s.under(iv16)[size:]),
			ids{mistake.AnswerInPieces, mistake.IVSent},
		},
		"tag and data": {encode(right[size:]) + "." + encode(right[:size]), ids{mistake.AnswerInPieces}},
		"IV, data and tag as hex": {
			hex.EncodeToString(iv16) + ":" + hex.EncodeToString(s.under(iv16)[:size]) + ":" + hex.EncodeToString(s.under(iv16)[size:]),
			ids{mistake.AnswerHex, mistake.IVSent},
		},
		"IV, tag and data as hex": {
			hex.EncodeToString(iv12) + ":" + hex.EncodeToString(s.under(iv12)[size:]) + ":" + hex.EncodeToString(s.under(iv12)[:size]),
			ids{mistake.AnswerHex, mistake.IVSent, mistake.TagFirst},
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
		"ciphertext twice":        {encode(slices.Concat([]byte(encode(right[:size])), right[size:])), ids{mistake.AnswerTwice}},
		"an array of PHP":         {"Array\n(\n    [data] => Array\n", ids{mistake.AnswerPrinted}},
		"a dictionary of Python":  {"{'data': {'status': 'active'}}", ids{mistake.AnswerPrinted}},
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
		// from Python's cryptography
		"CFB":                             {"mZbnfHDErX6eZj3162yoI91cDnqQrAoDTMMIfL5C2AnYNvD+Z5xr15z11O4UFwjdzE6IX7jNOw==", ids{mistake.ModeCFB}},
		"CFB, IV not inverted":            {"pRoq7AfZMg+YbUcD3ucGxC5bZCDIEDdXOQTmUlj03OhgENn3m0laUvAjh3BkTXhRyUOMiAX0RA==", ids{mistake.ModeCFB}},
		"CFB, IV before":                  {"CQkJCQkJCQkJCQkJCQkJCZdIEFt45YQaUfF4S5W92x03oGjttx+9H3mpHj82uyyF6GMVCBySVYXR51TPJMXTP9NtXeFlVxE=", ids{mistake.ModeCFB}},
		"CFB8":                            {"mRRK/m5St1CXUAkU1nBAVIqTY5YUs5q+BnvFWKGyrdOJz9zpC7BALHIeksQNg5mdB0tgGFwJKg==", ids{mistake.ModeCFB}},
		"OFB":                             {"mZbnfHDErX6eZj3162yoI79vezoRAaX3omovVHV+zy9DySY5kMO9LZrclbIdfA4JxY5yJ2p8lQ==", ids{mistake.ModeOFB}},
		"OFB, IV not inverted":            {"pRoq7AfZMg+YbUcD3ucGxFIA13gO8rw/yZFe370tiTdnsjwll60CHi7WXViLrTY2HurZwg4Msw==", ids{mistake.ModeOFB}},
		"CCM":                             {"k+Yz1f/EUAso2wU9hd2Rlkfe27/56ATT74lpx4PpGmfBTU9Zx9UTgg/IE6GNjDFLd9yx59IMAU64QsnoeoneMIUyivl+OHQ=", ids{mistake.ModeCCM}},
		"CCM, IV not inverted":            {"qWfZyOWXovr/jf9BUBJiOMvN4vn/J9jhOd0FpOcwUKTj5CaqeNfa9WXf16y5yWe+yb03LmSpmxR1TPniGdsNFD5sbW/27PY=", ids{mistake.ModeCCM}},
		"ECB":                             {encode(s.ecb()), ids{mistake.ModeECB}},
		"base32":                          {`AX5JB4TM2QYDVRXCUTRGPJ3GNBNAZLOQDUIHGXAUY4QSXYXSNZFRXUVEF7H3LIL3Q7POGETHPBPKYGOY257GORKAL2NMCAC2X6ECA37HMR54GQC5ZQ======`, ids{mistake.AnswerBase32}},
		"base32, small letters, unpadded": {`ax5jb4tm2qydvrxcutrgpj3gnbnazloqduihgxauy4qsxyxsnzfrxuvef7h3lil3q7pogethpbpkygoy257gorkal2nmcac2x6eca37hmr54gqc5zq`, ids{mistake.AnswerBase32}},
		"base32hex":                       {`0NT91SJCQGO3LHN2KJH6F9R6D1D0PBEG3K876N0KOSGINONIDP5HNKL45V7RB8BRGVFE64J7F1FAO6EOQTV6EHA0BQDC202QNU420RV7CHTS6G2TPG======`, ids{mistake.AnswerBase32}},
		"base85":                          {"1^STkY}7D1#^R*nXQyUpS`4kw9T0O|6vrVe;__}w8`7jN&$Xd@hu-57XLw$$8Q9l;XGK6>n!x~Czlb1j=VW`sKwZo", ids{mistake.AnswerBase85}},
		"Ascii85": {
			"\"o=>OCt(.\"`o<fRB;]?T=q%O[*>!9s'ZV@Iippt[)q(N" +
				"8caBHnLYh&(B6[aa);*PiB15'lR_\\u-^PF\"Nk@AqW5[DS", ids{mistake.AnswerBase85},
		},
		"Ascii85, Adobe": {
			"<~\"o=>OCt(.\"`o<fRB;]?T=q%O[*>!9s'ZV@Iippt[)q(N" +
				"8caBHnLYh&(B6[aa);*PiB15'lR_\\u-^PF\"Nk@AqW5[DS~>", ids{mistake.AnswerBase85},
		},
		"Z85":                 {`1]stKy$7d1-]r/NxqYuPs}4KW9t0o%6VRvE&{{$W8}7Jn=:xD[HU?57xlW::8q9L&xgk6(N.X#cZLB1J>vw}SkWzO`, ids{mistake.AnswerBase85}},
		"bytes of Python":     {`b'\x05\xfa\x90\xf2l\xd40:\xc6\xe2\xa4\xe2g\xa7fhZ\x0c\xad\xd0\x1d\x10s\\\x14\xc7!+\xe2\xf2nK\x1b\xd2\xa4/\xcf\xb5\xa1{\x87\xde\xe3\x12gx^\xac\x19\xd8\xd7~gE@^\x9a\xc1\x00Z\xbf\x88 o\xe7d{\xc3@]\xcc'`, ids{mistake.AnswerBytesText, mistake.AnswerRaw}},
		"bytearray of Python": {`bytearray(b'\x05\xfa\x90\xf2l\xd40:\xc6\xe2\xa4\xe2g\xa7fhZ\x0c\xad\xd0\x1d\x10s\\\x14\xc7!+\xe2\xf2nK\x1b\xd2\xa4/\xcf\xb5\xa1{\x87\xde\xe3\x12gx^\xac\x19\xd8\xd7~gE@^\x9a\xc1\x00Z\xbf\x88 o\xe7d{\xc3@]\xcc')`, ids{mistake.AnswerBytesText, mistake.AnswerRaw}},
		"hex of C#":           {`05-FA-90-F2-6C-D4-30-3A-C6-E2-A4-E2-67-A7-66-68-5A-0C-AD-D0-1D-10-73-5C-14-C7-21-2B-E2-F2-6E-4B-1B-D2-A4-2F-CF-B5-A1-7B-87-DE-E3-12-67-78-5E-AC-19-D8-D7-7E-67-45-40-5E-9A-C1-00-5A-BF-88-20-6F-E7-64-7B-C3-40-5D-CC`, ids{mistake.AnswerHex}},
		"hex with blanks":     {`05 fa 90 f2 6c d4 30 3a c6 e2 a4 e2 67 a7 66 68 5a 0c ad d0 1d 10 73 5c 14 c7 21 2b e2 f2 6e 4b 1b d2 a4 2f cf b5 a1 7b 87 de e3 12 67 78 5e ac 19 d8 d7 7e 67 45 40 5e 9a c1 00 5a bf 88 20 6f e7 64 7b c3 40 5d cc`, ids{mistake.AnswerHex}},
		"hex of PostgreSQL":   {`\x05fa90f26cd4303ac6e2a4e267a766685a0cadd01d10735c14c7212be2f26e4b1bd2a42fcfb5a17b87dee31267785eac19d8d77e6745405e9ac1005abf88206fe7647bc3405dcc`, ids{mistake.AnswerHex}},
		"hex of C, escaped":   {`\x05\xfa\x90\xf2\x6c\xd4\x30\x3a\xc6\xe2\xa4\xe2\x67\xa7\x66\x68\x5a\x0c\xad\xd0\x1d\x10\x73\x5c\x14\xc7\x21\x2b\xe2\xf2\x6e\x4b\x1b\xd2\xa4\x2f\xcf\xb5\xa1\x7b\x87\xde\xe3\x12\x67\x78\x5e\xac\x19\xd8\xd7\x7e\x67\x45\x40\x5e\x9a\xc1\x00\x5a\xbf\x88\x20\x6f\xe7\x64\x7b\xc3\x40\x5d\xcc`, ids{mistake.AnswerHex}},
		"hex with 0x":         {`0x05fa90f26cd4303ac6e2a4e267a766685a0cadd01d10735c14c7212be2f26e4b1bd2a42fcfb5a17b87dee31267785eac19d8d77e6745405e9ac1005abf88206fe7647bc3405dcc`, ids{mistake.AnswerHex}},
		"hex, a list":         {`0x05, 0xfa, 0x90, 0xf2, 0x6c, 0xd4, 0x30, 0x3a, 0xc6, 0xe2, 0xa4, 0xe2, 0x67, 0xa7, 0x66, 0x68, 0x5a, 0x0c, 0xad, 0xd0, 0x1d, 0x10, 0x73, 0x5c, 0x14, 0xc7, 0x21, 0x2b, 0xe2, 0xf2, 0x6e, 0x4b, 0x1b, 0xd2, 0xa4, 0x2f, 0xcf, 0xb5, 0xa1, 0x7b, 0x87, 0xde, 0xe3, 0x12, 0x67, 0x78, 0x5e, 0xac, 0x19, 0xd8, 0xd7, 0x7e, 0x67, 0x45, 0x40, 0x5e, 0x9a, 0xc1, 0x00, 0x5a, 0xbf, 0x88, 0x20, 0x6f, 0xe7, 0x64, 0x7b, 0xc3, 0x40, 0x5d, 0xcc`, ids{mistake.AnswerHex}},
		"bytes of Java":       {`[5, -6, -112, -14, 108, -44, 48, 58, -58, -30, -92, -30, 103, -89, 102, 104, 90, 12, -83, -48, 29, 16, 115, 92, 20, -57, 33, 43, -30, -14, 110, 75, 27, -46, -92, 47, -49, -75, -95, 123, -121, -34, -29, 18, 103, 120, 94, -84, 25, -40, -41, 126, 103, 69, 64, 94, -102, -63, 0, 90, -65, -120, 32, 111, -25, 100, 123, -61, 64, 93, -52]`, ids{mistake.AnswerByteList}},
		"CryptoJS":            {`U2FsdGVkX1mJlh3lYlmTW8Zq8VCs0K1O7LyEwqnxPo4s+nISfM+AcoK7tor03+dCPoUj0d/51kwQkkRFMetP1VvrYcJctw==`, ids{mistake.AnswerSalted}},
		"Fernet":              {`gAAAAABm9KmJlh3lYlmTW8Zq8VCs0K1O7LyEwqnxPo4s-nISfM-AcoK7tor03-dCPoUj0d_51kwQkkRFMetP1VvrYcJctw==`, ids{mistake.AnswerFernet}},
		"JWE":                 {`eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMTI4R0NNIn0.OKOawDo13gRp2ojaHV7LFpZcgV7T.48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4.XFBoMYUZodetZdvTiFvSkQ`, ids{mistake.AnswerJOSE}},
		"JWT, quoted":         {`"eyJhbGciOiJIUzI1NiJ9.eyJkYXRhIjp7fX0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"`, ids{mistake.AnswerJOSE}},
		"like a request": {
			wrapped("encrypted_flow_data", random(40), "encrypted_aes_key", random(256), "initial_vector", random(16)),
			ids{mistake.AnswerEnvelope},
		},
		"like a request, but ours": {wrapped("encrypted_flow_data", right, "encrypted_aes_key", random(256)), ids{mistake.AnswerWrapped}},
		"as Latin-1":               {latin1(right), ids{mistake.AnswerLatin1}},
		"UTF-16":                   {string(utf16LE([]byte(text))), ids{mistake.AnswerUTF16}},
		"UTF-16, byte order mark":  {"\xff\xfe" + string(utf16LE([]byte(text))), ids{mistake.AnswerUTF16}},
		"a Buffer of Node":         {"<Buffer 8a 01 02 ... 20 more bytes>", ids{mistake.AnswerPrinted}},
		"a pending promise":        {"Promise { <pending> }", ids{mistake.AnswerPrinted}},
		"an object of Python":      {"<cryptography.hazmat.bindings.AESGCM object at 0x7f0e>", ids{mistake.AnswerPrinted}},
		"an object of Java":        {"com.example.FlowResponse@1b6d3586", ids{mistake.AnswerPrinted}},
		"an object of Ruby":        {"#<OpenSSL::Cipher:0x0000>", ids{mistake.AnswerPrinted}},
		"an error message":         {`{"error":"no"}`, nil},
		"a page":                   {"<!DOCTYPE html><p>hello", nil},
		"a word":                   {"OK", nil},
		"random":                   {encode(random(80)), nil},
		"another IV, known text":   {encode(sealer{s.seal, []byte(`{"data":{"status":"active"}}`)}.under(iv16)), ids{mistake.IVOther}},
		"another IV":               {encode(s.under(iv16)), nil},
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

// A fault may have cut the IV of a request.
func TestMistakeUnderShortIV(t *testing.T) {
	t.Parallel()
	s := newSealer(t)
	short, err := newSeal(s.key, s.iv[:12])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := short.open([]byte(encode(random(80)))); err == nil || Mistakes(err) != nil {
		t.Errorf("got %v, want an error without mistakes", err)
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
		"half an object":      {s.answer[:20], mistake.ClearTextInvalid},
		"a comma too many":    {[]byte(`{"data":{"status":"active",}}`), mistake.ClearTextInvalid},
		"NaN":                 {[]byte(`{"data":{"status":"active","n":NaN,"m":[-Infinity, NaN]}}`), mistake.ClearTextNaN},
		"NaN in a text":       {[]byte(`{"data":{"status":"a: NaN",}}`), mistake.ClearTextInvalid},
		"two objects":         {slices.Concat(s.answer, []byte("\n"), s.answer), mistake.ClearTextFollowed},
		"a log line behind":   {slices.Concat(s.answer, []byte(" done")), mistake.ClearTextFollowed},
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
