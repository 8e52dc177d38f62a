package upstream_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange/upstream"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*upstream.Config)
		want   string
	}{
		"no flow":            {func(c *upstream.Config) { c.Flow = "" }, "Config.Flow is missing"},
		"no URL":             {func(c *upstream.Config) { c.URL = "" }, "Config.URL is missing"},
		"URL without scheme": {func(c *upstream.Config) { c.URL = "localhost:3000/S3CRET" }, "not a whole http or https URL"},
		"URL without host":   {func(c *upstream.Config) { c.URL = "http:///S3CRET" }, "not a whole http or https URL"},
		"broken URL":         {func(c *upstream.Config) { c.URL = "http://u:S3CRET@[" }, "not a whole http or https URL"},
		"another scheme":     {func(c *upstream.Config) { c.URL = "ftp://S3CRET/" }, "not a whole http or https URL"},
		"fragment":           {func(c *upstream.Config) { c.URL = "http://localhost/#S3CRET" }, "# part"},
		"secret not base64":  {func(c *upstream.Config) { c.Secret = []byte("whsec_S3CRET!") }, "not standard base64"},
		"secret unpadded":    {func(c *upstream.Config) { c.Secret = []byte("whsec_czNjcmV0IQ") }, "the = at its end are missing"},
		"secret empty":       {func(c *upstream.Config) { c.Secret = []byte("whsec_") }, "not standard base64"},
		"negative timeout":   {func(c *upstream.Config) { c.Timeout = -1 }, "Timeout is negative"},
		"negative limit":     {func(c *upstream.Config) { c.MaxAnswer = -1 }, "MaxAnswer is negative"},
		"negative retries":   {func(c *upstream.Config) { c.Retries = -1 }, "Retries is negative"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := upstream.Config{Flow: "booking", URL: "http://localhost:3000/flow"}
			c.change(&cfg)
			up, err := upstream.New(cfg)
			if up != nil || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "S3CRET") {
				t.Errorf("%v, want an error with %q and without the value", err, c.want)
			}
		})
	}
}

func TestNothingSecretIsPrinted(t *testing.T) {
	t.Parallel()
	const shown = "http://backend:3000/flow"
	cfg := upstream.Config{Flow: "booking", URL: "http://S3CRET:S3CRET@backend:3000/flow?key=S3CRET", Secret: []byte("S3CRET")}
	up, err := upstream.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	broken := cfg
	broken.URL = "http://S3CRET@["
	leaks := func(text string) bool {
		return strings.Contains(text, "S3CRET") || strings.Contains(text, "83 51 67") || strings.Contains(text, "UzNDUkVU") ||
			strings.Contains(strings.ToLower(text), "533343524554")
	}
	if !leaks(fmt.Sprintf("%v", struct{ S []byte }{cfg.Secret})) || !leaks(hex.EncodeToString(cfg.Secret)) {
		t.Fatal("the test would see no leak")
	}
	for _, value := range []any{cfg, &cfg, []any{cfg}, struct{ C upstream.Config }{cfg}, up, []any{up}, struct{ U *upstream.Upstream }{up}, broken} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			text := fmt.Sprintf(verb, value)
			if leaks(text) {
				t.Errorf("%s of %T prints %s", verb, value, text)
			}
			if value == any(up) && !strings.Contains(text, shown) {
				t.Errorf("%s of %T does not print %s: %s", verb, value, shown, text)
			}
		}
		encoded, err := json.Marshal(value)
		if err != nil || leaks(string(encoded)) {
			t.Errorf("JSON of %T: %s, %v", value, encoded, err)
		}
		for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
			"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
			"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		} {
			var log bytes.Buffer
			slog.New(handler(&log)).Info("made", slog.Any("value", value))
			if leaks(log.String()) || !strings.Contains(log.String(), "made") {
				t.Errorf("slog as %s of %T prints %s", name, value, log.String())
			}
		}
	}
	for _, value := range []any{cfg, up} {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("made", slog.Any("value", value))
		if !strings.Contains(log.String(), shown) {
			t.Errorf("slog of %T does not say where it posts to: %s", value, log.String())
		}
	}
}
