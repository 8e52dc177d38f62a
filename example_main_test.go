package flowserver_test

import (
	"context"
	"log/slog"
	"os"

	"github.com/flowserver/flowserver"
	"github.com/flowserver/flowserver/exchange"
)

// A program of your Flows, with the whole flowserver command line: "dev" serves them
// on your machine, "serve" in production.
func ExampleMain() { //nolint:testableexamples // Main serves until it is stopped
	r := exchange.NewRegistry()
	exchange.HandleInit(r, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return exchange.NewResponse("WELCOME", nil), nil
	})
	flowserver.Main(flowserver.Flow("welcome", r))
}

// Phones report answers that they could not use. The server logs and counts the
// reports in any case; OnClientError passes them to the program as well.
func ExampleOnClientError() { //nolint:testableexamples // Main serves until it is stopped
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	r := exchange.NewRegistry()
	flowserver.Main(flowserver.Flow("welcome", r, flowserver.OnClientError(func(_ context.Context, report exchange.ClientError) {
		log.Error("a phone cannot show our screen", slog.String("screen", report.Screen), slog.String("error", report.Key))
	})))
}
