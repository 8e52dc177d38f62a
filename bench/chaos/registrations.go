package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/flowserver/flowserver/internal/standin"
)

const accessToken = "access-token-of-the-lab"

// provider is a stand-in for Meta with one phone number.
type provider struct {
	URL   string
	stand *standin.Server
}

// startProvider starts a provider at which the key is registered.
func (l *Lab) startProvider(phoneNumberID string, key *rsa.PublicKey) (*provider, error) {
	stand := standin.New(standin.Meta, standin.Account{"access_token": accessToken, "phone_number_id": phoneNumberID})
	server := httptest.NewServer(stand)
	l.onReset(server.Close)
	p := &provider{URL: server.URL, stand: stand}
	if err := p.register(key); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *provider) register(key *rsa.PublicKey) error {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return err
	}
	p.stand.Register(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "VALID")
	return nil
}

func providerBlock(url, phoneNumberID string) string {
	return fmt.Sprintf("{name: meta, phone_number_id: %q, access_token: %s, base_url: %s}", phoneNumberID, accessToken, url)
}

// verdictOf returns the verdict of a number as /healthz says.
func verdictOf(r *replica, number string) string {
	_, health := r.get("/healthz")
	_, rest, _ := strings.Cut(health, `"number":"`+number+`"`)
	_, rest, _ = strings.Cut(rest, `"verdict":"`)
	verdict, _, _ := strings.Cut(rest, `"`)
	return verdict
}

func twoDeployments(_ context.Context, lab *Lab, o *outcome) error {
	redis, err := lab.startRedis()
	if err != nil {
		return err
	}
	up := lab.startUpstream()
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	for _, deployment := range []struct {
		phone, verdict string
		registered     *rsa.PublicKey
	}{
		{"111", "ok", &lab.key.PublicKey},
		{"222", "foreign", &foreign.PublicKey},
		{"333", "ok", &lab.key.PublicKey},
	} {
		provider, err := lab.startProvider(deployment.phone, deployment.registered)
		if err != nil {
			return err
		}
		file, err := lab.writeConfig("deployment-"+deployment.phone+".yaml", config{
			redisURL: redis.url(), upstream: up.url(), provider: providerBlock(provider.URL, deployment.phone),
		})
		if err != nil {
			return err
		}
		r := &replica{lab: lab, config: file}
		if err := r.launch(); err != nil {
			return err
		}
		lab.onReset(r.kill)
		ok := eventually(10*time.Second, func() bool { return verdictOf(r, "main") == deployment.verdict })
		o.note("phone %s: %s", deployment.phone, verdictOf(r, "main"))
		o.want(ok, "phone %s has the verdict %q, want %q", deployment.phone, verdictOf(r, "main"), deployment.verdict)
	}
	return nil
}

func oneForeignNumber(ctx context.Context, lab *Lab, o *outcome) error {
	up := lab.startUpstream()
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	provider, err := lab.startProvider("222", &foreign.PublicKey)
	if err != nil {
		return err
	}
	if _, err := lab.writeKey("india.pem", foreign); err != nil {
		return err
	}
	text := fmt.Sprintf(`listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers:
  - id: main
    private_keys: [{file: key.pem}]
    provider: {name: none}
  - id: other
    private_keys: [{file: key.pem}]
    provider: %s
flows:
  - id: orders
    numbers: [main]
    app_secrets: [%q]
    upstream: {url: %q}
  - id: second
    numbers: [other]
    app_secrets: [%q]
    upstream: {url: %q}
`, providerBlock(provider.URL, "222"), lab.appSecret, up.url(), lab.appSecret, up.url())
	file, err := lab.write("numbers.yaml", []byte(text))
	if err != nil {
		return err
	}
	r, err := lab.start(file)
	if err != nil {
		return err
	}
	o.want(eventually(10*time.Second, func() bool { return verdictOf(r, "other") == "foreign" }), "the other number has the verdict %q", verdictOf(r, "other"))
	status, reasons := r.get("/readyz")
	o.note("/readyz %d", status)
	o.want(status == http.StatusOK, "/readyz is %d: %s", status, reasons)
	for path, want := range map[string]int{
		"/readyz?flow=orders": 200, "/readyz?flow=second": 503, "/readyz?number=main": 200, "/readyz?number=other": 503,
		"/healthz": 200, "/healthz?fail=failing": 503,
	} {
		got, _ := r.get(path)
		o.want(got == want, "%s is %d, want %d", path, got, want)
	}
	l, err := lab.newLoad("orders", onceOnly, r)
	if err != nil {
		return err
	}
	l.run(ctx, rate, lab.duration(2*time.Second))
	o.noneLost(l)
	return nil
}

// providerFlaps has a provider say now ours, now foreign, while all requests are
// decrypted. Then a second replica starts, which has had no request.
func providerFlaps(ctx context.Context, lab *Lab, o *outcome) error {
	redis, err := lab.startRedis()
	if err != nil {
		return err
	}
	up := lab.startUpstream()
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	provider, err := lab.startProvider("111", &lab.key.PublicKey)
	if err != nil {
		return err
	}
	file, err := lab.writeConfig("flapping.yaml", config{
		head: "registration: {refresh: 1s}\n", redisURL: redis.url(), upstream: up.url(), provider: providerBlock(provider.URL, "111"),
	})
	if err != nil {
		return err
	}
	first, err := lab.start(file)
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", onceOnly, first)
	if err != nil {
		return err
	}
	l.run(ctx, rate, time.Second) // so that there is evidence

	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		l.run(ctx, rate, max(6*time.Second, lab.duration(30*time.Second)))
	}()
	probes, unready, foreignSeen := 0, 0, 0
	for done := false; !done; {
		key := &lab.key.PublicKey
		if probes/10%2 == 0 {
			key = &foreign.PublicKey
		}
		if err := provider.register(key); err != nil {
			return err
		}
		if status, _ := first.get("/readyz"); status != http.StatusOK {
			unready++
		}
		if verdictOf(first, "main") == "foreign" {
			foreignSeen++
		}
		probes++
		select {
		case <-loaded:
			done = true
		case <-time.After(200 * time.Millisecond):
		}
	}
	o.note("%d of %d probes not ready, %d while the verdict was foreign", unready, probes, foreignSeen)
	o.want(unready == 0, "%d of %d probes were not ready", unready, probes)
	o.want(foreignSeen > 0, "the verdict was never foreign")
	o.noneLost(l)

	if err := provider.register(&foreign.PublicKey); err != nil {
		return err
	}
	ok := eventually(10*time.Second, func() bool { return verdictOf(first, "main") == "foreign" })
	o.want(ok, "the verdict is %q at the end", verdictOf(first, "main"))
	second := &replica{lab: lab, config: file}
	if err := second.launch(); err != nil {
		return err
	}
	lab.onReset(second.kill)
	ok = eventually(10*time.Second, func() bool { return verdictOf(second, "main") == "foreign" })
	o.want(ok, "the new replica has the verdict %q", verdictOf(second, "main"))
	status, reasons := second.get("/readyz")
	o.note("a new replica without requests: /readyz %d", status)
	o.want(status == http.StatusOK, "/readyz of a new replica is %d: %s", status, reasons)
	return nil
}

func poisonedStore(ctx context.Context, lab *Lab, o *outcome) error {
	up, redis, all, err := shared(lab, config{})
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", onceOnly, all[0])
	if err != nil {
		return err
	}
	l.run(ctx, rate, time.Second)
	o.noneLost(l)
	keys, err := redis.cli("keys", "*")
	if err != nil {
		return err
	}
	// A value begins with the version of its format, an answer goes on with two bytes of
	// status: 1000, 301, 200 and 0. A mark has its kind, its attempt, a digest and an owner.
	answers := []string{"\x01\x03\xe8<script>", "\x01\x01\x2d<script>", "\x01\x00\xc8<script>", "\x01\x00\x00", "\x01\x01\xf4<script>", "<script>", ""}
	marks := []string{"", "x", "\x01", "\x01d" + strings.Repeat("\x00", 41), "\x01d\x01" + strings.Repeat("\x00", 40), strings.Repeat("d", 80)}
	poisoned := 0
	for i, key := range strings.Fields(keys) {
		var value string
		switch {
		case strings.Contains(key, "value:answer:"):
			value = answers[i%len(answers)]
		case strings.Contains(key, "value:mark:answer:") && i%3 == 0: // the others lead to a poisoned answer
			value = marks[i/3%len(marks)]
		default:
			continue
		}
		poisoned++
		if err := redis.set(key, value); err != nil {
			return err
		}
	}
	o.want(poisoned > len(l.envelopes), "only %d values of %d envelopes were poisoned", poisoned, len(l.envelopes))
	statuses := map[int]int{}
	for _, envelope := range l.envelopes {
		reply, err := l.clients[0].Do(ctx, envelope)
		if reply == nil {
			o.want(false, "no answer for a poisoned value: %v", err)
			continue
		}
		statuses[reply.Status]++
		o.want(!strings.Contains(string(reply.Body), "script"), "a poisoned body went out")
	}
	o.note("envelopes with poisoned values got %v", statuses)
	for status := range statuses {
		o.want(status == 400 || status == 409, "a poisoned value came to status %d", status) // 400: as if of another envelope
	}
	o.handledOnce(up, 0)
	for _, r := range all {
		o.want(r.logged("panic") == 0, "a replica panicked: %s", r.tail())
		o.want(r.alive(), "a replica ended")
	}
	return nil
}
