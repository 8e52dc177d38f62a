package phone_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/phone"
)

func TestJournal(t *testing.T) {
	t.Parallel()
	p := open(t, tour, answers(atA, atB, `500 `, `200 {"screen":"LIST","data":{}}`, done))
	footer := p.View().Footer.At
	p.next() // to B
	second := p.View().Footer.At
	p.next()                                  // fails
	p.do(phone.Event{Type: phone.EventClose}) // and is left
	p.do(phone.Event{Type: phone.EventReopen})
	const click = "on-click-action"
	want := []phone.Step{
		{N: 1, Action: "INIT", To: "A", Exchange: 1},
		{N: 2, At: footer, Trigger: click, Action: "data_exchange", From: "A", To: "B", Exchange: 2},
		{N: 3, At: second, Trigger: click, Action: "data_exchange", From: "B", To: "B", Exchange: 3},
		{N: 4, Action: "close", From: "B", To: "B"},
		{N: 5, Action: "reopen", To: "B"},
	}
	if diff := cmp.Diff(want, p.Journal(0)); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if got := p.Journal(4); len(got) != 1 || got[0].N != 5 {
		t.Errorf("after 4: %+v", got)
	}
}

func TestJournalOfActions(t *testing.T) {
	t.Parallel()
	source := flowOf("7.0", "", `{"type": "OptIn", "name": "ok", "label": "OK", "on-click-action": {"name": "open_url", "url": "https://example.com"}}, `+goToB, "", ask)
	p := open(t, source, answers(`200 {"screen":"A","data":{}}`, done))
	p.tap("OK", "")
	if got := p.View().Opening; got != "https://example.com" {
		t.Errorf("opens %q", got)
	}
	p.next()
	p.do(phone.Event{Type: phone.EventBack})
	p.next()
	p.next()
	var got []string
	for _, s := range p.Journal(0) {
		got = append(got, s.Action+" "+s.From+"-"+s.To)
	}
	want := []string{"INIT -A", "open_url A-A", "navigate A-B", "back B-A", "navigate A-B", "data_exchange B-SUCCESS"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
}
