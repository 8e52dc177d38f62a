package keystore

import (
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// ErrPassphrase is returned for an encrypted private key when the passphrase is
	// wrong or missing; the texts differ.
	ErrPassphrase = errors.New("private key not decrypted")
	// ErrKeyForm is returned for a text that is not an RSA private key in a form
	// that [ParsePrivate] reads.
	ErrKeyForm = errors.New("private key not usable")
	// ErrPublicGiven is returned, together with ErrKeyForm, if the text contains a public
	// key, or a certificate, instead of a private key. [ParsePublic] has more to say
	// about it.
	ErrPublicGiven = errors.New("public key given")
)

const (
	maxPrivateText = 64 << 10

	remedyGenerate = `WhatsApp needs RSA 2048; make one with "flowserver keys generate --out F"`
	remedyConvert  = `convert it with "openssl pkcs8 -topk8 -v2 aes-256-cbc -in F -out G"`
	remedyLegacy   = `convert it with "openssl pkcs8 -provider legacy -provider default -topk8 -v2 aes-256-cbc -in F -out G"`
	remedyExport   = "export it as PKCS#8 with AES-256 from the program that wrote it"
	remedyPSS      = `extract the plain RSA key with "openssl rsa -traditional -outform DER -in F -out G", and register its public key`
	remedyFile     = `give the file that "flowserver keys generate" or "openssl genrsa" wrote`
	remedyCopy     = "copy the file again"
)

// ParsePrivate reads an RSA 2048 private key. It accepts
//
//   - PKCS#1, plain or encrypted as in RFC 1423 (Proc-Type and DEK-Info headers; DES,
//     3DES and AES in CBC mode);
//   - PKCS#8, plain or encrypted with PBES2 (PBKDF2 with HMAC-SHA-1 or any SHA-2, or
//     scrypt; 3DES or AES in CBC mode) or with PBES1 (SHA-1 and 3DES);
//
// as DER, as its base64, or as PEM. The contents decide, not the label. PEM may have any
// line ends or none, damaged dashes, and artefacts of transport: indentation, a byte
// order mark, invisible characters, quotes, escapes such as \n, URL encoding, UTF-16,
// base64 of the whole, also twice, and blanks in place of plus signs. If there are
// several blocks, for example a certificate next to the key or OpenSSL's "Bag
// Attributes", the first private key counts. A passphrase for a key that is not encrypted
// is ignored; without one, the empty passphrase is tried.
//
// The text may be up to 64 KiB. Errors are [ErrPassphrase], [ErrWeakKey] and [ErrKeyForm].
func ParsePrivate(text, passphrase []byte) (*Pair, error) {
	if len(text) > maxPrivateText {
		return nil, unusable(fmt.Sprintf("text of more than %d KiB found", maxPrivateText>>10), remedyFile)
	}
	m := readMaterial(text)
	block := firstBlock(m.blocks, hasPrivate)
	if block == nil {
		block = restorePlus(m.plain, hasPrivate)
	}
	if block == nil { // then say what is wrong with the first that claims to be one
		block = firstBlock(m.blocks, isPrivate)
	}
	if block == nil {
		return nil, forText(noPrivate(text, m), text, m)
	}
	key, form, err := openPrivate(block, passphrase)
	if err != nil {
		return nil, forText(err, text, m)
	}
	return newPair(key, form)
}

// firstBlock returns the first block that is wanted, or nil.
func firstBlock(blocks []*pem.Block, wanted func(*pem.Block) bool) *pem.Block {
	if at := slices.IndexFunc(blocks, wanted); at >= 0 {
		return blocks[at]
	}
	return nil
}

// hasPrivate reports whether the contents of a block are a private key.
func hasPrivate(block *pem.Block) bool { return inspectDER(block.Bytes).isPrivate() || isLegacy(block) }

// isPrivate reports whether a block is, or claims to be, a private key.
func isPrivate(block *pem.Block) bool {
	return hasPrivate(block) || inspectDER(block.Bytes) == kindUnknown && strings.Contains(block.Type, "PRIVATE KEY")
}

// noPrivate returns an error that describes what was found instead of a private key.
func noPrivate(text []byte, m material) error {
	form := identify(m.raw)
	switch {
	case len(m.blocks) > 0:
		return noPrivateBlock(m.blocks[0])
	case m.plain == "":
		return unusable("empty text found", remedyFile)
	case LooksLikePath(text):
		return unusable("path of a file found where the key itself is wanted", "give the file's contents, or the path where a file is asked for")
	case form != nil:
		return &formError{form.found + " found", form.private, form.isPublic}
	case !utf8.Valid(m.raw):
		return unusable("binary data that is not a key found", remedyFile)
	default:
		return unusable("text without a key found", remedyFile)
	}
}

// noPrivateBlock describes the contents of a block that is not a private key.
func noPrivateBlock(block *pem.Block) error {
	const wanted = " found where the private key is wanted"
	kind := inspectDER(block.Bytes)
	switch {
	case kind == kindPublic, kind == kindPKCS1Public:
		return publicGiven("public key"+wanted, remedyFile)
	case kind == kindCertificate:
		return publicGiven("certificate"+wanted, "give the file with the key; Flows need no certificate")
	case kind == kindCertificateRequest:
		return publicGiven("certificate request (CSR)"+wanted, "give the file with the key that the request was made with; Flows need no certificate")
	case kind == kindPKCS12:
		return unusable("PKCS#12 (.p12, .pfx)"+wanted, remedyPKCS12(block.Bytes))
	case kind == kindPKCS7:
		return unusable("PKCS#7, which has no private key,"+wanted, remedyOther)
	case strings.HasPrefix(block.Type, "PGP MESSAGE"):
		return unusable("file encrypted with GnuPG"+wanted, remedyGPG)
	case strings.HasPrefix(block.Type, "AGE ENCRYPTED"):
		return unusable("file encrypted with age"+wanted, remedyAge)
	case strings.HasPrefix(block.Type, "PGP"):
		return unusable("PGP public key"+wanted, remedyFile)
	case strings.HasSuffix(block.Type, "PUBLIC KEY"):
		return publicGiven("public key"+wanted, remedyFile)
	case strings.HasSuffix(block.Type, "CERTIFICATE"):
		return unusable("certificate"+wanted, "give the file with the key; Flows need no certificate")
	case block.Type == "":
		return damaged("base64 without BEGIN and END lines", block.Bytes)
	default:
		return unusable("PEM block of another kind"+wanted, remedyFile)
	}
}

// openPrivate decrypts the block if necessary and returns its RSA key.
func openPrivate(block *pem.Block, passphrase []byte) (key *rsa.PrivateKey, form string, err error) {
	if isLegacy(block) {
		return openRFC1423(block, passphrase)
	}
	switch kind := inspectDER(block.Bytes); {
	case kind == kindEncryptedPKCS8:
		return openPKCS8(block.Bytes, passphrase)
	case kind == kindPKCS8:
		form = "PKCS#8"
	case kind.isPrivate():
		form = "PKCS#1"
	case strings.HasPrefix(block.Type, "OPENSSH"):
		return nil, "", openSSH(block.Bytes)
	case strings.HasPrefix(block.Type, "SSH2"):
		return nil, "", unusable("private key of ssh.com found", `convert it with "puttygen F -O private-openssh -o G", then "ssh-keygen -p -m PEM -f G"`)
	case strings.HasPrefix(block.Type, "PGP"):
		return nil, "", unusable("PGP private key found", remedyOther)
	case strings.HasPrefix(block.Type, "TSS2"):
		return nil, "", unusable("key of a TPM found, which cannot leave it", remedyReference)
	case strings.HasSuffix(block.Type, "RSA PRIVATE KEY") && looksEncrypted(block.Bytes):
		return nil, "", unusable("PKCS#1 found, but its contents are damaged, or encrypted without the lines that say how",
			"copy the whole file again, with its lines Proc-Type and DEK-Info if it has them")
	default:
		return nil, "", damaged(labelForm(block.Type), block.Bytes)
	}
	key, err = openPlain(block.Bytes, form)
	return key, form, err
}

// looksEncrypted reports whether the contents of a block can be those of an encrypted key
// without its headers: whole blocks of a cipher that are not DER.
func looksEncrypted(contents []byte) bool {
	return len(contents) >= 512 && len(contents)%8 == 0 && contents[0] != 0x30
}

// labelForm names the form that the label of a damaged block promises.
func labelForm(label string) string {
	switch label {
	case "RSA PRIVATE KEY":
		return "PKCS#1"
	case "PRIVATE KEY":
		return "PKCS#8"
	case "ENCRYPTED PRIVATE KEY":
		return "PKCS#8, encrypted"
	case "EC PRIVATE KEY":
		return "EC private key"
	case "DSA PRIVATE KEY":
		return "DSA private key"
	default:
		return "private key of another kind"
	}
}

// openSSH names an OpenSSH private key, whose first public key gives the algorithm
// (PROTOCOL.key of OpenSSH).
func openSSH(contents []byte) error {
	const magic = "openssh-key-v1\x00"
	if !strings.HasPrefix(string(contents), magic) {
		return damaged("OpenSSH private key", contents)
	}
	head := string(contents[:min(len(contents), 512)])
	for _, other := range []struct{ mark, name string }{{"ssh-ed25519", "Ed25519"}, {"ecdsa-sha2-", "EC"}, {"ssh-dss", "DSA"}} {
		if strings.Contains(head, other.mark) {
			return unusable("OpenSSH private key ("+other.name+") found", remedyGenerate)
		}
	}
	return unusable("OpenSSH private key found", remedySSH)
}

func passphraseMissing(form string) error {
	return fmt.Errorf("%w: %s found but no passphrase given: set passphrase_file (FLOWSERVER_PASSPHRASE_FILE) next to the key's file, or give --passphrase-file",
		ErrPassphrase, form)
}

func passphraseWrong(form string, passphrase []byte) error {
	const check = "check the file of passphrase_file or --passphrase-file"
	if oddity := passphraseOddity(string(passphrase)); oddity != "" {
		return fmt.Errorf("%w: %s found and the passphrase is wrong: it %s: %s", ErrPassphrase, form, oddity, check)
	}
	return fmt.Errorf("%w: %s found and the passphrase is wrong: %s", ErrPassphrase, form, check)
}

// passphraseOddity describes what is probably unintended in a wrong passphrase, without
// repeating any of it.
func passphraseOddity(passphrase string) string {
	first, _ := utf8.DecodeRuneInString(passphrase)
	last, _ := utf8.DecodeLastRuneInString(passphrase)
	switch {
	case first == '\ufeff':
		return "begins with a byte order mark"
	case strings.ContainsRune(passphrase, 0):
		return "has NUL characters, for example because it is UTF-16"
	case last == '\n' || last == '\r':
		return "ends with a line end"
	case strings.ContainsAny(passphrase, "\r\n"):
		return "has more than one line"
	case strings.ContainsRune("\"'`“‘", first):
		return "begins with a quotation mark"
	case strings.ContainsRune("\"'`”’", last):
		return "ends with a quotation mark"
	case unicode.IsSpace(first):
		return "begins with a blank"
	case unicode.IsSpace(last):
		return "ends with a blank"
	case strings.ContainsFunc(passphrase, isInvisible):
		return "has an invisible character"
	case variableLine.MatchString(passphrase):
		return "looks like NAME=value"
	case variable.MatchString(passphrase):
		return "looks like a variable that was not expanded"
	case strings.HasPrefix(passphrase, "pass:"), strings.HasPrefix(passphrase, "file:"), strings.HasPrefix(passphrase, "env:"):
		return "begins like an argument of openssl (pass:, file:, env:)"
	case json.Valid([]byte(passphrase)) && passphrase[0] == '{':
		return "is JSON"
	case LooksLikePath([]byte(passphrase)):
		return "looks like the path of a file"
	default:
		return ""
	}
}

var (
	// variableLine is a line of an env file or of YAML.
	variableLine = regexp.MustCompile(`^(?:export )?[A-Za-z_][A-Za-z0-9_]*(?:=[^=]|: )`) // the padding of base64 is not a value
	// variable is a reference to a variable, of a shell or a template.
	variable = regexp.MustCompile(`^(?:\$\{.*\}|\$\(.*\)|\$[A-Z_][A-Z0-9_]*|\{\{.*\}\}|%[A-Z_][A-Z0-9_]*%)$`)
)

func isInvisible(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// damaged reports a key of a known form whose contents cannot be read.
func damaged(form string, der []byte) error {
	length, ok := derLength(der)
	switch {
	case len(der) == 0:
		return unusable(form+" found, but its contents are damaged, cut off or not base64", remedyCopy)
	case ok && length > len(der):
		return unusable(fmt.Sprintf("%s found, but its contents are cut off: %d of %d bytes are there", form, len(der), length), remedyCopy)
	default:
		return unusable(form+" found, but its contents are damaged", remedyCopy)
	}
}

// formError is an [ErrKeyForm].
type formError struct {
	found, remedy string
	public        bool // also an ErrPublicGiven
}

func (e *formError) Error() string { return fmt.Sprintf("%v: %s: %s", ErrKeyForm, e.found, e.remedy) }

func (e *formError) Unwrap() error { return ErrKeyForm }

// Is reports whether e is an [ErrPublicGiven], which its text says in other words.
func (e *formError) Is(target error) bool { return e.public && target == ErrPublicGiven }

func unusable(found, remedy string) error { return &formError{found: found, remedy: remedy} }

func publicGiven(found, remedy string) error { return &formError{found, remedy, true} }

// forText completes the remedy of an error about a text. The commands in remedies read a
// file F, so the text must first become such a file if it is wrapped in something.
func forText(err error, text []byte, m material) error {
	form, ok := errors.AsType[*formError](err)
	if !ok || !strings.Contains(form.remedy, " F ") && !strings.Contains(form.remedy, " COPY") ||
		strings.HasPrefix(form.remedy, remedyAlone) || m.standsAlone(text) {
		return err
	}
	return unusable(form.found, remedyAlone+form.remedy)
}
