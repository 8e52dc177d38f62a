package keystore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

// What is not read is named, with a way out that keeps the key. A new key is advised
// only where the contents prove that the old one cannot work.
func TestParsePrivateNames(t *testing.T) {
	t.Parallel()
	const newKey = "flowserver keys generate --out F\""
	const wrapped = "write it to F without the encoding, the quotes and the text around it, then "
	ecKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	key, pkcs8DER := rawKey(t)
	csr := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "flows"}}, key))
	certificate, _ := pem.Decode(testCertificate(t))
	pss := withAlgorithm(t, pkcs8DER, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10})
	dsa := must(asn1.Marshal([]*big.Int{new(big.Int), key.N, key.Primes[0], key.Primes[1], key.D, key.D}))
	exponent := must(asn1.Marshal(pkcs1Key(key, big.NewInt(1<<32+15))))
	damagedOID := withAlgorithm(t, pkcs8DER, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 64})
	jwk := `{"kty":"RSA","n":"` + base64.RawURLEncoding.EncodeToString(key.N.Bytes()) + `","e":"AQAB","p":"x","d":"x"}`
	openSSH := pemBlock("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00\x00\x00\x00\x04none...\x0bssh-ed25519"))
	openSSHRSA := string(pemBlock("OPENSSH PRIVATE KEY", slices.Concat([]byte("openssh-key-v1\x00\x00\x00\x00\x04none...\x07ssh-rsa"), make([]byte, 300))))
	pkcs7 := must(asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: make([]byte, 200)}}))
	for _, test := range []struct {
		name, text    string
		found, remedy string
	}{
		{"JWK", jwk, "JWK found", "node -e"},
		{"JWK set", `{"keys":[` + jwk + `]}`, "JWK set found", "save the key that you mean"},
		{"JWK in base64", base64.StdEncoding.EncodeToString([]byte(jwk)), "JWK found", wrapped + `convert it with "node -e`},
		{"JWK in a string", jsonQuote(t, jwk), "JWK found", wrapped + `convert it with "node -e`},
		{"JWK in an env file", "FLOW_KEY=" + jwk, "JWK found", wrapped + `convert it with "node -e`},
		{"JWK without primes", strings.Replace(jwk, `"p":"x",`, "", 1), "JWK without the prime factors (p, q) found", "from the program that wrote it"},
		{"JWK of a public key", `{"kty":"RSA","n":"x","e":"AQAB"}`, "JWK of a public key found", "give the file with the private key"},
		{"JWK, EC", `{"kty":"EC","crv":"P-256","d":"x"}`, "JWK of another algorithm than RSA found", "give an RSA 2048 key"},
		{"JWK, UTF-16", utf16Text(binary.LittleEndian, "\ufeff"+jwk), "JWK found", "node -e"},
		{"PuTTY", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n", "PuTTY private key (.ppk) found", "puttygen F -O private-openssh -o G"},
		{"XML", "<RSAKeyValue><D>AA==</D></RSAKeyValue>", "XML (RSAKeyValue of .NET) found", "ExportPkcs8PrivateKeyPem"},
		{"XML of a public key", "<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>", "XML (RSAKeyValue of .NET) of a public key found", "give the file"},
		{"XML with a header", `<?xml version="1.0"?>` + "\n<RSAKeyValue>\n<D>", "XML (RSAKeyValue of .NET) found", "FromXmlString"},
		{"SSH public key", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ me@host", "SSH public key found", "without .pub"},
		{"SSH Ed25519", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@host", "another algorithm than RSA", "give the file with the private key"},
		{"ssh.com", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"x\"\nP2/5", "private key of ssh.com found", "puttygen"},
		{"SSH2 public key", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3Nz\n---- END SSH2 PUBLIC KEY ----", "public key found", "give the file"},
		{"OpenSSH Ed25519", string(openSSH), "OpenSSH private key (Ed25519) found", newKey},
		{"OpenSSH RSA, escaped", strings.ReplaceAll(openSSHRSA, "\n", `\n`), "OpenSSH private key found", wrapped + `convert a copy`},
		{"OpenSSH, bare", pemBody(openSSHRSA), "OpenSSH private key without BEGIN and END lines", "copy the whole file"},
		{"TPM", string(pemBlock("TSS2 PRIVATE KEY", []byte{0x30, 3, 6, 1, 1})), "key of a TPM", "crypto.Decrypter"},
		{"encrypted, no headers", string(pemBlock("RSA PRIVATE KEY", make([]byte, 1200))), "encrypted without the lines that say how", "Proc-Type and DEK-Info"},
		{"OpenSSH, damaged", "-----BEGIN OPENSSH PRIVATE KEY-----\nxxxx", "OpenSSH private key found, but its contents are damaged", "copy the file again"},
		{"RSA-PSS", string(pemBlock("PRIVATE KEY", pss)), "RSA-PSS private key found", "openssl rsa -traditional -outform DER"},
		{"EC, bare", base64.StdEncoding.EncodeToString(must(x509.MarshalPKCS8PrivateKey(ecKey))), "EC private key found", newKey},
		{"EC, DER", string(must(x509.MarshalECPrivateKey(ecKey))), "EC private key found", newKey},
		{"EC, RSA label", string(pemBlock("RSA PRIVATE KEY", must(x509.MarshalECPrivateKey(ecKey)))), "EC private key found", newKey},
		{"EC, damaged", string(pemBlock("EC PRIVATE KEY", []byte{1, 2, 3})), "EC private key found, but its contents are damaged", "copy the file again"},
		{"DSA", string(pemBlock("DSA PRIVATE KEY", dsa)), "DSA private key found", newKey},
		{"RSA, exponent", string(pemBlock("RSA PRIVATE KEY", exponent)), "public exponent of more than 31 bits", newKey},
		{"RSA, exponent 1", string(pemBlock("RSA PRIVATE KEY", must(asn1.Marshal(pkcs1Key(key, big.NewInt(1)))))), "public exponent 1", newKey},
		{"RSA-PSS, damaged", string(pemBlock("PRIVATE KEY", slices.Concat(pss[:100], []byte{1}, pss[101:]))), "contents are damaged", "copy the file"},
		{"unknown algorithm", string(pemBlock("PRIVATE KEY", damagedOID[:len(damagedOID)-1])), "PKCS#8 found, but its contents are cut off", "copy the file again"},
		{"CSR", string(pemBlock("CERTIFICATE REQUEST", csr)), "certificate request (CSR) found", "that the request was made with"},
		{"CSR, old label", string(pemBlock("NEW CERTIFICATE REQUEST", csr)), "certificate request (CSR) found", "that the request was made with"},
		{"certificate, DER", string(certificate.Bytes), "certificate found", "give the file with the key"},
		{"public key, bare", base64.StdEncoding.EncodeToString(must(x509.MarshalPKIXPublicKey(&key.PublicKey))), "public key found", "give the file"},
		{"PKCS#7", string(pkcs7), "PKCS#7", "give the file"},
		{"JKS", "\xfe\xed\xfe\xed\x00\x00\x00\x02", "Java key store (JKS) found", "keytool -importkeystore"},
		{"PVK", "\x1e\xf1\xb5\xb0\x00\x00\x00\x00", "Microsoft private key (PVK) found", "-inform PVK"},
		{"key blob", "\x07\x02\x00\x00\x00\xa4\x00\x00RSA2", "Microsoft key blob found", "-inform MSBLOB"},
		{"PVK in base64", "HvG1sAAAAAAB", "Microsoft private key (PVK) found", wrapped + "convert it"},
		{"public key blob", "\x06\x02\x00\x00\x00\xa4\x00\x00RSA1", "Microsoft public key blob found", "give the file with the private key"},
		{"openssl enc", "Salted__\x01\x02\x03", "file encrypted with openssl enc found", "openssl enc -d"},
		{"SealedSecret", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n", "SealedSecret of Kubernetes", "give the key from the Secret"},
		{"gzip", "\x1f\x8b\x08\x00", "file compressed with gzip found", "gzip -dc F > G"},
		{"ZIP", "PK\x03\x04\x14\x00", "ZIP archive found", "unzip F"},
		{"openssl -text", "Private-Key: (2048 bit, 2 primes)\nmodulus:\n", "key printed for people to read", "give the file that was printed"},
		{"Buffer of Node", `{"type":"Buffer","data":[45,45]}`, "list of bytes found", "give the text of the key"},
		{"DER as Latin-1", "0\u0082\u0004\u00a4\u0002", "binary key that was read as text", "copy the original file"},
		{"DER read as text", "0\ufffd\ufffd\x04\ufffd\x02\x01\x00", "binary key that was read as text", "copy the original file"},
		{"age", "age-encryption.org/v1\n-> X25519 abc\n", "file encrypted with age", "age -d"},
		{"age, armored", "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----", "file encrypted with age", "age -d"},
		{"GnuPG", "-----BEGIN PGP MESSAGE-----\n\nhQEM\n=abcd\n-----END PGP MESSAGE-----", "file encrypted with GnuPG", "gpg --output G --decrypt F"},
		{"Ansible Vault", "$ANSIBLE_VAULT;1.1;AES256\n6138\n", "file encrypted with Ansible Vault", "ansible-vault decrypt"},
		{"SOPS", "data: ENC[AES256_GCM,data:abc=,iv:x,tag:y,type:str]\nsops:\n", "file encrypted with SOPS", "sops --decrypt"},
		{"git-crypt", "\x00GITCRYPT\x00abc", "file encrypted with git-crypt", "git-crypt unlock"},
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer", "git lfs pull"},
		{"AWS KMS", "arn:aws:kms:eu-west-1:1:key/2", "key management service (KMS) reference", "crypto.Decrypter"},
		{"AWS KMS URI", "awskms:///alias/flows", "key management service (KMS) reference", "crypto.Decrypter"},
		{"Google KMS", "projects/p/locations/l/keyRings/r/cryptoKeys/k", "key management service (KMS) reference", "crypto.Decrypter"},
		{"Azure Key Vault", "https://flows.vault.azure.net/keys/k/1", "key management service (KMS) reference", "crypto.Decrypter"},
		{"PKCS#11", "pkcs11:token=flows;object=key", "key management service (KMS) reference", "crypto.Decrypter"},
		{"AWS secret", "arn:aws:secretsmanager:eu-west-1:1:secret:flows", "secret manager reference", "resolve the reference"},
		{"1Password", "op://vault/flows/key", "secret manager reference", "resolve the reference"},
		{"Google secret", "projects/p/secrets/s/versions/latest", "secret manager reference", "resolve the reference"},
		{"web page", "<!DOCTYPE html><html><body>Sign in</body></html>", "web page found", "give the file"},
		{"address", "https://example.com/flows", "address (URL) found", "give the key itself"},
		{"variable", "${FLOW_KEY}", "variable that was not expanded", "set the variable"},
		{"shell variable", "$FLOW_KEY", "variable that was not expanded", "set the variable"},
		{"path", "./private.pem", "path of a file found", "give the file's contents"},
		{"random data", "\x99\xfe\x01\x80random", "binary data that is not a key", "give the file"},
		{"prose", "Please begin with the private key.", "text without a key", "give the file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			pair, err := keystore.ParsePrivate([]byte(test.text), testPassphrase(t))
			wantRefused(t, pair, err, keystore.ErrKeyForm, test.found, test.remedy)
			if strings.Contains(err.Error(), newKey) != (test.remedy == newKey) {
				t.Errorf("error %q advises a new key without need", err)
			}
		})
	}
}

func TestParsePublicNames(t *testing.T) {
	t.Parallel()
	key, _ := rawKey(t)
	csr := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "flows"}}, key))
	public := must(x509.MarshalPKIXPublicKey(&key.PublicKey))
	text := string(readFile(t, keysDir, "a.public.pem"))
	for _, test := range []struct{ name, text, found, remedy string }{
		{"SSH", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ me@host", "SSH public key found", "ssh-keygen -e -m PKCS8 -f F > G"},
		{"JWK", `{"kty":"RSA","n":"x","e":"AQAB"}`, "JWK of a public key found", "createPublicKey"},
		{"XML", "<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>", "XML (RSAKeyValue of .NET) of a public key found", "ExportSubjectPublicKeyInfoPem"},
		{"SSH2", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3Nz\n---- END SSH2 PUBLIC KEY ----", "SSH2 public key found", "ssh-keygen -i -m RFC4716"},
		{"key blob", "\x06\x02\x00\x00\x00\xa4\x00\x00RSA1", "Microsoft public key blob found", "openssl rsa -pubin"},
		{"CSR", string(pemBlock("CERTIFICATE REQUEST", csr)), "certificate request (CSR) found", "openssl req -in F -noout -pubkey"},
		{"RSA-PSS", string(withAlgorithm(t, public, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10})), "RSA-PSS public key found", "plain RSA"},
		{"path", "keys/public.pem", "path of a file found", "flowserver keys show F"},
		{"lost +", strings.ReplaceAll(text, "+", " "), "each + in it has become a blank", "encode it"},
		{"lost +, one line", strings.ReplaceAll(strings.ReplaceAll(text, "+", " "), "\n", ""), "each + in it has become a blank", "encode it"},
		{"lost +, bare", strings.ReplaceAll(base64.StdEncoding.EncodeToString(public), "+", " "), "each + in it has become a blank", "encode it"},
		{"lost +, form", strings.ReplaceAll(strings.ReplaceAll(text, "+", " "), "\n", "\r\n"), "each + in it has become a blank", "encode it"},
		{"damaged", strings.Replace(text, "MII", "MIJ", 1), "damaged", "flowserver keys show F"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			key, err := keystore.ParsePublic([]byte(test.text))
			wantNoKey(t, key, err, keystore.ErrPublicKey, test.found, test.remedy)
		})
	}
}

// A private key in a form that is not read is a private key, too.
func TestParsePublicRefusesForeignPrivate(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"JWK":   `{"kty":"RSA","n":"x","e":"AQAB","d":"x","p":"x"}`,
		"PuTTY": "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
		"XML":   "<RSAKeyValue><Modulus>AA==</Modulus><D>AA==</D></RSAKeyValue>",
		"PVK":   "\x1e\xf1\xb5\xb0\x00\x00\x00\x00",
	} {
		if key, err := keystore.ParsePublic([]byte(text)); key != nil || !errors.Is(err, keystore.ErrPrivateKey) {
			t.Errorf("%s: error = %v, want ErrPrivateKey", name, err)
		}
	}
}

func TestLooksLikePath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"./private.pem":                 true,
		"private.pem":                   true,
		"private.pem\n":                 true,
		`"keys/main.pem"`:               true,
		"/run/secrets/flow_key":         true,
		"../keys/main":                  true,
		"~/keys/main":                   true,
		`C:\keys\new\main.pem`:          true,
		"c:/keys/main":                  true,
		"file:///etc/flows/private.key": true,
		"@private.pem":                  true,
		"my key.p8":                     true,
		"":                              false,
		"/":                             false,
		"key":                           false,
		"-----BEGIN PRIVATE KEY-----":   false,
		"${KEY}":                        false,
		"awskms:///alias/main":          false,
		"two\nlines.pem":                false,
		"https://example.com/key.pem":   false,
		string(readFile(t, keysDir, "a.pkcs8.pem")):          false,
		string(readFile(t, keysDir, "a.pkcs8.base64.txt")):   false,
		pemBody(string(readFile(t, keysDir, "a.pkcs8.pem"))): false,
	} {
		if got := keystore.LooksLikePath([]byte(text)); got != want {
			t.Errorf("LooksLikePath(%.40q) = %t, want %t", text, got, want)
		}
	}
}

// RSA of other sizes is refused for its size, whichever it is.
func TestParsePrivateSizes(t *testing.T) {
	t.Parallel()
	for bits, want := range map[int]string{1536: "RSA 1536 found", 2047: "RSA 2047 found", 2056: "RSA 2056 found"} {
		key := must(rsa.GenerateKey(rand.Reader, bits))
		pair, err := keystore.ParsePrivate(pemBlock("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key))), nil)
		wantRefused(t, pair, err, keystore.ErrWeakKey, want)
	}
	tiny := must(asn1.Marshal([]int{0, 3233, 17, 413, 61, 53, 53, 49, 38}))
	pair, err := keystore.ParsePrivate(pemBlock("RSA PRIVATE KEY", tiny), nil)
	wantRefused(t, pair, err, keystore.ErrWeakKey, "RSA 12 found")
}

// withAlgorithm returns PKCS#8 or a SubjectPublicKeyInfo with another algorithm.
func withAlgorithm(tb testing.TB, der []byte, oid asn1.ObjectIdentifier) []byte {
	tb.Helper()
	var elements []asn1.RawValue
	if _, err := asn1.Unmarshal(der, &elements); err != nil {
		tb.Fatal(err)
	}
	for i, element := range elements {
		if element.Tag == asn1.TagSequence {
			elements[i] = asn1.RawValue{FullBytes: must(asn1.Marshal(pkix.AlgorithmIdentifier{Algorithm: oid}))}
		}
	}
	return must(asn1.Marshal(elements))
}
