package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

// TestAnswer takes answers from the upstream to the phone.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"screen":                {`{"screen":"NEXT","data":{"a":[1,{"b":true}],"c":"é"}}`, `{"screen":"NEXT","data":{"a":[1,{"b":true}],"c":"é"}}`},
		"no data":               {`{"screen":"NEXT"}`, `{"screen":"NEXT","data":{}}`},
		"unknown keys":          {`{"screen":"NEXT","data":{},"version":"3.0"}`, `{"screen":"NEXT","data":{}}`},
		"white space":           {" \n{\"screen\":\"NEXT\"}\n", `{"screen":"NEXT","data":{}}`},
		"big number":            {`{"screen":"NEXT","data":{"n":12345678901234567890.10}}`, `{"screen":"NEXT","data":{"n":12345678901234567890.10}}`},
		"the word null":         {`{"screen":"NEXT","data":{"null":"null"}}`, `{"screen":"NEXT","data":{"null":"null"}}`},
		"error message":         {`{"screen":"SLOT","data":{"days":[],"error_message":"Taken."}}`, `{"screen":"SLOT","data":{"days":[],"error_message":"Taken."}}`},
		"empty error message":   {`{"screen":"SLOT","data":{"error_message":""}}`, `{"screen":"SLOT","data":{}}`},
		"completion":            {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"day":"mon"}}}}`, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"day":"mon","flow_token":"t"}}}}`},
		"completion, no params": {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{}}}}`, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`},
		"own flow token":        {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"other"}}}}`, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"flow_token":"t"}}}}`},
		"close":                 {`{"screen":"SUCCESS","data":{}}`, `{"screen":"SUCCESS","data":{}}`},
		"close without data":    {`{"screen":"SUCCESS"}`, `{"screen":"SUCCESS","data":{}}`},
		"close without message": {`{"screen":"SUCCESS","data":{"extension_message_response":{}}}`, `{"screen":"SUCCESS","data":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(http.StatusOK, c.body)), nil)
			reply := exchangetest.New(t, exchange.Unrouted(up), exchangetest.WithToken("t")).Submit("SLOT", nil)
			if reply.Status != http.StatusOK || reply.Err != nil {
				t.Fatalf("status %d (%v), want 200", reply.Status, reply.Err)
			}
			compareJSON(t, reply.Clear, c.want)
		})
	}
}

// TestAnswerParts looks at what middleware sees of an answer.
func TestAnswerParts(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, serve(t, answering(http.StatusOK, `{"screen":"SLOT","data":{"days":[],"error_message":"Taken."}}`)), nil)
	resp, err := up.ServeFlow(t.Context(), &exchange.Message{})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Screen() != "SLOT" || resp.ErrorMessage() != "Taken." {
		t.Errorf("screen %q, error message %q, want SLOT and Taken.", resp.Screen(), resp.ErrorMessage())
	}
}

// TestNoAnswer lists what a 200 must not be. None of it may show in the log.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, reason string }{
		"empty":                       {"", "is empty"},
		"white space":                 {" \r\n", "is empty"},
		"text":                        {"S3CRET", "not JSON, but text/plain"},
		"HTML":                        {"<!DOCTYPE html><p>S3CRET", "not JSON, but text/html"},
		"cut":                         {`{"screen":"S3CRET`, "not JSON"},
		"two values":                  {`{"screen":"S3CRET"}{}`, "not JSON"},
		"byte order mark":             {"\ufeff" + `{"screen":"S3CRET"}`, "not JSON"},
		"not UTF-8":                   {"{\"screen\":\"S3CRET\",\"data\":{\"a\":\"\xff\"}}", "not UTF-8"},
		"null":                        {"null", "null"},
		"array":                       {`[{"screen":"S3CRET"}]`, "not a JSON object"},
		"string":                      {`"S3CRET"`, "not a JSON object"},
		"number":                      {"200", "not a JSON object"},
		"no screen":                   {`{"data":{"a":"S3CRET"}}`, "names no screen"},
		"empty object":                {`{}`, "names no screen"},
		"empty screen":                {`{"screen":"","data":{}}`, "names no screen"},
		"screen in capitals":          {`{"Screen":"S3CRET","data":{}}`, "names no screen"},
		"screen a number":             {`{"screen":5}`, "screen is not a string"},
		"screen null":                 {`{"screen":null}`, "null"},
		"data null":                   {`{"screen":"S3CRET","data":null}`, "null"},
		"data an array":               {`{"screen":"S3CRET","data":["S3CRET"]}`, "data is not a JSON object"},
		"data a string":               {`{"screen":"S3CRET","data":"S3CRET"}`, "data is not a JSON object"},
		"null in data":                {`{"screen":"S3CRET","data":{"a":[{"S3CRET":null}]}}`, "null"},
		"error message a number":      {`{"screen":"S3CRET","data":{"error_message":5}}`, "in data, error_message is not a string"},
		"message response an array":   {`{"screen":"SUCCESS","data":{"extension_message_response":["S3CRET"]}}`, "data.extension_message_response is not a JSON object"},
		"params a string":             {`{"screen":"SUCCESS","data":{"extension_message_response":{"params":"S3CRET"}}}`, "data.extension_message_response.params is not a JSON object"},
		"convenience of our own":      {`{"complete":{"day":"S3CRET"}}`, "names no screen"},
		"the body of a token's death": {`{"error_msg":"S3CRET"}`, "names no screen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(http.StatusOK, c.body)), nil)
			assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrUpstream, http.StatusBadGateway, c.reason)
		})
	}
}

// assertFailure compares error, status and reason, and looks for what must not
// be in the reason.
func assertFailure(tb testing.TB, reply *exchangetest.Reply, want error, status int, reason string) {
	tb.Helper()
	if reply.Status != status || !errors.Is(reply.Err, want) {
		tb.Fatalf("status %d (%v), want %d (%v)", reply.Status, reply.Err, status, want)
	}
	if len(reply.Body) != 0 {
		tb.Errorf("body %q, want none", reply.Body)
	}
	if text := reply.Err.Error(); !strings.Contains(text, reason) || strings.Contains(text, "S3CRET") {
		tb.Errorf("reason %q, want %q in it and nothing of the messages", text, reason)
	}
}

func TestTokenExpired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"message":       {`{"error_msg":"This was booked already."}`, `{"error_msg":"This was booked already."}`},
		"empty message": {`{"error_msg":""}`, ""},
		"no message":    {`{}`, ""},
		"no body":       {"", ""},
		"white space":   {"\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(exchange.StatusTokenExpired, c.body)), nil)
			reply := exchangetest.New(t, exchange.Unrouted(up)).Init()
			var expired *exchange.TokenError
			if reply.Status != exchange.StatusTokenExpired || !errors.As(reply.Err, &expired) {
				t.Fatalf("status %d (%v), want 427", reply.Status, reply.Err)
			}
			if string(reply.Clear) != c.want {
				t.Errorf("answer %s, want %s", reply.Clear, c.want)
			}
		})
	}
}

func TestNoTokenExpired(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, reason string }{
		"text":             {"S3CRET", "not JSON"},
		"null":             {"null", "null"},
		"array":            {`["S3CRET"]`, "not a JSON object"},
		"message a number": {`{"error_msg":5}`, "error_msg is not a string"},
		"message null":     {`{"error_msg":null}`, "null"},
		"too large":        {`{"error_msg":"` + strings.Repeat("S3CRET", 100) + `"}`, "over the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(exchange.StatusTokenExpired, c.body)), func(c *upstream.Config) { c.MaxAnswer = 500 })
			assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrUpstream, http.StatusBadGateway, c.reason)
		})
	}
}

func TestMaxAnswer(t *testing.T) {
	t.Parallel()
	body := `{"screen":"NEXT","data":{"a":"S3CRET"}}`
	for name, c := range map[string]struct {
		limit  int64
		status int
	}{
		"just fits": {int64(len(body)), http.StatusOK},
		"one over":  {int64(len(body)) - 1, http.StatusBadGateway},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(http.StatusOK, body)), func(cfg *upstream.Config) { cfg.MaxAnswer = c.limit })
			reply := exchangetest.New(t, exchange.Unrouted(up), quiet).Init()
			if c.status != http.StatusOK {
				assertFailure(t, reply, exchange.ErrUpstream, c.status, "over the limit")
			} else if reply.Status != http.StatusOK {
				t.Errorf("status %d (%v), want 200", reply.Status, reply.Err)
			}
		})
	}
}

func TestDefaultMaxAnswer(t *testing.T) {
	t.Parallel()
	up := newUpstream(t, serve(t, answering(http.StatusOK, `{"screen":"NEXT","data":{"a":"`+strings.Repeat("a", 1<<20)+`"}}`)), nil)
	assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrUpstream, http.StatusBadGateway, "over the limit")
}
