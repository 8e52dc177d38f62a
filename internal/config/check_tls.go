package config

import (
	"regexp"
	"slices"
	"strings"
)

// domainForm is a name that a public CA certifies by ACME's TLS challenge: no
// wildcard, no address, no port. Other than ASCII is written as xn--.
var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])$`)

// tls settles where certificates come from.
func (c *checker) tls() {
	t := c.cfg.TLS
	if t == nil || c.report.broken("tls") {
		return
	}
	if a := t.ACME; a != nil && a.Email == "" && a.CacheDir == "" && !slices.ContainsFunc(a.Domains, func(name string) bool { return name != "" }) {
		t.ACME = nil // all variables are unset
	}
	if *t == (TLS{}) {
		c.cfg.TLS = nil
		return
	}
	c.file("tls.cert_file", &t.CertFile)
	c.file("tls.key_file", &t.KeyFile)
	switch {
	case t.ACME != nil && (t.CertFile != "" || t.KeyFile != ""):
		c.report.add("tls.acme", "conflicts with cert_file and key_file", "keep only one of the two ways to get a certificate")
	case t.ACME != nil:
		c.acme(t.ACME)
	case t.KeyFile == "":
		c.report.addMissing("tls", "is required with cert_file", "key_file")
	case t.CertFile == "":
		c.report.addMissing("tls", "is required with key_file", "cert_file")
	}
}

func (c *checker) acme(a *ACME) {
	given := false
	for i, name := range a.Domains {
		given = given || name != ""
		if name != "" && !domainForm.MatchString(name) {
			c.report.add(item("tls.acme.domains", i), "is not a domain name",
				"write a whole name in lower case, without wildcard or port, for example flows.example.com")
		}
	}
	if !given {
		keys := []string{"domains"}
		if len(a.Domains) > 0 {
			keys[0] = "domains[0]" // which may have a variable to set
		}
		c.report.addMissing("tls.acme", "has no domain to ask a certificate for", keys...)
	}
	if a.Email != "" && !strings.Contains(a.Email, "@") {
		c.report.add("tls.acme.email", "is not an e-mail address", "")
	}
	if a.CacheDir == "" {
		c.report.addMissing("tls.acme", "is missing: CAs limit how often they certify the same name", "cache_dir")
	}
	c.resolve(&a.CacheDir)
}
