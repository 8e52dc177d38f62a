package keystore

import (
	"cmp"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	// ErrNoPublicKey is returned for a blank text. This is how providers report a number
	// without a registered key: Meta's Business Encryption API reference (v23.0)
	// shows a single space.
	ErrNoPublicKey = errors.New("no public key: the text is blank")
	// ErrPublicKey is returned for a text that is not an RSA public key in a form
	// that [ParsePublic] reads.
	ErrPublicKey = errors.New("public key not readable")
	// ErrLostPlus is returned, together with ErrPublicKey, for a key that was sent in a
	// web form or a URL without being encoded for it, for example by curl --data.
	ErrLostPlus = errors.New("each + in it has become a blank")
	// ErrPrivateKey is returned if the text contains a private key instead of a public one.
	ErrPrivateKey = errors.New(
		`private key found where the public key is wanted: never hand it out; "flowserver keys show F" prints its public key`)
	// ErrWeakKey is returned for an RSA key, private or public, that does not have
	// exactly [KeyBits] bits.
	ErrWeakKey = errors.New("RSA key of a size that WhatsApp does not accept")
)

// KeyBits is the size of a business key: Meta's Business Encryption guide (Dec 17,
// 2025) requires 2048-bit RSA.
const KeyBits = 2048

const maxPublicText = 16 << 10

// ParsePublic reads an RSA public key as providers return it: a SubjectPublicKeyInfo,
// a PKCS#1 public key or a certificate, as DER, its base64 or PEM, with the same
// artefacts that [ParsePrivate] accepts. The contents decide, not the label.
//
// Any size and exponent is accepted, since the fingerprint of a foreign key is useful
// too; [CheckSize] reports whether the key could be registered. The text may be up to 16
// KiB. Errors are [ErrNoPublicKey], [ErrPublicKey] and [ErrPrivateKey].
func ParsePublic(text []byte) (*rsa.PublicKey, error) {
	if len(text) > maxPublicText {
		return nil, unreadable(fmt.Sprintf("text of more than %d KiB found", maxPublicText>>10))
	}
	m := readMaterial(text)
	switch {
	case slices.ContainsFunc(m.blocks, isPrivate), len(m.blocks) == 0 && strings.Contains(joinFields(m.plain), "PRIVATEKEY"):
		return nil, ErrPrivateKey
	case len(m.blocks) == 0 && m.plain == "":
		return nil, ErrNoPublicKey
	case len(m.blocks) == 0:
		return nil, noPublic(text, m)
	}
	block := firstBlock(m.blocks, hasPublic)
	if block == nil { // then say what is wrong with the first that claims to be one
		block = cmp.Or(firstBlock(m.blocks, claimsPublic), m.blocks[0])
	}
	return openPublic(block, m.plain)
}

// hasPublic reports whether the contents of a block have a public key.
func hasPublic(block *pem.Block) bool {
	kind := inspectDER(block.Bytes)
	return kind == kindPublic || kind == kindPKCS1Public || kind == kindCertificate
}

// claimsPublic reports whether a block has the label of a public key.
func claimsPublic(block *pem.Block) bool {
	return strings.HasSuffix(block.Type, "PUBLIC KEY") || strings.HasSuffix(block.Type, "CERTIFICATE")
}

// noPublic returns an error that describes what was found instead of a public key.
func noPublic(text []byte, m material) error {
	form := identify(m.raw)
	switch {
	case LooksLikePath(text):
		return unreadable("path of a file found where the key itself is wanted")
	case form != nil && form.public == "":
		return ErrPrivateKey
	case form != nil:
		return fmt.Errorf("%w: %s found: %s", ErrPublicKey, form.found, form.public)
	default:
		return unreadable("text without a key found")
	}
}

// openPublic returns the RSA key of a block, or an error that describes what the block is
// instead.
func openPublic(block *pem.Block, plain string) (*rsa.PublicKey, error) {
	switch inspectDER(block.Bytes) {
	case kindPKCS1Public:
		if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
			return key, nil
		}
	case kindPublic:
		return openSubjectPublicKey(block)
	case kindCertificate:
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			return openSubjectPublicKey(&pem.Block{Type: block.Type, Bytes: certificate.RawSubjectPublicKeyInfo})
		}
	case kindCertificateRequest:
		return nil, fmt.Errorf(`%w: certificate request (CSR) found: extract its key with "openssl req -in F -noout -pubkey"`, ErrPublicKey)
	case kindPKCS12:
		return nil, fmt.Errorf(`%w: PKCS#12 (.p12, .pfx) found: extract its certificate with "openssl pkcs12 -in F -nokeys -clcerts -out G"`, ErrPublicKey)
	case kindPKCS7:
		return nil, fmt.Errorf(`%w: PKCS#7 found: extract its certificates with "openssl pkcs7 -in F -print_certs -out G"`, ErrPublicKey)
	default:
		if strings.HasPrefix(block.Type, "SSH2 PUBLIC") {
			return nil, fmt.Errorf("%w: SSH2 public key found: %s", ErrPublicKey, remedySSH2Pub)
		}
		if !claimsPublic(block) && block.Type != "" {
			return nil, unreadable("PEM block of another kind found")
		}
	}
	return nil, damagedPublic(block, plain)
}

// openSubjectPublicKey returns the RSA key of a SubjectPublicKeyInfo.
func openSubjectPublicKey(block *pem.Block) (*rsa.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if rsaKey, ok := key.(*rsa.PublicKey); ok {
		return rsaKey, nil
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, infoErr := asn1.Unmarshal(block.Bytes, &info); infoErr != nil || err != nil && info.Algorithm.Algorithm.Equal(oidRSA) {
		return nil, damagedPublic(block, "")
	}
	if info.Algorithm.Algorithm.Equal(oidRSAPSS) {
		return nil, unreadable("RSA-PSS public key found, which is for signatures only: WhatsApp needs plain RSA 2048")
	}
	if key, err := x509.ParsePKCS1PublicKey(info.Key.Bytes); err == nil { // RSA has other identifiers, such as that of X.509 (2.5.8.1.1)
		return key, nil
	}
	if name, known := algorithmName(info.Algorithm.Algorithm); known {
		return nil, unreadable(name + " public key found: WhatsApp needs RSA 2048")
	}
	return nil, unreadable("public key of an unknown algorithm found: WhatsApp needs RSA 2048")
}

// damagedPublic reports a public key whose contents cannot be read.
func damagedPublic(block *pem.Block, plain string) error {
	form := cmp.Or(block.Type, "base64 without BEGIN and END lines")
	if restorePlus(plain, hasPublic) != nil {
		return fmt.Errorf(`%w: %s found, but %w: encode it for the URL or form that carries it; expected the PEM that "flowserver keys show F" prints`,
			ErrPublicKey, form, ErrLostPlus)
	}
	return unreadable(form + " found, but its contents are damaged, cut off or redacted")
}

func unreadable(found string) error {
	return fmt.Errorf(`%w: %s; expected the PEM that "flowserver keys show F" prints`, ErrPublicKey, found)
}

// CheckSize returns [ErrWeakKey] unless the key has [KeyBits] bits. Call it before
// registering a public key.
func CheckSize(key *rsa.PublicKey) error {
	if bits := key.N.BitLen(); bits != KeyBits {
		return fmt.Errorf(`%w: RSA %d found: exactly %d bits are needed, no fewer and no more; make one with "flowserver keys generate --out F"`,
			ErrWeakKey, bits, KeyBits)
	}
	return nil
}

// Fingerprint returns the lower-case hex SHA-256 of the DER SubjectPublicKeyInfo.
func Fingerprint(key *rsa.PublicKey) string {
	sum := sha256.Sum256(publicDER(key))
	return hex.EncodeToString(sum[:])
}

// EncodePublic returns the canonical PEM for registering a key: a PUBLIC KEY block
// of 64 columns that ends in a newline.
func EncodePublic(key *rsa.PublicKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicDER(key)})
}

func publicDER(key *rsa.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic("keystore: " + err.Error()) // x509 knows RSA, and two integers always encode
	}
	return der
}
