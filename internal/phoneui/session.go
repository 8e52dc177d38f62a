package phoneui

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/phone"
)

// Bounds of what pages can make the server keep.
const (
	maxSessions = 32
	maxIdle     = 24 * time.Hour // of a phone without a stream: its tab may be hidden
	maxSteps    = 2000
)

var errTooManyPhones = errors.New("32 phones are open already: close a tab")

// session is one phone in one tab.
type session struct {
	id    string
	flow  *liveFlow
	phone *phone.Phone
	mask  bool
	ctx   context.Context //nolint:containedctx // exchanges go on after the request that began them

	newRecorder func(phone.Message, func(screen, field string) bool) Recorder // nil: nothing is recorded

	mu       sync.Mutex
	used     time.Time
	streams  int
	message  phone.Message // as it was last opened
	steps    []phone.Event // since then
	recorder Recorder      // nil if nothing is recorded
	saved    string        // the file of the recording, empty before it is saved
	weather  Weather
}

// sessions are those of all tabs.
type sessions struct {
	media *mediacdn.CDN // of all phones; set before they are

	mu   sync.Mutex
	ctx  context.Context //nolint:containedctx // that of Serve, for the exchanges of all phones
	byID map[string]*session
}

func (all *sessions) start(ctx context.Context) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.ctx, all.byID = ctx, map[string]*session{}
}

// add makes a phone for a Flow; observe is called after each of its exchanges. Phones that were idle for a day go. If there
// are too many, the one without a tab that was used longest ago makes room.
func (all *sessions) add(f *liveFlow, o *Options, observe func(*session, phone.Exchange)) (*session, error) {
	target := f.flow.Target
	created := &session{id: strings.ToLower(rand.Text()), flow: f, mask: o.Mask, newRecorder: o.Record}
	cfg := phone.Config{
		Flow: f.json(), Endpoint: target.Endpoint, Ruleset: f.flow.Ruleset, Signature: target.Signature, Media: all.media,
		Quirks:  o.Quirks,
		Observe: func(e phone.Exchange) { observe(created, e) },
	}
	var err error
	if created.phone, err = phone.New(cfg); err != nil {
		return nil, err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.sweep(time.Now())
	if len(all.byID) >= maxSessions {
		return nil, errTooManyPhones
	}
	created.ctx, created.used = all.ctx, time.Now()
	all.byID[created.id] = created
	return created, nil
}

// sweep makes room.
func (all *sessions) sweep(now time.Time) {
	var idle []*session
	for id, s := range all.byID {
		used, streams := s.use(time.Time{}, 0)
		switch {
		case streams > 0:
		case now.Sub(used) > maxIdle:
			delete(all.byID, id)
		default:
			idle = append(idle, s)
		}
	}
	if len(all.byID) < maxSessions || len(idle) == 0 {
		return
	}
	oldest := slices.MinFunc(idle, func(a, b *session) int {
		usedA, _ := a.use(time.Time{}, 0)
		usedB, _ := b.use(time.Time{}, 0)
		return usedA.Compare(usedB)
	})
	delete(all.byID, oldest.id)
}

func (all *sessions) get(id string) *session {
	all.mu.Lock()
	defer all.mu.Unlock()
	found := all.byID[id]
	if found != nil {
		found.use(time.Now(), 0)
	}
	return found
}

// setFlow hands a changed Flow JSON to the phones that play it.
func (all *sessions) setFlow(f *liveFlow) {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, s := range all.byID {
		if s.flow == f {
			s.phone.SetFlow(f.json())
		}
	}
}

// use notes that the session was used at a time, unless that is zero, and that a number
// of streams began or ended. It returns the last use and the streams.
func (s *session) use(at time.Time, streams int) (used time.Time, open int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !at.IsZero() {
		s.used = at
	}
	s.streams += streams
	return s.used, s.streams
}

// begin opens a message in the background and forgets the steps before it. It returns
// when the first screen shows, or after patience.
func (s *session) begin(m phone.Message, patience time.Duration) {
	m.Token = cmp.Or(m.Token, "phone-"+strings.ToLower(rand.Text()[:8]))
	s.mu.Lock()
	s.message, s.steps, s.saved = m, nil, ""
	if s.newRecorder != nil {
		var hidden func(screen, field string) bool
		if s.mask {
			hidden = s.phone.Sensitive
		}
		s.recorder = s.newRecorder(m, hidden)
	}
	s.mu.Unlock()
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_ = s.phone.Open(s.ctx, m) // fails only when the server ends; all else is in the View
	}()
	select {
	case <-shown:
	case <-time.After(patience):
	}
}

// note keeps a step for replays and recordings. Before is what the user saw then.
func (s *session) note(e phone.Event, before phone.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.steps) >= maxSteps {
		return
	}
	s.steps = append(s.steps, e)
	if s.recorder != nil {
		s.recorder.Event(e, before)
	}
}

// noteFile keeps an upload for recordings. A replay cannot repeat it, because the session
// does not keep the content of files.
func (s *session) noteFile(field, name string, before phone.View) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.recorder != nil && len(s.steps) < maxSteps {
		s.recorder.Upload(field, name, before)
	}
}

// observe hands an exchange to the observer of the options, and looks whether the endpoint
// is still there.
func (s *Server) observe(of *session, e phone.Exchange) {
	if s.options.Observe != nil {
		s.options.Observe(of.flow.flow.ID, of.seen(e))
	}
	s.noticeAway(of.ctx, of.flow, e)
}

// session returns a handler of requests about a phone.
func (s *Server) session(handle func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found := s.sessions.get(r.PathValue("id"))
		if found == nil {
			fail(w, http.StatusNotFound, "there is no such phone: reload the page")
			return
		}
		handle(w, r, found)
	}
}
