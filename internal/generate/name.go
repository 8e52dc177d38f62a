package generate

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are written in capitals, as Go does.
var initialisms = map[string]string{
	"api": "API", "cdn": "CDN", "css": "CSS", "csv": "CSV", "dns": "DNS", "gps": "GPS", "hmac": "HMAC",
	"html": "HTML", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "ip": "IP", "iv": "IV",
	"json": "JSON", "otp": "OTP", "pdf": "PDF", "qr": "QR", "sku": "SKU", "sms": "SMS", "ui": "UI",
	"uri": "URI", "url": "URL", "urls": "URLs", "uuid": "UUID", "vat": "VAT", "vin": "VIN", "xml": "XML",
}

// goName makes an exported Go name of an id or a key: BOOK_TABLE and book-table are
// BookTable, größe is Größe. Letters and digits of any script are used. A name that would
// not be exported, such as one in a script without capitals, gets an X before it; without
// any letter or digit the name is X.
func goName(text string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		lower := strings.ToLower(word)
		switch {
		case initialisms[lower] != "":
			b.WriteString(initialisms[lower])
		case word == strings.ToUpper(word):
			b.WriteString(capital(lower))
		default:
			b.WriteString(capital(word))
		}
	}
	name := b.String()
	if !token.IsExported(name) {
		return "X" + name
	}
	return name
}

// capital returns a word with a capital at its beginning.
func capital(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// namer gives each thing a name of its own.
type namer map[string]bool

// name returns a wanted name or, if it is taken, the name with the first number from
// 2 on that is free.
func (taken namer) name(want string) string {
	name := want
	for n := 2; taken[name]; n++ {
		name = want
		if last, _ := utf8.DecodeLastRuneInString(want); unicode.IsDigit(last) {
			name += "_"
		}
		name += strconv.Itoa(n)
	}
	taken[name] = true
	return name
}
