package keystore

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

var (
	// ErrPassphrase is returned for an encrypted private key when the passphrase is
	// wrong or missing; the texts differ.
	ErrPassphrase = errors.New("private key not decrypted")
	// ErrKeyForm is returned for a text that is not an RSA private key in a form
	// that [ParsePrivate] reads.
	ErrKeyForm = errors.New("private key not usable")
)

const (
	maxPrivateText = 64 << 10

	remedyGenerate = `WhatsApp needs RSA 2048; make one with "flowserver keys generate --out F"`
	remedyConvert  = `convert it with "openssl pkcs8 -topk8 -v2 aes-256-cbc -in F -out G"`
	remedyFile     = `give the file that "flowserver keys generate" or "openssl genrsa" wrote`
)

// ParsePrivate reads an RSA 2048 private key. It accepts
//
//   - PKCS#1, plain or encrypted as in RFC 1423 (Proc-Type and DEK-Info headers;
//     DES, 3DES and AES in CBC mode);
//   - PKCS#8, plain or encrypted with PBES2 (PBKDF2 with HMAC-SHA1 or HMAC-SHA256,
//     or scrypt; 3DES or AES in CBC mode);
//
// as PEM text with any line endings, indented, with a byte order mark, JSON-quoted,
// with literal \n escapes, or base64 encoded once more as a whole. If there are
// several blocks (a certificate with the key, OpenSSL's "Bag Attributes"), the first
// private key counts. A passphrase given for a key that is not encrypted is ignored.
//
// The text may have up to 64 KiB. Errors are [ErrPassphrase], [ErrWeakKey] and
// [ErrKeyForm].
func ParsePrivate(text, passphrase []byte) (*Pair, error) {
	block, err := findPrivate(text)
	if err != nil {
		return nil, err
	}
	key, form, err := openPrivate(block, passphrase)
	if err != nil {
		return nil, err
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, unusable(algorithm(key)+" private key found", remedyGenerate)
	}
	return newPair(rsaKey, form)
}

// TrimPassphrase drops the one line break, \n or \r\n, that an editor leaves at the
// end of a passphrase file.
func TrimPassphrase(text []byte) []byte {
	line, ok := bytes.CutSuffix(text, []byte("\n"))
	if !ok {
		return text
	}
	return bytes.TrimSuffix(line, []byte("\r"))
}

// findPrivate returns the first private key block of the text.
func findPrivate(text []byte) (*pem.Block, error) {
	if len(text) > maxPrivateText {
		return nil, unusable(fmt.Sprintf("text of more than %d KiB found", maxPrivateText>>10), remedyFile)
	}
	plain := pemText(text)
	blocks := pemBlocks(plain)
	if len(blocks) == 0 {
		return nil, noBlock(text, plain)
	}
	for _, block := range blocks {
		if strings.Contains(block.Type, "PRIVATE KEY") {
			return block, nil
		}
	}
	switch first := blocks[0].Type; {
	case strings.HasSuffix(first, "PUBLIC KEY"):
		return nil, unusable("public key found where the private key is wanted", remedyFile)
	case strings.HasSuffix(first, "CERTIFICATE"):
		return nil, unusable("certificate found where the private key is wanted",
			"give the file with the key; Flows need no certificate")
	default:
		return nil, unusable("PEM block of another kind found where the private key is wanted", remedyFile)
	}
}

// noBlock says what the text is instead of PEM.
func noBlock(text []byte, plain string) error {
	switch der, err := base64.StdEncoding.DecodeString(joinFields(plain)); {
	case plain == "":
		return unusable("empty text found", remedyFile)
	case !utf8.Valid(text):
		return unusable("binary data found where PEM text is wanted", `convert it with "openssl pkey -in F -out G"`)
	case err == nil && bytes.HasPrefix(der, []byte{0x30}):
		return unusable("base64 without its BEGIN and END lines found",
			`put "-----BEGIN PRIVATE KEY-----" before and "-----END PRIVATE KEY-----" after it`)
	default:
		return unusable("text without a PEM block found", remedyFile)
	}
}

// openPrivate decrypts the block where needed and parses it. The key may be of any
// algorithm.
func openPrivate(block *pem.Block, passphrase []byte) (key any, form string, err error) {
	switch block.Type {
	case "PRIVATE KEY":
		form = "PKCS#8"
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		if _, encrypted := block.Headers["DEK-Info"]; encrypted {
			return openRFC1423(block, passphrase)
		}
		form = "PKCS#1"
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return openPKCS8(block.Bytes, passphrase)
	case "EC PRIVATE KEY":
		return nil, "", unusable("EC private key found", remedyGenerate)
	case "OPENSSH PRIVATE KEY":
		return nil, "", unusable("OpenSSH private key found", `convert it in place with "ssh-keygen -p -m PEM -f F"`)
	default:
		return nil, "", unusable("private key of another kind found", remedyGenerate)
	}
	if err != nil {
		return nil, "", damaged(form)
	}
	return key, form, nil
}

// openRFC1423 opens the legacy form that "openssl genrsa -des3" wrote before
// OpenSSL 3.
func openRFC1423(block *pem.Block, passphrase []byte) (key any, form string, err error) {
	cipher, _, _ := strings.Cut(block.Headers["DEK-Info"], ",")
	switch cipher {
	case "DES-CBC", "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC", "AES-256-CBC":
	default:
		return nil, "", unusable("PKCS#1, encrypted (RFC 1423, unknown cipher) found", remedyConvert)
	}
	form = "PKCS#1, encrypted (RFC 1423, " + cipher + ")"
	if len(block.Bytes) == 0 {
		return nil, "", damaged(form)
	}
	if len(passphrase) == 0 {
		return nil, "", passphraseMissing(form)
	}
	der, err := x509.DecryptPEMBlock(block, passphrase) //nolint:staticcheck // insecure by design, yet the form that Meta's sample keyGenerator.js writes
	if err != nil && !errors.Is(err, x509.IncorrectPasswordError) {
		return nil, "", damaged(form)
	}
	// the form has no integrity check: about one wrong passphrase in 256 decrypts to
	// junk without an error
	rsaKey, parseErr := x509.ParsePKCS1PrivateKey(der)
	if err != nil || parseErr != nil {
		return nil, "", passphraseWrong(form)
	}
	return rsaKey, form, nil
}

func passphraseMissing(form string) error {
	return fmt.Errorf("%w: %s found but no passphrase given: set passphrase_file beside the key, or give --passphrase-file",
		ErrPassphrase, form)
}

func passphraseWrong(form string) error {
	return fmt.Errorf("%w: %s found and the passphrase is wrong: check the file of passphrase_file or --passphrase-file",
		ErrPassphrase, form)
}

func damaged(form string) error {
	return unusable(form+" found, but its contents are damaged, cut off or no RSA key", "copy the file again")
}

func unusable(found, remedy string) error {
	return fmt.Errorf("%w: %s: %s", ErrKeyForm, found, remedy)
}

// algorithm names the algorithm of a private or public key that is not RSA.
func algorithm(key any) string {
	switch key.(type) {
	case *ecdsa.PrivateKey, *ecdsa.PublicKey:
		return "EC"
	case ed25519.PrivateKey, ed25519.PublicKey:
		return "Ed25519"
	case *ecdh.PrivateKey, *ecdh.PublicKey:
		return "X25519"
	default:
		return "non-RSA"
	}
}
