package server_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// collector takes traces by OTLP over HTTP.
type collector struct {
	url string

	mu       sync.Mutex
	raw      bytes.Buffer
	resource map[string]string
	spans    []*tracepb.Span
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var export collectorpb.ExportTraceServiceRequest
		if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &export) != nil {
			t.Errorf("%s %s is no export of traces", r.Method, r.URL)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw.Write(body)
		for _, of := range export.GetResourceSpans() {
			c.resource = map[string]string{}
			for _, a := range of.GetResource().GetAttributes() {
				c.resource[a.GetKey()] = a.GetValue().GetStringValue()
			}
			for _, in := range of.GetScopeSpans() {
				c.spans = append(c.spans, in.GetSpans()...)
			}
		}
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// described is a span's name with its attributes, in their order.
func described(span *tracepb.Span) string {
	words := []string{span.GetName()}
	for _, a := range span.GetAttributes() {
		value := a.GetValue().GetStringValue()
		switch v := a.GetValue().GetValue().(type) {
		case *commonpb.AnyValue_IntValue:
			value = strconv.FormatInt(v.IntValue, 10)
		case *commonpb.AnyValue_BoolValue:
			value = strconv.FormatBool(v.BoolValue)
		}
		words = append(words, a.GetKey()+"="+value)
	}
	return strings.Join(words, " ")
}

// clearOTel takes the variables of whoever runs the test away. It keeps the test
// from running beside others.
func clearOTel(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{
		"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
		"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME",
	} {
		t.Setenv(name, env[name])
	}
}

func TestTraces(t *testing.T) { //nolint:paralleltest // it sets variables
	traces := newCollector(t)
	clearOTel(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": traces.url, "OTEL_SERVICE_NAME": "flows-of-the-test"})
	var parents []string // what the upstream was told, in order
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parents = append(parents, r.Header.Get("Traceparent"))
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("BROKEN")) {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, `{"screen":"NEXT","data":{}}`)
	}))
	t.Cleanup(backend.Close)
	s := setup{flowMore: "    upstream: {url: \"" + backend.URL + "/flow?key=" + hidden + "\"}\n"}.start(t)
	phone := s.phone("a")

	const stranger = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
	plaintext, err := client.Message{Action: protocol.ActionInit, FlowToken: hidden, Data: map[string]string{"name": hidden}}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	request, err := phone.Seal(plaintext)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Traceparent": stranger, "Baggage": "a=" + hidden, "User-Agent": hidden, "X-Forwarded-For": hidden, "X-Request-Id": hidden,
	} {
		request.Header.Set(name, value)
	}
	for range 2 {
		s.deliver(request)
	}
	if status := send(t, phone, client.Message{Action: protocol.ActionDataExchange, Screen: "BROKEN", FlowToken: hidden}); status != http.StatusBadGateway {
		t.Errorf("status %d, want 502", status)
	}
	unsigned := client.Faults()[slices.IndexFunc(client.Faults(), func(f client.Fault) bool { return f.Want() == 432 })]
	if reply, err := phone.Send(t.Context(), initMessage(), unsigned); err != nil || reply.Status != 432 {
		t.Errorf("%+v, %v, want 432", reply, err)
	}
	s.stop() // sends what is left

	traces.mu.Lock()
	defer traces.mu.Unlock()
	var got []string
	for _, span := range traces.spans {
		got = append(got, described(span))
	}
	want := []string{
		"upstream flow=greeting http.response.status_code=200",
		"/flows/greeting flow=greeting action=INIT http.response.status_code=200 replayed=false",
		"/flows/greeting flow=greeting action=INIT http.response.status_code=200 replayed=true",
		"upstream flow=greeting http.response.status_code=500",
		"/flows/greeting flow=greeting action=data_exchange screen=other http.response.status_code=502 replayed=false",
		"/flows/greeting flow=greeting http.response.status_code=432 replayed=false refused=signature",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("spans (-want +got):\n%s", diff)
	}
	for i, child := range []int{0, 3} {
		span, parent := traces.spans[child], traces.spans[child+1]
		if !bytes.Equal(span.GetParentSpanId(), parent.GetSpanId()) || !bytes.Equal(span.GetTraceId(), parent.GetTraceId()) || len(parent.GetParentSpanId()) != 0 {
			t.Errorf("span %d is not the child of an exchange that is a root", child)
		}
		if told := "00-" + hex.EncodeToString(span.GetTraceId()) + "-" + hex.EncodeToString(span.GetSpanId()) + "-01"; parents[i] != told {
			t.Errorf("the upstream was told %q, want %q", parents[i], told)
		}
	}
	for i, failed := range []bool{false, false, false, true, true, false} {
		if got := traces.spans[i].GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR; got != failed {
			t.Errorf("span %d: error %t, want %t", i, got, failed)
		}
	}
	if traces.resource["service.name"] != "flows-of-the-test" || traces.resource["service.version"] != "v1.2.3" {
		t.Errorf("resource %v", traces.resource)
	}
	raw := traces.raw.String()
	for _, secret := range []string{hidden, appSecret, "BROKEN", backend.URL, "\x01\x23\x45\x67\x89\xab\xcd\xef"} {
		if strings.Contains(raw, secret) {
			t.Errorf("the traces have %q", secret)
		}
	}
}

// Traces are on only if the variables ask for what is here; whatever else they say,
// the server serves.
func TestTracesWanted(t *testing.T) { //nolint:paralleltest // it sets variables
	const endpoint, exporter, protocol = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL"
	traces := newCollector(t)
	for _, c := range []struct { //nolint:paralleltest // as above
		name   string
		env    map[string]string
		on     bool
		reason string
	}{
		{"nothing", nil, false, ""},
		{"endpoint", map[string]string{endpoint: traces.url}, true, ""},
		{"endpoint of traces", map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces.url + "/v1/traces"}, true, ""},
		{"all named", map[string]string{endpoint: traces.url, exporter: "otlp", protocol: "http/protobuf"}, true, ""},
		{"disabled", map[string]string{endpoint: traces.url, "OTEL_SDK_DISABLED": "true"}, false, ""},
		{"none", map[string]string{endpoint: traces.url, exporter: "none"}, false, ""},
		{"sampled out", map[string]string{endpoint: traces.url, "OTEL_TRACES_SAMPLER": "always_off"}, false, ""},
		{"another exporter", map[string]string{endpoint: traces.url, exporter: "zipkin"}, false, "OTEL_TRACES_EXPORTER: known are otlp and none"},
		{"another protocol", map[string]string{endpoint: traces.url, protocol: "grpc"}, false, "OTEL_EXPORTER_OTLP_PROTOCOL: known is http/protobuf"},
		{"nobody there", map[string]string{endpoint: "http://127.0.0.1:1"}, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			clearOTel(t, c.env)
			traces.mu.Lock()
			traces.spans = nil
			traces.mu.Unlock()
			s := setup{}.start(t)
			if status := send(t, s.phone("a"), initMessage()); status != http.StatusOK {
				t.Errorf("status %d, want 200", status)
			}
			s.stop()
			traces.mu.Lock()
			defer traces.mu.Unlock()
			if on := len(traces.spans) == 1; on != c.on {
				t.Errorf("%d spans, want traces: %t", len(traces.spans), c.on)
			}
			if warned := strings.Contains(s.log.String(), "traces are off"); warned != (c.reason != "") || !strings.Contains(s.log.String(), c.reason) {
				t.Errorf("the log should warn of %q: %s", c.reason, s.log)
			}
		})
	}
}
