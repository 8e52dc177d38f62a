package config

import (
	"strings"

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
		case k.File == "" && keystore.LooksLikePath(k.PEM.Bytes()):
			remedy := "give it as file"
			if vars := c.report.places[at+".file"].variables; len(vars) > 0 {
				remedy = "set " + strings.Join(vars, " and ") + " instead"
			}
			c.report.add(at+".pem", "is the path of a file, not a key", remedy)
		}
		c.file(at+".file", &k.File)
		c.secret(at, "passphrase", &k.Passphrase, &k.PassphraseFile)
	}
}
