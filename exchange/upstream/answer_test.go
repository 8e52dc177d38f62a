package upstream_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/internal/success/successtest"
	"github.com/flowserver/flowserver/exchange/upstream"
)

// TestAnswer takes answers from the upstream to the phone.
func TestAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"screen":              {`{"screen":"NEXT","data":{"a":[1,{"b":true}],"c":"é"}}`, `{"screen":"NEXT","data":{"a":[1,{"b":true}],"c":"é"}}`},
		"no data":             {`{"screen":"NEXT"}`, `{"screen":"NEXT","data":{}}`},
		"unknown keys":        {`{"screen":"NEXT","data":{},"version":"3.0"}`, `{"screen":"NEXT","data":{}}`},
		"white space":         {" \n{\"screen\":\"NEXT\"}\n", `{"screen":"NEXT","data":{}}`},
		"big number":          {`{"screen":"NEXT","data":{"n":12345678901234567890.10}}`, `{"screen":"NEXT","data":{"n":12345678901234567890.10}}`},
		"the word null":       {`{"screen":"NEXT","data":{"null":"null"}}`, `{"screen":"NEXT","data":{"null":"null"}}`},
		"error message":       {`{"screen":"SLOT","data":{"days":[],"error_message":"Taken."}}`, `{"screen":"SLOT","data":{"days":[],"error_message":"Taken."}}`},
		"empty error message": {`{"screen":"SLOT","data":{"error_message":""}}`, `{"screen":"SLOT","data":{}}`},
		"null error message":  {`{"screen":"SLOT","data":{"error_message":null}}`, `{"screen":"SLOT","data":{}}`},
		"null":                {`{"screen":"NEXT","data":{"a":[{"b":null}],"c":null}}`, `{"screen":"NEXT","data":{"a":[{"b":null}],"c":null}}`},
		"null as data":        {`{"screen":"NEXT","data":null}`, `{"screen":"NEXT","data":{}}`},
		"PHP's empty data":    {`{"screen":"NEXT","data":[]}`, `{"screen":"NEXT","data":{}}`},
		"byte order mark":     {"\ufeff" + `{"screen":"NEXT"}`, `{"screen":"NEXT","data":{}}`},
		"list of one":         {` [ {"screen":"NEXT"} ] `, `{"screen":"NEXT","data":{}}`},
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
		"text":                        {"S3CRET", "not JSON, but text/plain: at byte offset 0 there is a letter"},
		"HTML":                        {"<!DOCTYPE html><p>S3CRET", "not JSON, but text/html: it is an HTML page"},
		"XML":                         {"<?xml version='1.0'?><S3CRET/>", "it is XML"},
		"warning of PHP":              {"\nWarning: S3CRET in x.php\n{}", "it begins with a warning of PHP: set display_errors=0"},
		"HTML warning of PHP":         {"<br />\n<b>Warning</b>: S3CRET", "it begins with a message of PHP"},
		"Python":                      {"{'screen': 'S3CRET'}", "single quotes, as Python prints a dict: use json.dumps"},
		"Make":                        {"Accepted", `answered at once: add the module "Webhook response"`},
		"n8n, no item":                {`{"code":0,"message":"No item to return was found"}`, "the last node of the n8n workflow returned nothing"},
		"Zapier":                      {`{"attempt":"S3CRET","id":"S3CRET","request_id":"S3CRET","status":"success"}`, "Zapier answered at once"},
		"encoded twice":               {`"{\"screen\":\"S3CRET\"}"`, "not a JSON object, but a string: an object that was encoded twice"},
		"gzip":                        {"\x1f\x8b\x08\x00S3CRET", "compressed by gzip, without the header Content-Encoding"},
		"sealed":                      {"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=", "flowserver seals answers, so send plain JSON"},
		"comment":                     {`{/* S3CRET */"screen":"A"}`, "at byte offset 1 there is a slash, as of a comment"},
		"n8n":                         {`{"message":"Workflow was started"}`, "n8n answered at once: let the Webhook node respond"},
		"n8n, earlier":                {`{"message":"Workflow got started."}`, "n8n answered at once"},
		"output of an agent":          {`{"output":{"screen":"S3CRET","data":{}}}`, "the answer is in the member output, but must be the whole body"},
		"function":                    {`{"statusCode":200,"body":"{\"screen\":\"S3CRET\"}"}`, "the answer is in the member body"},
		"function, base64":            {`{"statusCode":200,"isBase64Encoded":true,"body":"eyJzY3JlZW4iOiJTM0NSRVQifQ=="}`, "the answer is in the member body"},
		"expression":                  {`{"screen":"{{ $json.S3CRET }}","data":{}}`, "an expression in braces that the workflow did not evaluate"},
		"Pipedream":                   {`{"about":"https://pipedream.com","event_id":"S3CRET"}`, "Pipedream answered at once"},
		"Pipedream, a page":           {"<p><b>Success!</b></p>S3CRET", "Pipedream, if that is the upstream, answered at once"},
		"language model":              {"```json\n{\"screen\":\"S3CRET\"}\n```", "a code block of Markdown"},
		"event stream":                {"data: {\"screen\":\"S3CRET\"}\n\n", "an event stream"},
		"form":                        {"screen=S3CRET&data=%7B%7D", "it is a form"},
		"guard":                       {")]}'\n{\"screen\":\"S3CRET\"}", "a guard against JSON hijacking"},
		"NaN":                         {`{"screen":"S3CRET","data":{"n":NaN}}`, "at byte offset 31 there is NaN, which JSON does not know"},
		"None of Python":              {`{"screen":"S3CRET","data":None}`, "at byte offset 26 there is None"},
		"n8n, node not used":          {`{"message":"Unused Respond to Webhook node found in the workflow"}`, "does not wait for the node"},
		"cut":                         {`{"screen":"S3CRET`, "breaks off after 17 bytes"},
		"two values":                  {`{"screen":"S3CRET"}{}`, "goes on with { at byte offset 19, after a whole value"},
		"comma":                       {`{"screen":"S3CRET",}`, "at byte offset 19 there is } after a comma"},
		"comma after a mark":          {"\ufeff " + `{"screen":"S3CRET",}`, "at byte offset 23 there is }"},
		"single quote":                {`{"screen":'S3CRET'}`, "at byte offset 10 there is a single quote"},
		"line break in a string":      {"{\"screen\":\"S3CRET\n\"}", "at byte offset 17 there is a control character"},
		"not UTF-8":                   {"{\"screen\":\"S3CRET\",\"data\":{\"a\":\"\xff\"}}", "not UTF-8 at byte offset 32"},
		"UTF-16":                      {"\xff\xfe{\x00}\x00", "begins with a byte order mark of UTF-16"},
		"null":                        {"null", "not a JSON object, but null"},
		"list of two":                 {`[{"screen":"S3CRET"},{}]`, "not a JSON object, but a list of 2"},
		"list of a text":              {`["S3CRET"]`, "not a JSON object, but a string"},
		"string":                      {`"S3CRET"`, "not a JSON object, but a string"},
		"number":                      {"200", "not a JSON object, but a number"},
		"no screen":                   {`{"data":{"a":"S3CRET"},"next_screen":"S3CRET"}`, "names no screen, and has the keys data, next_screen"},
		"empty object":                {`{}`, "names no screen, and has no keys"},
		"empty screen":                {`{"screen":"","data":{}}`, "names no screen: screen is empty"},
		"screen in capitals":          {`{"Screen":"S3CRET","data":{}}`, `names no screen: the key is "screen", in lower case`},
		"screen a number":             {`{"screen":5}`, "screen is not a string"},
		"screen null":                 {`{"screen":null}`, "names no screen"},
		"data an array":               {`{"screen":"S3CRET","data":["S3CRET"]}`, "data is not a JSON object, but a list"},
		"data a string":               {`{"screen":"S3CRET","data":"S3CRET"}`, "data is not a JSON object, but a string"},
		"error message a number":      {`{"screen":"S3CRET","data":{"error_message":5}}`, "in data, error_message is not a string"},
		"error message at the end":    {`{"screen":"SUCCESS","error_message":"S3CRET"}`, "SUCCESS has error_message"},
		"convenience of our own":      {`{"complete":{"day":"S3CRET"}}`, "names no screen, and has the keys complete"},
		"the body of a token's death": {`{"error_msg":"S3CRET"}`, "names no screen: error_msg belongs to status 427"},
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
		"message":        {`{"error_msg":"This was booked already."}`, `{"error_msg":"This was booked already."}`},
		"empty message":  {`{"error_msg":""}`, ""},
		"no message":     {`{}`, ""},
		"no body":        {"", ""},
		"white space":    {"\n", ""},
		"error_message":  {`{"error_message":"Booked."}`, `{"error_msg":"Booked."}`},
		"of a framework": {`{"statusCode":427,"message":"Booked."}`, `{"error_msg":"Booked."}`},
		"all of them":    {`{"message":"No.","error_message":"No.","error_msg":"Booked."}`, `{"error_msg":"Booked."}`},
		"null":           {`{"error_msg":null,"message":"Booked."}`, `{"error_msg":"Booked."}`},
		"PHP's nothing":  {`[]`, ""},
		"other keys":     {`{"text":"Booked."}`, ""},
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
		"null":             {"null", "not a JSON object, but null"},
		"array":            {`["S3CRET"]`, "not a JSON object"},
		"message a number": {`{"error_msg":5}`, "error_msg is not a string"},
		"message a list":   {`{"message":["S3CRET"]}`, "message is not a string"},
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
				sizes := fmt.Sprintf("over the limit: it has at least %d bytes, and upstream.max_answer is %d", len(body), c.limit)
				assertFailure(t, reply, exchange.ErrUpstream, c.status, sizes)
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

// TestSuccess has upstreams answer what Go handlers may answer.
func TestSuccess(t *testing.T) {
	t.Parallel()
	for _, c := range successtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			body := `{"screen":"SUCCESS"`
			if c.Data != "" {
				body += `,"data":` + c.Data
			}
			if c.Params != "" {
				body += `,"params":` + c.Params
			}
			reply, log := logged(t, http.StatusOK, body+"}")
			said := log
			if c.Sent == "" {
				said = fmt.Sprint(reply.Err)
				assertFailure(t, reply, exchange.ErrUpstream, http.StatusBadGateway, "")
			} else {
				if reply.Status != http.StatusOK {
					t.Fatalf("status %d (%v), want 200", reply.Status, reply.Err)
				}
				compareJSON(t, reply.Clear, `{"screen":"SUCCESS","data":`+c.Sent+`}`)
				if warned := strings.Contains(log, "kind="+string(c.Oddity)+" "); warned != (c.Oddity != "") {
					t.Errorf("log %q, want a warning of kind %q", log, c.Oddity)
				}
			}
			said = strings.ReplaceAll(said, `\"`, `"`)
			for _, part := range c.Says {
				if !strings.Contains(said, part) {
					t.Errorf("said %q, want %q in it", said, part)
				}
			}
			if strings.Contains(said, "Ada") {
				t.Errorf("said %q, which has a value", said)
			}
		})
	}
}

// logged submits to an upstream with that answer and returns the reply and the log.
func logged(t *testing.T, status int, body string) (*exchangetest.Reply, string) {
	t.Helper()
	var log strings.Builder
	up := newUpstream(t, serve(t, answering(status, body)), nil)
	c := exchangetest.New(t, exchange.Unrouted(up), exchangetest.WithToken("t"), exchangetest.WithConfig(func(c *exchange.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	}))
	log.Reset() // of what it says at the start
	return c.Submit("SLOT", nil), log.String()
}

// TestWarnings: what is not sent is named.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		warns  []string // nil: no warning
	}{
		"known keys":             {200, `{"version":"3.0","screen":"NEXT","data":{}}`, nil},
		"keys without a value":   {200, `{"screen":"NEXT","error":null,"error_message":""}`, nil},
		"unknown keys":           {200, `{"screen":"NEXT","next_screen":"B","error_message":"S3CRET"}`, []string{"kind=unused_keys", "error_message, next_screen; error_message belongs in data"}},
		"a key of a user":        {200, `{"screen":"NEXT","S3CRET S3CRET":1}`, []string{"kind=unused_keys", ": *"}},
		"unknown keys, ending":   {200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{}}},"flow":1}`, []string{"kind=unused_keys", ": flow"}},
		"null":                   {200, `{"screen":"NEXT","data":{"slots":[1,2,{"title":null}]}}`, []string{"kind=null", "data.slots[2].title is null"}},
		"null at the end":        {200, `{"screen":"SUCCESS","data":{"extension_message_response":{"params":{"coupon":null}}}}`, nil},
		"427 without a text":     {427, `{"text":"S3CRET"}`, []string{"kind=unused_keys", "error_msg: text"}},
		"427 with another's key": {427, `{"message":"S3CRET","statusCode":427}`, nil},
		"created":                {201, `{"screen":"NEXT"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, log := logged(t, c.status, c.body)
			if want := map[bool]int{true: exchange.StatusTokenExpired, false: http.StatusOK}[c.status == exchange.StatusTokenExpired]; reply.Status != want {
				t.Fatalf("status %d (%v), want %d", reply.Status, reply.Err, want)
			}
			if (log != "") != (c.warns != nil) || strings.Contains(log, "S3CRET") {
				t.Errorf("log %q, want %q in it and no value", log, c.warns)
			}
			for _, part := range c.warns {
				if !strings.Contains(log, part) {
					t.Errorf("log %q, want %q in it", log, part)
				}
			}
		})
	}
}

// TestWorkflowStatus lists what workflow services answer instead of a workflow.
func TestWorkflowStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status       int
		body, reason string
	}{
		"n8n, not active": {404, `{"code":404,"message":"The requested webhook \"POST S3CRET\" is not registered."}`, "status 404: n8n has no such webhook"},
		"n8n, failed":     {500, `{"message":"Error in workflow"}`, "status 500: the workflow of n8n failed"},
		"n8n, respond":    {500, `{"code":0,"message":"Unused Respond to Webhook node found in the workflow"}`, "status 500: in n8n, the Webhook node does not wait"},
		"Make, off":       {410, "There is no scenario listening for this webhook.", "status 410: no scenario of Make listens"},
		"Make, failed":    {500, "Scenario failed to complete.", "status 500: the scenario of Make failed"},
		"another":         {404, "S3CRET", "status 404, where 200 (any 2xx) or 427 is an answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, serve(t, answering(c.status, c.body)), nil)
			assertFailure(t, exchangetest.New(t, exchange.Unrouted(up), quiet).Init(), exchange.ErrUpstream, http.StatusBadGateway, c.reason)
		})
	}
}
