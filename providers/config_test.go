package providers_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/secret"
)

const (
	token = "EAAGqT7nXwZk0BA9vLr2u4"
	sid   = "HXAP16QWERTY97IN"
)

func graphConfigs(baseURL, accessToken, version, id string, transport providers.Transport) map[string]func() error {
	return map[string]func() error{
		"chakra": func() error {
			_, err := providers.NewChakra(providers.ChakraConfig{
				BaseURL: secret.URL(baseURL), AccessToken: secret.Bytes(accessToken), GraphVersion: version, PhoneNumberID: id, Transport: transport,
			})
			return err
		},
		"meta": func() error {
			_, err := providers.NewMeta(providers.MetaConfig{
				BaseURL: secret.URL(baseURL), AccessToken: secret.Bytes(accessToken), GraphVersion: version, PhoneNumberID: id, Transport: transport,
			})
			return err
		},
	}
}

func TestGraphConfiguration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		baseURL, token, version, id string
		want                        string // part of the error; "" for none
	}{
		"defaults":                {"", token, "", "106540352242922", ""},
		"https":                   {"https://proxy.example.com/a", token, "v26.0", "1", ""},
		"http on 127.0.0.1":       {"http://127.0.0.1:8080", token, "", "1", ""},
		"http on [::1]":           {"http://[::1]:8080", token, "", "1", ""},
		"http on localhost":       {"http://localhost", token, "", "1", ""},
		"http elsewhere":          {"http://api.example.com", token, "", "1", "base_url: is not https"},
		"http on a lookalike":     {"http://localhost.example.com", token, "", "1", "base_url: is not https"},
		"other scheme":            {"ftp://api.example.com", token, "", "1", "base_url: is not https"},
		"no scheme":               {"api.example.com", token, "", "1", "base_url: is not a URL"},
		"no host":                 {"https://", token, "", "1", "base_url: is not a URL"},
		"not a URL":               {"https://a b", token, "", "1", "base_url: is not a URL"},
		"user in URL":             {"https://u:p@api.example.com", token, "", "1", "base_url: has a user"},
		"query in URL":            {"https://api.example.com?token=x", token, "", "1", "base_url: has a query"},
		"fragment in URL":         {"https://api.example.com#x", token, "", "1", "base_url: has a # part"},
		"no token":                {"", "", "", "1", "access_token: has no access_token"},
		"line break in token":     {"", token + "\n", "", "1", "access_token: has a space"},
		"space in token":          {"", "Bearer " + token, "", "1", "access_token: has a space"},
		"version without v":       {"", token, "24.0", "1", "graph_version: is not a version"},
		"version with a path":     {"", token, "v24.0/x", "1", "graph_version: is not a version"},
		"no id":                   {"", token, "", "", "phone_number_id: is missing"},
		"phone number for an id":  {"", token, "", "+919900000000", "phone_number_id: is not a phone number id"},
		"path for an id":          {"", token, "", "1/../2", "phone_number_id: is not a phone number id"},
		"line break behind an id": {"", token, "", "1\n", "phone_number_id: is not a phone number id"},
	} {
		for provider, create := range graphConfigs(c.baseURL, c.token, c.version, c.id, providers.Transport{}) {
			t.Run(provider+"/"+name, func(t *testing.T) {
				t.Parallel()
				wantProblem(t, create(), c.want, token, "u:p", "+919900000000")
			})
		}
	}
}

// wantProblem wants an error with the text, and without the values.
func wantProblem(t *testing.T, err error, want string, values ...string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("got error %v, want none", err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("got error %v, want %q in it", err, want)
	}
	for _, value := range values {
		if strings.Contains(err.Error(), value) {
			t.Errorf("the error has a value of the configuration: %v", err)
		}
	}
}

// All that is wrong is told at once.
func TestAllProblemsAreTold(t *testing.T) {
	t.Parallel()
	broken := providers.Transport{Timeout: -time.Second, Attempts: -1, Backoff: -time.Second}
	for provider, create := range graphConfigs("http://api.example.com", "", "24", "", broken) {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			err := create()
			for _, want := range []string{"base_url", "access_token", "graph_version", "phone_number_id", "Timeout", "Attempts", "Backoff"} {
				wantProblem(t, err, want)
			}
		})
	}
	t.Run("kaleyra", func(t *testing.T) {
		t.Parallel()
		_, err := providers.NewKaleyra(providers.KaleyraConfig{GetMethod: "put", Transport: broken})
		for _, want := range []string{"pod", "sid", "api_key", "phone_number", "get_method", "Timeout", "Attempts", "Backoff"} {
			wantProblem(t, err, want)
		}
	})
}

func TestKaleyraConfiguration(t *testing.T) {
	t.Parallel()
	valid := providers.KaleyraConfig{Pod: "in", SID: secret.Bytes(sid), APIKey: secret.Bytes(token), PhoneNumber: "+919900000000"}
	for name, c := range map[string]struct {
		change func(c *providers.KaleyraConfig)
		want   string
	}{
		"valid":              {func(*providers.KaleyraConfig) {}, ""},
		"no pod":             {func(c *providers.KaleyraConfig) { c.Pod = "" }, "pod: has neither pod nor base_url"},
		"unknown pod":        {func(c *providers.KaleyraConfig) { c.Pod = "us" }, "pod: is not one of eu, in, na, sg"},
		"unknown pod, URL":   {func(c *providers.KaleyraConfig) { c.Pod, c.BaseURL = "us", "https://a.example.com" }, "pod: is not one of eu, in, na, sg"},
		"http":               {func(c *providers.KaleyraConfig) { c.BaseURL = "http://a.example.com" }, "base_url: is not https"},
		"path in SID":        {func(c *providers.KaleyraConfig) { c.SID = secret.Bytes(sid + "/..") }, "sid: is not a SID"},
		"no key":             {func(c *providers.KaleyraConfig) { c.APIKey = nil }, "api_key: has no api_key"},
		"line break in key":  {func(c *providers.KaleyraConfig) { c.APIKey = secret.Bytes(token + "\r\n") }, "api_key: has a space"},
		"no number":          {func(c *providers.KaleyraConfig) { c.PhoneNumber = "" }, "phone_number: is missing"},
		"number too short":   {func(c *providers.KaleyraConfig) { c.PhoneNumber = "+91990" }, "phone_number: is not a phone number"},
		"number with zero":   {func(c *providers.KaleyraConfig) { c.PhoneNumber = "+019900000000" }, "phone_number: is not a phone number"},
		"number with letter": {func(c *providers.KaleyraConfig) { c.PhoneNumber = "+91990000000x" }, "phone_number: is not a phone number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := valid
			c.change(&cfg)
			_, err := providers.NewKaleyra(cfg)
			wantProblem(t, err, c.want, token, sid)
		})
	}
}

// Neither configurations nor adapters print what they must not.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	chakraConfig := providers.ChakraConfig{BaseURL: "https://u:" + token + "@a.example.com/" + token, AccessToken: secret.Bytes(token), PhoneNumberID: "1"}
	metaConfig := providers.MetaConfig{BaseURL: "https://a.example.com/?t=" + token, AccessToken: secret.Bytes(token), PhoneNumberID: "1"}
	kaleyraConfig := providers.KaleyraConfig{
		BaseURL: "https://a.example.com/v2/" + sid, SID: secret.Bytes(sid), APIKey: secret.Bytes(token), PhoneNumber: "+919900000000",
	}
	brokenURL := providers.MetaConfig{BaseURL: "https://[" + token, AccessToken: secret.Bytes(token)}
	metaOnly, err := providers.NewMeta(providers.MetaConfig{AccessToken: secret.Bytes(token), PhoneNumberID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	chakraOnly, err := providers.NewChakra(providers.ChakraConfig{AccessToken: secret.Bytes(token), PhoneNumberID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	kaleyraOnly, err := providers.NewKaleyra(kaleyraConfig)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]any{
		"chakra configuration": chakraConfig, "pointer to it": &chakraConfig, "inside": struct{ C providers.ChakraConfig }{chakraConfig},
		"pointer inside": struct{ C *providers.KaleyraConfig }{&kaleyraConfig}, "settings": struct{ S providers.Settings }{&kaleyraConfig},
		"meta configuration": metaConfig, "broken URL": brokenURL, "kaleyra configuration": kaleyraConfig, "list": []any{kaleyraConfig},
		"meta": metaOnly, "chakra": chakraOnly, "kaleyra": kaleyraOnly,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				wantNoSecret(t, verb, fmt.Sprintf(verb, value))
			}
			var logged bytes.Buffer
			slog.New(slog.NewTextHandler(&logged, nil)).Info("text", slog.Any("value", value))
			slog.New(slog.NewJSONHandler(&logged, nil)).Info("JSON", slog.Any("value", value))
			wantNoSecret(t, "slog", logged.String())
			text, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			wantNoSecret(t, "JSON", string(text))
		})
	}
}

func wantNoSecret(t *testing.T, way, text string) {
	t.Helper()
	for _, secret := range []string{token, sid} {
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret))} {
			if strings.Contains(text, form) {
				t.Errorf("%s prints a secret: %s", way, text)
			}
		}
	}
}

// Whatever is not secret is printed, so that a log line is of use.
func TestConfigurationPrints(t *testing.T) {
	t.Parallel()
	cfg := providers.KaleyraConfig{Pod: "in", SID: secret.Bytes(sid), APIKey: secret.Bytes(token), PhoneNumber: "+919900000000"}
	const want = "{pod:in sid:[redacted] api_key:[redacted] phone_number:+919900000000 get_method: base_url:}"
	if got := fmt.Sprintf("%+v", cfg); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	text, err := json.Marshal(providers.MetaConfig{BaseURL: "https://a.example.com/x", PhoneNumberID: "1"})
	if err != nil {
		t.Fatal(err)
	}
	const wantJSON = `{"BaseURL":"https://a.example.com","AccessToken":"","GraphVersion":"","PhoneNumberID":"1"}`
	if got := string(text); got != wantJSON {
		t.Errorf("got  %s\nwant %s", got, wantJSON)
	}
}
