package providers

import (
	"regexp"
	"strings"

	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/secret"
)

// form returns the check of a value by a pattern.
func form(pattern, wrong, remedy string) func(value string) (string, string) {
	expression := regexp.MustCompile(pattern)
	return func(value string) (string, string) {
		if expression.MatchString(value) {
			return "", ""
		}
		return wrong, remedy
	}
}

// The forms of values that more than one provider has, or may have.
var (
	phoneNumberIDForm = form(`^[0-9]+$`, "is not a phone number id", "give Meta's id of the number, digits only, and not the phone number itself")
	graphVersionForm  = form(`^v[0-9]+\.[0-9]+$`, "is not a version of the Graph API", "write it like "+defaultGraphVersion)
	phoneNumberForm   = form(`^\+[1-9][0-9]{6,14}$`, "is not a phone number", "write it with its country code, for example +919900000000")
	credentialForm    = form(`^[[:graph:]]+$`, "has a space, a control character or one outside ASCII in it", "give the secret alone") // it goes into a header
)

// internationalNumber turns the usual ways to write a phone number into +E.164.
func internationalNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	digits = strings.TrimPrefix(digits, "00")
	if strings.HasPrefix(digits, "+") {
		return digits
	}
	return "+" + digits
}

// checkBaseURL keeps credentials from travelling in clear: http is for this host only.
func checkBaseURL(text string) (wrong, remedy string) {
	u, wrong, remedy := weburl.Parse(text)
	switch {
	case u == nil:
		return wrong, remedy
	case u.RawQuery != "" || u.ForceQuery:
		return "has a query", "end it before the question mark"
	case u.Scheme != "https" && (u.Scheme != "http" || !weburl.IsLoopback(u.Hostname())):
		return "is not https", "use https; http is only for an address of this host, for example http://127.0.0.1:4000"
	}
	return "", ""
}

// baseURLKey is the key that every provider has.
func baseURLKey(field *secret.URL, standard string) Key {
	return Key{
		Name: "base_url", Variable: "PROVIDER_BASE_URL", Default: standard,
		Meaning: "another address of the API; https, or http on this host",
		Text:    (*string)(field), check: checkBaseURL, print: func(value string) string { return secret.URL(value).String() },
	}
}
