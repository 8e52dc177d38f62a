package noredirect_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/flowserver/flowserver/internal/noredirect"
)

func TestClient(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	given := http.Client{Timeout: time.Minute}
	client := noredirect.Client(given)
	if client.Timeout != given.Timeout || given.CheckRedirect != nil {
		t.Errorf("got %+v, want a copy of the client given, which stays as it is", client)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("Location") != elsewhere.URL {
		t.Errorf("got HTTP %d, want the redirect itself", resp.StatusCode)
	}
}
