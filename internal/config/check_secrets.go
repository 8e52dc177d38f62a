package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

// secretList is a list of secrets that a flow has under a key or, one per line, in a file
// under key_file.
type secretList struct {
	path   string // of the key
	key    string
	list   *[]Secret
	file   *string
	remedy string // for an empty file
	least  int    // bytes of each secret
}

// secrets settles a list of secrets, and reports whether there are any. After a problem
// with the file there are.
func (c *checker) secrets(l secretList) (given bool) {
	var all []Secret
	for i, s := range *l.list {
		for _, s := range lines(s) {
			if s.IsSet() {
				given = true
				if c.parsed(item(l.path, i), &s) {
					c.listed(l, item(l.path, i), s)
				}
			}
			all = append(all, s)
		}
	}
	*l.list = all
	switch {
	case *l.file == "":
		return given
	case given:
		c.report.add(l.path+"_file", "conflicts with "+l.key, "keep only one of the two")
	default:
		c.readSecrets(l)
	}
	return true
}

// lines returns the secrets of a value that has one per line, as a variable may have what
// would be in a file.
func lines(s Secret) []Secret {
	list, err := secret.ParseLines(s.Bytes())
	if err != nil || len(list) < 2 {
		return []Secret{s}
	}
	all := make([]Secret, len(list))
	for i, line := range list {
		all[i] = NewSecret(string(line))
	}
	return all
}

// readSecrets reads one secret per line.
func (c *checker) readSecrets(l secretList) {
	path := l.path + "_file"
	data, ok := c.readFile(path, l.file)
	if !ok {
		return
	}
	list, err := secret.ParseLines(data)
	switch {
	case errors.Is(err, secret.ErrEmpty):
		c.report.add(path, "names a file that is empty", l.remedy)
	case err != nil:
		c.notSecret(path, "names a file that ", err)
	}
	*l.list = nil
	for _, line := range list {
		s := NewSecret(string(line))
		c.listed(l, path, s)
		*l.list = append(*l.list, s)
	}
}

// listed checks one secret of a list, or of the file at path.
func (c *checker) listed(l secretList, path string, s Secret) {
	c.unspoiled(path, s)
	if len(s.Bytes()) < l.least && !c.report.broken(path) {
		c.report.add(path, fmt.Sprintf("has a secret of less than %d bytes", l.least), "openssl rand -hex 32 generates one")
	}
}

func (c *checker) appSecrets(f *Flow, path string) {
	given := c.secrets(secretList{
		path + ".app_secrets", "app_secrets", &f.AppSecrets, &f.AppSecretsFile, "write one app secret per line into it", 0,
	})
	switch {
	case given && f.InsecureSkipSignature:
		c.report.add(path+".insecure_skip_signature", "is true although there are app secrets to check with",
			"remove it: signatures are checked with any of the app secrets")
	case f.InsecureSkipSignature && slices.Contains([]string{TokenSignatureOptional, TokenSignatureRequired}, f.FlowTokenSignature):
		c.report.add(path+".flow_token_signature", "needs app secrets to verify with, and there are none",
			"add app_secrets instead of insecure_skip_signature, or switch it off")
	case !given && !f.InsecureSkipSignature && !c.report.broken(path+".insecure_skip_signature"):
		c.missingAppSecret(f, path)
	}
}

// missingAppSecret asks for the variable where the list has one.
func (c *checker) missingAppSecret(f *Flow, path string) {
	keys := []string{"app_secrets", "app_secrets_file"}
	if len(f.AppSecrets) > 0 {
		keys[0] = "app_secrets[0]"
	}
	c.report.addMissing(path, "has no app secret to check signatures with", keys...)
}

func (c *checker) tokenSecrets(f *Flow, path string) {
	const remedy = "write one secret per line into it, for example from openssl rand -hex 32"
	c.secrets(secretList{path + ".token_secrets", "token_secrets", &f.TokenSecrets, &f.TokenSecretsFile, remedy, token.MinSecret})
}
