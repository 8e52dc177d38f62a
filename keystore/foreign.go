package keystore

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// foreignForm is a form that this package does not read: a key of another program, or
// something that leads to a key.
type foreignForm struct {
	marks []string // any of them identifies the form; ^ stands for the start of the text
	found string
	// private and public are the remedies when a private or a public key is expected. No
	// public remedy: the form is, or may be, a private key.
	private, public string
	isPublic        bool // the form is a public key
}

const (
	// remedyAlone precedes a command, which reads the file F, if the text is not such a file.
	remedyAlone = "write it to F without the encoding, the quotes and the text around it, then "

	remedyReference = "give the key itself, not the reference; a key that must stay there needs a crypto.Decrypter in a Go program"
	remedySSH       = `convert a copy of the file with "ssh-keygen -p -m PEM -f COPY"`
	remedySSHPub    = `convert it with "ssh-keygen -e -m PKCS8 -f F > G"`
	remedySSH2Pub   = `convert it with "ssh-keygen -i -m RFC4716 -f F > P", then "ssh-keygen -e -m PKCS8 -f P > G"`
	remedyOther     = `give the file with the private key; it begins with "-----BEGIN" and has PRIVATE KEY in its first line`
	remedyAge       = `decrypt it with "age -d -i IDENTITY -o G F"`
	remedyGPG       = `decrypt it with "gpg --output G --decrypt F"`
	remedyJWK       = `convert it with "node -e 'fs.writeFileSync(process.argv[2],crypto.createPrivateKey({format:"jwk",key:` +
		`JSON.parse(fs.readFileSync(process.argv[1]))}).export({type:"pkcs8",format:"pem"}),{mode:384})' F G"`
	remedyJWKPub = `convert it with "node -e 'fs.writeFileSync(process.argv[2],crypto.createPublicKey({format:"jwk",key:` +
		`JSON.parse(fs.readFileSync(process.argv[1]))}).export({type:"spki",format:"pem"}))' F G"`
	remedyXML = `convert it in PowerShell 7 with "$r = [System.Security.Cryptography.RSA]::Create(); ` +
		`$r.FromXmlString((Get-Content -Raw F)); $r.ExportPkcs8PrivateKeyPem() > G"`
	remedyXMLPub = `convert it in PowerShell 7 with "$r = [System.Security.Cryptography.RSA]::Create(); ` +
		`$r.FromXmlString((Get-Content -Raw F)); $r.ExportSubjectPublicKeyInfoPem() > G"`
)

// foreignForms returns the forms with which a text without a PEM block is compared; the
// first match counts.
func foreignForms() []foreignForm {
	same := func(found, remedy string, marks ...string) foreignForm {
		return foreignForm{marks: marks, found: found, private: remedy, public: remedy}
	}
	secret := func(found, remedy string, marks ...string) foreignForm {
		return foreignForm{marks: marks, found: found, private: remedy}
	}
	public := func(found, private, public string, marks ...string) foreignForm {
		return foreignForm{marks, found, private, public, true}
	}
	return []foreignForm{
		secret("PuTTY private key (.ppk)", `convert it with "puttygen F -O private-openssh -o G", then "ssh-keygen -p -m PEM -f G"`, "^PuTTY-User-Key-File-"),
		secret("OpenSSH private key without BEGIN and END lines", "copy the whole file, with its first and last line", "^b3BlbnNzaC1rZXktdjE"),
		public("SSH public key", "give the private key, whose file usually has the same name without .pub", remedySSHPub, "ssh-rsa "),
		public("SSH public key of another algorithm than RSA", remedyOther, "give the public key of an RSA 2048 key",
			"ssh-ed25519 ", "ecdsa-sha2-", "ssh-dss "),
		same("file encrypted with age", remedyAge, "^age-encryption.org/"),
		secret("age identity", remedyOther, "AGE-SECRET-KEY-"),
		same("file encrypted with Ansible Vault", `decrypt it with "ansible-vault decrypt --output G F"`, "^$ANSIBLE_VAULT;"),
		same("file encrypted with SOPS", `decrypt it with "sops --decrypt F > G"`, "ENC[AES256_GCM,"),
		same("file encrypted with git-crypt", `decrypt it with "git-crypt unlock"`, "^\x00GITCRYPT"),
		same("Git LFS pointer", `fetch the file with "git lfs pull"`, "https://git-lfs.github.com/spec/"),
		same("Java key store (JKS)", `convert it with "keytool -importkeystore -srckeystore F -destkeystore P -deststoretype PKCS12", `+
			`then "openssl pkcs12 -in P -nocerts -out G"`, "^\xfe\xed\xfe\xed", "^\xce\xce\xce\xce"),
		secret("Microsoft private key (PVK)", `convert it with "openssl rsa -provider legacy -provider default -inform PVK -in F -out G"`, "^\x1e\xf1\xb5\xb0"),
		secret("Microsoft key blob", `convert it with "openssl rsa -inform MSBLOB -in F -out G"`, "^\x07\x02\x00\x00"),
		public("Microsoft public key blob", remedyOther, `convert it with "openssl rsa -pubin -inform MSBLOB -in F -pubout -out G"`,
			"^\x06\x02\x00\x00"),
		same("file encrypted with openssl enc", `decrypt it with "openssl enc -d" and the options it was encrypted with`, "^Salted__", "^U2FsdGVkX1"),
		same("SealedSecret of Kubernetes, which only its controller decrypts,", "give the key from the Secret that the controller makes of it", "kind: SealedSecret"),
		same("file compressed with gzip", `decompress it with "gzip -dc F > G"`, "^\x1f\x8b"),
		same("ZIP archive", `take the key out of it with "unzip F"`, "^PK\x03\x04"),
		same("key printed for people to read, as by openssl -text", "give the file that was printed", "^Private-Key: (", "^RSA Private-Key: (", "^Modulus="),
		same("list of bytes", "give the text of the key, not the bytes one by one", `"type":"Buffer"`, `"type": "Buffer"`, "^[48,", "^[45,", "^[48, ", "^[45, "),
		same("binary key that was read as text, which destroyed it", "copy the original file as binary data", "^0\ufffd", "^0\u0082"),
		same("key management service (KMS) reference", remedyReference,
			"arn:aws:kms:", "^awskms:", "^aws-kms:", "^gcpkms:", "^gcp-kms:", "^azurekms:",
			"/cryptoKeys/", ".vault.azure.net/", "^hashivault:", "^pkcs11:", "^vault:"),
		same("secret manager reference", "give the key itself, for example by letting the deployment resolve the reference",
			"arn:aws:secretsmanager:", "arn:aws:ssm:", "^op://", "^@Microsoft.KeyVault(", "^sm://", "secretmanager.googleapis.com", "/secrets/"),
		same("web page", remedyOther, "^<!DOCTYPE html", "^<!doctype html", "^<html"),
		same("address (URL)", "give the key itself", "^https://", "^http://"),
		same("variable that was not expanded", "set the variable to the key itself", "^$", "^{{", "^%{"),
	}
}

// identify returns the foreign form of a text without a PEM block, or nil.
func identify(text []byte) *foreignForm {
	whole := decodeUTF16(text)
	start := strings.TrimLeft(whole, "\ufeff \t\r\n\"'")
	if form := identifyJWK(whole); form != nil {
		return form
	}
	if form := identifyXML(whole); form != nil {
		return form
	}
	for _, form := range foreignForms() {
		for _, mark := range form.marks {
			prefix, atStart := strings.CutPrefix(mark, "^")
			if !atStart && strings.Contains(whole, mark) ||
				atStart && (strings.HasPrefix(start, prefix) || bytes.HasPrefix(text, []byte(prefix))) {
				return &form
			}
		}
	}
	return nil
}

// jwk is a JSON Web Key, or a set of them (RFC 7517, RFC 7518).
type jwk struct {
	Type    string            `json:"kty"`
	Private string            `json:"d"`
	Prime   string            `json:"p"`
	Keys    []json.RawMessage `json:"keys"`
}

// identifyJWK returns the form of a text with a JWK, or nil.
func identifyJWK(text string) *foreignForm {
	if !strings.Contains(text, `"kty"`) && !strings.Contains(text, `"kty\"`) {
		return nil
	}
	var key jwk
	err := json.Unmarshal([]byte(text), &key)
	switch {
	case err != nil:
		return &foreignForm{found: "JWK", private: remedyAlone + remedyJWK, public: remedyAlone + remedyJWKPub}
	case key.Keys != nil:
		const one = "save the key that you mean, a JSON object of that list, as F, then "
		return &foreignForm{found: "JWK set", private: one + remedyJWK, public: one + remedyJWKPub}
	case key.Type != "RSA":
		return &foreignForm{found: "JWK of another algorithm than RSA", private: "give an RSA 2048 key", public: "give the public key of an RSA 2048 key"}
	case key.Private == "":
		return &foreignForm{found: "JWK of a public key", private: remedyOther, public: remedyJWKPub, isPublic: true}
	case key.Prime == "":
		return &foreignForm{
			found:   "JWK without the prime factors (p, q)",
			private: "export it with p, q, dp, dq and qi, or as PKCS#8, from the program that wrote it",
		}
	default:
		return &foreignForm{found: "JWK", private: remedyJWK}
	}
}

// identifyXML returns the form of a text with a key as .NET writes it in XML, or nil.
func identifyXML(text string) *foreignForm {
	switch {
	case !strings.Contains(text, "<RSAKeyValue>") && !strings.Contains(text, "<RSAKeyValue "):
		return nil
	case strings.Contains(text, "<D>"):
		return &foreignForm{found: "XML (RSAKeyValue of .NET)", private: remedyXML}
	default:
		return &foreignForm{found: "XML (RSAKeyValue of .NET) of a public key", private: remedyOther, public: remedyXMLPub, isPublic: true}
	}
}

// remedyPKCS12 extracts the key of a PKCS#12 file. Older files are encrypted with ciphers
// that OpenSSL 3 has only in its legacy provider.
func remedyPKCS12(der []byte) string {
	for scheme := range 6 {
		old := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01, byte(scheme + 1)} // 1.2.840.113549.1.12.1.n
		if scheme+1 != 3 && scheme+1 != 4 && bytes.Contains(der, old) {
			return `extract the key with "openssl pkcs12 -legacy -in F -nocerts -out G"`
		}
	}
	return `extract the key with "openssl pkcs12 -in F -nocerts -out G"`
}

// pathForm matches the name of a key file.
var pathForm = regexp.MustCompile(`(?i)^(?:(?:file://)?(?:[a-z]:[\\/]|\.{0,2}[\\/]|~[\\/]|@)[^\n]*|` +
	`[^\n:]*\.(?:pem|key|der|p8|pk8|p12|pfx|crt|cer|txt|ppk|jwk))$`)

// LooksLikePath reports whether a text that should be a key is the path of a file, for
// example "./private.pem". [ParsePrivate] and [ParsePublic] refuse such a text; a caller
// that knows its source can say where a path belongs.
func LooksLikePath(text []byte) bool {
	text = bytes.Trim(text, "\ufeff \t\r\n\"'")
	return len(text) > 1 && len(text) <= 1024 && pathForm.Match(text) && bareKey(string(text)) == nil
}
