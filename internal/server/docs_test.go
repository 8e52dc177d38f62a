package server_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/server"
)

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The table of docs/operations.md has the metrics that a server registers, with
// their labels, and no others.
func TestMetricsPage(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	files := certFiles{dir: t.TempDir()}
	cert, key := ca.issue(2, 60*24*time.Hour)
	files.write(t, cert, key)
	s := setup{top: files.top()}.start(t)

	registered := map[string][]string{}
	form := regexp.MustCompile(`fqName: "(\w+)".*constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)
	for _, desc := range s.MetricDescs() {
		parts := form.FindStringSubmatch(desc.String())
		if parts == nil {
			t.Fatalf("unknown form of a description: %s", desc)
		}
		if !strings.HasPrefix(parts[1], "flowserver_") {
			continue // of Go and of the process
		}
		constant := regexp.MustCompile(`="[^"]*"`).ReplaceAllString(parts[2], "")
		registered[parts[1]] = sortedWords(constant + "," + parts[3])
	}
	documented, types := map[string][]string{}, map[string]string{}
	rows := regexp.MustCompile("(?m)^\\| `(flowserver_\\w+)` \\| (\\w+) \\|([^|]*)\\| [^|\n]+ \\|$")
	for _, row := range rows.FindAllStringSubmatch(readPage(t, "operations.md"), -1) {
		documented[row[1]], types[row[1]] = sortedWords(row[3]), row[2]
	}
	if diff := cmp.Diff(registered, documented); diff != "" {
		t.Errorf("metrics and their labels (-registered +docs/operations.md):\n%s", diff)
	}
	if got := send(t, s.tlsPhone(ca, false), initMessage()); got != 200 { // so that the metrics of exchanges have values
		t.Errorf("status %d, want 200", got)
	}
	compared := 0
	for _, family := range regexp.MustCompile(`(?m)^# TYPE (flowserver_\w+) (\w+)$`).FindAllStringSubmatch(s.scrape(), -1) {
		compared++
		if types[family[1]] != family[2] {
			t.Errorf("%s: docs/operations.md has type %q, want %s", family[1], types[family[1]], family[2])
		}
	}
	if compared < 8 {
		t.Errorf("compared only %d types", compared)
	}
}

func sortedWords(text string) []string {
	words := regexp.MustCompile(`\w+`).FindAllString(text, -1)
	slices.Sort(words)
	return words
}

// docs/health.md has the fields of /healthz, with their types, and no others; its
// example has all of them.
func TestHealthPage(t *testing.T) {
	t.Parallel()
	page := readPage(t, "health.md")
	want := jsonFields(reflect.TypeFor[server.Health](), "")
	got := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (string|boolean|number|object|list of \\w+) \\|").FindAllStringSubmatch(page, -1) {
		got[row[1]] = row[2]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields of /healthz (-code +docs/health.md):\n%s", diff)
	}
	block := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(page)
	if block == nil {
		t.Fatal("docs/health.md has no example")
	}
	decoder := json.NewDecoder(strings.NewReader(block[1]))
	decoder.DisallowUnknownFields()
	var example server.Health
	if err := decoder.Decode(&example); err != nil {
		t.Fatal(err)
	}
	for field := range want {
		if name := field[strings.LastIndex(field, ".")+1:]; !strings.Contains(block[1], `"`+name+`"`) {
			t.Errorf("the example has no %s", field)
		}
	}
	for _, status := range []string{server.StatusOK, server.StatusDegraded, server.StatusFailing} {
		if !strings.Contains(page, "\n| `"+status+"` |") {
			t.Errorf("docs/health.md does not explain status %s", status)
		}
	}
}

// jsonFields returns the types of all fields below t by their path.
func jsonFields(t reflect.Type, path string) map[string]string {
	names := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Struct: "object", reflect.Int: "number", reflect.Uint64: "number"}
	all := map[string]string{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		key, inner, prefix := path+name, field.Type, ""
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		below := key + "."
		if inner.Kind() == reflect.Slice {
			inner, prefix, below = inner.Elem(), "list of ", key+"[]."
		}
		all[key] = prefix + names[inner.Kind()]
		if inner.Kind() == reflect.Struct {
			maps.Copy(all, jsonFields(inner, below))
		}
	}
	return all
}
