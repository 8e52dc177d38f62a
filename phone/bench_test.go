package phone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/phone"
)

// manyComponents is a screen of 50: texts, inputs and choices, half of them bound.
func manyComponents() string {
	var components []string
	for i := range 12 {
		components = append(components,
			fmt.Sprintf(`{"type": "TextInput", "name": "t%d", "label": "Text", "required": true, "helper-text": "${data.help}"}`, i),
			`{"type": "TextBody", "text": "${data.help}", "visible": "${data.on}"}`,
			fmt.Sprintf(`{"type": "Dropdown", "name": "d%d", "label": "Day", "data-source": "${data.days}"}`, i),
			fmt.Sprintf(`{"type": "If", "condition": "(${form.t%d} == 'x')", "then": [{"type": "TextCaption", "text": "x"}], "else": [{"type": "TextCaption", "text": "y"}]}`, i),
		)
	}
	return strings.Join(components, ",") + "," + ask
}

const manyModel = `"help": {"type": "string", "__example__": ""}, "on": {"type": "boolean", "__example__": true},
	"days": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}, "__example__": []}`

func BenchmarkKeystroke(b *testing.B) {
	var days []string
	for i := range 20 {
		days = append(days, fmt.Sprintf(`{"id":"%d","title":"Day %d"}`, i, i))
	}
	p := open(b, flowOf("7.0", manyModel, manyComponents(), "", ""), answers(answerA(`"help":"Help","on":true,"days":[`+strings.Join(days, ",")+`]`)))
	texts := []string{"a", "ab", "abc"}
	i := 0
	for b.Loop() {
		if err := p.Do(b.Context(), phone.Event{Type: phone.EventInput, Field: "t3", Value: texts[i%3], Rev: i}); err != nil {
			b.Fatal(err)
		}
		p.View()
		i++
	}
}
