package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/internal/cli"
	"github.com/flowserver/flowserver/internal/standin"
)

// account is made up; its credentials may be in no output.
var account = standin.Account{
	"access_token": "EAAGqT7nXwZk0BA9", "phone_number_id": "106540352242922",
	"sid": "HXAP16QWERTY97IN", "api_key": "A8d1f0c7e2b95463f", "phone_number": "+919900000000",
	"path": "/whatsapp_business_encryption", "header": "D360-API-KEY",
}

// number is a number of a configuration, and what its provider has.
type number struct {
	id      string
	dialect standin.Dialect // none if empty
	keys    []string        // of testdata/keys, the active one first
	url     string          // of the provider
}

// serveProvider starts a stand-in and has it say something of a key.
func serveProvider(t *testing.T, n *number, pem, status string) *standin.Server {
	t.Helper()
	stand := standin.New(n.dialect, account)
	stand.Register(pem, status)
	s := httptest.NewServer(stand)
	t.Cleanup(s.Close)
	n.url = s.URL
	return stand
}

// writeConfig writes a configuration of the numbers into a new directory.
func writeConfig(t *testing.T, head string, numbers ...number) (path string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n" + head + "numbers:\n")
	for _, n := range numbers {
		fmt.Fprintf(&b, "  - id: %s\n    private_keys:\n", n.id)
		for _, key := range n.keys {
			path, err := filepath.Abs(keysDir + key)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "      - file: %q\n", path)
		}
		switch n.dialect {
		case standin.Chakra, standin.Meta:
			fmt.Fprintf(&b, "    provider: {name: %s, base_url: %q, phone_number_id: %q, access_token: %q}\n", n.dialect, n.url, account["phone_number_id"],
				account["access_token"])
		case standin.Graph:
			fmt.Fprintf(&b, "    provider: {name: graph, base_url: %q, path: %q, header: %q, phone_number_id: %q, access_token: %q}\n", n.url,
				account["path"], account["header"], account["phone_number_id"], account["access_token"])
		case standin.Kaleyra:
			fmt.Fprintf(&b, "    provider: {name: kaleyra, base_url: %q, sid: %s, api_key: %q, phone_number: %q}\n", n.url, account["sid"], account["api_key"],
				account["phone_number"])
		}
	}
	b.WriteString("flows:\n  - id: booking\n    app_secrets: [not-so-secret]\n    numbers: [" + numbers[0].id + "]\n")
	return writeFile(t, filepath.Join(t.TempDir(), "flowserver.yaml"), b.String())
}

// noSecrets checks that nothing of ours or of the account's is in a text.
func noSecrets(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range []string{account["access_token"], account["sid"], account["api_key"], "not-so-secret", "PRIVATE KEY"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in\n%s", secret, text)
			}
		}
	}
}

// statusJSON is the documented shape of keys status --json.
type statusJSON struct {
	Number                string   `json:"number"`
	Provider              string   `json:"provider"`
	Verdict               string   `json:"verdict"`
	SignatureStatus       string   `json:"signature_status"`
	Fingerprint           string   `json:"fingerprint"`
	RegisteredFingerprint string   `json:"registered_fingerprint"`
	PreviousFingerprints  []string `json:"previous_fingerprints"`
	CheckedAt             string   `json:"checked_at"`
	Source                string   `json:"source"`
	Stale                 bool     `json:"stale"`
	LastVerdict           string   `json:"last_verdict"`
	Error                 string   `json:"error"`
	NextStep              string   `json:"next_step"`
}

// status runs keys status --json.
func status(t *testing.T, want int, config string) []statusJSON {
	t.Helper()
	p := newProgram()
	p.run(t, want, "keys", "status", "--json", "--config", config)
	noSecrets(t, p.stdout.String(), p.stderr.String())
	var out struct {
		Numbers []statusJSON `json:"numbers"`
	}
	decoder := json.NewDecoder(strings.NewReader(p.stdout.String()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&out); err != nil {
		t.Fatalf("%v in\n%s", err, &p.stdout)
	}
	return out.Numbers
}

func TestKeysStatus(t *testing.T) {
	t.Parallel()
	a, b := readFile(t, keysDir, "a.public.pem"), readFile(t, keysDir, "b.public.pem")
	fpA, fpB := fingerprint(t, a), fingerprint(t, b)
	justA, rotated := []string{"a.pkcs8.pem"}, []string{"b.pkcs8.pem", "a.pkcs8.pem"}
	for name, c := range map[string]struct {
		dialect     standin.Dialect
		keys        []string
		pem, status string // at the provider
		code        int
		want        statusJSON
		text        string // CONFIG stands for the path of the configuration
	}{
		"ok": {standin.Chakra, justA, a, "VALID", 0, statusJSON{Verdict: "ok", RegisteredFingerprint: fpA, NextStep: "nothing to do"}, `main
  verdict       ok
  provider      chakra
  signature     VALID
  our key       ` + fpA + `
  registered    ` + fpA + `
  next step     nothing to do
`},
		"ok at kaleyra": {standin.Kaleyra, justA, a, "VALID", 0, statusJSON{Verdict: "ok", RegisteredFingerprint: fpA, NextStep: "nothing to do"}, ""},
		"ok at meta": {
			standin.Meta, justA, a, "valid", 0,
			statusJSON{Verdict: "ok", SignatureStatus: "VALID", RegisteredFingerprint: fpA, NextStep: "nothing to do"},
			"",
		},
		"previous": {standin.Chakra, rotated, a, "VALID", 0, statusJSON{
			Verdict: "previous", RegisteredFingerprint: fpA, PreviousFingerprints: []string{fpA},
			NextStep: "the active key is not registered yet; when every replica has it, run: flowserver keys register --number main --config CONFIG",
		}, `main
  verdict       previous
  provider      chakra
  signature     VALID
  our key       ` + fpB + `
  previous key  ` + fpA + `
  registered    ` + fpA + `
  next step     the active key is not registered yet; when every replica has it, run: flowserver keys register --number main --config CONFIG
`},
		"unsigned": {standin.Chakra, justA, a, "MISMATCH", 3, statusJSON{
			Verdict: "unsigned", RegisteredFingerprint: fpA,
			NextStep: "the key is ours but its signature is not valid, as after the number was registered anew; to have it signed again, run: " +
				"flowserver keys register --number main --config CONFIG",
		}, ""},
		"foreign": {standin.Chakra, justA, b, "VALID", 3, statusJSON{
			Verdict: "foreign", RegisteredFingerprint: fpB,
			NextStep: "another party's key, or one whose private half is not configured, is registered: add that private key to private_keys, or to " +
				"replace it, run: flowserver keys register --number main --config CONFIG",
		}, ""},
		"missing": {standin.Chakra, justA, " ", "MISMATCH", 3, statusJSON{
			Verdict: "missing", NextStep: "no key is registered; run: flowserver keys register --number main --config CONFIG",
		}, `main
  verdict       missing
  provider      chakra
  signature     MISMATCH
  our key       ` + fpA + `
  registered    none
  next step     no key is registered; run: flowserver keys register --number main --config CONFIG
`},
		"invalid": {standin.Chakra, justA, "not a key", "VALID", 3, statusJSON{
			Verdict: "invalid", NextStep: "what is registered is not a public key; to replace it, run: flowserver keys register --number main --config CONFIG",
		}, `main
  verdict       invalid
  provider      chakra
  signature     VALID
  our key       ` + fpA + `
  registered    something that is not a public key
  next step     what is registered is not a public key; to replace it, run: flowserver keys register --number main --config CONFIG
`},
		"unchecked": {"", justA, "", "", 0, statusJSON{Provider: "none", Verdict: "unchecked", NextStep: "nothing to do"}, `main
  verdict       unchecked
  provider      none
  our key       ` + fpA + `
  registered    not known
  next step     nothing to do
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := number{id: "main", dialect: c.dialect, keys: c.keys}
			if c.dialect != "" {
				serveProvider(t, &n, c.pem, c.status)
				c.want.Provider, c.want.Source = string(c.dialect), "provider"
				c.want.SignatureStatus = strings.ToUpper(c.status)
			}
			c.want.Number, c.want.Fingerprint = "main", fingerprint(t, readFile(t, keysDir, c.keys[0][:1]+".public.pem"))
			config := writeConfig(t, "", n)
			c.want.NextStep = strings.ReplaceAll(c.want.NextStep, "CONFIG", cli.Quoted(config))

			got := status(t, c.code, config)
			if len(got) != 1 || (got[0].CheckedAt != "") != (c.dialect != "") {
				t.Fatalf("got %+v, want one number, with a time if it was checked", got)
			}
			if diff := cmp.Diff(c.want, got[0], cmpopts.EquateEmpty(), cmpopts.IgnoreFields(statusJSON{}, "CheckedAt")); diff != "" {
				t.Errorf("JSON (-want +got):\n%s", diff)
			}
			if c.text == "" {
				return
			}
			p := newProgram()
			p.run(t, c.code, "keys", "status", "--config", config)
			if diff := cmp.Diff(strings.ReplaceAll(c.text, "CONFIG", cli.Quoted(config)), p.stdout.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// A provider that refuses the credentials is shown with what it says, and with
// none of them.
func TestKeysStatusProviderError(t *testing.T) {
	t.Parallel()
	for _, dialect := range []standin.Dialect{standin.Chakra, standin.Kaleyra, standin.Meta, standin.Graph} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			n := number{id: "main", dialect: dialect, keys: []string{"a.pkcs8.pem"}}
			stand := serveProvider(t, &n, " ", "MISMATCH")
			for fault, next := range map[standin.Fault]string{
				standin.Unauthorized: "fix the error, then ask again", standin.EchoError: "fix the error, then ask again", standin.RateLimited: "wait, then ask again",
			} {
				stand.Fail(fault)
				config := writeConfig(t, "", n)
				got := status(t, 4, config)[0]
				if got.Verdict != "unknown" || got.Stale || got.CheckedAt != "" || got.LastVerdict != "" || !strings.Contains(got.Error, string(dialect)) {
					t.Errorf("%s: got %+v, want unknown with an error", fault, got)
				}
				p := newProgram()
				p.run(t, 4, "keys", "status", "--config", config)
				contains(t, "stdout", p.stdout.String(), "verdict       unknown\n", "error         "+string(dialect)+": get business public key: ",
					"registered    not known\n", "next step     "+next)
				noSecrets(t, p.stdout.String(), p.stderr.String())
			}
		})
	}
}

// An answer of yesterday is shown as what it is, and decides nothing.
func TestKeysStatusStale(t *testing.T) {
	t.Parallel()
	redis := miniredis.RunT(t)
	head := "redis_url: redis://" + redis.Addr() + "\n"
	a := readFile(t, keysDir, "a.public.pem")
	n := number{id: "main", dialect: standin.Meta, keys: []string{"a.pkcs8.pem"}}
	stand := serveProvider(t, &n, a, "VALID")
	config := writeConfig(t, head, n)
	fresh := status(t, 0, config)[0]

	stand.Fail(standin.Forbidden)
	got := status(t, 4, config)[0]
	want := fresh
	want.Verdict, want.LastVerdict, want.Source, want.Stale = "unknown", "ok", "cache", true
	want.NextStep = "fix the error, then ask again"
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(statusJSON{}, "Error")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	contains(t, "error", got.Error, "not permitted")
	p := newProgram()
	p.run(t, 4, "keys", "status", "--config", config)
	if _, err := time.Parse(time.RFC3339, got.CheckedAt); err != nil {
		t.Error(err)
	}
	contains(t, "stdout", p.stdout.String(), "  verdict       unknown\n", "  last known    ok, at "+got.CheckedAt+"\n",
		"  registered    "+fingerprint(t, a)+" (last known)\n")

	// without Redis nothing is remembered, and asking works all the same
	stand.Heal()
	redis.Close()
	if got := status(t, 0, config)[0]; got.Verdict != "ok" || got.Source != "provider" {
		t.Errorf("without Redis: got %+v, want ok from the provider", got)
	}
}

func TestKeysStatusSeveral(t *testing.T) {
	t.Parallel()
	a := readFile(t, keysDir, "a.public.pem")
	keys := []string{"a.pkcs8.pem"}
	good, foreign := number{id: "good", dialect: standin.Chakra, keys: keys}, number{id: "foreign", dialect: standin.Kaleyra, keys: keys}
	locked, none := number{id: "locked", dialect: standin.Meta, keys: keys}, number{id: "none", keys: keys}
	serveProvider(t, &good, a, "VALID")
	serveProvider(t, &foreign, readFile(t, keysDir, "b.public.pem"), "VALID")
	serveProvider(t, &locked, a, "VALID").Fail(standin.Unauthorized)
	for name, c := range map[string]struct {
		numbers []number
		code    int
	}{
		"all served":              {[]number{good, none}, 0},
		"one unknown":             {[]number{locked, good, none}, 4},
		"one foreign":             {[]number{good, foreign}, 3},
		"foreign before unknown":  {[]number{good, locked, foreign, none}, 3},
		"foreign before unknown2": {[]number{foreign, locked}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want, got []string
			for _, n := range c.numbers {
				want = append(want, n.id)
			}
			for _, s := range status(t, c.code, writeConfig(t, "", c.numbers...)) {
				got = append(got, s.Number)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("one of several", func(t *testing.T) {
		t.Parallel()
		broken := number{id: "broken", keys: []string{"ec.pkcs8.pem"}} // need not be readable for the others
		config := writeConfig(t, "", foreign, good, broken)
		p := newProgram()
		p.run(t, 0, "keys", "status", "--config", config, "--number", "good")
		if got := p.stdout.String(); !strings.HasPrefix(got, "good\n") || strings.Contains(got, "foreign") {
			t.Errorf("got\n%s\nwant good alone", got)
		}
		p = newProgram()
		p.run(t, 2, "keys", "status", "--config", config, "--number", "godo")
		if diff := cmp.Diff("flowserver: error: no number has the id \"godo\"; configured: foreign, good, broken\n", p.stderr.String()); diff != "" {
			t.Errorf("stderr (-want +got):\n%s", diff)
		}
		p = newProgram()
		p.run(t, 1, "keys", "status", "--config", config)
		contains(t, "stderr", p.stderr.String(), "number broken: private_keys[0]: ")
	})
	t.Run("a blank line between two", func(t *testing.T) {
		t.Parallel()
		p := newProgram()
		p.run(t, 0, "keys", "status", "--config", writeConfig(t, "", good, none))
		contains(t, "stdout", p.stdout.String(), "nothing to do\n\nnone\n")
	})
}

// Without a file, the variables of the built-in one count, and the next step
// names none.
func TestKeysStatusBuiltin(t *testing.T) {
	t.Parallel()
	n := number{id: "main", dialect: standin.Meta}
	serveProvider(t, &n, " ", "MISMATCH")
	p := newProgram(
		"FLOWSERVER_PRIVATE_KEY_FILE", keysDir+"a.pkcs8.pem", "FLOWSERVER_APP_SECRET", "not-so-secret",
		"FLOWSERVER_PROVIDER", "meta", "FLOWSERVER_PROVIDER_BASE_URL", n.url,
		"FLOWSERVER_PHONE_NUMBER_ID", account["phone_number_id"], "FLOWSERVER_ACCESS_TOKEN", account["access_token"],
	)
	p.run(t, 3, "keys", "status")
	contains(t, "stdout", p.stdout.String(), "verdict       missing\n", "run: flowserver keys register --number main\n")
	p = newProgram()
	p.run(t, 1, "keys", "status")
	contains(t, "stderr", p.stderr.String(), "hint: give a file with --config")
}

func TestKeysStatusInterrupted(t *testing.T) {
	t.Parallel()
	n := number{id: "main", dialect: standin.Chakra, keys: []string{"a.pkcs8.pem"}}
	serveProvider(t, &n, " ", "MISMATCH").Fail(standin.Slow)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := newProgram()
	if code := p.Run(ctx, []string{"keys", "status", "--config", writeConfig(t, "", n)}); code != 1 || p.stdout.String() != "" {
		t.Errorf("got exit code %d and %q, want 1 and nothing", code, &p.stdout)
	}
}
