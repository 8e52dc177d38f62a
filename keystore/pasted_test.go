package keystore_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/flowserver/flowserver/keystore"
)

// damages is what editors, shells, chats, web forms and secret stores do to the PEM
// text of a key. None of it loses a bit of the key.
func damages(tb testing.TB, pem string) map[string]string {
	tb.Helper()
	body := pemBody(pem)
	withoutEnd, _, _ := strings.Cut(pem, "-----END")
	oneLine := strings.ReplaceAll(strings.TrimSpace(pem), "\n", "")
	standard := base64.StdEncoding.EncodeToString
	lines := strings.Split(strings.TrimSpace(pem), "\n")
	return map[string]string{
		"no END line":               withoutEnd,
		"three dashes":              strings.ReplaceAll(pem, "-----", "---"),
		"four dashes":               strings.Replace(pem, "-----\n", "----\n", 1),
		"six dashes":                strings.ReplaceAll(pem, "-----", "------"),
		"one dash":                  strings.ReplaceAll(pem, "-----", "-"),
		"no dashes":                 strings.ReplaceAll(pem, "-----", ""),
		"no dashes, spaces":         strings.ReplaceAll(strings.ReplaceAll(pem, "-----", ""), "\n", " "),
		"en dashes":                 strings.ReplaceAll(pem, "-----", "–––––"),
		"em dashes":                 strings.ReplaceAll(pem, "-----", "——-"),
		"minus signs":               strings.ReplaceAll(pem, "-", "\u2212"),
		"blanks in dashes":          strings.ReplaceAll(strings.ReplaceAll(pem, "-----BEGIN", "----- BEGIN"), "KEY-----", "KEY -----"),
		"template":                  strings.Replace(pem, "BEGIN", "[REPLACE THIS] BEGIN", 1),
		"template before":           strings.Replace(pem, "-----BEGIN", "[REPLACE THIS] -----BEGIN", 1),
		"template behind":           strings.Replace(pem, "KEY-----\n", "KEY----- [REPLACE THIS]\n", 1),
		"template in body":          strings.Replace(pem, "KEY-----\n", "KEY-----\n<your key here>\n", 1),
		"other END label":           strings.Replace(pem, "END ", "END RSA ", 1),
		"zero-width spaces":         strings.ReplaceAll(pem, "\n", "\u200b\n"),
		"word joiners":              strings.ReplaceAll(pem, "\n", "\u2060\n"),
		"soft hyphens":              body[:100] + "\u00ad" + body[100:],
		"BOM in the middle":         strings.Replace(pem, "\n", "\n\ufeff", 2),
		"no-break spaces":           strings.ReplaceAll(pem, " ", "\u00a0"),
		"NBSP for newlines":         strings.ReplaceAll(pem, "\n", "\u00a0"),
		"line separators":           strings.ReplaceAll(pem, "\n", "\u2028"),
		"tabs":                      strings.ReplaceAll(pem, "\n", "\n\t"),
		"blank lines":               strings.ReplaceAll(pem, "\n", "\n\n"),
		"trailing blanks":           strings.ReplaceAll(pem, "\n", "   \n"),
		"no white space":            strings.ReplaceAll(oneLine, " ", ""),
		"NULs":                      strings.ReplaceAll(pem, "\n", "\x00\n"),
		"UTF-16LE":                  utf16Text(binary.LittleEndian, pem),
		"UTF-16LE, BOM":             utf16Text(binary.LittleEndian, "\ufeff"+pem),
		"UTF-16LE, CRLF":            utf16Text(binary.LittleEndian, "\ufeff"+strings.ReplaceAll(pem, "\n", "\r\n")),
		"UTF-16BE":                  utf16Text(binary.BigEndian, pem),
		"UTF-16BE, BOM":             utf16Text(binary.BigEndian, "\ufeff"+pem),
		"UTF-16LE, odd length":      utf16Text(binary.LittleEndian, pem) + "\n",
		"UTF-16 of base64":          utf16Text(binary.LittleEndian, "\ufeff"+standard([]byte(pem))),
		"base64 of UTF-16":          standard([]byte(utf16Text(binary.LittleEndian, pem))),
		"base64 of UTF-16, BOM":     standard([]byte(utf16Text(binary.LittleEndian, "\ufeff"+pem))),
		"base64 of BOM":             standard([]byte("\ufeff" + pem)),
		"base64 twice":              standard([]byte(standard([]byte(pem)))),
		"base64 twice, lines":       standard([]byte(wrap(standard([]byte(pem)), 76))),
		"backslashes lost":          strings.ReplaceAll(strings.TrimSpace(pem), "\n", "n"),
		"base64 inside PEM":         string(pemBlock("PRIVATE KEY", []byte(pem))),
		"base64url":                 base64.URLEncoding.EncodeToString([]byte(pem)),
		"base64 without padding":    base64.RawStdEncoding.EncodeToString([]byte(pem)),
		"base64 in JSON":            jsonQuote(tb, standard([]byte(pem))),
		"base64 of a variable":      "FLOWSERVER_PRIVATE_KEY=" + standard([]byte(pem)),
		"base64 with a prefix":      "base64:" + standard([]byte(pem)),
		"data URI":                  "data:application/x-pem-file;base64," + standard([]byte(pem)),
		"url-encoded":               url.PathEscape(pem),
		"form-encoded":              url.QueryEscape(pem),
		"url-encoded twice":         url.QueryEscape(standard([]byte(url.QueryEscape(pem)))),
		"url-encoded base64":        url.QueryEscape(standard([]byte(pem))),
		"url-encoded, + as is":      strings.ReplaceAll(strings.ReplaceAll(pem, " ", "%20"), "\n", "%0A"),
		"bare base64":               body,
		"bare base64, one line":     strings.ReplaceAll(body, "\n", ""),
		"bare base64, quoted":       `"` + strings.ReplaceAll(body, "\n", "") + `"`,
		"bare base64, escaped":      strings.ReplaceAll(body, "\n", `\n`),
		"bare base64, variable":     "KEY=" + strings.ReplaceAll(body, "\n", ""),
		"bare base64, export":       "export KEY='" + strings.ReplaceAll(body, "\n", "") + "'",
		"bare base64, YAML":         "private_key: " + strings.ReplaceAll(body, "\n", "") + "\nother: 1\n",
		"bare base64url":            standardToURL(body),
		"bare base64, UTF-16":       utf16Text(binary.LittleEndian, body),
		"bare base64, base64":       standard([]byte(body)),
		"hex":                       hex.EncodeToString(pemDER(tb, pem)),
		"DER":                       string(pemDER(tb, pem)),
		"DER, line end":             string(pemDER(tb, pem)) + "\n",
		"base64 of base64 of DER":   standard([]byte(standard(pemDER(tb, pem)))),
		"env file":                  "OTHER=1\nKEY=\"" + strings.ReplaceAll(strings.TrimSpace(pem), "\n", `\n`) + "\"\nNEXT=2\n",
		"YAML block":                "key: |\n" + indent(pem),
		"YAML list":                 "- " + strings.Join(lines, "\n- "),
		"markdown":                  "```\n" + pem + "```\n",
		"markdown quote":            "> " + strings.Join(lines, "\n> "),
		"HTML":                      "<pre>" + strings.Join(lines, "<br>") + "</pre>",
		"HTML entities":             strings.ReplaceAll(strings.ReplaceAll(oneLine, "+", "&#43;"), " ", "&nbsp;"),
		"JSON list":                 mustJSON(tb, lines),
		"JSON, unicode escapes":     strings.NewReplacer("+", `\u002B`, "\n", `\u000A`).Replace(pem),
		"JavaScript":                `const key = "` + strings.Join(lines, "\\n\" +\n  \"") + `";`,
		"shell continuation":        strings.ReplaceAll(pem, "\n", "\\\n"),
		"hex escapes":               strings.NewReplacer("+", `\x2b`, "\n", `\x0a`).Replace(pem),
		"typographic quotes":        "“" + pem + "”",
		"backticks":                 "`" + pem + "`",
		"comma at the end":          `"` + strings.ReplaceAll(pem, "\n", `\n`) + `",`,
		"text in other alphabets":   "Schlüssel für später, κλειδί:\n" + pem + "Ende\n",
		"Latin-1 around":            "Schl\xfcssel:\n" + pem,
		"header":                    strings.Replace(pem, "KEY-----\n", "KEY-----\nComment: made in 2026\n\n", 1),
		"wrong label":               relabel(pem, "RSA PRIVATE KEY"),
		"wrong label, PKCS#8":       relabel(pem, "PRIVATE KEY"),
		"label ANY":                 relabel(pem, "ANY PRIVATE KEY"),
		"encrypted label":           relabel(pem, "ENCRYPTED PRIVATE KEY"),
		"label of another kind":     relabel(pem, "EC PRIVATE KEY"),
		"label of unknown words":    relabel(pem, "MY BUSINESS KEY 2"),
		"public label":              relabel(pem, "PUBLIC KEY"),
		"certificate label":         relabel(pem, "CERTIFICATE"),
		"label with underscores":    relabel(pem, "RSA_PRIVATE_KEY"),
		"url-encoded PEM twice":     url.QueryEscape(url.QueryEscape(pem)),
		"hex with colons":           hexOctets(pemDER(tb, pem), ":"),
		"hex with spaces":           hexOctets(pemDER(tb, pem), " "),
		"hex with 0x":               "0x" + hex.EncodeToString(pemDER(tb, pem)),
		"line numbers":              numbered(lines),
		"grep -n":                   strings.ReplaceAll(numbered(lines), "\t", ":"),
		"difference":                "+" + strings.Join(lines, "\n+"),
		"slashes":                   "// " + strings.Join(lines, "\n// "),
		"PowerShell":                `"` + strings.Join(lines, "`n") + `"`,
		"PowerShell, CRLF":          strings.Join(lines, "`r`n"),
		"cat -A":                    strings.Join(lines, "^M$\n"),
		"Secret of Kubernetes":      "data:\n  passphrase: eA==\n  private.pem: " + standard([]byte(pem)) + "\nkind: Secret\n",
		"Secret, two files":         "data:\n  tls.crt: " + standard(testCertificate(tb)) + "\n  tls.key: " + standard([]byte(pem)) + "\n",
		"Secret, JSON":              `{"kind":"Secret","data":{"tls.key":"` + standard([]byte(pem)) + `"}}`,
		"YAML, binary":              "key: !!binary |\n" + indent(wrap(standard([]byte(pem)), 76)),
		"text that ends with BEGIN": pem + "\n-----BEGIN",
	}
}

func hexOctets(der []byte, separator string) string {
	octets := make([]string, len(der))
	for i, b := range der {
		octets[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(octets, separator)
}

// numbered is what "cat -n" prints.
func numbered(lines []string) string {
	var text strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&text, "%6d\t%s\n", i+1, line)
	}
	return text.String()
}

func pemBody(text string) string {
	_, rest, _ := strings.Cut(text, "KEY-----\n")
	body, _, _ := strings.Cut(rest, "\n-----END")
	return body
}

func pemDER(tb testing.TB, text string) []byte {
	tb.Helper()
	der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(pemBody(text), "\n", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return der
}

func relabel(text, label string) string {
	body := pemBody(text)
	return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n"
}

func utf16Text(order binary.AppendByteOrder, text string) string {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = order.AppendUint16(encoded, unit)
	}
	return string(encoded)
}

func standardToURL(text string) string { return strings.NewReplacer("+", "-", "/", "_").Replace(text) }

func wrap(text string, columns int) string {
	var lines strings.Builder
	for len(text) > columns {
		lines.WriteString(text[:columns] + "\n")
		text = text[columns:]
	}
	return lines.String() + text
}

func mustJSON(tb testing.TB, value any) string {
	tb.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		tb.Fatal(err)
	}
	return string(encoded)
}

func TestParsePrivateDamages(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"a.pkcs8.pem", "a.pkcs1.pem", "a.pkcs8.pbes2-des3.pem"} {
		for name, text := range damages(t, string(readFile(t, keysDir, file))) {
			t.Run(file+"/"+name, func(t *testing.T) {
				t.Parallel()
				pair, err := keystore.ParsePrivate([]byte(text), testPassphrase(t))
				if err != nil {
					t.Fatalf("ParsePrivate: %v", err)
				}
				if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
					t.Errorf("Fingerprint = %s, want %s", got, want)
				}
				if key, err := keystore.ParsePublic([]byte(text)); key != nil || err == nil {
					t.Error("ParsePublic takes it for a public key")
				}
			})
		}
	}
}

func TestParsePublicDamages(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"a.public.pem", "a.public.pkcs1.pem"} {
		text := string(readFile(t, keysDir, file))
		all := damages(t, text)
		all["PKCS#1 label"] = relabel(text, "RSA PUBLIC KEY")
		all["SPKI label"] = relabel(text, "PUBLIC KEY")
		for name, text := range all {
			t.Run(file+"/"+name, func(t *testing.T) {
				t.Parallel()
				if got, want := keystore.Fingerprint(mustParsePublic(t, []byte(text))), wantFingerprint(t); got != want {
					t.Errorf("Fingerprint = %s, want %s", got, want)
				}
			})
		}
	}
}

// RFC 1423 headers need no line ends either: the cipher gives the size of the IV.
func TestParsePrivateLegacyDamages(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"a.pkcs1.des3.pem", "a.pkcs1.aes256.pem"} {
		text := string(readFile(t, keysDir, file))
		for name, text := range map[string]string{
			"no line ends":        strings.ReplaceAll(text, "\n", ""),
			"no white space":      strings.Join(strings.Fields(text), ""),
			"spaces":              strings.ReplaceAll(text, "\n", " "),
			"zero-width spaces":   strings.ReplaceAll(text, "\n", "\u200b\n"),
			"en dashes":           strings.ReplaceAll(text, "-", "–"),
			"no blank line":       strings.ReplaceAll(text, "\n\n", "\n"),
			"no BEGIN and END":    text[strings.Index(text, "Proc-Type"):strings.Index(text, "-----END")],
			"no Proc-Type":        strings.ReplaceAll(text, "Proc-Type: 4,ENCRYPTED\n", ""),
			"UTF-16":              utf16Text(binary.LittleEndian, text),
			"url-encoded":         url.QueryEscape(text),
			"base64, no line end": base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(text, "\n", ""))),
			"label of PKCS#8":     strings.ReplaceAll(text, "RSA PRIVATE", "PRIVATE"),
		} {
			t.Run(file+"/"+name, func(t *testing.T) {
				t.Parallel()
				pair, err := keystore.ParsePrivate([]byte(text), testPassphrase(t))
				if err != nil {
					t.Fatalf("ParsePrivate: %v", err)
				}
				if got, want := pair.Fingerprint(), wantFingerprint(t); got != want {
					t.Errorf("Fingerprint = %s, want %s", got, want)
				}
			})
		}
	}
}

// The keys were made up for tests; testdata/README.md says where the files come from.
func TestParsePrivatePasted(t *testing.T) {
	t.Parallel()
	const (
		key       = "c3e1a5589a48b61d6dfb9dd3e3995cdec3ac3c93b9b142b246b3ad7778f26d77"
		bouncyKey = "c0db39da6bd70cc8c66cdba348f82de7aa4a020e073c18c90373f0834c006463"
	)
	for _, name := range pastedFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := readFile(t, pastedDir, name)
			pair, err := keystore.ParsePrivate(text, []byte("geheim"))
			if err != nil {
				t.Fatalf("ParsePrivate: %v", err)
			}
			want := key
			if strings.HasPrefix(name, "bouncycastle") {
				want = bouncyKey
			}
			if got := pair.Fingerprint(); got != want {
				t.Errorf("Fingerprint = %s, want %s", got, want)
			}
			if !strings.Contains(pair.Form(), "encrypted") {
				return
			}
			wrong, err := keystore.ParsePrivate(text, []byte("battery staple"))
			wantRefused(t, wrong, err, keystore.ErrPassphrase, pair.Form(), "the passphrase is wrong")
		})
	}
}

// A wrong passphrase has an explanation more often than not.
func TestParsePrivatePassphraseOddity(t *testing.T) {
	t.Parallel()
	text := readFile(t, keysDir, "a.pkcs1.aes256.pem")
	for _, test := range []struct{ passphrase, found string }{
		{"\ufeffcorrect horse", "begins with a byte order mark"},
		{utf16Text(binary.LittleEndian, "correct horse"), "UTF-16"},
		{"correct horse\n", "ends with a line end"},
		{"correct horse\r", "ends with a line end"},
		{"correct horse\nbattery", "more than one line"},
		{`"correct horse"`, "begins with a quotation mark"},
		{"“correct horse”", "begins with a quotation mark"},
		{"correct horse'", "ends with a quotation mark"},
		{"correct horse ", "ends with a blank"},
		{"correct horse\u00a0", "ends with a blank"},
		{" correct horse", "begins with a blank"},
		{"correct\u200b horse", "an invisible character"},
		{"PASSPHRASE=correct horse", "NAME=value"},
		{"export PASSPHRASE=correct horse", "NAME=value"},
		{"Correct horse", "the passphrase is wrong: check"},
		{"Y29ycmVjdA==", "the passphrase is wrong: check"},
		{"passphrase=correct horse", "looks like NAME=value"},
		{"passphrase: correct horse", "looks like NAME=value"},
		{"${PASSPHRASE}", "looks like a variable that was not expanded"},
		{"pass:correct horse", "begins like an argument of openssl"},
		{`{"passphrase":"correct horse"}`, "is JSON"},
		{"/run/secrets/passphrase", "looks like the path of a file"},
	} {
		t.Run(fmt.Sprintf("%+q", test.passphrase), func(t *testing.T) {
			t.Parallel()
			pair, err := keystore.ParsePrivate(text, []byte(test.passphrase))
			wantRefused(t, pair, err, keystore.ErrPassphrase, "the passphrase is wrong", test.found)
		})
	}
}
