package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	sound := func() *config.Config {
		c := minimalBuiltin()
		c.Flows[0].AppSecrets = secrets(appSecret)
		return c
	}
	flow := func(change func(*config.Flow)) *config.Config {
		c := sound()
		second := c.Flows[0]
		second.ID = "second"
		change(&second)
		c.Flows = append(c.Flows, second)
		return c
	}
	upstream := func(url, secret string) *config.Config {
		return flow(func(f *config.Flow) { f.Upstream = &config.Upstream{URL: url, Secret: config.NewSecret(secret)} })
	}
	inClear := []string{"flows[1].upstream"}
	for name, test := range map[string]struct {
		cfg  *config.Config
		want []string
	}{
		"none":         {sound(), nil},
		"no signature": {flow(func(f *config.Flow) { f.AppSecrets, f.InsecureSkipSignature = nil, true }), []string{"flows[1].insecure_skip_signature"}},
		"app secrets": {
			flow(func(f *config.Flow) { f.AppSecrets = secrets(appSecret[1:], "EAAG") }),
			[]string{"flows[1].app_secrets[0]", "flows[1].app_secrets[1]"},
		},
		"timeout of 9s":           {flow(func(f *config.Flow) { f.Timeout = 9 * time.Second }), nil},
		"timeout over 9s":         {flow(func(f *config.Flow) { f.Timeout = 9001 * time.Millisecond }), []string{"flows[1].timeout"}},
		"upstream in clear":       {upstream("http://backend:3000/", ""), inClear},
		"upstream on the network": {upstream("http://10.0.0.1/", ""), inClear},
		"upstream not a URL":      {upstream("http://[", ""), inClear},
		"upstream signed":         {upstream("http://backend:3000/", "secret"), nil},
		"upstream over TLS":       {upstream("https://backend/", ""), nil},
		"upstream on this host":   {upstream("http://localhost:3000/", ""), nil},
		"upstream on ::1":         {upstream("http://[::1]:3000/", ""), nil},
		"required, not checkable": {
			func() *config.Config { c := sound(); c.RequireValidKey = true; return c }(),
			[]string{"numbers[0].provider.name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, w := range test.cfg.Warnings() {
				got = append(got, w.Path)
				if w.Text == "" {
					t.Errorf("the warning on %s has no text", w.Path)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("warned paths (-want +got):\n%s", diff)
			}
		})
	}
}
