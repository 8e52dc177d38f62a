package phone_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
)

// whims answers as random numbers say: mostly with what fits a screen, and sometimes with
// anything that an endpoint can do wrong. The same numbers give the same answers.
type whims struct {
	flow   *flowjson.Flow
	random *rand.Rand
	asked  int
}

func (w *whims) reply(m client.Message) (*client.Reply, error) {
	w.asked++
	switch n := w.random.IntN(20); n {
	case 0:
		return reply("500 ")
	case 1:
		return reply("timeout")
	case 2:
		return reply(`200 {"screen":"NOPE","data":{}}`)
	case 3:
		return reply(`200 {"screen":"SUCCESS","data":{}}`)
	case 4:
		return reply("200 unsealed")
	case 5:
		return reply(`427 {"error_msg":"over"}`)
	case 6:
		return reply(`200 {"screen":"` + m.Screen + `","data":{"error_message":"again"}}`)
	}
	s := w.flow.Screens[w.random.IntN(len(w.flow.Screens))]
	if current := w.flow.Screen(m.Screen); current != nil && w.random.IntN(2) == 0 {
		s = current
	}
	data := map[string]any{}
	if s.Data != nil {
		for _, f := range s.Data.Fields {
			if w.random.IntN(8) > 0 {
				data[f.Key] = f.Example.Value()
			}
		}
	}
	text, err := json.Marshal(map[string]any{"screen": s.ID, "data": data})
	if err != nil {
		return nil, err
	}
	return reply("200 " + string(text))
}

// event returns something that a user may try on what shows.
func event(v phone.View, random *rand.Rand) phone.Event {
	if len(v.Parts) > 0 && random.IntN(3) > 0 {
		return touch(v.Parts[random.IntN(len(v.Parts))], random)
	}
	if v.Footer != nil && random.IntN(2) == 0 {
		return phone.Event{Type: phone.EventTap, At: v.Footer.At}
	}
	types := []phone.EventType{
		phone.EventBack, phone.EventClose, phone.EventReopen, phone.EventReopen, phone.EventRetry, phone.EventDismiss, phone.EventBlur, phone.EventRules,
	}
	e := phone.Event{Type: types[random.IntN(len(types))]}
	if e.Type == phone.EventRules {
		e.Ruleset = []phone.Ruleset{phone.Published, phone.Draft}[random.IntN(2)]
	}
	return e
}

// touch returns an event for a part.
func touch(p phone.Part, random *rand.Rand) phone.Event {
	pick := func(values ...any) any { return values[random.IntN(len(values))] }
	e := phone.Event{Type: phone.EventInput, Rev: random.IntN(100)}
	if c := commons(p); len(c) > 0 {
		e.Field = c[0].Name
		if random.IntN(6) == 0 {
			e.Type = phone.EventFocus
			return e
		}
	}
	switch {
	case p.Field != nil:
		e.Value = pick("", "Ada", "ada@example.com", "12", " ", "a\nb", 5.0, nil)
	case p.Choice != nil && p.Choice.Multiple:
		ids := []any{}
		for _, o := range p.Choice.Options {
			if random.IntN(2) == 0 {
				ids = append(ids, o.ID)
			}
		}
		e.Value = pick(ids, []any{}, nil, []any{"?"})
	case p.Choice != nil:
		e.Value = pick("", "?", nil)
		if len(p.Choice.Options) > 0 && random.IntN(3) > 0 {
			e.Value = p.Choice.Options[random.IntN(len(p.Choice.Options))].ID
		}
	case p.OptIn != nil && random.IntN(3) > 0:
		e.Value = pick(true, false)
	case p.Date != nil:
		e.Value = pick("2026-12-24", "2025-12-03", "", "never")
	case p.Range != nil:
		e.Value = pick(map[string]any{"start-date": "2026-12-24", "end-date": "2026-12-27"}, map[string]any{"end-date": "2026-12-28"}, nil)
	default:
		e = phone.Event{Type: phone.EventTap, At: p.At}
		if p.List != nil && len(p.List.Items) > 0 {
			e.Item = p.List.Items[random.IntN(len(p.List.Items))].ID
		}
	}
	return e
}

// trial plays one Flow with the answers that seed gives. It does the events that it gets,
// or makes up some, and returns those that were possible with what shows at the end.
func trial(t *testing.T, flow *flowjson.Flow, seed uint64, events []phone.Event, moves int) ([]phone.Event, phone.View) {
	t.Helper()
	w := &whims{flow: flow, random: rand.New(rand.NewPCG(seed, 1))}
	end := &endpoint{answer: w.reply}
	p := prepare(t, `{"screens": []}`, end, func(c *phone.Config) { c.Flow = flow })
	message := phone.Message{Screen: flow.Screens[seed%uint64(len(flow.Screens))].ID}
	if seed%3 == 0 {
		message.Action = "data_exchange"
	}
	if err := p.Open(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(seed, 2))
	var possible []phone.Event
	for i := range moves {
		before, asked := p.View(), end.count()
		var e phone.Event
		switch {
		case i < len(events):
			e = events[i]
		default:
			e = event(before, random)
		}
		if err := p.Do(t.Context(), e); err != nil {
			if after := p.View(); end.count() == asked && !cmp.Equal(before, after) {
				t.Fatalf("%+v is not possible, and changed something:\n%s", e, cmp.Diff(before, after))
			}
			continue
		}
		possible = append(possible, e)
		after := p.View()
		if f := before.Footer; f != nil && e.At == f.At && !f.Enabled {
			t.Fatalf("the footer was tapped although it is off: %v", f.Why)
		}
		if after.Open && after.Failure == nil && (len(after.History) == 0 || after.Screen != after.History[len(after.History)-1]) {
			t.Fatalf("after %+v: open on %q with history %v", e, after.Screen, after.History)
		}
		if f := after.Failure; f != nil && !slices.ContainsFunc(phone.Rules(), func(r phone.Rule) bool { return r.ID == f.Rule }) {
			t.Fatalf("after %+v: a failure without a rule: %+v", e, f)
		}
		if after.Loading {
			t.Fatalf("after %+v: Do returned while the phone waits", e)
		}
		if anew := phone.Redrawn(p.Phone); !reflect.DeepEqual(anew, after) { // quicker than cmp
			t.Fatalf("after %+v, the screen drawn anew differs (-anew +kept):\n%s", e, cmp.Diff(anew, after))
		}
		if _, err := json.Marshal(after); err != nil {
			t.Fatalf("after %+v: %v", e, err)
		}
	}
	return possible, p.View()
}

// FuzzPhone does random things on the Flows of the gallery. Nothing is sent while the footer
// is off, an event that is not possible changes nothing, there is always a screen, what is
// kept to save time changes nothing, and the same events give the same View again.
func FuzzPhone(f *testing.F) {
	flows := gallery(f)
	flows["tour"] = read(f, tour)
	flows["booking"] = read(f, booking(f))
	names := slices.Sorted(maps.Keys(flows))
	for i := range names {
		for seed := range 4 {
			f.Add(i, uint64(seed))
		}
	}
	f.Fuzz(func(t *testing.T, i int, seed uint64) {
		name := names[uint(i)%uint(len(names))]
		flow := flows[name]
		events, first := trial(t, flow, seed, nil, 60)
		if len(events) == 0 {
			return
		}
		again, second := trial(t, flow, seed, events, len(events))
		first.Seq, second.Seq = 0, 0
		if diff := cmp.Diff(first, second); diff != "" || len(again) != len(events) {
			t.Errorf("%s: %d of %d events were possible again; View (-first +second):\n%s", name, len(again), len(events), diff)
		}
	})
}
