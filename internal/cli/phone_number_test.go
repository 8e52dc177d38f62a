package cli_test

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/flowserver/flowserver/internal/standin"
)

// TestPhoneNumberConfig compares the key of the phone with the one that a provider has.
func TestPhoneNumberConfig(t *testing.T) {
	t.Parallel()
	a, b := readFile(t, keysDir, "a.public.pem"), readFile(t, keysDir, "b.public.pem")
	stranger := string(generate(t).PublicPEM())
	for name, c := range map[string]struct {
		pem, status string // at the provider
		given       string // to the phone
		want        []string
	}{
		"ok":          {a, "VALID", "a.public.pem", []string{`"verdict":"ok"`, `"ok":true`, `"inUse":"` + fingerprint(t, a)}},
		"foreign":     {stranger, "VALID", "a.public.pem", []string{`"verdict":"foreign"`, `"ok":false`, "keys register --number main"}},
		"another key": {b, "VALID", "a.public.pem", []string{`"verdict":"another key"`, `"ok":false`, "This phone was given a different one"}},
		"unsigned":    {a, "MISMATCH", "a.public.pem", []string{`"verdict":"unsigned"`, `"ok":false`, "keys register --number main"}},
		"previous": {b, "VALID", "b.public.pem", []string{
			`"verdict":"previous"`, `"ok":true`, "The key registered for main is a previous one of the endpoint: ", "keys register --number main",
		}},
		"hidden":  {" ", "VALID", "a.public.pem", []string{`"verdict":"unknown"`, `"ok":false`, "It is not known which key is registered for main: VALID"}},
		"missing": {" ", "MISMATCH", "a.public.pem", []string{`"verdict":"missing"`, `"ok":false`, "keys register --number main"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem", "b.pkcs8.pem"}}
			serveProvider(t, &n, c.pem, c.status)
			page := &phoneClient{url: startPhone(t, newProgram(), "http://127.0.0.1:1/flow", "--flow-json", "../../cmd/flowserver/booking.json",
				"--public-key", filepath.Join(keysDir, c.given), "--unsigned", "--number-config", writeConfig(t, "", n))}
			contains(t, "status", page.do(t, http.MethodGet, "/api/flows/booking/status", ""), c.want...)
		})
	}
	p := newProgram()
	p.run(t, 2, "phone", "--flow-json", "../../cmd/flowserver/booking.json", "--number-config", "flowserver.yaml")
	contains(t, "stderr", p.stderr.String(), "--number-config is for an endpoint")
}
