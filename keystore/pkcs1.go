package keystore

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// maxExponentBits is the size of the largest public exponent that crypto/rsa works
// with.
const maxExponentBits = 31

// pkcs1Numbers are the numbers of an RSAPrivateKey (RFC 8017, A.1.2).
type pkcs1Numbers struct {
	n, e, d, p, q, dp, dq *big.Int
	more                  bool // it has more than two primes
}

// readPKCS1 reads the numbers without regard to how an encoder padded or signed them:
// none of them is negative.
func readPKCS1(der []byte) (pkcs1Numbers, bool) {
	elements := derElements(trimDER(der))
	if len(elements) < 9 {
		return pkcs1Numbers{}, false
	}
	var all [9]*big.Int
	for i := range all {
		if elements[i].Class != asn1.ClassUniversal || elements[i].Tag != asn1.TagInteger {
			return pkcs1Numbers{}, false
		}
		all[i] = new(big.Int).SetBytes(elements[i].Bytes)
	}
	return pkcs1Numbers{all[1], all[2], all[3], all[4], all[5], all[6], all[7], len(elements) > 9}, true
}

// agree reports whether the numbers are those of one key: the primes make the modulus,
// and a private exponent, whole or in parts, belongs to the public one.
func (k pkcs1Numbers) agree() bool {
	one := big.NewInt(1)
	if k.p.Cmp(one) <= 0 || k.q.Cmp(one) <= 0 || k.n.Cmp(new(big.Int).Mul(k.p, k.q)) != 0 {
		return false
	}
	inverts := func(d, prime *big.Int) bool {
		order := new(big.Int).Sub(prime, one)
		product := new(big.Int).Mul(k.e, d)
		return order.Cmp(one) > 0 && product.Mod(product, order).Cmp(one) == 0
	}
	return inverts(k.d, k.p) && inverts(k.d, k.q) || inverts(k.dp, k.p) && inverts(k.dq, k.q)
}

// check returns why a key whose numbers agree is of no use to WhatsApp.
func (k pkcs1Numbers) check() error {
	if err := CheckSize(&rsa.PublicKey{N: k.n}); err != nil {
		return err
	}
	switch bits := k.e.BitLen(); {
	case bits < 2:
		return unusable("RSA private key with the public exponent 1, which encrypts nothing, found", remedyGenerate)
	case bits > maxExponentBits:
		return unusable(fmt.Sprintf("RSA private key with a public exponent of more than %d bits found", maxExponentBits), remedyGenerate)
	}
	return nil
}

// openPKCS1 returns the RSA key of an RSAPrivateKey. Modulus, public exponent and
// primes are used, and the others calculated, since encoders leave them out or write
// them in another way. A size is reported only if the numbers agree: those of a
// damaged key prove nothing.
func openPKCS1(der []byte, form string) (*rsa.PrivateKey, error) {
	numbers, ok := readPKCS1(der)
	switch {
	case ok && numbers.more:
		key, err := x509.ParsePKCS1PrivateKey(trimDER(der))
		if err != nil {
			return nil, damaged(form, der)
		}
		return key, nil
	case !ok || !numbers.agree():
		return nil, damaged(form, der)
	}
	if err := numbers.check(); err != nil {
		return nil, err
	}
	one := big.NewInt(1)
	order := new(big.Int).Mul(new(big.Int).Sub(numbers.p, one), new(big.Int).Sub(numbers.q, one))
	d := new(big.Int).ModInverse(numbers.e, order)
	if d == nil {
		return nil, damaged(form, der)
	}
	return &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: numbers.n, E: int(numbers.e.Int64())},
		D:         d,
		Primes:    []*big.Int{numbers.p, numbers.q},
	}, nil
}
