package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/nearest"
	"github.com/flowserver/flowserver/internal/weburl"
)

// checker checks a decoded configuration as a whole, and fills in what depends on
// something else in it.
type checker struct {
	cfg    *Config
	report *report
	dir    string
}

// minRefresh keeps a slip of the unit from becoming a load on the provider.
const minRefresh = time.Second

const (
	minBody = KiB
	maxBody = 64 * MiB
)

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

var hostForm = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$`)

// ValidID reports whether text can be the id of a number or a flow.
func ValidID(text string) bool { return idForm.MatchString(text) }

func (c *checker) check() {
	cfg := c.cfg
	c.addresses()
	c.limits()
	c.token("", "redis_url", &cfg.RedisURL, &cfg.RedisURLFile)
	c.redis()
	c.redisPrefix()
	c.tls()
	if cfg.Registration.Refresh < minRefresh {
		c.report.add("registration.refresh", "is less than 1s", "the provider is asked this often: 1h is enough")
	}
	if cfg.Registration.Keep < cfg.Registration.Refresh {
		c.report.add("registration.keep", "is less than registration.refresh", "keep the last answer at least until the next one is asked for")
	}
	if len(cfg.Numbers) == 0 {
		c.report.addMissing("", "no number is configured", "numbers")
	}
	ids := map[string]int{}
	for i := range cfg.Numbers {
		c.id("numbers", i, cfg.Numbers[i].ID, ids)
		c.number(&cfg.Numbers[i], item("numbers", i))
	}
	if len(cfg.Flows) == 0 {
		c.report.addMissing("", "no flow is configured", "flows")
	}
	ids = map[string]int{}
	for i := range cfg.Flows {
		c.id("flows", i, cfg.Flows[i].ID, ids)
		c.flow(&cfg.Flows[i], item("flows", i))
	}
	c.oneOf("rsa", cfg.RSA, string(backend.Auto), string(backend.Batch), string(backend.Crypto))
	c.oneOf("log.format", cfg.Log.Format, LogAuto, LogJSON, LogText)
	c.oneOf("log.level", cfg.Log.Level, "debug", "info", "warn", "error")
}

func (c *checker) addresses() {
	listen, ok := c.address("listen", c.cfg.Listen)
	admin, alsoOK := c.address("admin", c.cfg.Admin)
	if ok && alsoOK && listen.conflicts(admin) {
		c.report.add("admin", "is the same address as listen", "give it another port: health and metrics must never be public")
	}
	for i, host := range c.cfg.AdminHosts {
		if host != "" && !hostForm.MatchString(host) {
			c.report.add(item("admin_hosts", i), "is not a host name", "write only the name, without a port, for example flowserver.internal")
		}
	}
	c.publicHealth(c.cfg.PublicHealth)
}

func (c *checker) publicHealth(given string) {
	switch {
	case given == "" || given == "/":
	case !pathForm.MatchString(given) || path.Clean(given) != strings.TrimSuffix(given, "/"):
		c.report.add("public_health", "is not a path", "write a slash and then A-Z, a-z, 0-9 and - _ . /, for example /up")
	case given == flowsPath || strings.HasPrefix(given, flowsPath+"/"):
		c.report.add("public_health", "is a path of the Flows", "choose another one, for example /up")
	}
}

var pathForm = regexp.MustCompile(`^/[A-Za-z0-9_./-]{0,100}$`)

// flowsPath is where flows are served.
const flowsPath = "/flows"

// maxStreams is what Go's HTTP/2 server allows without a setting.
const maxStreams = 250

func (c *checker) limits() {
	if c.cfg.MaxConnections < 1 && !c.report.broken("max_connections") {
		c.report.add("max_connections", "is less than 1", "omit it for the default")
	}
	if n := c.cfg.HTTP2MaxStreams; (n < 1 || n > maxStreams) && !c.report.broken("http2_max_streams") {
		c.report.add("http2_max_streams", fmt.Sprintf("is not between 1 and %d", maxStreams), "omit it for the default")
	}
}

type address struct {
	host string
	port uint64
}

func (c *checker) address(path, text string) (address, bool) {
	host, port, err := net.SplitHostPort(text)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if err != nil || portErr != nil {
		c.report.add(path, "is not an address", `write host:port with a numeric port, for example ":8080" or "127.0.0.1:9090"`)
		return address{}, false
	}
	return address{host, n}, true
}

// conflicts reports whether the two cannot be listened on at the same time. Port 0
// is a free one each time.
func (a address) conflicts(b address) bool {
	everywhere := func(host string) bool {
		ip, err := netip.ParseAddr(host)
		return host == "" || err == nil && ip.IsUnspecified()
	}
	return a.port != 0 && a.port == b.port && (a.host == b.host || everywhere(a.host) || everywhere(b.host))
}

func (c *checker) redis() {
	if c.cfg.RequireRedis && !c.cfg.RedisURL.IsSet() && !c.report.broken("redis_url") && !c.report.broken("redis_url_file") {
		c.report.add("require_redis", "is true, but there is no Redis", "add redis_url, or remove it")
	}
	if !c.cfg.RedisURL.IsSet() || c.report.broken("redis_url") || c.report.broken("redis_url_file") {
		return
	}
	if u, err := url.Parse(c.cfg.RedisURL.Reveal()); err != nil || !slices.Contains([]string{"redis", "rediss", "unix"}, u.Scheme) {
		path := "redis_url"
		if c.cfg.RedisURLFile != "" {
			path = "redis_url_file"
		}
		c.report.add(path, "is not a Redis URL",
			"write redis://host:port/0, rediss://host:port/0 or unix:///path, with special characters of a password escaped as %XX")
	}
}

// prefixForm leaves out what needs quotes in redis-cli, and braces, which would put
// all keys of a cluster into one slot.
var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_.:/-]{1,64}$`)

func (c *checker) redisPrefix() {
	if !prefixForm.MatchString(c.cfg.RedisPrefix) && !c.report.broken("redis_prefix") {
		c.report.add("redis_prefix", "is not a prefix of keys", "use up to 64 of A-Z, a-z, 0-9 and _ . : / -, for example \"staging:\"")
	}
}

// id checks the id of element i of a list. seen has the ids before it.
func (c *checker) id(list string, i int, id string, seen map[string]int) {
	path := item(list, i) + ".id"
	first, again := seen[id]
	switch {
	case c.report.broken(path):
	case id == "":
		c.report.addMissing(item(list, i), "is missing", "id")
	case !ValidID(id):
		c.report.add(path, "is not an id", "use a-z, 0-9, _ and -, and begin with a letter or digit")
	case again:
		c.report.add(path, "is also the id of "+item(list, first), "give each its own")
	default:
		seen[id] = i
	}
}

func (c *checker) flow(f *Flow, path string) {
	c.flowNumbers(f, path)
	c.appSecrets(f, path)
	c.tokenSecrets(f, path)
	if f.Timeout > MaxTimeout {
		c.report.add(path+".timeout", "is more than 10s", "WhatsApp gives up after 10s: stay well below it")
	}
	if (f.MaxBody < minBody || f.MaxBody > maxBody) && !c.report.broken(path+".max_body") {
		c.report.add(path+".max_body", fmt.Sprintf("is not between %v and %v", minBody, maxBody), "")
	}
	if f.MaxBody > c.cfg.MaxBodyMemory && !c.report.broken(path+".max_body") && !c.report.broken("max_body_memory") {
		c.report.add(path+".max_body", "is more than max_body_memory, which all bodies share", "raise max_body_memory, or GOMEMLIMIT, which it is a quarter of")
	}
	if f.MaxInFlight < 1 && !c.report.broken(path+".max_in_flight") {
		c.report.add(path+".max_in_flight", "is less than 1", "omit it for the default")
	}
	if f.Upstream != nil {
		c.upstream(f.Upstream, path+".upstream", f.Timeout, c.report.broken(path+".timeout"))
	}
	c.file(path+".flow_json", &f.FlowJSON)
	c.oneOf(path+".flow_token_signature", f.FlowTokenSignature, TokenSignatureOff, TokenSignatureOptional, TokenSignatureRequired)
	c.oneOf(path+".on_store_failure", f.OnStoreFailure, StoreFailureServe, StoreFailureRefuse)
	c.oneOf(path+".guard", f.Guard, GuardEnforce, GuardWarn, GuardOff)
	if f.Guard == GuardEnforce && f.FlowJSON == "" && f.Upstream != nil && !c.report.broken(path+".flow_json") {
		c.report.add(path+".guard", "has nothing to enforce without a flow_json", "add flow_json, or omit guard")
	}
}

func (c *checker) flowNumbers(f *Flow, path string) {
	given := false
	for i, id := range f.Numbers {
		at := item(path+".numbers", i)
		if id == "" {
			continue
		}
		given = true
		switch {
		case !c.numbersKnown():
		case !slices.ContainsFunc(c.cfg.Numbers, func(n Number) bool { return n.ID == id }):
			c.report.add(at, "is not the id of a number", "use an id that is listed under numbers")
		case slices.Contains(f.Numbers[:i], id):
			c.report.add(at, "is listed twice", "keep one of the two")
		}
	}
	switch {
	case given:
	case len(c.cfg.Numbers) == 1:
		f.Numbers = []string{c.cfg.Numbers[0].ID}
	case len(c.cfg.Numbers) > 1:
		c.report.addMissing(path, "is missing, and there is more than one number to choose from", "numbers")
	}
}

// numbersKnown reports whether the ids of all numbers could be read.
func (c *checker) numbersKnown() bool {
	return len(c.cfg.Numbers) > 0 && !slices.ContainsFunc(c.cfg.Numbers, func(n Number) bool { return n.ID == "" })
}

const maxRetries = 10

func (c *checker) upstream(up *Upstream, path string, flowTimeout time.Duration, flowTimeoutBroken bool) {
	c.token(path, "secret", &up.Secret, &up.SecretFile)
	if up.Timeout == 0 {
		up.Timeout = flowTimeout / 8 * 7
	}
	if up.Timeout >= flowTimeout && !flowTimeoutBroken {
		c.report.add(path+".timeout", "is not less than the timeout of the Flow", "leave the Flow some time to seal the answer")
	}
	if up.MaxAnswer == 0 {
		up.MaxAnswer = MiB
	}
	if (up.MaxAnswer < minBody || up.MaxAnswer > maxBody) && !c.report.broken(path+".max_answer") {
		c.report.add(path+".max_answer", fmt.Sprintf("is not between %v and %v", minBody, maxBody), "")
	}
	if up.Retries > maxRetries {
		c.report.add(path+".retries", "is more than 10", "")
	}
	if up.URL == "" {
		c.report.addMissing(path, "is missing", "url")
		return
	}
	u := c.url(path+".url", up.URL)
	if u != nil && u.Scheme != "http" && u.Scheme != "https" {
		c.report.add(path+".url", "is neither http nor https", "write a complete URL, for example http://localhost:3000/flow")
	}
	if up.Proxy == "" {
		return
	}
	if u := c.url(path+".proxy", up.Proxy); u != nil && !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		c.report.add(path+".proxy", "is not http, https or socks5", "write a complete URL, for example http://proxy:3128")
	}
}

// url parses a URL; it returns nil after it has reported a problem.
func (c *checker) url(path, text string) *url.URL {
	u, wrong, remedy := weburl.Parse(text)
	if u == nil {
		c.report.add(path, wrong, remedy)
	}
	return u
}

func (c *checker) oneOf(path, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		hint := ""
		if word := nearest.Word(strings.ToLower(value), choices); word != "" {
			hint = "did you mean " + word + "?"
		}
		c.report.add(path, "is not one of "+strings.Join(choices, ", "), hint)
	}
}
