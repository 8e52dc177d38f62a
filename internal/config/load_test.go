package config_test

import (
	"flag"
	"os"
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

var update = flag.Bool("update", false, "write the golden files in testdata")

// marker is in every value of the bad files that could be a secret.
const marker = "S3CRET"

func lookup(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}
}

// problems returns the problems of err, which must be a problem.List.
func problems(t *testing.T, err error) problem.List {
	t.Helper()
	list, ok := err.(problem.List) //nolint:errorlint // the documented type, not one that wraps it
	if !ok {
		t.Fatalf("got error %v of type %T, want problem.List", err, err)
	}
	return list
}

func TestLoadBad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/bad (%v)", err)
	}
	env := lookup(map[string]string{"SECRET": marker, "TOKEN": marker, "EMPTY": ""})
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			cfg, err := config.Load(file, env)
			if err == nil || cfg != nil {
				t.Fatalf("got %v, %v, want problems and no configuration", cfg, err)
			}
			if len(problems(t, err)) == 0 {
				t.Error("got an error without problems")
			}
			got := withoutOtherProviders(err.Error() + "\n")
			if strings.Contains(got, marker) {
				t.Errorf("the problems show a secret:\n%s", got)
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".problems"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// withoutOtherProviders takes the names and keys of providers that the golden files
// do not know out of problems, so that a new provider changes none of them.
func withoutOtherProviders(text string) string {
	keys := map[string]bool{}
	for _, p := range providers.All() {
		known := slices.Contains([]string{"chakra", "kaleyra", "meta"}, p.Name)
		if !known {
			text = regexp.MustCompile(`\b`+p.Name+`(, | or )| or `+p.Name+`\b`).ReplaceAllString(text, "")
		}
		for _, k := range p.New().Keys() {
			keys[k.Name] = keys[k.Name] || known
		}
	}
	for key, known := range keys {
		if !known {
			text = regexp.MustCompile(`\b`+key+`(_file)?, |, `+key+`(_file)?\b`).ReplaceAllString(text, "")
		}
	}
	return text
}

func TestLoadGood(t *testing.T) {
	t.Parallel()
	const keys = "../../testdata/keys/"
	defaults := func(number config.Number, flow config.Flow) *config.Config {
		if number.Provider.Name == "" {
			number.Provider.Name = config.ProviderNone
		}
		flow.ID = "booking"
		flow.Numbers = []string{number.ID}
		flow.Timeout, flow.MaxBody, flow.MaxInFlight = 8*time.Second, config.MiB, 1000
		flow.Guard, flow.OnStoreFailure = config.GuardWarn, config.StoreFailureServe
		flow.FlowTokenSignature = config.TokenSignatureOff
		return &config.Config{
			Listen:        ":8080",
			Admin:         "127.0.0.1:9090",
			MaxBodyMemory: 64 * config.MiB, MaxConnections: 16384, HTTP2MaxStreams: 32, RSA: "auto",
			RedisPrefix:  "flowserver:",
			Registration: config.Registration{Refresh: time.Hour, Keep: 168 * time.Hour},
			Numbers:      []config.Number{number},
			Flows:        []config.Flow{flow},
			Log:          config.Log{Format: "auto", Level: "info"},
		}
	}
	key := []config.PrivateKey{{File: keys + "a.pkcs8.pem"}}
	tests := map[string]*config.Config{
		"minimal": defaults(config.Number{ID: "main", PrivateKeys: key}, config.Flow{AppSecrets: secrets("first")}),
		"inline_key": defaults(
			config.Number{ID: "main", PrivateKeys: []config.PrivateKey{
				{PEM: config.NewSecret("-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n"), Passphrase: config.NewSecret("0123")},
				{PEM: config.NewSecret(`-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----`), Passphrase: config.NewSecret(" with spaces ")},
			}},
			config.Flow{AppSecrets: secrets("false", "$dollar", "a$b", "7")},
		),
		"secret_files": defaults(
			config.Number{
				ID: "main",
				PrivateKeys: []config.PrivateKey{{
					File: keys + "a.pkcs1.aes256.pem", Passphrase: config.NewSecret("EAAG-not-a-real-token"),
					PassphraseFile: "testdata/secrets/token",
				}},
				Provider: config.NewProvider("meta", &providers.MetaConfig{
					PhoneNumberID: "0106540352242922", GraphVersion: "v24.0", BaseURL: "http://127.0.0.1:4000/graph",
					AccessToken: secret.Bytes("EAAG-not-a-real-token"),
				}, map[string]string{"access_token": "testdata/secrets/token"}),
			},
			config.Flow{AppSecrets: secrets("first-app-secret", "second-app-secret"), AppSecretsFile: "testdata/secrets/app_secrets"},
		),
		"kaleyra": defaults(
			config.Number{ID: "india", PrivateKeys: key, Provider: config.NewProvider("kaleyra", &providers.KaleyraConfig{
				Pod: "in", SID: secret.Bytes("HXAP16XXXXXX97IN"), APIKey: secret.Bytes("kaleyra-key"),
				PhoneNumber: "+919900000000", GetMethod: providers.GetAuto,
			}, map[string]string{"api_key": "testdata/secrets/crlf"})},
			config.Flow{InsecureSkipSignature: true},
		),
		"upstream": func() *config.Config {
			c := defaults(config.Number{ID: "main", PrivateKeys: key}, config.Flow{AppSecrets: secrets("first")})
			c.Flows[0].Upstream = &config.Upstream{URL: "http://backend.internal:3000/flow?v=1", Timeout: 7 * time.Second, MaxAnswer: config.MiB}
			second := c.Flows[0]
			second.ID, second.Timeout, second.MaxBody = "second_flow-2", 1600*time.Millisecond, 2000
			second.Upstream = &config.Upstream{URL: "https://example.com/", Timeout: 1400 * time.Millisecond, MaxAnswer: config.MiB, Secret: config.NewSecret("shared")}
			second.FlowJSON, second.Guard = "testdata/good/upstream.yaml", config.GuardEnforce
			c.Flows = append(c.Flows, second)
			c.RedisURL = config.NewSecret("rediss://user:pass@redis-0:6379?addr=redis-1:6379")
			c.Listen, c.Admin = "127.0.0.1:0", "127.0.0.1:0"
			c.RequireValidKey = true
			c.TLS = &config.TLS{ACME: &config.ACME{Domains: []string{"flows.example.com", "flows.example.org"}, CacheDir: "testdata/good/.acme"}}
			c.Pprof = true
			c.Flows[1].FlowTokenSignature = config.TokenSignatureOptional
			c.Log = config.Log{Format: "text", Level: "debug"}
			return c
		}(),
	}
	files, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(files) != len(tests) {
		t.Fatalf("got %d files in testdata/good, want %d (%v)", len(files), len(tests), err)
	}
	env := lookup(map[string]string{"KEY": `-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----`, "BOOL": "false", "TRUE": "true", "NUMBER": "7"})
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.Load("testdata/good/"+name+".yaml", env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func secrets(texts ...string) []config.Secret {
	s := make([]config.Secret, len(texts))
	for i, text := range texts {
		s[i] = config.NewSecret(text)
	}
	return s
}

func TestLoadUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ path, want string }{
		"missing":   {filepath.Join(dir, "none.yaml"), "cannot be read: no such file or directory"},
		"directory": {dir, "cannot be read: it is not a regular file"},
		"too large": {large, "cannot be read: it is larger than 1MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(test.path, lookup(nil))
			got := problems(t, err)
			if len(got) != 1 || got[0].Text != test.want || got[0].Hint == "" {
				t.Errorf("got %+v, want one problem %q with a hint", got, test.want)
			}
			if !strings.HasPrefix(err.Error(), test.path+": cannot be read") {
				t.Errorf("got error %q, want it to begin with the path", err)
			}
		})
	}
}

// sample is the configuration that the manual shows.
const sample = `listen: ":8080"
admin: "127.0.0.1:9090"
redis_url: ""                       # redis://, rediss://, unix://; Sentinel and Cluster too. Empty: in memory, one replica
redis_prefix: "production:"         # deployments that share a Redis differ here
require_valid_key: false
registration:
  refresh: 1h                       # fresh this long in the cache; refreshed in the background, with jitter
  keep: 168h                        # last known answer kept this long for when the provider is down
numbers:
  - id: main
    private_keys:                   # the first is active, the others are previous ones; reloaded when the files change or on SIGHUP
      - file: keys/main.pem
        passphrase_file: keys/main.pass
      - file: keys/2025.pem
    provider:
      name: chakra                  # chakra | kaleyra | meta | none
      phone_number_id: "106540352242922"
      access_token_file: secrets/chakra
      graph_version: v24.0
      base_url: ""                  # override
  - id: india
    private_keys: [{file: keys/india.pem}]
    provider: {name: kaleyra, pod: in, sid: HXAP16XXXXXX97IN, api_key_file: secrets/kaleyra, phone_number: "+919900000000"}
flows:
  - id: booking                     # served at /flows/booking
    numbers: [main, india]          # whose keys may open its envelopes
    app_secrets: ["${APP_SECRET}"]  # any of them; insecure_skip_signature: true is the only way to have none
    timeout: 8s
    max_body: 1MiB
    upstream:                       # or no upstream: the compiled-in flow of this id
      url: http://localhost:3000/flow
      timeout: 7s
      secret_file: secrets/upstream
    flow_json: flows/booking.json   # the guard: enforce | warn | off
    guard: warn
`

// appSecret is one as Meta gives out.
const appSecret = "0123456789abcdef0123456789abcdef"

func TestLoadSample(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"flowserver.yaml": sample, "keys/main.pem": "main", "keys/main.pass": "pass word\n", "keys/2025.pem": "old", "keys/india.pem": "india",
		"secrets/chakra": "chakra-token\n", "secrets/kaleyra": "kaleyra-key", "secrets/upstream": "upstream-secret\r\n", "flows/booking.json": "{}",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	got, err := config.Load(filepath.Join(dir, "flowserver.yaml"), lookup(map[string]string{"APP_SECRET": appSecret}))
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	want := &config.Config{
		Listen: ":8080", Admin: "127.0.0.1:9090", RedisPrefix: "production:",
		MaxBodyMemory: 64 * config.MiB, MaxConnections: 16384, HTTP2MaxStreams: 32, RSA: "auto",
		Registration: config.Registration{Refresh: time.Hour, Keep: 168 * time.Hour},
		Numbers: []config.Number{
			{
				ID: "main",
				PrivateKeys: []config.PrivateKey{
					{File: at("keys/main.pem"), Passphrase: config.NewSecret("pass word"), PassphraseFile: at("keys/main.pass")},
					{File: at("keys/2025.pem")},
				},
				Provider: config.NewProvider("chakra", &providers.ChakraConfig{
					PhoneNumberID: "106540352242922", GraphVersion: "v24.0", BaseURL: "https://api.chakrahq.com", AccessToken: secret.Bytes("chakra-token"),
				}, map[string]string{"access_token": at("secrets/chakra")}),
			},
			{
				ID:          "india",
				PrivateKeys: []config.PrivateKey{{File: at("keys/india.pem")}},
				Provider: config.NewProvider("kaleyra", &providers.KaleyraConfig{
					Pod: "in", SID: secret.Bytes("HXAP16XXXXXX97IN"), PhoneNumber: "+919900000000", GetMethod: providers.GetAuto,
					APIKey: secret.Bytes("kaleyra-key"),
				}, map[string]string{"api_key": at("secrets/kaleyra")}),
			},
		},
		Flows: []config.Flow{{
			ID: "booking", Numbers: []string{"main", "india"}, AppSecrets: secrets(appSecret),
			Timeout: 8 * time.Second, MaxBody: config.MiB, MaxInFlight: 1000,
			Upstream: &config.Upstream{
				MaxAnswer: config.MiB,
				URL:       "http://localhost:3000/flow", Timeout: 7 * time.Second,
				Secret: config.NewSecret("upstream-secret"), SecretFile: at("secrets/upstream"),
			},
			FlowJSON: at("flows/booking.json"), Guard: config.GuardWarn, FlowTokenSignature: config.TokenSignatureOff,
			OnStoreFailure: config.StoreFailureServe,
		}},
		Log: config.Log{Format: "auto", Level: "info"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	if got := got.Warnings(); got != nil {
		t.Errorf("got warnings %v, want none", got)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLoadSecretFileTooLarge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "flowserver.yaml")
	write(t, filepath.Join(dir, "exact"), strings.Repeat("x", 64<<10))
	write(t, filepath.Join(dir, "large"), strings.Repeat("x", 64<<10+1))
	write(t, file, `
numbers: [{id: main, private_keys: [{pem: key, passphrase_file: exact}, {pem: key, passphrase_file: large}]}]
flows: [{id: booking, insecure_skip_signature: true}]
`)
	_, err := config.Load(file, lookup(nil))
	want := problem.List{{
		File: file, Path: "numbers[0].private_keys[1].passphrase_file", Line: 2, Column: 101,
		Text: "names a file larger than 64KiB", Hint: "name a file that contains only the secret",
	}}
	if diff := cmp.Diff(want, problems(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// PORT is the port of the public address if nothing else says what that is.
func TestPort(t *testing.T) {
	t.Parallel()
	const rest = "numbers: [{id: main, private_keys: [{pem: x}]}]\nflows: [{id: f, app_secrets: [x]}]\n"
	for name, c := range map[string]struct{ port, file, listen, problem string }{
		"neither":         {"", "", ":8080", ""},
		"port":            {"5000", "", ":5000", ""},
		"both":            {"5000", "listen: :7000\n", ":7000", ""},
		"empty address":   {"5000", "listen: ''\n", ":5000", ""},
		"unset variable":  {"5000", "listen: ${NONE:-}\n", ":5000", ""},
		"not a port":      {"http", "", "", "listen: is not a port"},
		"its variable":    {"http", "listen: ${NONE:-}\n", "", "the value comes from PORT"},
		"too large":       {"65536", "", "", "listen: is not a port"},
		"that of admin":   {"9090", "", "", "admin: is the same address as listen"},
		"unused and odd":  {"http", "listen: :7000\n", ":7000", ""},
		"a whole address": {"127.0.0.1:5000", "", "", "listen: is not a port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "flowserver.yaml")
			if err := os.WriteFile(path, []byte(c.file+rest), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(path, lookup(map[string]string{"PORT": c.port}))
			switch {
			case c.problem == "" && (err != nil || cfg.Listen != c.listen):
				t.Errorf("%+v, %v; want %s", cfg, err, c.listen)
			case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
				t.Errorf("%v, want %q", err, c.problem)
			}
		})
	}
}

// Any plain path can be that of the public health check.
func TestPublicHealth(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/up", "/up/", "/.well-known/health", "/healthz", "/flowsy", "/a/b-c_d.e"} {
		file := filepath.Join(t.TempDir(), "flowserver.yaml")
		text := "public_health: " + path + "\nnumbers: [{id: main, private_keys: [{pem: x}]}]\nflows: [{id: f, app_secrets: [x]}]\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if cfg, err := config.Load(file, lookup(nil)); err != nil || cfg.PublicHealth != path {
			t.Errorf("%s: %v", path, err)
		}
	}
}
