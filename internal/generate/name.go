package generate

import (
	"strconv"
	"strings"
)

// initialisms are written in capitals, as Go does.
var initialisms = map[string]string{
	"api": "API", "cdn": "CDN", "css": "CSS", "csv": "CSV", "dns": "DNS", "gps": "GPS", "hmac": "HMAC",
	"html": "HTML", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs", "ip": "IP", "iv": "IV",
	"json": "JSON", "otp": "OTP", "pdf": "PDF", "qr": "QR", "sku": "SKU", "sms": "SMS", "ui": "UI",
	"uri": "URI", "url": "URL", "urls": "URLs", "uuid": "UUID", "vat": "VAT", "vin": "VIN", "xml": "XML",
}

// goName makes an exported Go name of an id or a key: BOOK_TABLE and book-table are
// BookTable. Only letters and digits of ASCII are used; without any, the name is X.
func goName(text string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(r) && !isDigit(r) }) {
		lower := strings.ToLower(word)
		switch {
		case initialisms[lower] != "":
			b.WriteString(initialisms[lower])
		case word == strings.ToUpper(word):
			b.WriteString(word[:1] + lower[1:])
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	name := b.String()
	if name == "" || isDigit(rune(name[0])) {
		return "X" + name
	}
	return name
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func isDigit(r rune) bool  { return r >= '0' && r <= '9' }

// namer gives each thing a name of its own.
type namer map[string]bool

// name returns a wanted name or, if it is taken, the name with the first number from
// 2 on that is free.
func (taken namer) name(want string) string {
	name := want
	for n := 2; taken[name]; n++ {
		name = want
		if isDigit(rune(want[len(want)-1])) {
			name += "_"
		}
		name += strconv.Itoa(n)
	}
	taken[name] = true
	return name
}
