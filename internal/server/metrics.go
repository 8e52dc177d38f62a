package server

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/store"
)

// metrics are the server's own, in a registry of their own. Their labels come from
// the configuration and from short lists, never from a client.
type metrics struct {
	registry         *prometheus.Registry
	exchanges        *prometheus.CounterVec   // flow, action, screen, status
	durations        *prometheus.HistogramVec // flow, action
	refused          *prometheus.CounterVec   // flow, reason
	clientErrors     *prometheus.CounterVec   // flow, error
	providerRequests *prometheus.CounterVec   // provider, op, outcome
	storeErrors      *prometheus.CounterVec   // op, kind
	evictions        *prometheus.CounterVec   // what
	takeovers        *prometheus.CounterVec   // flow
	replays          *prometheus.CounterVec   // flow
	violations       *prometheus.CounterVec   // flow, screen, rule
	panics           *prometheus.CounterVec   // in
	acceptErrors     prometheus.Counter
	answerWarnings   *prometheus.CounterVec // flow, kind
	waits            prometheus.Histogram
	batches          prometheus.Histogram
	transitions      *prometheus.CounterVec // flow, from, to
	unrouted         prometheus.Counter
	reloaded         prometheus.Gauge // 1 or 0
	reloadedAt       prometheus.Gauge
}

func newMetrics(version string, computing *backend.Backend) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		exchanges: counter("flowserver_exchanges_total", "Requests to the endpoint of a Flow, by the answer.", "flow", "action", "screen", "status"),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "flowserver_exchange_duration_seconds", Help: "Time from the request to its answer.",
			// 1, 5, 7 and 10 s are the limits that Meta measures endpoints by
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 7, 10},
		}, []string{"flow", "action"}),
		refused:          counter("flowserver_refused_total", "Requests that were refused before a handler saw them.", "flow", "reason"),
		clientErrors:     counter("flowserver_client_errors_total", "Errors that clients reported.", "flow", "error"),
		providerRequests: counter("flowserver_provider_requests_total", "Requests to the providers of the numbers.", "provider", "op", "outcome"),
		storeErrors:      counter("flowserver_store_errors_total", "Calls of the store that failed.", "op", "kind"),
		evictions:        counter("flowserver_store_evictions_total", "Values and marks that the in-memory store dropped early.", "what"),
		takeovers:        counter("flowserver_takeovers_total", "Handlers that ran a second time, because the replica that ran them ended.", "flow"),
		replays:          counter("flowserver_replays_total", "Envelopes that had arrived before and got the same answer.", "flow"),
		violations:       counter("flowserver_answer_violations_total", "Ways in which answers did not fit the Flow JSON.", "flow", "screen", "rule"),
		panics:           counter("flowserver_panics_total", "Panics that were recovered from.", "in"),
		acceptErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "flowserver_accept_errors_total", Help: "Connections that could not be accepted, for example for lack of file descriptors.",
		}),
		answerWarnings: counter("flowserver_answer_warnings_total", "Mistakes in answers that were sent anyway.", "flow", "kind"),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "flowserver_decrypt_wait_seconds", Help: "Time that envelopes waited for a worker to open them.",
			Buckets: []float64{.0001, .001, .0025, .005, .01, .025, .05, .1},
		}),
	}
	m.batches = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "flowserver_decrypt_batch_size", Help: "Envelopes that were opened at once.", Buckets: []float64{1, 2, 3, 4},
	})
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	m.transitions = counter("flowserver_transitions_total", "Answers with a screen, by the screen that the user came from.", "flow", "from", "to")
	m.unrouted = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "flowserver_unrouted_total", Help: "Requests to the public listener for unknown paths.",
	})
	m.reloaded = gauge("flowserver_config_reload_success", "1 if the latest configuration was adopted, 0 if a reload was refused.")
	m.reloadedAt = gauge("flowserver_config_reload_success_timestamp_seconds", "When the configuration in use was adopted.")
	m.reloads(true)
	m.registry.MustRegister(m.transitions, m.unrouted, m.reloaded, m.reloadedAt)
	faults := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "flowserver_rsa_kernel_faults_total", Help: "Wrong results of the code that decrypts several envelopes at once; crypto/rsa corrected them.",
	}, func() float64 { return float64(computing.Status().Faults) })
	m.registry.MustRegister(m.exchanges, m.durations, m.refused, m.clientErrors, m.providerRequests, m.storeErrors,
		m.evictions, m.takeovers, m.replays, m.violations, m.answerWarnings, m.panics, m.acceptErrors, m.waits, m.batches, faults, build{version, computing},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, in := range []string{panicHandler, panicServer} {
		m.panics.WithLabelValues(in)
	}
	for _, op := range storeOps() {
		for _, kind := range store.FailureKinds() {
			m.storeErrors.WithLabelValues(op, string(kind)) // shown as 0, so that the first failure is an increase
		}
	}
	m.evictions.WithLabelValues(evictedValue)
	m.evictions.WithLabelValues(evictedMark)
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// addFlow shows the refusals of a flow as 0, so that the first one is an increase,
// and so the violations by answers with each of the screens of its Flow JSON.
func (m *metrics) addFlow(flow string, screens []string) {
	for _, screen := range screens {
		for _, rule := range flowjson.Rules() {
			m.violations.WithLabelValues(flow, screen, string(rule))
		}
	}
	for _, kind := range exchange.Warnings() {
		m.answerWarnings.WithLabelValues(flow, string(kind))
	}
	for _, reason := range exchange.Refusals() {
		m.refused.WithLabelValues(flow, reason)
	}
	m.replays.WithLabelValues(flow)
	m.takeovers.WithLabelValues(flow)
}

// watchQueue shows how many envelopes wait to be opened.
func (m *metrics) watchQueue(pool *exchange.Pool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "flowserver_decrypt_queue", Help: "Envelopes that wait for a worker to open them.",
	}, func() float64 { return float64(pool.Waiting()) }))
}

// watchFront shows the memory of request bodies, the connections of the public listener,
// and what was ended to make room for others.
func (m *metrics) watchFront(bodies *exchange.Bodies, conns *connections) {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	counter := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value)
	}
	m.registry.MustRegister(
		gauge("flowserver_body_memory_bytes", "Memory of request bodies in flight.", func() float64 { return float64(bodies.InUse()) }),
		counter("flowserver_bodies_cut_off_total", "Request bodies that were cut off because max_body_memory was used up.",
			func() float64 { return float64(bodies.CutOff()) }),
		gauge("flowserver_connections", "Open connections of the public listener.", func() float64 { open, _ := conns.counts(); return float64(open) }),
		counter("flowserver_connections_closed_total", "Connections that were closed to make room for others.",
			func() float64 { _, closed := conns.counts(); return float64(closed) }),
	)
}

// watchLog shows how many lines of the log were dropped.
func (m *metrics) watchLog(dropped func() uint64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "flowserver_log_dropped_total", Help: "Lines of the log that were dropped because it could not be written in time.",
	}, func() float64 {
		if dropped == nil {
			return 0
		}
		return float64(dropped())
	}))
}

func (m *metrics) waited(d time.Duration) { m.waits.Observe(d.Seconds()) }

func (m *metrics) opening(envelopes int) { m.batches.Observe(float64(envelopes)) }

func (m *metrics) exchange(x exchange.Exchange) {
	m.exchanges.WithLabelValues(x.Flow, x.Action, x.Screen, strconv.Itoa(x.Status)).Inc()
	m.durations.WithLabelValues(x.Flow, x.Action).Observe(x.Duration.Seconds())
	if x.To != "" && x.Status == http.StatusOK {
		m.transitions.WithLabelValues(x.Flow, x.Screen, x.To).Inc()
	}
	if x.Refused != "" {
		m.refused.WithLabelValues(x.Flow, x.Refused).Inc()
	}
	if x.TakenOver {
		m.takeovers.WithLabelValues(x.Flow).Inc()
	}
	if x.Panicked {
		m.panics.WithLabelValues(panicHandler).Inc()
	}
	if x.Replayed {
		m.replays.WithLabelValues(x.Flow).Inc()
	}
	for _, v := range x.Violations {
		m.violations.WithLabelValues(x.Flow, v.Screen, string(v.Rule)).Inc()
	}
	for _, kind := range x.Warnings {
		m.answerWarnings.WithLabelValues(x.Flow, string(kind)).Inc()
	}
	if x.ClientError != "" {
		m.clientErrors.WithLabelValues(x.Flow, x.ClientError).Inc()
	}
}

// reloads shows whether a configuration was adopted just now, or refused.
func (m *metrics) reloads(adopted bool) {
	m.reloaded.Set(oneIf(adopted))
	if adopted {
		m.reloadedAt.SetToCurrentTime()
	}
}

func (m *metrics) providerRequest(provider, op, outcome string) {
	m.providerRequests.WithLabelValues(provider, op, outcome).Inc()
}

var (
	registrationDesc = prometheus.NewDesc("flowserver_key_registration",
		"1 on the verdict on the number's registered key, 0 on the others.", []string{"number", "provider", "verdict"}, nil)
	checkedDesc = prometheus.NewDesc("flowserver_key_checked_timestamp_seconds",
		"When the provider told the number's registered key; 0 if it never did, absent if there is no provider.", []string{"number"}, nil)
	servesDesc = prometheus.NewDesc("flowserver_number_serves",
		"1 if the number can serve: by its verdict, or because requests are decrypted with one of its keys.", []string{"number"}, nil)
	provenDesc = prometheus.NewDesc("flowserver_key_proven_timestamp_seconds",
		"When a signed request was last decrypted with a key of the number, by any replica; 0 if not in the last 5 minutes.", []string{"number"}, nil)
)

// registrations tells what is known at the time of a scrape.
type registrations []*Number

func (registrations) Describe(descs chan<- *prometheus.Desc) {
	descs <- registrationDesc
	descs <- checkedDesc
	descs <- servesDesc
	descs <- provenDesc
}

func (numbers registrations) Collect(out chan<- prometheus.Metric) {
	for _, n := range numbers {
		r := n.state()
		out <- prometheus.MustNewConstMetric(servesDesc, prometheus.GaugeValue, oneIf(r.serves()), n.ID)
		out <- prometheus.MustNewConstMetric(provenDesc, prometheus.GaugeValue, seconds(r.provenAt), n.ID)
		for _, verdict := range registration.Verdicts() {
			out <- prometheus.MustNewConstMetric(registrationDesc, prometheus.GaugeValue, oneIf(verdict == r.Verdict), n.ID, n.Provider, string(verdict))
		}
		if r.Verdict == registration.VerdictUnchecked {
			continue
		}
		out <- prometheus.MustNewConstMetric(checkedDesc, prometheus.GaugeValue, seconds(r.Observation.At), n.ID)
	}
}

var buildDesc = prometheus.NewDesc("flowserver_build_info", "What is running; always 1.", []string{"version", "goversion", "backend"}, nil)

// build says what is running at the time of a scrape: the backend can change, after a fault.
type build struct {
	version   string
	computing *backend.Backend
}

func (build) Describe(descs chan<- *prometheus.Desc) { descs <- buildDesc }

func (b build) Collect(out chan<- prometheus.Metric) {
	out <- prometheus.MustNewConstMetric(buildDesc, prometheus.GaugeValue, 1, b.version, runtime.Version(), b.computing.Status().Name)
}

var expiryDesc = prometheus.NewDesc("flowserver_certificate_expiry_timestamp_seconds",
	"When the certificate of the public listener expires; absent without TLS, and before ACME has brought one.", nil, nil)

// expiry tells how long certificates last.
type expiry struct{ certs certificates }

func (expiry) Describe(descs chan<- *prometheus.Desc) { descs <- expiryDesc }

func (e expiry) Collect(out chan<- prometheus.Metric) {
	if at := e.certs.expiry(); !at.IsZero() {
		out <- prometheus.MustNewConstMetric(expiryDesc, prometheus.GaugeValue, float64(at.Unix()))
	}
}

// seconds is a time as Prometheus has it; 0 for none.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
