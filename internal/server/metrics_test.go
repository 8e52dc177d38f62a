package server_test

import (
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/protocol"
	"github.com/flowserver/flowserver/registration"
)

func (r *running) scrape() string {
	r.t.Helper()
	status, text := get(r.t, r.admin+"/metrics")
	if status != http.StatusOK {
		r.t.Fatalf("/metrics: status %d: %s", status, text)
	}
	return text
}

// hasMetric waits for a line: an exchange is counted after its answer is out.
func (r *running) hasMetric(line string) {
	r.t.Helper()
	eventually(r.t, "metric "+line, func() bool { return strings.Contains("\n"+r.scrape(), "\n"+line+"\n") })
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	stand, url := newStandin(t)
	stand.Register(publicPEM(t, "a"), "VALID")
	s := setup{provider: meta(url)}.start(t)
	s.becomes(registration.VerdictOK)

	s.hasMetric(`flowserver_refused_total{flow="greeting",reason="overload"} 0`)
	phone := s.phone("a")
	for _, c := range []struct {
		msg    client.Message
		faults []client.Fault
	}{
		{msg: initMessage()},
		{msg: initMessage()},
		{msg: client.Message{Action: protocol.ActionPing}},
		{msg: client.Message{Action: protocol.ActionDataExchange, Screen: "invented by a client", FlowToken: "t"}},
		{msg: client.Message{Action: protocol.ActionDataExchange, FlowToken: "t", Data: map[string]string{"error": "invented by a client", "error_message": "x"}}},
	} {
		if _, err := phone.Send(t.Context(), c.msg); err != nil {
			t.Fatal(err)
		}
	}
	if got := send(t, s.phone("b"), initMessage()); got != 421 { // twice, as phones do
		t.Errorf("another public key: status %d, want 421", got)
	}
	if status, _ := request(t, http.MethodPost, s.public+"/flows/greeting"); status != 432 {
		t.Errorf("no signature: status %d, want 432", status)
	}
	for _, line := range []string{
		`flowserver_exchanges_total{action="INIT",flow="greeting",screen="",status="200"} 2`,
		`flowserver_exchanges_total{action="ping",flow="greeting",screen="",status="200"} 1`,
		`flowserver_exchanges_total{action="data_exchange",flow="greeting",screen="other",status="200"} 1`,
		`flowserver_exchanges_total{action="",flow="greeting",screen="",status="421"} 2`,
		`flowserver_exchanges_total{action="",flow="greeting",screen="",status="432"} 1`,
		`flowserver_exchange_duration_seconds_count{action="INIT",flow="greeting"} 2`,
		`flowserver_exchange_duration_seconds_bucket{action="INIT",flow="greeting",le="10"} 2`,
		`flowserver_refused_total{flow="greeting",reason="undecryptable"} 2`,
		`flowserver_refused_total{flow="greeting",reason="signature"} 1`,
		`flowserver_client_errors_total{error="other",flow="greeting"} 1`,
		`flowserver_provider_requests_total{op="get",outcome="ok",provider="meta"} 1`,
		`flowserver_store_errors_total{kind="full",op="put"} 0`,
		`flowserver_build_info{backend="` + backend.Name() + `",goversion="` + runtime.Version() + `",version="v1.2.3"} 1`,
	} {
		s.hasMetric(line)
	}
	text := s.scrape()
	for _, edge := range []string{"0.001", "1", "5", "7", "10"} {
		if !strings.Contains(text, `flowserver_exchange_duration_seconds_bucket{action="INIT",flow="greeting",le="`+edge+`"}`) {
			t.Errorf("no bucket ends at %s s", edge)
		}
	}
	for _, name := range []string{"go_goroutines", "process_open_fds", "flowserver_key_checked_timestamp_seconds"} {
		if !strings.Contains(text, "\n"+name) {
			t.Errorf("no metric %s", name)
		}
	}
	if strings.Contains(text, "invented") {
		t.Error("a label holds what a client sent")
	}
}
