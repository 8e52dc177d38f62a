package config

import (
	"fmt"
	"net/url"
	"runtime"
	"time"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/memlimit"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
	"github.com/flowserver/flowserver/store/redis"
)

// ProviderNone is the [Provider.Name] of a number whose key is registered by other
// means.
const ProviderNone = "none"

// What the guard does with answers that do not fit the Flow JSON, for
// [Flow.Guard].
const (
	GuardEnforce = "enforce"
	GuardWarn    = "warn"
	GuardOff     = "off"
)

// What is asked of flow_token_signature, for [Flow.FlowTokenSignature].
const (
	TokenSignatureOff      = "off"
	TokenSignatureOptional = "optional"
	TokenSignatureRequired = "required"
)

// What happens to requests while the store is away, for [Flow.OnStoreFailure].
const (
	StoreFailureServe  = "serve"
	StoreFailureRefuse = "refuse"
)

// The formats of the log, for [Log.Format].
const (
	LogAuto = "auto" // for people on a terminal, JSON elsewhere
	LogJSON = "json"
	LogText = "text" // key=value
)

// MaxTimeout is the longest timeout of a Flow: after it, WhatsApp no longer waits for
// an endpoint.
const MaxTimeout = protocol.TimeoutSeconds * time.Second

// Config is a whole configuration. One that comes from [Load] or [Builtin] is
// complete and consistent: defaults are filled in, secret files are read, paths
// are relative to the working directory or absolute.
type Config struct {
	// Listen is the public address, host:port; the default is every address at the port
	// that the variable PORT names, which platforms with one port set, or else ":8080".
	Listen string `yaml:"listen"`
	// Admin is the address of health and metrics, which must never be public; the
	// default is "127.0.0.1:9090".
	Admin string `yaml:"admin"`
	// AdminHosts are names, besides localhost and the host of Admin, that requests to the
	// admin address may name as their host. IP addresses always may.
	AdminHosts []string `yaml:"admin_hosts"`
	// Pprof adds /debug/pprof to the admin address.
	Pprof bool `yaml:"pprof"`
	// TrustRequestID adopts the X-Request-Id of requests, for proxies that set it.
	TrustRequestID bool `yaml:"trust_request_id"`
	// PublicHealth is a path of the public address that says whether the server is ready,
	// for platforms that have one port; empty for none.
	PublicHealth string `yaml:"public_health"`
	// TLS is nil for plain HTTP at the public address.
	TLS *TLS `yaml:"tls"`
	// RedisURL is a redis, rediss or unix URL, secret because it may hold a
	// password. Unset means in memory.
	RedisURL     Secret `yaml:"redis_url"`
	RedisURLFile string `yaml:"redis_url_file"`
	// RedisPrefix begins every key in Redis, so that deployments can share one; the
	// default is "flowserver:".
	RedisPrefix string `yaml:"redis_prefix"`
	// RequireRedis makes the start fail if Redis cannot be written to.
	RequireRedis bool `yaml:"require_redis"`
	// MaxBodyMemory is what all request bodies in flight may have together; the default is
	// a quarter of GOMEMLIMIT, 64MiB without one.
	MaxBodyMemory Size `yaml:"max_body_memory"`
	// MaxConnections is how many connections the public address may have open; the default
	// is 16384, or less if a quarter of GOMEMLIMIT does not suffice for them.
	MaxConnections int `yaml:"max_connections"`
	// HTTP2MaxStreams is how many requests one HTTP/2 connection may have in progress; the
	// default is 32.
	HTTP2MaxStreams int `yaml:"http2_max_streams"`
	// RSA says what may decrypt requests: auto, batch or crypto; default auto. See
	// [backend.Mode].
	RSA string `yaml:"rsa"`
	// RequireValidKey makes the start fail if a number cannot serve: its registered
	// key cannot work, and there is no evidence that it does.
	RequireValidKey bool         `yaml:"require_valid_key"`
	Registration    Registration `yaml:"registration"`
	Numbers         []Number     `yaml:"numbers"` // at least one
	Flows           []Flow       `yaml:"flows"`   // at least one
	Log             Log          `yaml:"log"`
}

// TLS is where the certificate of the public address comes from: either both
// files, or ACME.
type TLS struct {
	CertFile string `yaml:"cert_file"` // PEM, the whole chain with the server's own certificate first
	KeyFile  string `yaml:"key_file"`  // PEM, not encrypted
	ACME     *ACME  `yaml:"acme"`
}

// ACME is about certificates that are asked for, and renewed, by ACME.
type ACME struct {
	Domains []string `yaml:"domains"` // at least one, in lower case
	Email   string   `yaml:"email"`   // where the CA writes to; may be empty
	// CacheDir is where the account and the certificates are kept. It must survive
	// restarts.
	CacheDir string `yaml:"cache_dir"`
}

// Registration says how long what a provider answered about a key is believed.
type Registration struct {
	Refresh time.Duration `yaml:"refresh"` // fresh this long; default 1h, at least 1s
	Keep    time.Duration `yaml:"keep"`    // kept this long for when the provider is away; default 168h, never less than Refresh
}

// Number is a phone number: its key pairs and where its public key is registered.
type Number struct {
	// ID is unique among the numbers and made of a-z, 0-9, _ and -.
	ID string `yaml:"id"`
	// PrivateKeys has at least one element. The first is the active key, the
	// others are previous ones.
	PrivateKeys []PrivateKey `yaml:"private_keys"`
	Provider    Provider     `yaml:"provider"`
}

// PrivateKey is either a file or the text of one, with the passphrase if the key
// is encrypted. The key has not been parsed.
type PrivateKey struct {
	// File is the path of a file that was readable when the configuration was
	// loaded; empty if PEM is set.
	File string `yaml:"file"`
	// PEM is the key itself; its lines may end in a real line feed or in \n spelt
	// out, as variables often have it.
	PEM Secret `yaml:"pem"`
	// Passphrase is also what PassphraseFile held when it was read.
	Passphrase     Secret `yaml:"passphrase"`
	PassphraseFile string `yaml:"passphrase_file"`
}

// Flow is one endpoint, served at /flows/ and its ID.
type Flow struct {
	// ID is unique among the flows and made of a-z, 0-9, _ and -.
	ID string `yaml:"id"`
	// Numbers are the ids of the numbers whose keys may open the flow's envelopes.
	// It may be omitted if there is only one number.
	Numbers []string `yaml:"numbers"`
	// AppSecrets has at least one element, unless InsecureSkipSignature is true:
	// then it has none. It is also what AppSecretsFile held, one secret a line.
	AppSecrets            []Secret `yaml:"app_secrets"`
	AppSecretsFile        string   `yaml:"app_secrets_file"`
	InsecureSkipSignature bool     `yaml:"insecure_skip_signature"`
	// TokenSecrets sign the flow tokens that the flow accepts, each of at least 32 bytes.
	// It is also what TokenSecretsFile held, one secret a line. Without any, every flow
	// token is accepted.
	TokenSecrets       []Secret      `yaml:"token_secrets"`
	TokenSecretsFile   string        `yaml:"token_secrets_file"`
	FlowTokenSignature string        `yaml:"flow_token_signature"` // off, optional or required; default off
	Timeout            time.Duration `yaml:"timeout"`              // default 8s, at most 10s
	MaxBody            Size          `yaml:"max_body"`             // default 1MiB, from 1KiB to 64MiB
	MaxInFlight        int           `yaml:"max_in_flight"`        // default 1000, at least 1
	// OnStoreFailure says what happens to requests while Redis is away or refuses to write:
	// serve or refuse; default serve.
	OnStoreFailure string `yaml:"on_store_failure"`
	// Upstream is nil for a flow that is compiled in.
	Upstream *Upstream `yaml:"upstream"`
	// FlowJSON is the path of the flow's Flow JSON, against which the guard checks answers.
	// It may be empty: a flow that is compiled in may have one compiled in, too.
	FlowJSON string `yaml:"flow_json"`
	Guard    string `yaml:"guard"` // enforce, warn or off; default warn
}

// Upstream is a server in clear JSON that answers for a flow.
type Upstream struct {
	URL        string        `yaml:"url"`     // http or https
	Timeout    time.Duration `yaml:"timeout"` // less than the flow's; default seven eighths of it
	Secret     Secret        `yaml:"secret"`
	SecretFile string        `yaml:"secret_file"`
	// Retries is how often a connection that failed before any answer is tried
	// again; none by default, 10 at most.
	Retries int `yaml:"retries"`
	// Proxy is the URL of the proxy that messages go through; empty for none, whatever
	// the environment says.
	Proxy string `yaml:"proxy"`
	// MaxAnswer is the largest answer that is read; default 1MiB, from 1KiB to 64MiB.
	MaxAnswer Size `yaml:"max_answer"`
	// ForwardClientErrors posts what phones report to be wrong with answers, too.
	ForwardClientErrors bool `yaml:"forward_client_errors"`
}

// Log says how to log.
type Log struct {
	Format string `yaml:"format"` // auto, json or text; default auto
	Level  string `yaml:"level"`  // debug, info, warn or error; default info
}

func (c *Config) setDefaults() {
	c.Admin = "127.0.0.1:9090"
	c.MaxBodyMemory, c.MaxConnections, c.HTTP2MaxStreams = Size(memlimit.Bodies()), memlimit.Connections(), 32
	c.RedisPrefix = redis.DefaultPrefix
	c.RSA = string(backend.Auto)
	c.Registration.setDefaults()
	c.Log.setDefaults()
}

func (r *Registration) setDefaults() {
	r.Refresh, r.Keep = registration.DefaultRefresh, registration.DefaultKeep
}

func (n *Number) setDefaults() { n.Provider.setDefaults() }

func (f *Flow) setDefaults() {
	f.Timeout, f.MaxBody, f.MaxInFlight, f.Guard = exchange.DefaultTimeout, exchange.DefaultMaxBody, exchange.DefaultMaxInFlight, GuardWarn
	f.FlowTokenSignature = TokenSignatureOff
	f.OnStoreFailure = StoreFailureServe
}

func (l *Log) setDefaults() { l.Format, l.Level = LogAuto, "info" }

// Warning is something that works and should still be looked at. It holds no
// value of the configuration.
type Warning struct {
	Path string // as in problem.Problem
	Text string
}

// comfortableTimeout leaves a second of WhatsApp's ten for the way there and back.
const comfortableTimeout = 9 * time.Second

// Warnings lists what should be said at every start: signatures that are not
// checked, app secrets that are not what Meta gives out, deadlines close to WhatsApp's
// own, answers that leave the host in clear and unsigned, a required key that has no
// provider to ask, and private keys that every user of the machine can read.
func (c *Config) Warnings() []Warning {
	var warnings []Warning
	warn := func(path, text string) { warnings = append(warnings, Warning{Path: path, Text: text}) }
	for i, n := range c.Numbers {
		if c.RequireValidKey && n.Provider.Name == ProviderNone {
			warn(fmt.Sprintf("numbers[%d].provider.name", i), "without a provider require_valid_key checks nothing for this number")
		}
		for j, key := range n.PrivateKeys {
			if readableByOthers(key.File) {
				warn(fmt.Sprintf("numbers[%d].private_keys[%d].file", i, j), exposed)
			}
		}
	}
	if c.TLS != nil && readableByOthers(c.TLS.KeyFile) {
		warn("tls.key_file", exposed)
	}
	for i, f := range c.Flows {
		path := item("flows", i)
		if f.InsecureSkipSignature {
			warn(path+".insecure_skip_signature", "signatures are not checked: anyone who has the public key can call this flow")
		}
		for j, s := range f.AppSecrets {
			if warning, err := secret.CheckAppSecret(s.Bytes()); err == nil && warning != "" {
				warn(item(path+".app_secrets", j), warning)
			}
		}
		if f.Timeout > comfortableTimeout {
			warn(path+".timeout", "leaves less than a second for the network: WhatsApp gives up after 10s")
		}
		if up := f.Upstream; up != nil && !up.Secret.IsSet() {
			if u, err := url.Parse(up.URL); err != nil || u.Scheme == "http" && !weburl.IsLoopback(u.Hostname()) {
				warn(path+".upstream", "what users enter leaves this host over http and unsigned: use https, a secret, or both")
			}
		}
	}
	return warnings
}

const exposed = "every user of this machine can read the private key: run chmod o-rwx on the file"

// readableByOthers reports whether users other than the owner and its group can read a
// file. Windows has no such bits.
func readableByOthers(file string) bool {
	const othersRead = 0o004
	if file == "" || runtime.GOOS == "windows" {
		return false
	}
	info, err := files.Stat(file)
	return err == nil && info.Mode().Perm()&othersRead != 0 // reading the key reports the error
}
