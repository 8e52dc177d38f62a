package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// largeFlows are files as large as Meta takes, of the sort that finds out what takes
// longer than it should: a check that looks at a list for each of its items would
// not come to an end here.
func largeFlows() map[string][]byte {
	const size = 10<<20 - 100 // bytes
	fill := func(head, tail string, item func(i int) string) []byte {
		b := []byte(head)
		values := 0
		for i := 0; ; i++ {
			next := item(i)
			values += 1 + strings.Count(next, ":") + strings.Count(next, ",")
			if len(b)+len(next)+len(tail) > size || values > 950_000 {
				return append(b, tail...)
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, next...)
		}
	}
	const head, tail = `{"version":"7.3","screens":[{"id":"A","title":"A","terminal":true,"layout":{"type":"SingleColumnLayout","children":[`, `]}}]}`
	listed := func(n int, item func(i int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = item(i)
		}
		return strings.Join(items, ",")
	}
	field := func(i int) string {
		return fmt.Sprintf(`"f%d":{"type":"string","__example__":""}`, i)
	}
	id := func(i int) string { return "S" + strings.Repeat("A", i/26) + string(rune('A'+i%26)) }
	nest := func(from int) string {
		input := fmt.Sprintf(`{"type":"TextInput","name":"a%d","label":"A"}`, from)
		return strings.Repeat(`{"type":"If","condition":"${data.a}","then":[`, 30) + input + strings.Repeat(`]}`, 30)
	}
	return map[string][]byte{
		"one line": fill(head, tail, func(i int) string { return fmt.Sprintf(`{"type":"TextBody","text":"äöü %d"}`, i) }),
		"inputs": fill(head, tail, func(i int) string {
			return fmt.Sprintf(`{"type":"TextInput","name":"n%d","label":"${data.n%d}","visible":false,"required":true}`, i, i)
		}),
		"unnamed Ifs":  fill(head, tail, func(int) string { return `{"type":"If","then":[{"type":"Footer"}]}` }),
		"deep nesting": fill(head, tail, nest),
		"a Switch of many cases": fill(head+`{"type":"Switch","value":"${data.a}","cases":{`, `}}`+tail, func(i int) string {
			return fmt.Sprintf(`"c%d":[{"type":"Footer"},{"type":"Image"}]`, i)
		}),
		"many Forms": fill(head, tail, func(i int) string {
			return fmt.Sprintf(`{"type":"Form","name":"f","init-values":{"a%d":"x"},"children":[{"type":"OptIn","name":"a%d"}]}`, i, i)
		}),
		"a Form of many values": []byte(head + `{"type":"Form","name":"f","init-values":{` +
			listed(60_000, func(i int) string { return fmt.Sprintf(`"n%d":7`, i) }) + `},"children":[` +
			listed(60_000, func(i int) string { return fmt.Sprintf(`{"type":"OptIn","name":"n%d","label":"A"}`, i) }) + `]}` + tail),
		"options": fill(head+`{"type":"Dropdown","name":"d","label":"D","data-source":[`, `]}`+tail, func(i int) string {
			return fmt.Sprintf(`{"id":"%d","title":"${data.t%d}","image":"AAAA"}`, i/2, i)
		}),
		"list items": fill(head+`{"type":"NavigationList","name":"l","list-items":[`, `]}`+tail, func(i int) string {
			return fmt.Sprintf(`{"id":"%d","badge":"b","end":{},"main-content":{"title":"t"},`+
				`"on-click-action":{"name":"navigate","next":{"type":"screen","name":"A"}}}`, i)
		}),
		"days": fill(head+`{"type":"DatePicker","name":"d","min-date":"2026-01-01","unavailable-dates":[`, `]}`+tail, func(int) string {
			return `"2025-01-01"`
		}),
		"small values": []byte(head + `{"type":"TextBody","text":[` + strings.Repeat("1,", 900_000) + `1]}` + tail),
		"one large object": []byte(`{"version":"7.3","screens":[{"id":"A","title":"A","terminal":true,"data":{` + listed(200_000, field) +
			`},"layout":{"type":"SingleColumnLayout","children":[{"type":"Footer","label":"A","on-click-action":{"name":"complete","payload":{` +
			listed(10_000, func(i int) string { return fmt.Sprintf(`"p%d":"${data.f%d}"`, i, i) }) + `}}}]}}]}`),
		"references": []byte(`{"version":"7.3","screens":[{"id":"A","title":"A","terminal":true,"data":{` + listed(1000, field) +
			`},"layout":{"type":"SingleColumnLayout","children":[` + listed(100_000, func(i int) string {
			return fmt.Sprintf(`{"type":"TextBody","text":"${data.f%d}"}`, i%2000)
		}) + tail),
		"one long expression": []byte(head + `{"type":"TextBody","text":"` + "`" + strings.Repeat("${data.a} ", 900_000) + "`" + `"}` + tail),
		"one long condition":  []byte(head + `{"type":"If","condition":"` + strings.Repeat("(${data.a} == 1) && ", 400_000) + `${data.b}","then":[]}` + tail),
		"routes to nowhere": []byte(`{"version":"7.3","data_api_version":"3.0","routing_model":{"A":[` +
			listed(100_000, func(i int) string { return fmt.Sprintf(`"T%d"`, i) }) + `]},"screens":[{"id":"A","title":"A"}]}`),
		"many routes": []byte(`{"version":"7.3","data_api_version":"3.0","routing_model":{` +
			listed(400, func(i int) string {
				return `"` + id(i) + `":[` + listed(400, func(j int) string { return `"` + id(j) + `"` }) + `]`
			}) + `},"screens":[` + listed(400, func(i int) string { return `{"id":"` + id(i) + `","title":"A"}` }) + `]}`),
		"navigate actions": []byte(`{"version":"7.3","data_api_version":"3.0","routing_model":{},"screens":[` +
			listed(250, func(i int) string {
				return `{"id":"` + id(i) + `","title":"A","layout":{"type":"SingleColumnLayout","children":[` + listed(250, func(j int) string {
					return `{"type":"EmbeddedLink","text":"A","on-click-action":{"name":"navigate",` +
						`"next":{"type":"screen","name":"` + id(j) + `"},"payload":{}}}`
				}) + `]}}`
			}) + `]}`),
		"100 screens": []byte(`{"version":"7.3","screens":[` + listed(100, func(i int) string {
			return `{"id":"` + id(i) + `","title":"A","layout":{"type":"SingleColumnLayout","children":[` + listed(1500, func(j int) string {
				return fmt.Sprintf(`{"type":"TextInput","name":"n%d","label":"A"}`, j)
			}) + `]}}`
		}) + `]}`),
		"screens without number": fill(`{"version":"7.3","data_api_version":"3.0","routing_model":{},"screens":[`, `]}`, func(i int) string {
			return fmt.Sprintf(`{"id":"S%d","layout":{"children":[]}}`, i)
		}),
		"only brackets": []byte(strings.Repeat("[", 5<<20) + strings.Repeat("]", 5<<20)),
	}
}

// TestLargeFlows comes to an end. It has nothing to do with data races, and takes
// minutes where they are looked for.
func TestLargeFlows(t *testing.T) {
	t.Parallel()
	if testing.Short() || raceDetector {
		t.Skip("reads 200 MB")
	}
	for name, source := range largeFlows() {
		findings := lint.Validate(source)
		if len(findings) > 1001 {
			t.Errorf("%s: %d findings", name, len(findings))
		}
		refused := slices.ContainsFunc(findings, func(f lint.Finding) bool { return f.Code == "INVALID_FLOW_JSON" })
		if refused != (name == "only brackets") {
			t.Errorf("%s: %v", name, findings[0])
		}
	}
}

func BenchmarkValidateLarge(b *testing.B) {
	flows := largeFlows()
	names := make([]string, 0, len(flows))
	for name := range flows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.SetBytes(int64(len(flows[name])))
			b.ReportAllocs()
			for b.Loop() {
				lint.Validate(flows[name])
			}
		})
	}
}

func BenchmarkValidateBooking(b *testing.B) {
	source := read(b, booking)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		lint.Validate(source)
	}
}
