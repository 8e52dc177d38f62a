package phoneui

import (
	"bytes"
	"encoding/json"

	"github.com/flowserver/flowserver/phone"
)

// What the page shows of a phone. With [Options.Mask], the inspector does not show the
// values of sensitive inputs. The phone's own screen does, as phones do.

func (s *session) view() phone.View { return s.shown(s.phone.View()) }

// shown returns a View for the page. The parts are the screen; only what the chat and the
// webhook say of them is masked.
func (s *session) shown(v phone.View) phone.View {
	if !s.mask || v.Ended == nil {
		return v
	}
	ended := *v.Ended
	ended.Params, ended.Webhook = s.phone.Mask(ended.Params), s.maskOptional(ended.Webhook)
	v.Ended = &ended
	return v
}

func (s *session) maskOptional(text json.RawMessage) json.RawMessage {
	if text == nil {
		return nil
	}
	return s.phone.Mask(text)
}

func (s *session) exchanges(after int) []phone.Exchange {
	all := notNil(s.phone.Exchanges(after))
	for i := range all {
		all[i] = s.seen(all[i])
	}
	return all
}

func (s *session) seen(e phone.Exchange) phone.Exchange {
	if s.mask {
		return s.phone.MaskExchange(e)
	}
	return e
}

// inspect returns data and forms.
func (s *session) inspect() phone.State {
	state := s.phone.Inspect()
	if !s.mask {
		return state
	}
	for id, screen := range state.Screens {
		state.Screens[id] = phone.ScreenState{Data: s.maskValues(screen.Data), Form: s.maskValues(screen.Form)}
	}
	return state
}

// maskValues masks decoded JSON.
func (s *session) maskValues(values map[string]any) map[string]any {
	text, err := json.Marshal(values)
	if err != nil {
		return nil // it was decoded from JSON
	}
	decoder := json.NewDecoder(bytes.NewReader(s.phone.Mask(text)))
	decoder.UseNumber()
	var masked map[string]any
	if decoder.Decode(&masked) != nil {
		return nil // masked JSON is JSON
	}
	return masked
}
