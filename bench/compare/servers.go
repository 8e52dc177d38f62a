package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/flowserver/flowserver/bench/internal/flow"
	"github.com/flowserver/flowserver/bench/internal/phones"
	"github.com/flowserver/flowserver/keystore"
)

// Names of the servers under test, as the report has them.
const (
	pureGo      = "flowserver"
	widest      = "flowserver-batch"
	switchedOff = "flowserver-crypto"
	openSSL     = "flowserver-openssl"
	nodeHTTP    = "node-http"
	expressMeta = "express-meta"
	unbounded   = "unbounded"
)

// The key pair of all servers, and their app secret. Neither protects anything.
const (
	privateKey = "../testdata/keys/a.pkcs8.pem"
	publicKey  = "../testdata/keys/a.public.pem"
	appSecret  = "the-app-secret-of-the-benchmark"
)

// server is a program under test.
type server struct {
	name    string
	about   string
	path    string // of its URL
	command []string
	rsa     string // the configuration key, of flowserver
	skipped string // why it cannot be measured; empty if it can

	overloadOnly bool
}

// process is a server that runs.
type process struct {
	*phones.Phones
	server server
	url    string
	cmd    *exec.Cmd
}

// supplier makes the messages, the same ones for all servers.
type supplier struct{ *phones.Supply }

func newSupplier() (supplier, error) {
	text, err := os.ReadFile(publicKey)
	if err != nil {
		return supplier{}, err
	}
	key, err := keystore.ParsePublic(text)
	if err != nil {
		return supplier{}, err
	}
	supply, err := phones.NewSupply(key, []byte(appSecret), flow.Submission)
	return supplier{supply}, err
}

// measurable returns the servers that can be measured; those for the overload alone
// only if asked for.
func (b *bench) measurable(overload bool) []server {
	var all []server
	for _, s := range b.servers {
		if s.skipped == "" && (overload || !s.overloadOnly) {
			all = append(all, s)
		}
	}
	return all
}

// inTurn calls measure for each server in each round: A B A B, with every other
// round backwards, so that a machine that slows down favours none.
func (b *bench) inTurn(ctx context.Context, rounds int, servers []server, measure func(s server) error) error {
	for round := range rounds {
		for i := range servers {
			s := servers[i]
			if round%2 == 1 {
				s = servers[len(servers)-1-i]
			}
			if err := measure(s); err != nil {
				return fmt.Errorf("%s, round %d: %w", s.name, round+1, err)
			}
			if ctx.Err() != nil {
				return fmt.Errorf("%s, round %d: %w", s.name, round+1, ctx.Err())
			}
		}
	}
	return nil
}

// start starts a server on its core and waits until it has answered once.
func (b *bench) start(ctx context.Context, s server, conns int) (*process, error) {
	p, err := b.launch(ctx, s, conns)
	if err != nil {
		return nil, err
	}
	if err := p.await(ctx); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// launch starts a server without waiting for it.
func (b *bench) launch(ctx context.Context, s server, conns int) (*process, error) {
	listen, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	admin, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, err
	}
	keyFile, err := filepath.Abs(privateKey)
	if err != nil {
		return nil, err
	}
	p := &process{server: s, url: "http://" + listen + s.path}
	if p.Phones, err = phones.New(p.url, b.supplier.Supply, conns, flow.Right); err != nil {
		return nil, err
	}
	argv := append(b.pins.server(), s.command...)
	p.cmd = exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // G204: our own servers
	p.cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir(), "NODE_ENV=production",
		"PORT=" + port, "PRIVATE_KEY_FILE=" + keyFile, "APP_SECRET=" + appSecret,
		"FLOWSERVER_FLOW=bench", "FLOWSERVER_RSA=" + s.rsa, "FLOWSERVER_LISTEN=" + listen, "FLOWSERVER_ADMIN=" + admin,
		"FLOWSERVER_PRIVATE_KEY_FILE=" + keyFile, "FLOWSERVER_APP_SECRET=" + appSecret,
	}
	return p, p.cmd.Start() // its output is discarded
}

// await polls until the server has given one right answer.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	address := p.cmdAddress()
	var dialer net.Dialer
	for {
		connection, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			_ = connection.Close()
			break
		}
		if ctx.Err() != nil {
			return fmt.Errorf("it does not listen after 15 s: run it by hand: %v", p.cmd.Args)
		}
		time.Sleep(200 * time.Microsecond)
	}
	if err := p.Once(ctx); err != nil {
		return fmt.Errorf("the first answer: %w", err)
	}
	return nil
}

func (p *process) cmdAddress() string {
	return p.url[len("http://") : len(p.url)-len(p.server.path)]
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop ends the server, gently if it lets us.
func (p *process) stop() {
	p.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	kill := time.AfterFunc(3*time.Second, func() { _ = p.cmd.Process.Kill() })
	_ = p.cmd.Wait() // ended by a signal, which is an error
	kill.Stop()
}

// freeAddress is one on loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	port := l.Addr().(*net.TCPAddr).Port
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
}
