package phoneui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/flowserver/flowserver/phone"
)

const (
	heartbeat    = 15 * time.Second
	writeTimeout = 10 * time.Second // of a page that does not read
)

// stream sends what changes as server-sent events: view (the whole), exchange (each
// once, those since ?after= first), flow (its Flow JSON has changed), handler (the program
// behind the endpoint starts, is back, or failed) and page (its own files have changed). A
// page that connects, or
// connects again, gets the newest of each, because it may have missed a change.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, of *session) {
	of.use(time.Now(), 1)
	defer func() { of.use(time.Now(), -1) }()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	views := make(chan phone.View)
	go func() {
		defer close(views)
		for v := range of.phone.Watch(ctx) {
			select {
			case views <- v:
			case <-ctx.Done():
				return
			}
		}
	}()
	out := &events{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	sent := 0
	_, _ = fmt.Sscan(r.URL.Query().Get("after"), &sent) // without a number, all
	ticks := time.NewTicker(heartbeat)
	defer ticks.Stop()
	sum, files := s.current().sum, s.fileTicks()
	changed := of.flow.changes()
	out.send("flow", 0, of.flow.change())
	latest, news := s.news.get()
	if latest != nil {
		out.send("handler", 0, latest)
	}
	for {
		select {
		case v, open := <-views:
			if !open {
				return
			}
			out.send("view", v.Seq, of.shown(v))
			for _, e := range of.exchanges(sent) {
				out.send("exchange", v.Seq, e)
				sent = e.N
			}
		case <-changed:
			changed = of.flow.changes()
			out.send("flow", 0, of.flow.change())
		case <-news:
			latest, news = s.news.get()
			out.send("handler", 0, latest)
		case <-files:
			if now := s.current().sum; now != sum {
				sum = now
				out.send("page", 0, sum)
			}
		case <-ticks.C:
			out.comment()
		case <-ctx.Done():
			return
		}
		if out.err != nil {
			return
		}
	}
}

// fileTicks ticks when the files of the page may have changed: never without Options.Web.
func (s *Server) fileTicks() <-chan time.Time {
	if s.options.Web == "" {
		return nil
	}
	return time.Tick(pollEvery)
}

// events writes server-sent events. After an error it writes nothing more.
type events struct {
	w       http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (e *events) send(name string, id int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		e.err = err
		return
	}
	e.write(fmt.Sprintf("event: %s\nid: %d\ndata: %s\n\n", name, id, body))
}

func (e *events) comment() { e.write(": still here\n\n") }

func (e *events) write(text string) {
	if e.err != nil {
		return
	}
	if e.err = e.control.SetWriteDeadline(time.Now().Add(writeTimeout)); e.err != nil {
		return
	}
	if _, e.err = e.w.Write([]byte(text)); e.err == nil {
		e.err = e.control.Flush()
	}
}
