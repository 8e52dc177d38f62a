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
