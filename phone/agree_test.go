package phone_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/protocol"
)

// mutate changes a decoded value in one of the ways in which endpoints err.
func mutate(v any, random *rand.Rand) any {
	switch random.IntN(10) {
	case 0:
		return nil
	case 1:
		return "text"
	case 2:
		return 5.0
	case 3:
		return []any{}
	case 4:
		return map[string]any{}
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, member := range v {
			if random.IntN(6) > 0 {
				out[key] = mutate(member, random)
			}
		}
		return out
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, mutate(item, random))
		}
		return out
	}
	return v
}

// What CheckAnswer refuses is what the phone refuses, and what it does not refuse shows,
// unless the Flow JSON itself has an expression that cannot be read.
func TestAgreesWithCheckAnswer(t *testing.T) {
	t.Parallel()
	flows := gallery(t)
	flows["tour"], flows["booking"] = read(t, tour), read(t, booking(t))
	random := rand.New(rand.NewPCG(1, 2))
	refused, shown := 0, 0
	for name, flow := range flows {
		for range 60 {
			s := flow.Screens[random.IntN(len(flow.Screens))]
			data := map[string]any{}
			if s.Data != nil {
				for _, f := range s.Data.Fields {
					if data[f.Key] = f.Example.Value(); random.IntN(3) == 0 {
						data[f.Key] = mutate(data[f.Key], random)
					}
				}
			}
			answer, err := json.Marshal(map[string]any{"screen": s.ID, "data": data})
			if err != nil {
				t.Fatal(err)
			}
			refuses := false
			for _, v := range flow.CheckAnswer(flowjson.Move{Action: protocol.ActionInit, To: s.ID, AllowMissing: true}, answer) {
				refuses = refuses || !v.Warning
			}
			p := prepare(t, `{"screens": []}`, answers("200 "+string(answer)), func(c *phone.Config) { c.Flow = flow })
			if err := p.Open(t.Context(), phone.Message{Action: "data_exchange"}); err != nil {
				t.Fatal(err)
			}
			v := p.View()
			switch {
			case refuses && v.Failure == nil:
				t.Errorf("%s: CheckAnswer refuses %s, and the phone shows it", name, answer)
			case refuses:
				refused++
			case v.Failure != nil && v.Failure.Kind != phone.FailureExpression:
				t.Errorf("%s: the phone refuses %s, and CheckAnswer does not: %+v", name, answer, v.Failure)
			default:
				shown++
			}
		}
	}
	if refused < 100 || shown < 100 {
		t.Errorf("the answers are one-sided: %d refused, %d shown", refused, shown)
	}
}
