package config_test

import (
	"errors"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/secret"
)

func minimalBuiltin() *config.Config {
	return &config.Config{
		Listen: ":8080", Admin: "127.0.0.1:9090", RedisPrefix: "flowserver:",
		MaxBodyMemory: 64 * config.MiB, MaxConnections: 16384, HTTP2MaxStreams: 32, RSA: "auto",
		Registration: config.Registration{Refresh: time.Hour, Keep: 168 * time.Hour},
		Numbers: []config.Number{{
			ID: "main", PrivateKeys: []config.PrivateKey{{PEM: config.NewSecret("key")}}, Provider: config.Provider{Name: config.ProviderNone},
		}},
		Flows: []config.Flow{{
			ID: "booking", Numbers: []string{"main"}, AppSecrets: secrets("secret"),
			Timeout: 8 * time.Second, MaxBody: config.MiB, MaxInFlight: 1000, Guard: config.GuardWarn, FlowTokenSignature: config.TokenSignatureOff,
			OnStoreFailure: config.StoreFailureServe,
		}},
		Log: config.Log{Format: "auto", Level: "info"},
	}
}

// builtinYAML is the built-in configuration for Kaleyra, the provider of the tests
// whose keys have variables with its name.
func builtinYAML() string {
	return config.BuiltinYAML(lookup(map[string]string{"FLOWSERVER_PROVIDER": "kaleyra"}))
}

// variables are the names that the built-in configuration mentions.
func variables(t *testing.T) []string {
	t.Helper()
	set := map[string]bool{}
	for _, m := range regexp.MustCompile(`\$\{(FLOWSERVER_[A-Z_]+):-`).FindAllStringSubmatch(builtinYAML(), -1) {
		set[m[1]] = true
	}
	if len(set) < 30 {
		t.Fatalf("got %d variables in the built-in configuration, want at least 30", len(set))
	}
	return slices.Sorted(maps.Keys(set))
}

func TestBuiltin(t *testing.T) {
	t.Parallel()
	const keys = "../../testdata/keys/"
	type env = map[string]string
	tests := map[string]struct {
		env  env
		want func(*config.Config)
	}{
		"minimal": {env{"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": "secret"}, func(*config.Config) {}},
		"no signature": {
			env{"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_INSECURE_SKIP_SIGNATURE": "true"},
			func(c *config.Config) { c.Flows[0].AppSecrets, c.Flows[0].InsecureSkipSignature = nil, true },
		},
		"chakra and files": {
			env{
				"FLOWSERVER_PRIVATE_KEY_FILE": keys + "a.pkcs1.aes256.pem", "FLOWSERVER_PASSPHRASE_FILE": "testdata/secrets/token",
				"FLOWSERVER_TLS_CERT_FILE": "testdata/secrets/token", "FLOWSERVER_TLS_KEY_FILE": "testdata/secrets/lines",
				"FLOWSERVER_PREVIOUS_PRIVATE_KEY_FILE": keys + "b.pkcs8.pem", "FLOWSERVER_PREVIOUS_PASSPHRASE_FILE": "testdata/secrets/crlf",
				"FLOWSERVER_TOKEN_SECRET_FILE": "testdata/secrets/token_secrets",
				"FLOWSERVER_APP_SECRET_FILE":   "testdata/secrets/app_secrets", "FLOWSERVER_PROVIDER": "chakra", "FLOWSERVER_PHONE_NUMBER_ID": "106540352242922",
				"FLOWSERVER_ACCESS_TOKEN_FILE": "testdata/secrets/token", "FLOWSERVER_GRAPH_VERSION": "v23.0", "FLOWSERVER_PROVIDER_BASE_URL": "https://chakra.example",
				"FLOWSERVER_UPSTREAM_URL": "http://backend:3000/", "FLOWSERVER_UPSTREAM_SECRET_FILE": "testdata/secrets/crlf",
				"FLOWSERVER_REDIS_URL_FILE": "testdata/secrets/redis_url", "FLOWSERVER_REDIS_PREFIX": "staging:",
			},
			func(c *config.Config) {
				c.TLS = &config.TLS{CertFile: "testdata/secrets/token", KeyFile: "testdata/secrets/lines"}
				c.RedisURL, c.RedisURLFile = config.NewSecret("redis://localhost:6379/0"), "testdata/secrets/redis_url"
				c.RedisPrefix = "staging:"
				c.Numbers[0].PrivateKeys = []config.PrivateKey{
					{File: keys + "a.pkcs1.aes256.pem", Passphrase: config.NewSecret("EAAG-not-a-real-token"), PassphraseFile: "testdata/secrets/token"},
					{File: keys + "b.pkcs8.pem", Passphrase: config.NewSecret("kaleyra-key"), PassphraseFile: "testdata/secrets/crlf"},
				}
				c.Numbers[0].Provider = config.NewProvider("chakra", &providers.ChakraConfig{
					PhoneNumberID: "106540352242922", GraphVersion: "v23.0", BaseURL: "https://chakra.example",
					AccessToken: secret.Bytes("EAAG-not-a-real-token"),
				}, map[string]string{"access_token": "testdata/secrets/token"})
				c.Flows[0].AppSecrets, c.Flows[0].AppSecretsFile = secrets("first-app-secret", "second-app-secret"), "testdata/secrets/app_secrets"
				c.Flows[0].TokenSecrets = secrets("a-secret-of-32-bytes-for-tokens.", "another-secret-of-32-bytes-too..")
				c.Flows[0].TokenSecretsFile = "testdata/secrets/token_secrets"
				c.Flows[0].Upstream = &config.Upstream{
					URL: "http://backend:3000/", Timeout: 7 * time.Second, Secret: config.NewSecret("kaleyra-key"), SecretFile: "testdata/secrets/crlf",
					MaxAnswer: config.MiB,
				}
			},
		},
		"kaleyra and text": {
			env{
				"FLOWSERVER_PPROF":                          "true",
				"FLOWSERVER_ADMIN_HOST":                     "ops",
				"FLOWSERVER_TRUST_REQUEST_ID":               "true",
				"FLOWSERVER_ACME_DOMAIN":                    "flows.example.com",
				"FLOWSERVER_ACME_EMAIL":                     "ops@example.com",
				"FLOWSERVER_ACME_CACHE_DIR":                 "acme",
				"FLOWSERVER_LISTEN":                         "127.0.0.1:1",
				"FLOWSERVER_ADMIN":                          ":2",
				"FLOWSERVER_REDIS_URL":                      "unix:///run/redis.sock",
				"FLOWSERVER_REQUIRE_VALID_KEY":              "true",
				"FLOWSERVER_REQUIRE_REDIS":                  "true",
				"FLOWSERVER_ON_STORE_FAILURE":               "refuse",
				"FLOWSERVER_REGISTRATION_REFRESH":           "30m",
				"FLOWSERVER_REGISTRATION_KEEP":              "48h",
				"FLOWSERVER_PRIVATE_KEY":                    "key",
				"FLOWSERVER_PASSPHRASE":                     "true",
				"FLOWSERVER_PREVIOUS_PRIVATE_KEY":           `old\nkey`,
				"FLOWSERVER_PREVIOUS_PASSPHRASE":            "0x1",
				"FLOWSERVER_PROVIDER":                       "kaleyra",
				"FLOWSERVER_KALEYRA_POD":                    "na",
				"FLOWSERVER_KALEYRA_SID":                    "123",
				"FLOWSERVER_KALEYRA_API_KEY":                "null",
				"FLOWSERVER_KALEYRA_PHONE_NUMBER":           "+1 555-010-0000",
				"FLOWSERVER_KALEYRA_GET_METHOD":             "get",
				"FLOWSERVER_FLOW":                           "survey",
				"FLOWSERVER_APP_SECRET":                     "1",
				"FLOWSERVER_PREVIOUS_APP_SECRET":            "2",
				"FLOWSERVER_TIMEOUT":                        "5s",
				"FLOWSERVER_MAX_BODY":                       "2048",
				"FLOWSERVER_MAX_BODY_MEMORY":                "10MiB",
				"FLOWSERVER_MAX_CONNECTIONS":                "500",
				"FLOWSERVER_MAX_IN_FLIGHT":                  "20",
				"FLOWSERVER_UPSTREAM_URL":                   "https://backend/",
				"FLOWSERVER_UPSTREAM_TIMEOUT":               "4s",
				"FLOWSERVER_UPSTREAM_SECRET":                "shared",
				"FLOWSERVER_UPSTREAM_RETRIES":               "2",
				"FLOWSERVER_UPSTREAM_MAX_ANSWER":            "2MiB",
				"FLOWSERVER_UPSTREAM_PROXY":                 "http://proxy:3128",
				"FLOWSERVER_UPSTREAM_FORWARD_CLIENT_ERRORS": "true",
				"FLOWSERVER_FLOW_TOKEN_SIGNATURE":           "required",
				"FLOWSERVER_TOKEN_SECRET":                   tokenSecret,
				"FLOWSERVER_PREVIOUS_TOKEN_SECRET":          tokenSecret + "2",
				"FLOWSERVER_PUBLIC_HEALTH":                  "/up",
				"FLOWSERVER_FLOW_JSON":                      "builtin.yaml",
				"FLOWSERVER_GUARD":                          "off",
				"FLOWSERVER_LOG_FORMAT":                     "text",
				"FLOWSERVER_LOG_LEVEL":                      "warn",
				"FLOWSERVER_RSA":                            "crypto",
			},
			func(c *config.Config) {
				c.Listen, c.Admin, c.RedisURL, c.RequireValidKey = "127.0.0.1:1", ":2", config.NewSecret("unix:///run/redis.sock"), true
				c.RequireRedis, c.PublicHealth = true, "/up"
				c.MaxBodyMemory, c.MaxConnections = 10*config.MiB, 500
				c.AdminHosts, c.TrustRequestID = []string{"ops"}, true
				c.Pprof, c.TLS = true, &config.TLS{ACME: &config.ACME{Domains: []string{"flows.example.com"}, Email: "ops@example.com", CacheDir: "acme"}}
				c.Registration = config.Registration{Refresh: 30 * time.Minute, Keep: 48 * time.Hour}
				c.Numbers[0].PrivateKeys = []config.PrivateKey{
					{PEM: config.NewSecret("key"), Passphrase: config.NewSecret("true")},
					{PEM: config.NewSecret(`old\nkey`), Passphrase: config.NewSecret("0x1")},
				}
				c.Numbers[0].Provider = config.NewProvider("kaleyra", &providers.KaleyraConfig{
					Pod: "na", SID: secret.Bytes("123"), APIKey: secret.Bytes("null"), PhoneNumber: "+15550100000", GetMethod: providers.GetByGet,
				}, nil)
				c.Flows[0] = config.Flow{
					ID: "survey", Numbers: []string{"main"}, AppSecrets: secrets("1", "2"), Timeout: 5 * time.Second, MaxBody: 2 * config.KiB, MaxInFlight: 20,
					Upstream: &config.Upstream{
						URL: "https://backend/", Timeout: 4 * time.Second, Secret: config.NewSecret("shared"), Retries: 2,
						MaxAnswer: 2 * config.MiB, Proxy: "http://proxy:3128", ForwardClientErrors: true,
					},
					FlowJSON: "builtin.yaml", Guard: config.GuardOff, FlowTokenSignature: config.TokenSignatureRequired,
					TokenSecrets:   secrets(tokenSecret, tokenSecret+"2"),
					OnStoreFailure: config.StoreFailureRefuse,
				}
				c.Log = config.Log{Format: "text", Level: "warn"}
				c.RSA = "crypto"
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := minimalBuiltin()
			want.Numbers[0].PrivateKeys[0].PEM = config.NewSecret("key")
			test.want(want)
			got, err := config.Builtin(lookup(test.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
			// a variable that is there but empty, as from a compose file, is as good as none
			if got, err = config.Builtin(func(name string) (string, bool) { return test.env[name], true }); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("with empty variables (-want +got):\n%s", diff)
			}
		})
	}
	used := map[string]bool{}
	for _, name := range providerVariables() { // TestProviderExamples has their values
		used[name] = true
	}
	for _, test := range tests {
		for name := range test.env {
			used[name] = true
		}
	}
	if diff := cmp.Diff(variables(t), slices.Sorted(maps.Keys(used))); diff != "" {
		t.Errorf("variables of the built-in configuration (-built-in +tested):\n%s", diff)
	}
}

// providerVariables are the variables that the built-in configuration has for the
// keys of providers.
func providerVariables() []string {
	block := regexp.MustCompile(`(?s)\n    provider:\n(.*?)\n[a-z]`).FindString(builtinYAML())
	var names []string
	for _, m := range regexp.MustCompile(`\$\{(FLOWSERVER_[A-Z_]+):-`).FindAllStringSubmatch(block, -1) {
		names = append(names, m[1])
	}
	return names
}

// The variables of the three providers that there have always been keep their names.
func TestProviderVariables(t *testing.T) {
	t.Parallel()
	names := providerVariables()
	for _, name := range []string{
		"PROVIDER", "PROVIDER_BASE_URL", "PHONE_NUMBER_ID", "ACCESS_TOKEN", "ACCESS_TOKEN_FILE", "GRAPH_VERSION", "KALEYRA_POD", "KALEYRA_SID",
		"KALEYRA_API_KEY", "KALEYRA_API_KEY_FILE", "KALEYRA_PHONE_NUMBER", "KALEYRA_GET_METHOD",
	} {
		if !strings.Contains(builtinYAML(), "${FLOWSERVER_"+name+":-") {
			t.Errorf("the built-in configuration has no FLOWSERVER_%s; it has %v", name, names)
		}
	}
}

// A variable has one meaning, whichever the provider is.
func TestVariablesHaveOneMeaning(t *testing.T) {
	t.Parallel()
	for _, p := range providers.All() {
		text := config.BuiltinYAML(lookup(map[string]string{"FLOWSERVER_PROVIDER": p.Name}))
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`\$\{(FLOWSERVER_[A-Z_]+):-`).FindAllStringSubmatch(text, -1) {
			if seen[m[1]] {
				t.Errorf("with provider %s two keys have the variable %s", p.Name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

// TestBuiltinEmpty wants an operator who has set nothing to learn what to set.
func TestBuiltinEmpty(t *testing.T) {
	t.Parallel()
	_, err := config.Builtin(lookup(nil))
	want := problem.List{
		{Path: "numbers[0].private_keys[0]", Text: "has no private key", Hint: "set FLOWSERVER_PRIVATE_KEY_FILE or FLOWSERVER_PRIVATE_KEY"},
		{Path: "flows[0]", Text: "has no app secret to check signatures with", Hint: "set FLOWSERVER_APP_SECRET or FLOWSERVER_APP_SECRET_FILE"},
	}
	if diff := cmp.Diff(want, problems(t, err), cmpopts.IgnoreFields(problem.Problem{}, "File", "Line", "Column")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(err.Error(), "built-in configuration:") {
		t.Errorf("got %q, want it to say that the configuration is the built-in one", err)
	}
}

// A path in place of a key is reported with the variable, or the key, for paths.
func TestBuiltinKeyIsPath(t *testing.T) {
	t.Parallel()
	_, err := config.Builtin(lookup(map[string]string{
		"FLOWSERVER_PRIVATE_KEY": "./private.pem", "FLOWSERVER_PREVIOUS_PRIVATE_KEY": "/run/secrets/old", "FLOWSERVER_APP_SECRET": "secret",
	}))
	const text = "is the path of a file, not a key"
	want := problem.List{
		{Path: "numbers[0].private_keys[0].pem", Text: text, Hint: "set FLOWSERVER_PRIVATE_KEY_FILE instead; the value comes from FLOWSERVER_PRIVATE_KEY"},
		{
			Path: "numbers[0].private_keys[1].pem", Text: text,
			Hint: "set FLOWSERVER_PREVIOUS_PRIVATE_KEY_FILE instead; the value comes from FLOWSERVER_PREVIOUS_PRIVATE_KEY",
		},
	}
	if diff := cmp.Diff(want, problems(t, err), cmpopts.IgnoreFields(problem.Problem{}, "File", "Line", "Column")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	_, err = config.Load(filepath.Join("testdata", "key_is_path.yaml"), lookup(nil))
	if got := problems(t, err); len(got) != 1 || got[0].Text != text || got[0].Hint != "give it as file" {
		t.Errorf("got %+v, want one problem with the key", got)
	}
}

func TestBuiltinPreviousKeyNeedsActive(t *testing.T) {
	t.Parallel()
	_, err := config.Builtin(lookup(map[string]string{"FLOWSERVER_PREVIOUS_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": "secret"}))
	if got := problems(t, err); len(got) != 1 || got[0].Path != "numbers[0].private_keys[0]" {
		t.Errorf("got %+v, want one problem with the active key", got)
	}
}

// TestBuiltinPrinted loads the text of the built-in configuration from a file, as
// somebody does who began with --print-config.
func TestBuiltinPrinted(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flowserver.yaml")
	write(t, file, config.BuiltinYAML(lookup(nil)))
	got, err := config.Load(file, lookup(map[string]string{"FLOWSERVER_PRIVATE_KEY": "key", "FLOWSERVER_APP_SECRET": "secret"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(minimalBuiltin(), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

// TestProblemsShowNoValue puts something secret into every value, one at a time and
// all at once, for each provider.
func TestProblemsShowNoValue(t *testing.T) {
	t.Parallel()
	names := variables(t)
	failed := 0
	for _, p := range providers.All() {
		provider := p.Name
		for _, value := range []string{
			marker, "https://" + marker + ":" + marker + "@" + marker + "/?" + marker + "#" + marker, marker + ":8080", marker + ":" + marker, "8" + marker,
			"-1" + marker,
			"/" + marker + "/" + marker, "../" + marker, marker + "\n" + marker, "\x00" + marker, "http://[" + marker, "http://%" + marker, "${" + marker,
			strings.Repeat(marker, 1000),
		} {
			check := func(env map[string]string) {
				_, err := config.Builtin(lookup(env))
				if err == nil {
					return
				}
				failed++
				if strings.Contains(err.Error(), marker) {
					t.Errorf("a problem shows the value %q:\n%v", value, err)
				}
				if _, ok := errors.AsType[problem.List](err); !ok {
					t.Errorf("got error type %T, want problem.List", err)
				}
			}
			all := map[string]string{}
			for _, name := range names {
				all[name] = value
				check(map[string]string{"FLOWSERVER_PROVIDER": provider, name: value})
			}
			check(all)
			all["FLOWSERVER_PROVIDER"] = provider
			check(all)
		}
	}
	if failed < 500 {
		t.Errorf("got %d configurations with problems, want at least 500", failed)
	}
}
