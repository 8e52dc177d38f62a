package server

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/flowserver/flowserver/exchange"
)

// flushTimeout is how long spans that are left may take to be sent at the end.
const flushTimeout = 5 * time.Second

// tracing makes spans of exchanges and of what is posted to upstreams, and sends
// them by OTLP over HTTP. The nil *tracing makes none and wraps nothing.
//
// The spans are made here, not by the instrumentation that OpenTelemetry has for
// net/http: that takes down addresses, user agents and whole URLs, and goes by what
// a caller says of its own trace. This listener is open to strangers.
type tracing struct {
	tracer trace.Tracer
	flush  func() // and ends it
}

// openTracing turns tracing on if the variables of OpenTelemetry ask for it; where
// traces go and which, the SDK reads from them itself. A mistake in them is a warning:
// traces must never stop a Flow.
func openTracing(ctx context.Context, version string, log *slog.Logger) *tracing {
	on, refusal := tracesWanted(os.Getenv)
	if refusal != "" {
		log.Warn("traces are off", slog.String("reason", refusal))
	}
	if !on {
		return nil
	}
	// the SDK's own diagnostics quote variables, and one of them holds credentials
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("traces are not sent", slog.String("error", err.Error()))
	}))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		log.Warn("traces are off", slog.String("reason", err.Error()))
		return nil
	}
	described, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "flowserver"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv()) // the last one wins
	if err != nil {
		log.Warn("traces: the resource is only partly described", slog.String("error", err.Error()))
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))
	return newTracing(provider, log) //nolint:contextcheck // what is left at the end has a time of its own
}

func newTracing(provider *sdktrace.TracerProvider, log *slog.Logger) *tracing {
	return &tracing{tracer: provider.Tracer("github.com/flowserver/flowserver"), flush: func() {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.Warn("the last traces are not sent", slog.String("error", err.Error()))
		}
	}}
}

// tracesWanted reads whether the variables of OpenTelemetry ask for traces, and why
// they do not get them if they ask for what is not here.
func tracesWanted(getenv func(string) string) (on bool, refusal string) {
	first := func(names ...string) string {
		for _, name := range names {
			if value := strings.TrimSpace(getenv(name)); value != "" {
				return value
			}
		}
		return ""
	}
	exporter := first("OTEL_TRACES_EXPORTER")
	protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	endpoint := first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	switch {
	case strings.EqualFold(first("OTEL_SDK_DISABLED"), "true"), exporter == "none", exporter == "" && endpoint == "":
		return false, ""
	case exporter != "" && exporter != "otlp":
		return false, "OTEL_TRACES_EXPORTER: known are otlp and none"
	case protocol != "" && protocol != "http/protobuf":
		return false, "OTEL_EXPORTER_OTLP_PROTOCOL: known is http/protobuf, which collectors take at port 4318"
	}
	return true, ""
}

// handler makes one span of each request to a Flow.
func (t *tracing) handler(path string, h http.Handler) http.Handler {
	if t == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := t.tracer.Start(r.Context(), path, trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// exchange describes the span that ctx belongs to. Its texts are those of the
// metrics, never a client's.
func (t *tracing) exchange(ctx context.Context, x exchange.Exchange) {
	if t == nil {
		return
	}
	span := trace.SpanFromContext(ctx)
	attrs := []attribute.KeyValue{
		attribute.String("flow", x.Flow),
		attribute.String("action", x.Action),
		attribute.String("screen", x.Screen),
		attribute.Int("http.response.status_code", x.Status),
		attribute.Bool("replayed", x.Replayed),
		attribute.String("refused", x.Refused),
		attribute.String("client_error", x.ClientError),
	}
	span.SetAttributes(slices.DeleteFunc(attrs, func(a attribute.KeyValue) bool { return a.Value.AsString() == "" && a.Value.Type() == attribute.STRING })...)
	if x.Status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}

// transport makes one span of each request to a Flow's upstream, and tells the
// upstream of it in the traceparent header.
func (t *tracing) transport(flow string) func(http.RoundTripper) http.RoundTripper {
	if t == nil {
		return nil
	}
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			ctx, span := t.tracer.Start(r.Context(), "upstream", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("flow", flow)))
			defer span.End()
			r = r.Clone(ctx) // a RoundTripper must not change its request
			propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(r.Header))
			resp, err := next.RoundTrip(r)
			if err != nil {
				span.SetStatus(codes.Error, "no answer") // the error's own text may quote the URL
				return nil, err
			}
			span.SetAttributes(attribute.Int("http.response.status_code", resp.StatusCode))
			if resp.StatusCode >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
			return resp, nil
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// close sends what is left, for [flushTimeout] at most. Closing again does nothing.
func (t *tracing) close() {
	if t != nil {
		t.flush()
	}
}
