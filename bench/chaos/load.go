package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client"
)

const patience = 10 * time.Second // after which Meta gives up, too

// delivery is how an envelope travels.
type delivery int

const (
	onceOnly  delivery = iota // to one replica; if that does not answer, not again
	retried                   // to one replica, and to the next ones if it does not answer or says 503
	bothTimes                 // to two replicas at the same moment
	again                     // to one replica, and the same bytes again after the answer
)

// load sends envelopes, each with its own flow token, and counts the answers.
type load struct {
	lab      *Lab
	clients  []*client.Client
	delivery delivery

	mu        sync.Mutex
	sent      int
	answered  int            // with a 200 that is meant for this user, at least once
	wrong     int            // a 200 for another user, or one that does not open
	different int            // two answers to one envelope that differ
	statuses  map[string]int // of all attempts
	times     []time.Duration
	envelopes []*client.Request // those that were answered
}

// newLoad makes a load for a flow of the replicas.
func (l *Lab) newLoad(flow string, d delivery, replicas ...*replica) (*load, error) {
	one := &load{lab: l, delivery: d, statuses: map[string]int{}}
	for _, r := range replicas {
		transport := &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}
		c, err := client.New(client.Config{
			URL: r.url(flow), PublicKey: &l.key.PublicKey, AppSecret: l.appSecret,
			HTTPClient: &http.Client{Timeout: patience, Transport: transport},
		})
		if err != nil {
			return nil, err
		}
		l.onReset(transport.CloseIdleConnections)
		one.clients = append(one.clients, c)
	}
	return one, nil
}

// run sends rate envelopes a second for as long as given and waits for the answers.
// Whatever becomes of the earlier ones, the next are sent in time.
func (o *load) run(ctx context.Context, rate int, duration time.Duration) {
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	var group sync.WaitGroup
	for i, end := 0, time.Now().Add(duration); time.Now().Before(end); i++ {
		select {
		case <-ctx.Done():
			group.Wait()
			return
		case <-ticker.C:
		}
		group.Go(func() { o.send(ctx, i) })
	}
	group.Wait()
}

// send delivers one envelope.
func (o *load) send(ctx context.Context, i int) {
	token := "token-" + strconv.Itoa(i)
	plain, err := json.Marshal(client.Message{Version: "3.0", Action: "data_exchange", Screen: "A", FlowToken: token})
	if err != nil {
		panic(err) // strings encode
	}
	first := o.clients[i%len(o.clients)]
	envelope, err := first.Seal(plain)
	if err != nil {
		panic(err) // the key is sound
	}
	o.mu.Lock()
	o.sent++
	o.mu.Unlock()
	o.deliver(ctx, envelope, token, i)
}

// deliver sends an envelope as the load's delivery says and compares the answers.
func (o *load) deliver(ctx context.Context, envelope *client.Request, token string, i int) {
	var bodies [][]byte
	var group sync.WaitGroup
	var mu sync.Mutex
	try := func(c *client.Client) bool {
		body := o.try(ctx, c, envelope, token)
		if body == nil {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, body)
		return true
	}
	switch o.delivery {
	case bothTimes:
		group.Go(func() { try(o.clients[i%len(o.clients)]) })
		group.Go(func() { try(o.clients[(i+1)%len(o.clients)]) })
		group.Wait()
	case again:
		if try(o.clients[i%len(o.clients)]) {
			try(o.clients[(i+1)%len(o.clients)])
		}
	case retried:
		for k := range 10 {
			if try(o.clients[(i+k)%len(o.clients)]) || ctx.Err() != nil {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
	default:
		try(o.clients[i%len(o.clients)])
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(bodies) > 0 {
		o.answered++
		o.envelopes = append(o.envelopes, envelope)
	}
	if len(bodies) == 2 && !bytes.Equal(bodies[0], bodies[1]) {
		o.different++
	}
}

// try sends an envelope once. It returns the sealed body of a good answer.
func (o *load) try(ctx context.Context, c *client.Client, envelope *client.Request, token string) []byte {
	started := time.Now()
	reply, err := c.Do(ctx, envelope)
	took := time.Since(started)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case reply == nil:
		o.statuses["no answer"]++
		return nil
	case reply.Status != http.StatusOK:
		o.statuses[strconv.Itoa(reply.Status)]++
		return nil
	}
	o.statuses["200"]++
	o.times = append(o.times, took)
	var data struct{ Token string }
	if err != nil || json.Unmarshal(reply.Data, &data) != nil || data.Token != token {
		o.wrong++
		return nil
	}
	return reply.Body
}

// lost returns how many envelopes went unanswered.
func (o *load) lost() int { return o.sent - o.answered }

// percentile returns a quantile of the times of good answers.
func (o *load) percentile(p float64) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.times) == 0 {
		return 0
	}
	sorted := slices.Clone(o.times)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*p))]
}

// String is the account in one line.
func (o *load) String() string {
	o.mu.Lock()
	var statuses []string
	for _, status := range slices.Sorted(maps.Keys(o.statuses)) {
		statuses = append(statuses, fmt.Sprintf("%d × %s", o.statuses[status], status))
	}
	line := fmt.Sprintf("%d of %d answered (%s)", o.answered, o.sent, strings.Join(statuses, ", "))
	o.mu.Unlock()
	return fmt.Sprintf("%s, p50 %s, p99 %s", line, o.percentile(0.5).Round(100*time.Microsecond), o.percentile(0.99).Round(100*time.Microsecond))
}
