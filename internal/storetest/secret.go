package storetest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// WantNoSecret fails the test if any usual way of printing v prints the secret.
func WantNoSecret(tb testing.TB, v any, secret string) {
	tb.Helper()
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&printed, verb+"\n", v)
	}
	asJSON, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	printed.Write(asJSON)
	slog.New(slog.NewTextHandler(&printed, nil)).Info("m", slog.Any("store", v))
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("m", slog.Any("store", v))
	if strings.Contains(printed.String(), secret) {
		tb.Errorf("the secret is printed: %s", printed.String())
	}
}
