package config

import (
	"strings"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/keystore"
)

func (c *checker) number(n *Number, path string) {
	c.privateKeys(n.PrivateKeys, path)
	c.provider(&n.Provider, path+".provider")
}

func (c *checker) privateKeys(keys []PrivateKey, path string) {
	if len(keys) == 0 {
		c.report.addMissing(path, "is missing: a number needs a private key", "private_keys")
	}
	for i := range keys {
		k, at := &keys[i], item(path+".private_keys", i)
		if i > 0 && k.empty() {
			continue // a previous key that is not set; skipping the active one would make a previous one active
		}
		switch {
		case k.File != "" && k.PEM.IsSet():
			c.report.add(at+".pem", "conflicts with file", "keep only one of the two")
		case k.File == "" && !k.PEM.IsSet():
			c.report.addMissing(at, "has no private key", "file", "pem")
		case k.File == "" && (keystore.LooksLikePath(k.PEM.Bytes()) || c.isFile(k.PEM.Reveal())):
			c.report.add(at+".pem", "is the path of a file, not a key", c.instead(at+".file"))
		}
		c.file(at+".file", &k.File)
		c.secret(at, "passphrase", &k.Passphrase, &k.PassphraseFile)
	}
}

// isFile reports whether a short text is the path of a file that exists.
func (c *checker) isFile(text string) bool {
	if len(text) > maxPath || strings.ContainsAny(text, "\r\n") {
		return false
	}
	c.resolve(&text)
	_, err := files.Stat(text)
	return err == nil
}

const maxPath = 255
