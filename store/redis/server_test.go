package redis_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

// runSuite runs the suite on a real Redis: with a prefix for each test, and sleeping.
func runSuite(t *testing.T, url string, opts redis.Options) {
	t.Helper()
	storetest.Run(t, func(t *testing.T) (store.Store, func(time.Duration)) {
		t.Helper()
		opts := opts
		opts.Prefix, opts.Timeout = t.Name()+":", patient.Timeout
		return open(t, url, opts), time.Sleep
	})
}

func TestRedis(t *testing.T) {
	t.Parallel()
	url, _ := storetest.StartRedis(t)
	runSuite(t, url, redis.Options{})
}

func TestRedis_Socket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "redis") //nolint:usetesting // t.TempDir is too long for a socket
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	storetest.StartRedis(t, "unixsocket "+socket, "user alice on >s3cret ~* &* +@all")

	s := open(t, "unix://alice:s3cret@"+socket+"?db=2", patient)
	must(t, s.Ping(t.Context()))
	must(t, s.Put(t.Context(), "k", []byte("v"), time.Hour))

	s = open(t, "unix://alice:wrong@"+socket, patient)
	for range 5 { // an answer, if a refusal: not failed at once
		err := s.Put(t.Context(), "k", []byte("v"), time.Hour)
		wantUnavailable(t, err)
		if !strings.Contains(err.Error(), "WRONGPASS") {
			t.Errorf("Put: got error %q, want the code of Redis", err)
		}
	}
}

func TestRedis_KilledAndRestarted(t *testing.T) {
	t.Parallel()
	url, server := storetest.StartRedis(t)
	s := open(t, url, redis.Options{Timeout: patient.Timeout, RetryAfter: time.Millisecond})
	must(t, s.Put(t.Context(), "k", []byte("v"), time.Hour))

	server.Kill()
	for range 3 {
		for _, err := range everyCall(t.Context(), s) {
			wantUnavailable(t, err)
		}
	}
	server.Restart()
	eventually(t, func() error { return s.Put(t.Context(), "k", []byte("w"), time.Hour) })
	if value, ok, err := s.Get(t.Context(), "k"); string(value) != "w" || !ok || err != nil {
		t.Errorf("Get: got %q, %v, error %v; want the value put after the restart", value, ok, err)
	}
}

// TestRedis_Hanging pauses a Redis that has answered. That calls then fail at once shows in
// that they fail even after it is resumed.
func TestRedis_Hanging(t *testing.T) {
	t.Parallel()
	url, server := storetest.StartRedis(t)
	for name, url := range map[string]string{"standalone": url, "sentinel": sentinel(t, server)} {
		connected := open(t, url, patient)
		must(t, connected.Ping(t.Context()))

		s := open(t, url, redis.Options{Timeout: 500 * time.Millisecond, RetryAfter: time.Hour})
		eventually(t, func() error { return s.Ping(t.Context()) })
		server.Pause()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		for range 3 {
			_, _, err := s.Get(ctx, "k")
			wantUnavailable(t, err)
		}
		cancel()
		server.Resume()
		must(t, connected.Ping(t.Context()))
		for op, err := range everyCall(t.Context(), s) {
			if op != "ping" && !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: %s: got error %v, want ErrUnavailable without asking", name, op, err)
			}
		}
		// Ping asks always, and ends the failing.
		eventually(t, func() error { return s.Ping(t.Context()) })
		eventually(t, func() error { return s.Put(t.Context(), "k", nil, time.Hour) })
	}
}

// TestRedis_HangingIsTriedAgain does without Ping.
func TestRedis_HangingIsTriedAgain(t *testing.T) {
	t.Parallel()
	url, server := storetest.StartRedis(t)
	s := open(t, url, redis.Options{Timeout: 500 * time.Millisecond, RetryAfter: time.Millisecond})
	eventually(t, func() error { return s.Ping(t.Context()) })
	server.Pause()
	for range 4 {
		wantUnavailable(t, s.Put(t.Context(), "k", nil, time.Hour))
	}
	server.Resume()
	eventually(t, func() error { return s.Put(t.Context(), "k", nil, time.Hour) })
}

// TestRedis_ImpatientCallers give up before the store does. That is not Redis's failure, so
// other callers are not failed at once.
func TestRedis_ImpatientCallers(t *testing.T) {
	t.Parallel()
	url, server := storetest.StartRedis(t)
	s := open(t, url, redis.Options{Timeout: patient.Timeout, RetryAfter: time.Hour})
	must(t, s.Ping(t.Context()))
	server.Pause()
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		for op, err := range everyCall(ctx, s) {
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: got error %v, want that of the context", op, err)
			}
		}
		cancel()
	}
	server.Resume()
	must(t, s.Put(t.Context(), "k", nil, time.Hour))
}

func TestRedis_TLS(t *testing.T) {
	t.Parallel()
	cert, key, roots := selfSigned(t)
	addr := storetest.FreeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	storetest.StartRedis(t, "tls-port "+port, "tls-auth-clients no",
		"tls-cert-file "+cert, "tls-key-file "+key, "tls-ca-cert-file "+cert)

	stranger := open(t, "rediss://"+addr, patient)
	err := stranger.Ping(t.Context())
	wantUnavailable(t, err)
	if !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Ping without the authority: got error %q, want one that says so", err)
	}
	must(t, open(t, "rediss://"+addr+"?skip_verify=true", patient).Ping(t.Context()))
	runSuite(t, "rediss://"+addr, redis.Options{TLS: &tls.Config{RootCAs: roots}})
}

// selfSigned writes the certificate of an authority that is also the server 127.0.0.1.
func selfSigned(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)

	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	must(t, os.WriteFile(certFile, certPEM, 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	roots = x509.NewCertPool()
	if !roots.AppendCertsFromPEM(certPEM) {
		t.Fatal("the certificate just made does not parse")
	}
	return certFile, keyFile, roots
}

func sentinel(t *testing.T, watched *storetest.RedisServer) (url string) {
	t.Helper()
	url, _ = storetest.StartSentinel(t, watched)
	return url
}

func TestSentinel(t *testing.T) {
	t.Parallel()
	_, server := storetest.StartRedis(t)
	runSuite(t, sentinel(t, server)+"&db=1", redis.Options{})
}

func TestSentinel_Failures(t *testing.T) {
	t.Parallel()
	_, server := storetest.StartRedis(t)
	url, watcher := storetest.StartSentinel(t, server)
	s := open(t, url, redis.Options{Timeout: 2 * time.Second, RetryAfter: time.Millisecond})
	must(t, s.Put(t.Context(), "k", nil, time.Hour))

	watcher.Kill() // the connections to Redis stay
	must(t, s.Put(t.Context(), "k", nil, time.Hour))
	server.Kill()
	for _, err := range everyCall(t.Context(), s) {
		wantUnavailable(t, err)
	}
	server.Restart()
	watcher.Restart()
	eventually(t, func() error { return s.Put(t.Context(), "k", nil, time.Hour) })
}

// startCluster starts a cluster of three nodes.
func startCluster(t *testing.T) (url string, nodes []*storetest.RedisServer) {
	t.Helper()
	const size, slots = 3, 16384
	var clients []*goredis.Client
	for i := range size {
		_, node := storetest.StartRedis(t, "cluster-enabled yes", "cluster-node-timeout 5000")
		client := goredis.NewClient(&goredis.Options{Addr: node.Addr()})
		t.Cleanup(func() { _ = client.Close() })
		must(t, client.ClusterAddSlotsRange(t.Context(), i*slots/size, (i+1)*slots/size-1).Err())
		must(t, client.Do(t.Context(), "cluster", "set-config-epoch", i+1).Err())
		nodes, clients = append(nodes, node), append(clients, client)
	}
	host, port, err := net.SplitHostPort(nodes[0].Addr())
	must(t, err)
	for _, client := range clients[1:] {
		must(t, client.ClusterMeet(t.Context(), host, port).Err())
	}
	for _, client := range clients {
		eventually(t, func() error {
			info, err := client.ClusterInfo(t.Context()).Result()
			if err == nil && (!strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3")) {
				err = errors.New(info)
			}
			return err
		})
	}
	return "redis://" + nodes[0].Addr() + "?addr=" + nodes[1].Addr(), nodes
}

func TestCluster(t *testing.T) {
	t.Parallel()
	url, _ := startCluster(t)
	runSuite(t, url, redis.Options{})

	t.Run("keys on all nodes", func(t *testing.T) {
		t.Parallel()
		s := open(t, url, redis.Options{Timeout: patient.Timeout})
		for i := range 50 {
			key := strconv.Itoa(i)
			if stored, err := s.PutIfAbsent(t.Context(), key, []byte(key), time.Hour); !stored || err != nil {
				t.Fatalf("PutIfAbsent: got %v, error %v", stored, err)
			}
			if value, ok, err := s.Get(t.Context(), key); string(value) != key || !ok || err != nil {
				t.Fatalf("Get: got %q, %v, error %v; want %q", value, ok, err, key)
			}
		}
	})
}

// TestCluster_Hanging pauses all nodes once their client knows them.
func TestCluster_Hanging(t *testing.T) {
	t.Parallel()
	url, nodes := startCluster(t)
	s := open(t, url, redis.Options{Timeout: 200 * time.Millisecond, RetryAfter: time.Nanosecond})
	eventually(t, func() error { return s.Ping(t.Context()) })
	for _, node := range nodes {
		node.Pause()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for op, err := range everyCall(ctx, s) {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: got error %v, want ErrUnavailable before the caller's context ends", op, err)
		}
	}
	for _, node := range nodes {
		node.Resume()
	}
	eventually(t, func() error { return s.Put(t.Context(), "k", nil, time.Hour) })
}

// eventually calls until there is no error.
func eventually(t *testing.T, call func() error) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		err := call()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still after 30 s: %v", err)
		}
	}
}
