package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// post sends a body once and returns the status.
func post(ctx context.Context, client *http.Client, url string, body io.Reader, signature string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return 0, err
	}
	if signature != "" {
		req.Header.Set("X-Hub-Signature-256", signature)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Body.Close()
}

// hammer repeats a request on a number of connections and counts the statuses.
func hammer(ctx context.Context, connections int, duration time.Duration, request func(*http.Client) (int, error)) map[int]int {
	counts := map[int]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	end := time.Now().Add(duration)
	for range connections {
		group.Go(func() {
			transport := &http.Transport{MaxIdleConnsPerHost: 1}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport, Timeout: patience}
			for time.Now().Before(end) && ctx.Err() == nil {
				status, err := request(client)
				if err != nil {
					status = 0
				}
				mu.Lock()
				counts[status]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return counts
}

const memoryLimit = 200 // MiB, as GOMEMLIMIT in the files for deployment

// memory wants the peak of a process below the limit.
func memory(r *replica, o *outcome) error {
	o.want(r.alive(), "the process ended: %s", r.tail())
	if !r.alive() {
		return nil
	}
	peak, err := r.peakMiB()
	if err != nil {
		return err
	}
	o.note("peak memory %d MiB", peak)
	o.want(peak < memoryLimit, "peak memory %d MiB, at most %d expected", peak, memoryLimit)
	return nil
}

// raiseFileLimit lets this process and its children have as many sockets as the
// machine allows.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// holdBodies opens connections that announce a body, send all of it but one byte, and
// wait. The signature has the right form, so only the bytes can prove it wrong.
func holdBodies(address string, n int) (closeAll func()) {
	const size = 1 << 20
	head := fmt.Sprintf("POST /flows/orders HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=%064d\r\nContent-Length: %d\r\n\r\n", 0, size)
	body := bytes.Repeat([]byte("x"), 32<<10)
	var mu sync.Mutex
	var conns []net.Conn
	for range n {
		go func() {
			c, err := net.DialTimeout("tcp", address, patience)
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			if _, err := io.WriteString(c, head); err != nil {
				return
			}
			for sent := 0; sent < size-1; sent += len(body) {
				if _, err := c.Write(body[:min(len(body), size-1-sent)]); err != nil {
					return
				}
			}
		}()
	}
	return func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

// holdOpen opens up to n connections, sends text on each and nothing after that. It
// returns how many the server and the machine accepted.
func holdOpen(address string, n int, text string) (open int, closeAll func()) {
	var conns []net.Conn
	for range n {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			break
		}
		conns = append(conns, c)
		_, _ = io.WriteString(c, text) // it may be closed already
	}
	return len(conns), func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

// holdStreams opens one HTTP/2 connection with as many streams as the server lets it
// have, each with a body that does not end.
func holdStreams(ctx context.Context, address string, n int) (closeAll func()) {
	ctx, cancel := context.WithCancel(ctx)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, MaxConnsPerHost: 1,
	}
	client := &http.Client{Transport: transport}
	for range n {
		go func() {
			body, more := io.Pipe()
			go func() {
				chunk := bytes.Repeat([]byte("x"), 16<<10)
				for sent := 0; sent < 1<<20-len(chunk); sent += len(chunk) {
					if _, err := more.Write(chunk); err != nil {
						return
					}
				}
				<-ctx.Done()
				_ = more.CloseWithError(ctx.Err())
			}()
			_, _ = post(ctx, client, "https://"+address+"/flows/orders", body, "sha256="+strings.Repeat("0", 64)) // it is to hang
		}()
	}
	return func() {
		cancel()
		transport.CloseIdleConnections()
	}
}

func heldBodies(ctx context.Context, lab *Lab, o *outcome) error {
	if err := raiseFileLimit(); err != nil {
		return err
	}
	up := lab.startUpstream()
	file, err := lab.writeConfig("bodies.yaml", config{upstream: up.url()})
	if err != nil {
		return err
	}
	r, err := lab.start(file, "GOMEMLIMIT=200MiB")
	if err != nil {
		return err
	}
	certificate, err := lab.writeCertificate()
	if err != nil {
		return err
	}
	secure, err := lab.writeConfig("streams.yaml", config{upstream: up.url(), head: "tls: {cert_file: " + certificate + ", key_file: " + certificate + "}\n"})
	if err != nil {
		return err
	}
	overTLS, err := lab.start(secure, "GOMEMLIMIT=200MiB")
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", onceOnly, r)
	if err != nil {
		return err
	}
	duration := max(lab.duration(20*time.Second), 4*time.Second)
	for range 3 { // the held ones are cut off: an attacker comes again
		lab.onReset(holdBodies(r.address(), lab.count(2000)/3+1))
		_, closeIdle := holdOpen(r.address(), lab.count(10_000)/3+1, "")
		lab.onReset(closeIdle)
		l.run(ctx, 50, duration/3)
	}
	o.noneLost(l)
	if err := memory(r, o); err != nil {
		return err
	}
	defer holdStreams(ctx, overTLS.address(), 250)()
	time.Sleep(duration / 4)
	return memory(overTLS, o)
}

func flood(ctx context.Context, lab *Lab, o *outcome) error {
	up := lab.startUpstream()
	open := fmt.Sprintf("  - id: open\n    insecure_skip_signature: true\n    upstream: {url: %q}\n", up.url())
	file, err := lab.writeConfig("flood.yaml", config{upstream: up.url(), flows: open})
	if err != nil {
		return err
	}
	r, err := lab.start(file)
	if err != nil {
		return err
	}
	duration := max(lab.duration(10*time.Second), 3*time.Second)
	var group sync.WaitGroup
	var garbage map[int]int
	group.Go(func() {
		garbage = hammer(ctx, 60, duration, func(client *http.Client) (int, error) {
			return post(ctx, client, r.url("open"), bytes.NewReader(randomEnvelope()), "")
		})
	})
	l, err := lab.newLoad("orders", onceOnly, r)
	if err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond)
	l.run(ctx, 20, duration-500*time.Millisecond)
	group.Wait()
	o.note("the flood got %v", garbage)
	o.noneLost(l)
	return nil
}

// randomEnvelope is well-formed and opens with no key.
func randomEnvelope() []byte {
	random := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		b[0] &= 0x7f        // below the modulus
		return base64.StdEncoding.EncodeToString(b)
	}
	text, err := json.Marshal(map[string]string{"encrypted_flow_data": random(80), "encrypted_aes_key": random(256), "initial_vector": random(16)})
	if err != nil {
		panic(err) // strings encode
	}
	return text
}

func eviction(ctx context.Context, lab *Lab, o *outcome) error {
	up, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	slow, err := lab.newLoad("orders", bothTimes, r)
	if err != nil {
		return err
	}
	up.delay.Store(int64(3 * time.Second))
	var group sync.WaitGroup
	group.Go(func() { slow.send(ctx, 1_000_000) })
	time.Sleep(300 * time.Millisecond) // its handler runs
	up.delay.Store(0)
	up.size.Store(20_000)
	l.run(ctx, 2*rate, 2*time.Second) // about 8 MB of answers while it runs
	group.Wait()
	o.noneLost(slow)
	o.handledOnce(up, 0)
	o.want(up.overlap <= 1, "one envelope ran %d times at the same time", up.overlap)
	// what was answered before is never handled again, even if its answer is gone
	up.size.Store(0)
	statuses := map[int]int{}
	for _, envelope := range l.envelopes[:min(len(l.envelopes), 50)] {
		reply, err := l.clients[0].Do(ctx, envelope)
		if reply == nil {
			return err
		}
		statuses[reply.Status]++
	}
	o.note("early envelopes sent again: %v", statuses)
	o.want(statuses[200]+statuses[409] == min(len(l.envelopes), 50), "envelopes sent again got %v", statuses)
	o.handledOnce(up, 0)
	return nil
}

func keyReplaced(ctx context.Context, lab *Lab, o *outcome) error {
	path, err := lab.writeKey("replaced.pem", lab.key)
	if err != nil {
		return err
	}
	_, _, l, err := lone(lab, config{keyFile: "replaced.pem"})
	if err != nil {
		return err
	}
	another, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	duration := max(lab.duration(8*time.Second), 5*time.Second)
	var group sync.WaitGroup
	var writeErr error
	group.Go(func() {
		time.Sleep(duration / 4)
		if _, writeErr = lab.writeKey("next.pem", another); writeErr == nil {
			writeErr = os.Rename(lab.dir+"/next.pem", path)
		}
	})
	l.run(ctx, 40, duration)
	group.Wait()
	o.noneLost(l)
	return writeErr
}
