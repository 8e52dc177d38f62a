package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/flowserver/flowserver/client"
)

// halfOpen holds connections that never finish their header.
func halfOpen(ctx context.Context, lab *Lab, o *outcome) error {
	if err := raiseFileLimit(); err != nil {
		return err
	}
	_, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	before := r.metric("flowserver_connections")
	open, closeAll := holdOpen(r.address(), lab.count(9500), "POST /flows/orders HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	lab.onReset(closeAll)
	l.run(ctx, 50, 3*time.Second)
	o.note("%d half-open headers", open)
	o.noneLost(l)
	o.want(eventually(15*time.Second, func() bool { return r.metric("flowserver_connections") <= before+10 }), "the connections are still open")
	return nil
}

// hangUps sends one envelope many times and hangs up after a random part of it.
func hangUps(ctx context.Context, lab *Lab, o *outcome) error {
	up, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	up.delay.Store(int64(50 * time.Millisecond))
	envelope, err := l.clients[0].Seal([]byte(`{"version":"3.0","action":"data_exchange","screen":"A","flow_token":"token-hang"}`))
	if err != nil {
		return err
	}
	wire, err := wireOf(ctx, r.url("orders"), envelope)
	if err != nil {
		return err
	}
	before := r.metric("go_goroutines")
	n := lab.count(3000)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range n / 16 {
				c, err := net.DialTimeout("tcp", r.address(), time.Second)
				if err != nil {
					continue // a closed port would show in the load that follows
				}
				_, _ = c.Write(wire[:1+rand.IntN(len(wire))]) // the server may have hung up first
				_ = c.Close()
			}
		})
	}
	group.Wait()
	up.delay.Store(0)
	l.run(ctx, 50, 2*time.Second)
	o.noneLost(l)
	o.handledOnce(up, 0)
	ok := eventually(15*time.Second, func() bool { return r.metric("go_goroutines") < before+30 })
	o.note("%d hang-ups, goroutines %.0f before, %.0f after", n, before, r.metric("go_goroutines"))
	o.want(ok, "goroutines are left")
	return nil
}

// wireOf returns the bytes of a request on a connection.
func wireOf(ctx context.Context, url string, envelope *client.Request) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, envelope.Method, url, bytes.NewReader(envelope.Body))
	if err != nil {
		return nil, err
	}
	req.Header = envelope.Header.Clone()
	var wire bytes.Buffer
	err = req.Write(&wire)
	return wire.Bytes(), err
}

// reloadStorm sends SIGHUP again and again, and halves the configuration in between.
func reloadStorm(ctx context.Context, lab *Lab, o *outcome) error {
	_, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	whole, err := os.ReadFile(r.config)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	var stormErr error
	hups := lab.count(200)
	duration := max(lab.duration(10*time.Second), 2*time.Second)
	group.Go(func() {
		for i := range hups {
			text := whole
			if i%3 == 0 {
				text = whole[:len(whole)*i/hups]
			}
			if stormErr = os.WriteFile(r.config, text, 0o600); stormErr != nil {
				return
			}
			if stormErr = r.signal(syscall.SIGHUP); stormErr != nil {
				return
			}
			time.Sleep(duration / time.Duration(hups))
		}
	})
	l.run(ctx, rate, duration)
	group.Wait()
	if stormErr != nil {
		return stormErr
	}
	o.note("%d SIGHUPs", hups)
	o.noneLost(l)
	return nil
}

// upstreamFaults has an upstream that answers in every wrong way.
func upstreamFaults(ctx context.Context, lab *Lab, o *outcome) error {
	for _, fault := range []struct {
		name   string
		status string
		answer http.HandlerFunc
	}{
		{"reset", "502", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"endless", "502", func(w http.ResponseWriter, _ *http.Request) {
			for chunk := bytes.Repeat([]byte("x"), 1<<20); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}},
		{"redirect", "502", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}},
		{"unavailable", "502", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }},
		{"nonsense", "502", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }},
	} {
		server := httptest.NewServer(fault.answer)
		lab.onReset(server.Close)
		_, r, l, err := lone(lab, config{upstream: server.URL})
		if err != nil {
			return fmt.Errorf("%s: %w", fault.name, err)
		}
		l.run(ctx, 20, 500*time.Millisecond)
		o.note("%s: %v", fault.name, l.statuses)
		o.want(l.statuses[fault.status] == l.sent, "%s: statuses %v, want %s", fault.name, l.statuses, fault.status)
		if err := memory(r, o); err != nil {
			return err
		}
	}
	return nil
}

// providerFaults has a provider that never stops answering.
func providerFaults(ctx context.Context, lab *Lab, o *outcome) error {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for chunk := bytes.Repeat([]byte("x"), 1<<20); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	lab.onReset(provider.Close)
	_, r, l, err := lone(lab, config{provider: providerBlock(provider.URL, "111")})
	if err != nil {
		return err
	}
	l.run(ctx, 50, time.Second)
	o.noneLost(l)
	o.note("verdict %s", verdictOf(r, "main"))
	o.want(r.logged(accessToken) == 0, "the log has the access token")
	return memory(r, o)
}
