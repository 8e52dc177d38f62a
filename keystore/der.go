package keystore

import (
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
)

// derKind is the form of a DER structure. Labels of PEM blocks are often wrong, so
// the contents alone decide.
type derKind int

const (
	kindUnknown            derKind = iota
	kindPKCS1                      // RFC 8017 RSAPrivateKey
	kindPKCS8                      // RFC 5958 OneAsymmetricKey
	kindEncryptedPKCS8             // RFC 5958 EncryptedPrivateKeyInfo
	kindSEC1                       // RFC 5915 ECPrivateKey
	kindDSA                        // the private key of OpenSSL's "dsa" command
	kindPKCS1Public                // RFC 8017 RSAPublicKey
	kindPublic                     // RFC 5280 SubjectPublicKeyInfo
	kindCertificate                // RFC 5280 Certificate
	kindCertificateRequest         // RFC 2986 CertificationRequest
	kindPKCS12                     // RFC 7292 PFX
	kindPKCS7                      // RFC 5652 ContentInfo
)

func (k derKind) isPrivate() bool { return k >= kindPKCS1 && k <= kindDSA }

// inspectDER identifies a structure by the types of its elements.
func inspectDER(der []byte) derKind {
	shape := derShape(der)
	switch {
	case strings.HasPrefix(shape, "IIIIIIIII"):
		return kindPKCS1
	case shape == "IIIIII" && len(derElements(der)[2].Bytes) > 16: // not the exponent of an RSA key without its last numbers
		return kindDSA
	case shape == "II":
		return kindPKCS1Public
	case strings.HasPrefix(shape, "ISO"):
		return kindPKCS8
	case strings.HasPrefix(shape, "IO"):
		return kindSEC1
	case shape == "IS", shape == "ISS":
		return kindPKCS12
	case shape == "SO":
		return kindEncryptedPKCS8
	case shape == "SB":
		return kindPublic
	case shape == "SSB" && strings.HasPrefix(derShape(derElements(der)[0].FullBytes), "ISSC"):
		return kindCertificateRequest
	case shape == "SSB":
		return kindCertificate
	case shape == "DC":
		return kindPKCS7
	default:
		return kindUnknown
	}
}

// derShape names the elements of a SEQUENCE by a letter each.
func derShape(der []byte) string {
	var shape strings.Builder
	for _, element := range derElements(der) {
		letter := byte('?')
		switch {
		case element.Class == asn1.ClassContextSpecific:
			letter = 'C'
		case element.Class != asn1.ClassUniversal:
		case element.Tag == asn1.TagInteger:
			letter = 'I'
		case element.Tag == asn1.TagBitString:
			letter = 'B'
		case element.Tag == asn1.TagOctetString:
			letter = 'O'
		case element.Tag == asn1.TagOID:
			letter = 'D'
		case element.Tag == asn1.TagSequence:
			letter = 'S'
		}
		shape.WriteByte(letter)
	}
	return shape.String()
}

func derElements(der []byte) []asn1.RawValue {
	var elements []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &elements); err != nil || len(rest) > 0 {
		return nil
	}
	return elements
}

// isBinaryDER reports whether the text is binary DER: no text begins with a SEQUENCE of
// 128 bytes or more, and a shorter one is an elliptic curve key.
func isBinaryDER(text []byte) bool {
	return len(text) > 2 && text[0] == 0x30 && (text[1] >= 0x81 && text[1] <= 0x84 || inspectDER(trimDER(text)) != kindUnknown)
}

// derLength returns the length that a SEQUENCE states for itself, header included.
func derLength(der []byte) (int, bool) {
	if len(der) < 2 || der[0] != 0x30 {
		return 0, false
	}
	if der[1] < 0x80 {
		return 2 + int(der[1]), true
	}
	size := int(der[1] & 0x7f)
	if size < 1 || size > 3 || len(der) < 2+size {
		return 0, false
	}
	length := 0
	for _, b := range der[2 : 2+size] {
		length = length<<8 | int(b)
	}
	return 2 + size + length, true
}

// trimDER cuts off what follows the end of a SEQUENCE, such as a line end.
func trimDER(der []byte) []byte {
	if length, ok := derLength(der); ok && length < len(der) {
		return der[:length]
	}
	return der
}

// openPlain returns the RSA key in DER that is not encrypted.
func openPlain(der []byte, form string) (*rsa.PrivateKey, error) {
	switch inspectDER(der) {
	case kindPKCS1:
		return openPKCS1(der, form)
	case kindSEC1:
		return nil, unusable("EC private key found", remedyGenerate)
	case kindDSA:
		return nil, unusable("DSA private key found", remedyGenerate)
	case kindPKCS8:
		var info struct {
			Version   int
			Algorithm pkix.AlgorithmIdentifier
			Key       []byte
		}
		if _, err := asn1.Unmarshal(der, &info); err != nil {
			return nil, damaged(form, der)
		}
		oid := info.Algorithm.Algorithm
		numbers, isRSA := readPKCS1(info.Key)
		name, known := algorithmName(oid)
		switch {
		case oid.Equal(oidRSAPSS) && isRSA && numbers.agree():
			if err := numbers.check(); err != nil {
				return nil, err
			}
			return nil, unusable("RSA-PSS private key found, which is for signatures only", remedyPSS)
		case oid.Equal(oidRSA), isRSA: // RSA has other identifiers, such as that of X.509 (2.5.8.1.1)
			return openPKCS1(info.Key, form)
		case known:
			return nil, unusable(name+" private key found", remedyGenerate)
		default:
			return nil, unusable(form+" with an unknown algorithm found", remedyCopy+", or give an RSA 2048 key")
		}
	default:
		return nil, damaged(form, der)
	}
}

var (
	oidRSA    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
)

// algorithmName names the algorithm of a key that is not RSA.
func algorithmName(oid asn1.ObjectIdentifier) (name string, known bool) {
	switch oid.String() {
	case "1.2.840.10045.2.1":
		name = "EC"
	case "1.3.101.110":
		name = "X25519"
	case "1.3.101.111":
		name = "X448"
	case "1.3.101.112":
		name = "Ed25519"
	case "1.3.101.113":
		name = "Ed448"
	case "1.2.840.10040.4.1":
		name = "DSA"
	case "1.2.840.113549.1.3.1", "1.2.840.10046.2.1":
		name = "Diffie-Hellman"
	}
	return name, name != ""
}
