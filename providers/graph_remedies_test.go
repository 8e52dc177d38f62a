package providers_test

import (
	"strings"
	"testing"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/providers"
)

// The remedy fits what stands between this machine and the API.
func TestGraphRemedies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer     standin.Answer
		want, none string
	}{
		"proof wanted": {
			answer(400, `{"error":{"message":"API calls from the server require an appsecret_proof argument","code":100}}`),
			"switch off Require app secret", "phone_number_id",
		},
		"login of a proxy":      {answer(407, "<html>login"), "user and password in HTTPS_PROXY", "phone_number_id"},
		"page for a rate limit": {answer(429, "<html>slow down"), "wait", "base_url"},
		"page of a web server":  {answer(404, "<html>not found"), "check base_url", ""},
		"firewall":              {answer(403, "<html>denied"), "allow this host's address", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registrar, stand := newInMemory(t, graph(), providers.Transport{Attempts: 1})
			stand.Respond(c.answer)
			_, err := registrar.PublicKey(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || c.none != "" && strings.Contains(err.Error(), c.none) {
				t.Errorf("got %v, want %q in it, and not %q", err, c.want, c.none)
			}
		})
	}
}
