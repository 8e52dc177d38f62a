package phoneui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

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

// maxSlow is far beyond the patience of a phone.
const maxSlow = int64(time.Minute / time.Millisecond)

// problem says what is wrong with a Weather; empty if nothing is.
func (w Weather) problem() string {
	media := []mediacdn.Fault{mediacdn.NoFault, mediacdn.WrongHash, mediacdn.WrongHMAC, mediacdn.Gone}
	switch {
	case w.Slow < 0 || w.Slow > maxSlow:
		return fmt.Sprintf("expected a delay from 0 to %d ms", maxSlow)
	case w.Next < 0:
		return "expected a number of requests"
	case !slices.Contains(media, mediacdn.Fault(w.Media)):
		return "there is no such fault of a file"
	case w.Answer != nil && (w.Answer.Status < 100 || w.Answer.Status > 599):
		return "expected a status from 100 to 599"
	}
	return ""
}

func weather(w http.ResponseWriter, r *http.Request, s *session) {
	var asked Weather
	if !readJSON(w, r, maxClearBody, &asked) {
		return
	}
	if problem := asked.problem(); problem != "" {
		fail(w, http.StatusBadRequest, problem)
		return
	}
	set := phone.Weather{Slow: asked.Slow, Offline: asked.Offline, Twice: asked.Twice, Media: mediacdn.Fault(asked.Media), Next: asked.Next}
	if asked.Answer != nil {
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
