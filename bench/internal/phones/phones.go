package phones

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flowserver/flowserver/client"
)

// Outcomes beside the status of an answer, such as "200" or "503".
const (
	Served     = "200"
	Overloaded = "503"
	NoAnswer   = "no answer"       // none within 10 s, or the connection broke
	Unusable   = "unusable answer" // a 200 that a phone cannot open or read
	Wrong      = "wrong answer"    // a 200 that does not say what it should
)

const (
	patience   = 10 * time.Second // after which Meta gives up, too
	holdAtOnce = 8
)

// Phones send the messages of a [Supply] to one endpoint, none twice.
type Phones struct {
	url       string
	supply    *Supply
	phone     *client.Client
	transport *connections
	check     func(*client.Reply) bool
	next      atomic.Int64

	mu   sync.Mutex
	held []*Phones
}

// New returns phones for the endpoint at url, with at most conns connections. check
// tells whether an opened 200 says what it should.
func New(url string, supply *Supply, conns int, check func(*client.Reply) bool) (*Phones, error) {
	transport := newConnections(conns)
	phone, err := client.New(client.Config{
		URL: url, PublicKey: supply.PublicKey, AppSecret: supply.AppSecret,
		HTTPClient: &http.Client{Timeout: patience, Transport: transport},
	})
	if err != nil {
		return nil, err
	}
	return &Phones{url: url, supply: supply, phone: phone, transport: transport, check: check}, nil
}

// Close closes the connections.
func (p *Phones) Close() {
	p.transport.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.held {
		one.Close()
	}
	p.held = nil
}

// Once sends one message and returns an error unless it is served well.
func (p *Phones) Once(ctx context.Context) error {
	outcome, err := p.send(ctx)
	if err == nil && outcome != Served {
		err = errors.New(outcome)
	}
	return err
}

// Hold opens n connections more, sends one message on each, and leaves them open and
// idle. It returns an error unless all are served well.
func (p *Phones) Hold(ctx context.Context, n int) error {
	var group errgroup.Group
	group.SetLimit(holdAtOnce)
	for range n {
		group.Go(func() error {
			one, err := New(p.url, p.supply, 1, p.check)
			if err != nil {
				return err
			}
			p.mu.Lock()
			p.held = append(p.held, one)
			p.mu.Unlock()
			one.next.Store(p.next.Add(1) - 1)
			return one.Once(ctx)
		})
	}
	return group.Wait()
}

// Closed has callers that send a message as soon as the one before is answered, as
// many at a time as given, for as long as given or until ctx ends; each sends one at least.
func (p *Phones) Closed(ctx context.Context, callers int, duration time.Duration) *Result {
	result := begin(0, duration)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for more := true; more; more = ctx.Err() == nil && time.Now().Before(result.end) {
				p.call(ctx, result, time.Now())
			}
		})
	}
	group.Wait()
	return result.sorted()
}

// Open sends messages at Poisson arrivals, rate a second on average, whatever became
// of those before, for as long as given or until ctx ends, and waits for the answers.
// Latency counts from the arrival as scheduled, so a queue shows wherever it is.
func (p *Phones) Open(ctx context.Context, rate float64, duration time.Duration) *Result {
	result := begin(rate, duration)
	var group sync.WaitGroup
	for arrival := result.start; ; {
		arrival = arrival.Add(time.Duration(rand.ExpFloat64() / rate * float64(time.Second))) //nolint:gosec // G404: arrivals, no secret
		if ctx.Err() != nil || arrival.After(result.end) {
			break
		}
		sleep(time.Until(arrival))
		group.Go(func() { p.call(ctx, result, arrival) })
	}
	group.Wait()
	return result.sorted()
}

// call sends one message. It ends by itself: there is a time limit.
func (p *Phones) call(ctx context.Context, result *Result, scheduled time.Time) {
	outcome, _ := p.send(ctx) // what went wrong is the outcome
	if ctx.Err() == nil {
		result.add(outcome, scheduled, time.Now())
	}
}

func (p *Phones) send(ctx context.Context) (outcome string, err error) {
	request, err := p.supply.request(int(p.next.Add(1) - 1))
	if err != nil {
		return NoAnswer, err
	}
	reply, err := p.phone.Do(ctx, request)
	switch {
	case reply == nil:
		return NoAnswer, err
	case err != nil:
		return Unusable, err
	case reply.Status == http.StatusOK && !p.check(reply):
		return Wrong, nil
	}
	return strconv.Itoa(reply.Status), nil
}
