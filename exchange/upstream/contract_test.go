package upstream_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/exchange/upstream"
	"github.com/flowserver/flowserver/protocol"
)

const (
	contractFile = "../../docs/gateway.openapi.yaml"
	contractPage = "../../docs/gateway.md"
)

// contract is the part of the OpenAPI document that tests look at.
type contract struct {
	OpenAPI    string `json:"openapi"`
	Info       map[string]any
	Paths      map[string]map[string]operation
	Components struct {
		Parameters map[string]parameter
		Schemas    map[string]schema
		Examples   map[string]struct {
			Value any
		}
	}
}

type operation struct {
	Parameters  []ref
	RequestBody body `json:"requestBody"`
	Responses   map[string]body
}

type ref struct {
	Ref string `json:"$ref"`
}

func (r ref) name() string { return r.Ref[strings.LastIndexByte(r.Ref, '/')+1:] }

type body struct {
	Content map[string]struct {
		Schema   ref
		Examples map[string]ref
	}
}

type parameter struct {
	Name, In string
	Required bool
	Schema   schema
}

// schema has the keywords of JSON Schema that the document uses.
type schema struct {
	Ref         string `json:"$ref"`
	Type        string
	Description string
	Format      string
	Pattern     string
	MinLength   int `json:"minLength"`
	Enum        []string
	Required    []string
	Properties  map[string]schema
}

// readContract refuses keywords that these types do not have, so that none goes unchecked.
func readContract(t *testing.T) (doc contract) {
	t.Helper()
	text, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(asJSON, &doc); err != nil {
		t.Fatal(err)
	}
	schemas, err := json.Marshal(all["components"].(map[string]any)["schemas"])
	if err != nil {
		t.Fatal(err)
	}
	strict := json.NewDecoder(bytes.NewReader(schemas))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&map[string]schema{}); err != nil {
		t.Fatalf("schemas: %v", err)
	}
	return doc
}

// check compares a value with a schema.
func (doc contract) check(s schema, value any, at string) (problems []string) {
	if s.Ref != "" {
		referred, found := doc.Components.Schemas[ref{s.Ref}.name()]
		if !found {
			return []string{at + ": no schema " + s.Ref}
		}
		s = referred
	}
	switch s.Type {
	case "string":
		text, ok := value.(string)
		switch {
		case !ok:
			problems = append(problems, at+": not a string")
		case len(text) < s.MinLength, s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(text), s.Enum != nil && !slices.Contains(s.Enum, text):
			problems = append(problems, at+": not allowed")
		case s.Format == "date-time":
			if _, err := time.Parse(time.RFC3339, text); err != nil {
				problems = append(problems, at+": not a time")
			}
		}
	case "object":
		object, ok := value.(map[string]any)
		if !ok {
			return append(problems, at+": not an object")
		}
		for _, key := range s.Required {
			if _, given := object[key]; !given {
				problems = append(problems, at+"."+key+": missing")
			}
		}
		for key, value := range object {
			if property, known := s.Properties[key]; known {
				problems = append(problems, doc.check(property, value, at+"."+key)...)
			} else if strings.Count(at, ".") == 0 {
				problems = append(problems, at+"."+key+": not in the schema")
			}
		}
	default:
		problems = append(problems, at+": the schema has the type "+s.Type)
	}
	return problems
}

// TestContractExamples checks the document itself: every example is used, and fits the
// schema of where it is used.
func TestContractExamples(t *testing.T) {
	t.Parallel()
	doc := readContract(t)
	post := doc.Paths["/flow"]["post"]
	if doc.OpenAPI != "3.1.0" || doc.Info["title"] == nil || doc.Info["version"] == nil || post.Responses["default"].Content != nil {
		t.Errorf("openapi %q, info %v", doc.OpenAPI, doc.Info)
	}
	used := map[string]bool{}
	for where, b := range map[string]body{"request": post.RequestBody, "200": post.Responses["200"], "427": post.Responses["427"]} {
		content := b.Content["application/json"]
		if len(content.Examples) == 0 {
			t.Errorf("%s has no example", where)
		}
		for name, r := range content.Examples {
			example, found := doc.Components.Examples[r.name()]
			if !found || r.name() != name {
				t.Errorf("%s: example %s is %s", where, name, r.Ref)
			}
			used[name] = true
			for _, problem := range doc.check(doc.Components.Schemas[content.Schema.name()], example.Value, name) {
				t.Errorf("%s: %s", where, problem)
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(doc.Components.Examples)), slices.Sorted(maps.Keys(used))); diff != "" {
		t.Errorf("examples (-there +used):\n%s", diff)
	}
}

// The fields of the schema are those that the gateway posts.
func TestContractFields(t *testing.T) {
	t.Parallel()
	doc := readContract(t)
	var required, all []string
	for field := range reflect.TypeFor[upstream.Request]().Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, name)
		if option != "omitempty" {
			required = append(required, name)
		}
	}
	message := doc.Components.Schemas["Message"]
	if diff := cmp.Diff(required, message.Required); diff != "" {
		t.Errorf("required (-posted +schema):\n%s", diff)
	}
	slices.Sort(all)
	if diff := cmp.Diff(all, slices.Sorted(maps.Keys(message.Properties))); diff != "" {
		t.Errorf("keys (-posted +schema):\n%s", diff)
	}
}

// TestContractRequests has a phone cause each example of a request, and compares what
// arrives with it.
func TestContractRequests(t *testing.T) {
	t.Parallel()
	doc := readContract(t)
	rec := &recorder{}
	up := newUpstream(t, serve(t, rec.ServeHTTP), func(c *upstream.Config) {
		c.Secret, c.ForwardClientErrors, c.Claims = []byte("whsec_ZmxvdyBleGFtcGxlcyBzZWNyZXQ="), true, tokenClaims
	})
	now := time.Date(2027, 1, 4, 9, 30, 0, 0, time.UTC)
	signer, err := token.NewSigner(token.Config{Secrets: [][]byte{bytes.Repeat([]byte("s"), token.MinSecret)}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	minted, err := signer.Mint(token.Claims{Subject: "4711", Flow: "booking"})
	if err != nil {
		t.Fatal(err)
	}
	phoneOf := func(h exchange.Handler) *exchangetest.Client {
		return exchangetest.NewServer(t, exchange.Unrouted(h), exchangetest.WithToken("a1b2c3"), exchangetest.WithConfig(func(c *exchange.Config) {
			c.OnClientError = up.ClientError
		}))
	}
	phone, verified := phoneOf(up), phoneOf(token.Middleware(signer, token.Options{Flow: "booking"})(up))
	for name, cause := range map[string]func() *exchangetest.Reply{
		"init":   func() *exchangetest.Reply { return phone.Init() },
		"submit": func() *exchangetest.Reply { return phone.Submit("DAY", map[string]any{"day": "mon"}) },
		"back":   func() *exchangetest.Reply { return phone.Back("CONFIRM") },
		"verifiedToken": func() *exchangetest.Reply {
			return verified.Send(client.Message{Version: "4.0", Action: protocol.ActionInit, FlowToken: minted, FlowTokenSignature: "a.b.c"})
		},
		"clientError": func() *exchangetest.Reply { return phone.ReportError("DAY", "payload-schema-error", "days is missing") },
	} {
		before := len(rec.all())
		if reply := cause(); reply.Status != http.StatusOK {
			t.Fatalf("%s: status %d (%v)", name, reply.Status, reply.Err)
		}
		arrived := rec.all()[before:]
		if len(arrived) != 1 {
			t.Fatalf("%s: %d messages arrived, want 1", name, len(arrived))
		}
		var got map[string]any
		if err := json.Unmarshal(arrived[0].body, &got); err != nil {
			t.Fatal(err)
		}
		want, _ := doc.Components.Examples[name].Value.(map[string]any)
		if diff := cmp.Diff(withoutChance(want), withoutChance(got)); diff != "" {
			t.Errorf("%s (-document +arrived):\n%s", name, diff)
		}
		doc.checkHeaders(t, arrived[0].header)
	}
}

// withoutChance replaces what differs each time by its type.
func withoutChance(message map[string]any) map[string]any {
	message = maps.Clone(message)
	for _, key := range []string{"request_id", "flow_token_signature"} {
		if value, given := message[key]; given {
			message[key] = fmt.Sprintf("%T", value)
		}
	}
	if claims, given := message["flow_token_claims"].(map[string]any); given {
		claims = maps.Clone(claims)
		claims["id"] = fmt.Sprintf("%T", claims["id"])
		message["flow_token_claims"], message["flow_token"] = claims, "minted"
	}
	return message
}

// checkHeaders compares the headers that arrived with the document and with the page.
func (doc contract) checkHeaders(t *testing.T, arrived http.Header) {
	t.Helper()
	for _, r := range doc.Paths["/flow"]["post"].Parameters {
		p := doc.Components.Parameters[r.name()]
		if p.In != "header" {
			t.Errorf("parameter %s is in %q", p.Name, p.In)
		}
		for _, problem := range doc.check(p.Schema, arrived.Get(p.Name), p.Name) {
			t.Error(problem)
		}
	}
	page, err := os.ReadFile(contractPage)
	if err != nil {
		t.Fatal(err)
	}
	for name := range arrived {
		switch name {
		case "Content-Length", "Accept-Encoding": // of every HTTP client
		default:
			if !bytes.Contains(bytes.ToLower(page), []byte("`"+strings.ToLower(name)+"`")) {
				t.Errorf("the page does not mention the header %s", name)
			}
		}
	}
}

// TestContractAnswers answers with each example, and looks at what a phone gets.
func TestContractAnswers(t *testing.T) {
	t.Parallel()
	doc := readContract(t)
	post := doc.Paths["/flow"]["post"]
	for status, want := range map[int]string{http.StatusOK: "200", exchange.StatusTokenExpired: "427"} {
		for name := range post.Responses[want].Content["application/json"].Examples {
			value, err := json.Marshal(doc.Components.Examples[name].Value)
			if err != nil {
				t.Fatal(err)
			}
			up := newUpstream(t, serve(t, answering(status, string(value))), nil)
			reply := exchangetest.New(t, exchange.Unrouted(up), exchangetest.WithToken("t")).Init()
			if reply.Status != status {
				t.Errorf("%s: status %d (%v), want %d", name, reply.Status, reply.Err, status)
			}
			if name == "success" { // which gets the flow token
				value = bytes.Replace(value, []byte(`"params":{`), []byte(`"params":{"flow_token":"t",`), 1)
			}
			compareJSON(t, reply.Clear, string(value))
		}
	}
}

// The page shows nothing as JSON that is not an example of the document.
func TestContractPage(t *testing.T) {
	t.Parallel()
	doc := readContract(t)
	page, err := os.ReadFile(contractPage)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(page, -1) {
		var value any
		if err := json.Unmarshal(block[1], &value); err != nil {
			t.Fatalf("%v in %s", err, block[1])
		}
		known := false
		for name, example := range doc.Components.Examples {
			if cmp.Equal(value, example.Value) {
				known, shown[name] = true, true
			}
		}
		if !known {
			t.Errorf("not an example of the document:\n%s", block[1])
		}
	}
	if len(shown) != len(doc.Components.Examples)-2 { // all but init and back
		t.Errorf("the page shows %v", slices.Sorted(maps.Keys(shown)))
	}
}
