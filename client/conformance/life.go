package conformance

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/internal/pause"
)

const (
	returnLimit = 10 * time.Second // how long an endpoint that went down is waited for
	returnPause = 250 * time.Millisecond
)

// endpointDown is the ID of the cause that a case ends the endpoint.
const endpointDown = "endpoint-down"

// notJudged begins the note of a case whose needs are not met.
const notJudged = "not judged: "

// trial is a case in a run. It is judged once, however many cases need it.
type trial struct {
	check check
	group group

	done    chan struct{} // nil until it is begun, closed when it is judged
	result  Result
	finding finding
	wanted  bool // it kept another case from being judged
}

// held reports whether cases that need t may be judged.
func (t *trial) held() bool { return !t.finding.blocks && t.result.Outcome != Fail }

func newTrials() map[string]*trial {
	trials := map[string]*trial{}
	for _, g := range groups() {
		for _, c := range g.checks {
			trials[c.describe(g).ID] = &trial{check: c, group: g}
		}
	}
	return trials
}

// judge returns the result of a case, after those that it needs.
func (s *session) judge(ctx context.Context, id string) Result {
	t := s.trials[id]
	s.mu.Lock()
	begun := t.done != nil
	if !begun {
		t.done = make(chan struct{})
	}
	s.mu.Unlock()
	if begun {
		<-t.done
		return t.result
	}
	defer close(t.done)
	start := time.Now()
	if reason := s.unmetNeeds(ctx, t); reason != "" {
		t.finding = absent(reason)
	} else {
		t.finding = s.follow(ctx, id, t.check)
	}
	if ctx.Err() != nil {
		t.finding = absent("the run was ended before")
	}
	t.result = t.check.result(t.check.describe(t.group), t.finding, time.Since(start))
	return t.result
}

// unmetNeeds says what keeps t from being judged; empty if nothing does.
func (s *session) unmetNeeds(ctx context.Context, t *trial) string {
	if t.check.first && s.cause != nil && s.cause.Known() {
		s.judge(ctx, aPing)
		s.want(aPing)
		return notJudged + s.cause.Text
	}
	for _, need := range []string{t.group.needs, t.check.needs} {
		if need == "" {
			continue
		}
		alternatives := strings.Split(need, " or ")
		held := slices.ContainsFunc(alternatives, func(id string) bool {
			s.judge(ctx, id)
			return s.trials[id].held()
		})
		if !held && len(alternatives) == 1 {
			if of := s.trials[need]; of.result.Outcome == Skip && !strings.HasPrefix(of.finding.note, notJudged) {
				return of.finding.note // for the same reason
			}
		}
		if !held {
			s.want(alternatives[0])
			return notJudged + "it needs " + need
		}
	}
	return ""
}

// want marks a case that kept another one from being judged.
func (s *session) want(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trials[id].wanted = true
}

// life follows whether the endpoint runs.
type life struct {
	places  chan struct{} // one for each case that may run at the same time
	looking chan struct{} // one, for the case that looks after the endpoint and needs all places
	gone    string        // since which case the endpoint is gone; empty while it lives. Written with all places
	last    *trial        // the last case that sent a request; only with one at a time
}

func newLife(width int) life {
	return life{places: make(chan struct{}, width), looking: make(chan struct{}, 1)}
}

// alone waits until no case runs, and keeps others from beginning until it is released.
func (l *life) alone() (release func()) {
	l.looking <- struct{}{}
	for range cap(l.places) {
		l.places <- struct{}{}
	}
	return func() {
		for range cap(l.places) {
			<-l.places
		}
		<-l.looking
	}
}

// seen is what a case has seen of the endpoint's life.
type seen struct {
	mu      sync.Mutex
	silent  bool // a request was not answered
	atOnce  bool // already the first one was not
	refused bool // the first one found no connection
	any     bool
}

type seenKey struct{}

func (n *seen) add(silent bool, a answer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.any {
		n.atOnce, n.refused = silent, a.reply == nil && diagnosis.Unreachable(a.err)
	}
	n.any = true
	n.silent = n.silent || silent
}

// silentIn reports whether a is what an endpoint that is down gives, directly or by a
// gateway in front of it.
func (s *session) silentIn(a answer) bool {
	if a.reply == nil {
		return true
	}
	before := 0
	if s.first.reply != nil {
		before = s.first.reply.Status
	}
	down := []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}
	return slices.Contains(down, a.reply.Status) && before == http.StatusOK
}

// follow runs a check. If the endpoint goes down meanwhile, it waits until it is back:
// the case that ends it fails, and those after it are skipped if it stays away.
func (s *session) follow(ctx context.Context, id string, c check) finding {
	s.life.places <- struct{}{}
	gone := s.life.gone
	var found seen
	f := finding{}
	if gone == "" {
		f = c.run(context.WithValue(ctx, seenKey{}, &found), s)
	}
	<-s.life.places
	if gone != "" {
		return absent("the endpoint has been down since " + gone)
	}
	if found.silent && s.first.reply != nil {
		f = s.look(ctx, id, c, f, &found)
	}
	if s.width == 1 && found.any {
		s.life.last = s.trials[id]
	}
	return f
}

// look finds out whether a check that got no answer has ended the endpoint.
func (s *session) look(ctx context.Context, id string, c check, f finding, found *seen) finding {
	l := &s.life
	defer l.alone()()
	if l.gone != "" {
		return absent("the endpoint has been down since " + l.gone)
	}
	if s.answers(ctx) {
		if !found.refused {
			return f // it did not answer this, and lives
		}
		return c.run(ctx, s) // it was down before, and is back
	}
	back, waited := s.awaitReturn(ctx)
	switch {
	case ctx.Err() != nil:
		return f
	case !back && found.refused && l.last != nil:
		l.gone = l.last.result.ID
		l.last.blame(fmt.Sprintf("the endpoint was gone after this, and did not come back within %s", returnLimit))
		return absent("the endpoint has been down since " + l.gone)
	case !back:
		l.gone = id
		return down(id, c, fmt.Sprintf("the endpoint went down, and did not come back within %s", returnLimit))
	}
	// A second attempt, alone, shows whether it was this case.
	var again seen
	f = c.run(context.WithValue(ctx, seenKey{}, &again), s)
	if !again.silent || s.answers(ctx) {
		if l.last != nil && (found.refused || found.atOnce && s.ends(ctx, l.last)) {
			l.last.blame(fmt.Sprintf("the endpoint went down after this, and came back %s later", waited))
		}
		return f
	}
	if back, _ := s.awaitReturn(ctx); !back {
		l.gone = id
	}
	return down(id, c, fmt.Sprintf("the endpoint went down twice, and came back %s later", waited))
}

// ends runs a case again that had its answer, and reports whether the endpoint goes down
// after it. If so, it waits for it to return.
func (s *session) ends(ctx context.Context, t *trial) bool {
	t.check.run(context.WithValue(ctx, seenKey{}, nil), s)
	if !pause.For(ctx, returnPause) || s.answers(ctx) {
		return false
	}
	s.awaitReturn(ctx)
	return true
}

// blame makes a case the one that ended the endpoint.
func (t *trial) blame(got string) {
	t.finding = down(t.result.ID, t.check, got)
	t.result = t.check.result(t.result.Case, t.finding, t.result.Duration)
}

// down is the finding about a case that ends the endpoint.
func down(id string, c check, got string) finding {
	f := failed(got, "an endpoint that goes on answering").because(silentReason)
	f.cause = endsIt(goesDownAt + requestOf(c.title, id))
	return f
}

// How the text of the cause begins that one request, or several, end the endpoint.
const (
	goesDownAt        = "the endpoint goes down at "
	goesDownAtSeveral = "the endpoint goes down at some requests: "
)

// requestOf names what a case sends, which is the subject of most titles.
func requestOf(title, id string) string {
	if request, found := strings.CutPrefix(title, refusedTitle); found {
		return request + " (" + id + ")"
	}
	for _, predicate := range []string{
		" is acknowledged", " is answered", " is accepted", " has the same bytes", " is refused", " are refused", " are tolerated",
		" does no harm", " do no harm",
	} {
		if request, _, found := strings.Cut(title, predicate); found {
			return strings.TrimSuffix(request, ",") + " (" + id + ")"
		}
	}
	return "the requests of " + id
}

func endsIt(text string) *diagnosis.Cause {
	return &diagnosis.Cause{
		ID: endpointDown, Text: text,
		Fix: "catch the exception that this request causes, also in asynchronous code (an unhandled rejection ends Node), " +
			"and answer with a status; the endpoint's log names it",
	}
}

// lookAtFirst finds out whether the very first health check has ended the endpoint.
func (s *session) lookAtFirst(ctx context.Context) {
	if again := s.send(ctx, ping); again.reply == nil && diagnosis.Unreachable(again.err) {
		s.cause = endsIt("the endpoint goes down at a sound health check")
		s.cause.Evidence = "it closed the connection without an answer, and accepts none since"
	}
}

// answers reports whether the endpoint answers a health check, well or not.
func (s *session) answers(ctx context.Context) bool {
	return !s.silentIn(s.send(context.WithValue(ctx, seenKey{}, nil), ping))
}

// awaitReturn waits for the endpoint to answer again, and says how long that took.
func (s *session) awaitReturn(ctx context.Context) (back bool, waited time.Duration) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, returnLimit)
	defer cancel()
	for pause.For(ctx, returnPause) {
		if s.answers(ctx) {
			return true, time.Since(start).Round(10 * time.Millisecond)
		}
	}
	return false, time.Since(start)
}
