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
}

// secrets settles a list of secrets, and reports whether there are any. After a problem
// with the file there are.
func (c *checker) secrets(l secretList) (given bool) {
	for i := range *l.list {
		s := &(*l.list)[i]
		if !s.IsSet() {
			continue
		}
		given = true
		if c.parsed(item(l.path, i), s) {
			c.unspoiled(item(l.path, i), *s)
		}
	}
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
		c.unspoiled(path, s)
		*l.list = append(*l.list, s)
	}
}

func (c *checker) appSecrets(f *Flow, path string) {
	given := c.secrets(secretList{
		path + ".app_secrets", "app_secrets", &f.AppSecrets, &f.AppSecretsFile, "write one app secret per line into it",
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
	key := path + ".token_secrets"
	c.secrets(secretList{
		key, "token_secrets", &f.TokenSecrets, &f.TokenSecretsFile, "write one secret per line into it, for example from openssl rand -hex 32",
	})
	for i, s := range f.TokenSecrets {
		at := item(key, i)
		if f.TokenSecretsFile != "" {
			at = key + "_file"
		}
		if s.IsSet() && len(s.Bytes()) < token.MinSecret && !c.report.broken(at) {
			c.report.add(at, fmt.Sprintf("has a secret of less than %d bytes", token.MinSecret), "openssl rand -hex 32 generates one")
		}
	}
}
