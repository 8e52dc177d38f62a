package redis

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	goredis "github.com/redis/go-redis/v9"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, url string
		want      goredis.UniversalOptions
	}{
		{"host", "redis://redis", goredis.UniversalOptions{Addrs: []string{"redis:6379"}}},
		{
			"everything", "redis://user:pass@redis:1/2?pool_size=3&client_name=name&protocol=2",
			goredis.UniversalOptions{
				Addrs: []string{"redis:1"}, DB: 2, Username: "user", Password: "pass",
				PoolSize: 3, ClientName: "name", Protocol: 2,
			},
		},
		{"password only", "redis://:pass@redis", goredis.UniversalOptions{Addrs: []string{"redis:6379"}, Password: "pass"}},
		{
			"password with special characters", "redis://:%2F%23%3F%40%3A%25@redis",
			goredis.UniversalOptions{Addrs: []string{"redis:6379"}, Password: "/#?@:%"},
		},
		{"db as parameter", "redis://redis?db=2", goredis.UniversalOptions{Addrs: []string{"redis:6379"}, DB: 2}},
		{"IPv6", "redis://[::1]:1", goredis.UniversalOptions{Addrs: []string{"[::1]:1"}}},
		{
			"TLS", "rediss://redis",
			goredis.UniversalOptions{Addrs: []string{"redis:6379"}, TLSConfig: &tls.Config{ServerName: "redis"}},
		},
		{
			"TLS unverified", "rediss://redis?skip_verify=true",
			goredis.UniversalOptions{Addrs: []string{"redis:6379"}, TLSConfig: &tls.Config{ServerName: "redis", InsecureSkipVerify: true}},
		},
		{
			"socket", "unix://user:pass@/run/redis.sock?db=2",
			goredis.UniversalOptions{Addrs: []string{"/run/redis.sock"}, DB: 2, Username: "user", Password: "pass"},
		},
		{
			"Sentinel", "rediss://su:sp@s1:1/2?master_name=m&addr=s2:2&addr=s3:3&username=user&password=pass&pool_size=3",
			goredis.UniversalOptions{
				Addrs: []string{"s1:1", "s2:2", "s3:3"}, MasterName: "m", DB: 2,
				SentinelUsername: "su", SentinelPassword: "sp", Username: "user", Password: "pass",
				TLSConfig: &tls.Config{ServerName: "s1"}, PoolSize: 3,
			},
		},
		{
			"cluster", "rediss://user:pass@c1:1?addr=c2:2&addr=c3:3&client_name=name",
			goredis.UniversalOptions{
				Addrs: []string{"c1:1", "c2:2", "c3:3"}, IsClusterMode: true, Username: "user", Password: "pass",
				TLSConfig: &tls.Config{ServerName: "c1"}, ClientName: "name",
			},
		},
		{
			"cluster of one address", "redis://c1:1?addr=c1:1",
			goredis.UniversalOptions{Addrs: []string{"c1:1", "c1:1"}, IsClusterMode: true},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseURL(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			sameTLS := cmp.Comparer(func(a, b *tls.Config) bool {
				return (a == nil) == (b == nil) && (a == nil || a.ServerName == b.ServerName && a.InsecureSkipVerify == b.InsecureSkipVerify)
			})
			if diff := cmp.Diff(*got, tt.want, sameTLS, cmpopts.IgnoreUnexported(goredis.UniversalOptions{})); diff != "" {
				t.Errorf("got -, want +:\n%s", diff)
			}
		})
	}
}

func TestMergeTLS(t *testing.T) {
	t.Parallel()
	roots := x509.NewCertPool()
	fromURL := &tls.Config{ServerName: "redis"}
	if got := mergeTLS(nil, &tls.Config{RootCAs: roots}); got != nil {
		t.Errorf("no rediss URL: got %v, want nil", got)
	}
	if got := mergeTLS(fromURL, nil); got != fromURL {
		t.Errorf("no Options.TLS: got %v, want that of the URL", got)
	}
	if got := mergeTLS(fromURL, &tls.Config{RootCAs: roots}); got.RootCAs != roots || got.ServerName != "redis" || got.InsecureSkipVerify {
		t.Error("RootCAs of Options.TLS and name of the URL: not merged")
	}
	ours := &tls.Config{ServerName: "ours"}
	if got := mergeTLS(&tls.Config{ServerName: "redis", InsecureSkipVerify: true}, ours); got.ServerName != "ours" || !got.InsecureSkipVerify {
		t.Error("ServerName of Options.TLS and skip_verify of the URL: not merged")
	}
	if ours.InsecureSkipVerify {
		t.Error("the caller's TLS configuration was changed")
	}
}
