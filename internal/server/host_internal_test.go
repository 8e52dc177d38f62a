package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/flowserver/flowserver/internal/config"
)

func TestAdminHosts(t *testing.T) {
	t.Parallel()
	hosts := newAdminHosts(&config.Config{Admin: "Ops.internal:9090", AdminHosts: []string{"flowserver-admin"}})
	h := hosts.only(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, status := range map[string]int{
		"localhost:9090": 200, "LOCALHOST": 200, "localhost.:9090": 200,
		"127.0.0.1:9090": 200, "10.1.2.3:9090": 200, "10.1.2.3": 200, "[::1]:9090": 200, "[::1]": 200, "[fe80::1%25eth0]:9090": 200,
		"ops.internal:9090": 200, "flowserver-admin:9090": 200, "Flowserver-Admin": 200,
		"evil.example": 403, "evil.example:9090": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "127.0.0.1.nip.io:9090": 403,
		"1": 403, "": 200,
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("host %q: status %d, want %d", host, w.Code, status)
		}
	}
	if newAdminHosts(&config.Config{Admin: ":9090"}).allow("evil.example") {
		t.Error("an admin address without a host allows all names")
	}
}

func TestSameSite(t *testing.T) {
	t.Parallel()
	h := sameSite(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for site, status := range map[string]int{"": 200, "none": 200, "same-origin": 200, "same-site": 403, "cross-site": 403} {
		r := httptest.NewRequest(http.MethodGet, "/debug/pprof/heap", http.NoBody)
		if site != "" {
			r.Header.Set("Sec-Fetch-Site", site)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("Sec-Fetch-Site %q: status %d, want %d", site, w.Code, status)
		}
	}
}
