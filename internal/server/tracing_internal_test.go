package server

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// hanging is a collector that never answers.
type hanging struct{}

func (hanging) ExportSpans(ctx context.Context, _ []sdktrace.ReadOnlySpan) error {
	<-ctx.Done()
	return ctx.Err()
}

func (hanging) Shutdown(context.Context) error { return nil }

// A collector that hangs does not keep the server from ending.
func TestFlushIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tracing := newTracing(sdktrace.NewTracerProvider(sdktrace.WithBatcher(hanging{})), slog.New(slog.DiscardHandler))
		_, span := tracing.tracer.Start(t.Context(), "exchange")
		span.End()
		started := time.Now()
		tracing.close()
		if took := time.Since(started); took != flushTimeout {
			t.Errorf("closed after %v, want %v", took, flushTimeout)
		}
		tracing.close()
		if took := time.Since(started); took != flushTimeout {
			t.Errorf("closing again took %v", took-flushTimeout)
		}
		time.Sleep(time.Minute) // the SDK gives the export up by itself, later
	})
}

// Nor does it delay an exchange: spans that find no room are dropped.
func TestSpansDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tracing := newTracing(sdktrace.NewTracerProvider(sdktrace.WithBatcher(hanging{})), slog.New(slog.DiscardHandler))
		started := time.Now()
		for range 10_000 { // the SDK's queue holds 2048
			_, span := tracing.tracer.Start(t.Context(), "exchange")
			span.End()
		}
		if took := time.Since(started); took != 0 {
			t.Errorf("10,000 spans took %v", took)
		}
		tracing.close()
		time.Sleep(time.Hour) // the SDK gives the exports up by itself, later
	})
}
