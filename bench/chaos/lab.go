package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Lab is what the rows share: the program under test, a key pair and a folder. It is
// not safe for concurrent use: rows run one after the other.
type Lab struct {
	// Scale multiplies how long loads last and how many sockets an attack opens; 1
	// is the size of the published figures.
	Scale float64

	dir       string
	binary    string
	key       *rsa.PrivateKey
	appSecret []byte
	stops     []func()
}

// NewLab builds the program and makes a key pair. Close removes everything.
func NewLab(ctx context.Context, scale float64) (*Lab, error) {
	dir, err := os.MkdirTemp("", "flowserver-chaos-")
	if err != nil {
		return nil, err
	}
	l := &Lab{Scale: scale, dir: dir, binary: filepath.Join(dir, "flowserver"), appSecret: []byte("0123456789abcdef0123456789abcdef")}
	build := exec.CommandContext(ctx, "go", "build", "-o", l.binary, "github.com/flowserver/flowserver/cmd/flowserver")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("build: %w: %s", err, out), l.Close())
	}
	if l.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if _, err := l.writeKey("key.pem", l.key); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close stops what still runs and removes the folder.
func (l *Lab) Close() error {
	l.reset()
	return os.RemoveAll(l.dir)
}

// reset ends what a row has started, the latest first.
func (l *Lab) reset() {
	for i := len(l.stops) - 1; i >= 0; i-- {
		l.stops[i]()
	}
	l.stops = nil
}

// onReset has stop called when the row is over.
func (l *Lab) onReset(stop func()) { l.stops = append(l.stops, stop) }

// duration is a length of the published figures at the lab's scale.
func (l *Lab) duration(full time.Duration) time.Duration {
	return time.Duration(float64(full) * l.Scale)
}

// count is a number of the published figures at the lab's scale, at least one.
func (l *Lab) count(full int) int { return max(1, int(float64(full)*l.Scale)) }

// write writes a file into the lab's folder and returns its path.
func (l *Lab) write(name string, text []byte) (string, error) {
	path := filepath.Join(l.dir, name)
	return path, os.WriteFile(path, text, 0o600)
}

func (l *Lab) writeKey(name string, key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return l.write(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// config is what the configuration files of the rows differ in. The zero value is a
// replica with one flow, in memory, whose upstream is given.
type config struct {
	head     string // further top-level keys
	provider string // the provider block of the number; none by default
	redisURL string
	upstream string
	flow     string // further keys of the flow "orders"
	flows    string // further flows
	keyFile  string // key.pem by default
}

// writeConfig writes a configuration and returns its path.
func (l *Lab) writeConfig(name string, c config) (string, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n%s", c.head)
	if c.redisURL != "" {
		fmt.Fprintf(&text, "redis_url: %q\n", c.redisURL)
	}
	provider, keyFile := c.provider, c.keyFile
	if provider == "" {
		provider = "{name: none}"
	}
	if keyFile == "" {
		keyFile = "key.pem"
	}
	fmt.Fprintf(&text, "numbers:\n  - id: main\n    private_keys: [{file: %s}]\n    provider: %s\n", keyFile, provider)
	fmt.Fprintf(&text, "flows:\n  - id: orders\n    app_secrets: [%q]\n", l.appSecret)
	if c.upstream != "" {
		fmt.Fprintf(&text, "    upstream: {url: %q}\n", c.upstream)
	}
	text.WriteString(c.flow)
	text.WriteString(c.flows)
	return l.write(name, text.Bytes())
}

const (
	replicasOfRow = 3
	rate          = 100 // envelopes a second, well below the capacity of one core
)

// shared starts an upstream, a Redis and replicas that share it.
func shared(lab *Lab, c config) (*upstream, *redisServer, []*replica, error) {
	redis, err := lab.startRedis()
	if err != nil {
		return nil, nil, nil, err
	}
	up := lab.startUpstream()
	c.redisURL, c.upstream = redis.url(), up.url()
	file, err := lab.writeConfig("shared.yaml", c)
	if err != nil {
		return nil, nil, nil, err
	}
	all, err := lab.replicas(replicasOfRow, file)
	return up, redis, all, err
}

// lone starts an upstream and one replica, with a load for it.
func lone(lab *Lab, c config, env ...string) (*upstream, *replica, *load, error) {
	up := lab.startUpstream()
	if c.upstream == "" {
		c.upstream = up.url()
	}
	file, err := lab.writeConfig("lone.yaml", c)
	if err != nil {
		return nil, nil, nil, err
	}
	r, err := lab.start(file, env...)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := lab.newLoad("orders", onceOnly, r)
	return up, r, l, err
}
