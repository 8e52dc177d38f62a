package media_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/media"
)

type claimForm struct {
	Photos []media.Item `json:"photos" validate:"min=1,max=3,dive"`
}

type claimData struct {
	ErrorMessages map[string]string `json:"error_messages"`
}

// TestForm submits items to a screen as a phone does.
func TestForm(t *testing.T) {
	t.Parallel()
	claim := exchange.NewScreen[claimData, claimForm]("CLAIM")
	registry := exchange.NewRegistry()
	exchange.Handle(registry, claim, func(_ context.Context, req *exchange.Request[claimForm]) (*exchange.Response, error) {
		return exchange.Complete(map[string]string{"first": req.Data.Photos[0].SafeName()}), nil
	}, exchange.Reload(func(context.Context, *exchange.Request[claimForm]) (claimData, error) { return claimData{}, nil }))
	phone := exchangetest.New(t, registry)

	with := func(key string, value any) string {
		var item map[string]any
		if err := json.Unmarshal([]byte(wire), &item); err != nil {
			t.Fatal(err)
		}
		part := item
		if _, inner := item[key]; !inner {
			part = item["encryption_metadata"].(map[string]any)
		}
		if _, known := part[key]; !known {
			t.Fatalf("the item has no %s", key)
		}
		part[key] = value
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct {
		name  string
		items []string
		want  string // screen
	}{
		{"one", []string{wire}, "SUCCESS"},
		{"three", []string{wire, wire, wire}, "SUCCESS"},
		{"no file name", []string{with("file_name", nil)}, "SUCCESS"},
		{"none", nil, "CLAIM"},
		{"four", []string{wire, wire, wire, wire}, "CLAIM"},
		{"not an item", []string{`"SECRET"`}, "CLAIM"},
		{"empty item", []string{`{}`}, "CLAIM"},
		{"no media_id", []string{with("media_id", "")}, "CLAIM"},
		{"no URL", []string{with("cdn_url", nil)}, "CLAIM"},
		{"http URL", []string{with("cdn_url", "http://mmg.whatsapp.net/SECRET")}, "CLAIM"},
		{"http URL on this machine", []string{with("cdn_url", "http://127.0.0.1:8090/media/1")}, "SUCCESS"},
		{"http URL that only begins alike", []string{with("cdn_url", "http://127.0.0.1.example.com/SECRET")}, "CLAIM"},
		{"long URL", []string{with("cdn_url", "https://mmg.whatsapp.net/SECRET"+strings.Repeat("x", 5000))}, "CLAIM"},
		{"second one wrong", []string{wire, with("iv", "U0VDUkVU")}, "CLAIM"},
		{"encryption_key", []string{with("encryption_key", "U0VDUkVU")}, "CLAIM"},
		{"hmac_key", []string{with("hmac_key", nil)}, "CLAIM"},
		{"iv", []string{with("iv", "")}, "CLAIM"},
		{"encrypted_hash", []string{with("encrypted_hash", "U0VDUkVU")}, "CLAIM"},
		{"plaintext_hash", []string{with("plaintext_hash", "U0VDUkVU")}, "CLAIM"},
		{"not base64", []string{with("iv", "SECRET!")}, "CLAIM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reply := phone.Submit("CLAIM", json.RawMessage(`{"photos":[`+strings.Join(c.items, ",")+`]}`))
			if reply.Screen != c.want {
				t.Errorf("got screen %q and %v, want %q", reply.Screen, reply.Err, c.want)
			}
			if answer := string(reply.Data); strings.Contains(answer, "SECRET") || strings.Contains(answer, "U0VDUkVU") {
				t.Errorf("the answer repeats the input: %s", answer)
			}
		})
	}
}
