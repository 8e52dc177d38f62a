package config

import (
	"regexp"
	"slices"
	"strings"
)

// The forms of what names a number to its provider: Meta's Graph API for the first
// two, Kaleyra's console for the third, E.164 for the last.
var (
	phoneNumberIDForm = regexp.MustCompile(`^[0-9]+$`)
	graphVersionForm  = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)
	sidForm           = regexp.MustCompile(`^[A-Za-z0-9]+$`)
	phoneNumberForm   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

const defaultGraphVersion = "v24.0"

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
			continue // a previous key that is not set; an active one is never skipped, lest a previous one takes its place
		}
		switch {
		case k.File != "" && k.PEM.IsSet():
			c.report.add(at+".pem", "is given besides file", "keep one of the two")
		case k.File == "" && !k.PEM.IsSet():
			c.report.addMissing(at, "has no private key", "file", "pem")
		}
		c.file(at+".file", &k.File)
		c.secret(at, "passphrase", &k.Passphrase, &k.PassphraseFile)
	}
}

func (c *checker) provider(p *Provider, path string) {
	c.token(path, "access_token", &p.AccessToken, &p.AccessTokenFile)
	c.token(path, "api_key", &p.APIKey, &p.APIKeyFile)
	if c.report.broken(path + ".name") {
		return
	}
	before := len(c.report.problems)
	c.oneOf(path+".name", p.Name, ProviderChakra, ProviderKaleyra, ProviderMeta, ProviderNone)
	if len(c.report.problems) > before {
		return
	}
	c.foreignKeys(p, path)
	if p.BaseURL != "" && p.Name != ProviderNone {
		c.baseURL(path+".base_url", p.BaseURL)
	}
	switch p.Name {
	case ProviderChakra, ProviderMeta:
		c.graph(p, path)
	case ProviderKaleyra:
		c.kaleyra(p, path)
	}
}

// foreignKeys reports what the named provider has no use for.
func (c *checker) foreignKeys(p *Provider, path string) {
	graph, kaleyra := []string{ProviderChakra, ProviderMeta}, []string{ProviderKaleyra}
	for _, key := range []struct {
		name      string
		given     bool
		providers []string
	}{
		{"base_url", p.BaseURL != "", append(slices.Clone(graph), kaleyra...)},
		{"phone_number_id", p.PhoneNumberID != "", graph},
		{"access_token", p.AccessToken.IsSet() && p.AccessTokenFile == "", graph},
		{"access_token_file", p.AccessTokenFile != "", graph},
		{"graph_version", p.GraphVersion != "", graph},
		{"pod", p.Pod != "", kaleyra},
		{"sid", p.SID != "", kaleyra},
		{"api_key", p.APIKey.IsSet() && p.APIKeyFile == "", kaleyra},
		{"api_key_file", p.APIKeyFile != "", kaleyra},
		{"phone_number", p.PhoneNumber != "", kaleyra},
		{"get_method", p.GetMethod != "", kaleyra},
	} {
		if key.given && !slices.Contains(key.providers, p.Name) {
			c.report.add(join(path, key.name), "is not used by the provider "+p.Name, "remove it, or set name to "+strings.Join(key.providers, " or "))
		}
	}
}

func (c *checker) graph(p *Provider, path string) {
	switch {
	case p.PhoneNumberID == "":
		c.report.addMissing(path, "is missing", "phone_number_id")
	case !phoneNumberIDForm.MatchString(p.PhoneNumberID):
		c.report.add(path+".phone_number_id", "is not a phone number id", "it is made of digits only, and is not the phone number itself")
	}
	if !p.AccessToken.IsSet() {
		c.report.addMissing(path, "has no access token", "access_token", "access_token_file")
	}
	if p.GraphVersion == "" {
		p.GraphVersion = defaultGraphVersion
	}
	if !graphVersionForm.MatchString(p.GraphVersion) {
		c.report.add(path+".graph_version", "is not a version of the Graph API", "write it as in "+defaultGraphVersion)
	}
}

func (c *checker) kaleyra(p *Provider, path string) {
	switch {
	case p.SID == "":
		c.report.addMissing(path, "is missing", "sid")
	case !sidForm.MatchString(p.SID):
		c.report.add(path+".sid", "is not a SID", "it is made of letters and digits only")
	}
	if !p.APIKey.IsSet() {
		c.report.addMissing(path, "has no API key", "api_key", "api_key_file")
	}
	if p.PhoneNumber == "" {
		c.report.addMissing(path, "is missing", "phone_number")
	} else if p.PhoneNumber = internationalNumber(p.PhoneNumber); !phoneNumberForm.MatchString(p.PhoneNumber) {
		c.report.add(path+".phone_number", "is not a phone number", "write it with its country code, as in +919900000000")
	}
	switch {
	case p.Pod != "":
		c.oneOf(path+".pod", p.Pod, "in", "sg", "eu", "na")
	case p.BaseURL == "":
		c.report.addMissing(path, "says neither the pod nor the address of the API", "pod", "base_url")
	}
	if p.GetMethod == "" {
		p.GetMethod = "auto"
	}
	c.oneOf(path+".get_method", p.GetMethod, "post", "get", "auto")
}

// internationalNumber takes the spaces and dashes out of a phone number and
// writes its country code after a plus sign.
func internationalNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		digits = rest
	}
	if strings.HasPrefix(digits, "+") {
		return digits
	}
	return "+" + digits
}

// baseURL keeps tokens from travelling in clear: http is for this host alone.
func (c *checker) baseURL(path, text string) {
	u := c.url(path, text)
	switch {
	case u == nil:
	case u.RawQuery != "" || u.ForceQuery:
		c.report.add(path, "has a query", "end it before the question mark")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		c.report.add(path, "is not https", "use https; http is only for an address of this host, as in http://127.0.0.1:4000")
	}
}
