package redis

import (
	"crypto/tls"
	"errors"
	"net/url"
	"slices"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// urlParameters are the parameters of a URL that Open takes. Those of go-redis for time
// limits and retries are left out: the limits of Options hold. So are those for reading
// from replicas, which may not have yet what was just written.
var urlParameters = []string{
	"addr", "master_name", "db", "username", "password",
	"pool_size", "client_name", "protocol", "skip_verify",
}

// parseURL reads a URL of Redis. Its errors say nothing of the URL, and nothing of what
// go-redis says of it: a password with a bare / # or ? in it lands in any part.
func parseURL(rawURL string) (*goredis.UniversalOptions, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Fragment != "" {
		return nil, errors.New("does not parse: percent-encode special characters in the password")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("parameters do not parse: percent-encode special characters in the password")
	}
	for name := range query {
		if !slices.Contains(urlParameters, name) {
			return nil, errors.New("unknown parameter: known are " + strings.Join(urlParameters, ", "))
		}
	}
	switch {
	case u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix":
		return nil, errors.New("unknown scheme: want redis, rediss or unix")
	case query.Has("master_name"):
		return parseSentinelURL(rawURL)
	case query.Has("addr"):
		return parseClusterURL(rawURL)
	default:
		return parseStandaloneURL(rawURL)
	}
}

func parseStandaloneURL(rawURL string) (*goredis.UniversalOptions, error) {
	o, err := goredis.ParseURL(rawURL)
	if err != nil {
		return nil, errors.New("want redis://[user:password@]host[:port][/db] or unix://[user:password@]/path[?db=n]")
	}
	return &goredis.UniversalOptions{
		Addrs: []string{o.Addr}, DB: o.DB,
		Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		PoolSize: o.PoolSize, ClientName: o.ClientName, Protocol: o.Protocol,
	}, nil
}

func parseSentinelURL(rawURL string) (*goredis.UniversalOptions, error) {
	o, err := goredis.ParseFailoverURL(rawURL)
	if err != nil || o.MasterName == "" {
		return nil, errors.New("want redis://[user:password@]host:port[/db]?master_name=name[&addr=host:port…] for Sentinel")
	}
	return &goredis.UniversalOptions{
		Addrs: o.SentinelAddrs, MasterName: o.MasterName, DB: o.DB,
		SentinelUsername: o.SentinelUsername, SentinelPassword: o.SentinelPassword,
		Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		PoolSize: o.PoolSize, ClientName: o.ClientName, Protocol: o.Protocol,
	}, nil
}

func parseClusterURL(rawURL string) (*goredis.UniversalOptions, error) {
	o, err := goredis.ParseClusterURL(rawURL)
	if err != nil {
		return nil, errors.New("want redis://[user:password@]host:port?addr=host:port[&addr=…] for a cluster")
	}
	return &goredis.UniversalOptions{
		Addrs: o.Addrs, IsClusterMode: true,
		Username: o.Username, Password: o.Password, TLSConfig: o.TLSConfig,
		PoolSize: o.PoolSize, ClientName: o.ClientName, Protocol: o.Protocol,
	}, nil
}

// mergeTLS returns ours with what only the URL knows.
func mergeTLS(fromURL, ours *tls.Config) *tls.Config {
	if fromURL == nil || ours == nil {
		return fromURL
	}
	merged := ours.Clone()
	if merged.ServerName == "" {
		merged.ServerName = fromURL.ServerName
	}
	merged.InsecureSkipVerify = merged.InsecureSkipVerify || fromURL.InsecureSkipVerify
	return merged
}
