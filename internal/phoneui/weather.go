package phoneui

import (
	"encoding/json"
	"net/http"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/phone"
)

// Weather is what is wrong with the connection, as the page says it.
type Weather struct {
	Faults  []string `json:"faults,omitempty"` // names of client.Faults
	Slow    int64    `json:"slow,omitempty"`   // milliseconds
	Offline bool     `json:"offline,omitempty"`
	Twice   bool     `json:"twice,omitempty"`
	Media   string   `json:"media,omitempty"` // a fault of mediacdn, in files that are uploaded
	// Answer replaces those of the endpoint; nil leaves them as they are.
	Answer *Answer `json:"answer,omitempty"`
	// Next is the number of requests that it lasts for; 0 is until it changes.
	Next int `json:"next,omitempty"`
}

// Answer is an answer that the endpoint did not give.
type Answer struct {
	Status int `json:"status"`
	// Clear is the JSON of the answer; null is an empty body.
	Clear json.RawMessage `json:"clear"`
}

// replace gives the answer in place of what arrived.
func (a *Answer) replace(*client.Reply, error) (*client.Reply, error) {
	if len(a.Clear) == 0 || string(a.Clear) == "null" {
		return client.ReadClear(a.Status, nil)
	}
	return client.ReadClear(a.Status, a.Clear)
}

func weather(w http.ResponseWriter, r *http.Request, s *session) {
	var asked Weather
	if !readJSON(w, r, maxClearBody, &asked) {
		return
	}
	set := phone.Weather{Slow: asked.Slow, Offline: asked.Offline, Twice: asked.Twice, Media: mediacdn.Fault(asked.Media), Next: asked.Next}
	if asked.Answer != nil {
		if asked.Answer.Status < 100 || asked.Answer.Status > 599 {
			fail(w, http.StatusBadRequest, "expected a status from 100 to 599")
			return
		}
		set.Answer = asked.Answer.replace
	}
	for _, name := range asked.Faults {
		f, ok := client.FaultNamed(name)
		if !ok {
			fail(w, http.StatusBadRequest, "there is no such fault")
			return
		}
		if f.NeedsSecret() && !s.flow.flow.Target.Signed {
			fail(w, http.StatusConflict, "without an app secret no request is signed: give it with --app-secret-file")
			return
		}
		set.Faults = append(set.Faults, f)
	}
	s.phone.SetWeather(set)
	s.mu.Lock()
	s.weather = asked
	s.mu.Unlock()
	reply(w, asked)
}
