package phoneui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/phone"
)

// Bounds of request bodies.
const (
	maxEventBody = 64 << 10
	maxClearBody = 1 << 20
	maxFile      = 25 << 20
)

// patience is how long a request waits for the first screen, so that a fast endpoint's
// first screen needs no second one.
const patience = 300 * time.Millisecond

// Opened is the answer to a request for a new phone.
type Opened struct {
	ID   string     `json:"id"`
	View phone.View `json:"view"`
}

// create makes a phone and opens the message of its Flow.
func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Flow string `json:"flow"`
	}
	if !readJSON(w, r, maxEventBody, &asked) {
		return
	}
	f := s.flow(asked.Flow)
	if f == nil {
		fail(w, http.StatusNotFound, "there is no such Flow")
		return
	}
	created, err := s.sessions.add(f, &s.options, s.observe)
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	created.begin(f.flow.Message, patience)
	reply(w, Opened{ID: created.id, View: created.view()})
}

// open opens a new message on a phone: as that of the Flow, with what the body changes.
func open(w http.ResponseWriter, r *http.Request, s *session) {
	m := s.flow.flow.Message
	m.Data = maps.Clone(m.Data) // that of the body is added to it
	if !readJSON(w, r, maxClearBody, &m) {
		return
	}
	if !slices.Contains([]string{"", catalog.Navigate, catalog.DataExchange}, m.Action) {
		fail(w, http.StatusBadRequest, "expected the action navigate or data_exchange")
		return
	}
	s.begin(m, patience)
	reply(w, s.view())
}

// event does what a user does. It does not wait for an exchange.
func (s *Server) event(w http.ResponseWriter, r *http.Request, of *session) {
	var e phone.Event
	if !readJSON(w, r, maxEventBody, &e) {
		return
	}
	if s.options.Lag > 0 {
		time.Sleep(s.options.Lag)
	}
	before := of.phone.View()
	err := of.phone.Start(of.ctx, e)
	switch {
	case err == nil:
		of.note(e, before)
	case e.Type == phone.EventFocus || e.Type == phone.EventBlur: // the field has just gone, and its focus with it
	default:
		refuse(w, err)
		return
	}
	reply(w, of.view())
}

// upload gives a file to the picker ?field=, under the name ?name=.
func upload(w http.ResponseWriter, r *http.Request, s *session) {
	content, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	if err != nil {
		fail(w, http.StatusRequestEntityTooLarge, "a phone uploads files of up to 25 MiB")
		return
	}
	field, name, before := r.URL.Query().Get("field"), r.URL.Query().Get("name"), s.phone.View()
	if err := s.phone.Upload(s.ctx, field, name, content); err != nil {
		refuse(w, err)
		return
	}
	s.noteFile(field, name, before)
	reply(w, s.view())
}

// replay opens the message anew with another token and repeats the steps since then. It
// stops at the first that is no longer possible.
func replay(w http.ResponseWriter, _ *http.Request, s *session) {
	s.mu.Lock()
	m, steps := s.message, slices.Clone(s.steps)
	s.mu.Unlock()
	m.Token = s.flow.flow.Message.Token
	s.begin(m, phoneTimeout+patience)
	for i, e := range steps {
		before := s.phone.View()
		if err := s.phone.Do(s.ctx, e); err != nil {
			fail(w, http.StatusConflict, fmt.Sprintf("step %d of %d: %v", i+1, len(steps), err))
			return
		}
		s.note(e, before)
	}
	reply(w, s.view())
}

// again sends the request of an exchange once more, or an edited one.
func again(w http.ResponseWriter, r *http.Request, s *session) {
	var asked struct {
		Clear json.RawMessage `json:"clear"` // absent: the same bytes
	}
	if !readJSON(w, r, maxClearBody, &asked) {
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		fail(w, http.StatusBadRequest, "expected the number of an exchange")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), phoneTimeout)
	defer cancel()
	e, err := s.phone.Again(ctx, n, asked.Clear)
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, s.seen(e))
}

func exchanges(w http.ResponseWriter, r *http.Request, s *session) {
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // without a number, all
	reply(w, s.exchanges(after))
}

func state(w http.ResponseWriter, _ *http.Request, s *session) { reply(w, s.inspect()) }

// refuse answers what a phone refuses: 409 if a user could not do it.
func refuse(w http.ResponseWriter, err error) {
	if refused, ok := errors.AsType[*phone.NotPossibleError](err); ok {
		fail(w, http.StatusConflict, refused.Reason)
		return
	}
	fail(w, http.StatusBadRequest, err.Error())
}

// readJSON reads the body into v. If it cannot, it answers and returns false.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64, v any) bool {
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit)).Decode(v)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		fail(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("expected a body of at most %d bytes", limit))
		return false
	}
	if err != nil {
		fail(w, http.StatusBadRequest, "expected a JSON object of another form")
		return false
	}
	return true
}

// Problem is the body of a response that is an error.
type Problem struct {
	Error string `json:"error"`
}

func fail(w http.ResponseWriter, status int, text string) { send(w, status, Problem{text}) }

func reply(w http.ResponseWriter, v any) { send(w, http.StatusOK, v) }

func send(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"the answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the page is gone if it fails
}

// notNil returns list, or an empty one, so that JSON has [] and not null.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
