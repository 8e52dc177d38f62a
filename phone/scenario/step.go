package scenario

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/flowserver/flowserver/protocol"
)

// step is one line of a scenario.
type step struct {
	line, column int
	verb         string
	arg          *node // nil if the step is a single word
	action       action
}

// String returns the step as it is written, on one line.
func (s step) String() string {
	if s.arg == nil {
		return s.verb
	}
	return s.verb + ": " + s.arg.String()
}

// action is what a step does.
type action interface {
	run(ctx context.Context, r *run) error
}

// verbs are the steps, in the order of the documentation. bare says that the step may be
// a single word.
var verbs = []struct {
	name string
	bare bool
	read func(r *reader, arg *node) action
}{
	{"open", true, func(r *reader, arg *node) action { return r.open(arg) }},
	{"fill", false, func(r *reader, arg *node) action { return r.fill(arg) }},
	{"tap", false, func(r *reader, arg *node) action { return r.tap(arg) }},
	{"back", true, plain(backAction)},
	{"close", true, plain(closeAction)},
	{"retry", true, plain(retryAction)},
	{"dismiss", true, plain(dismissAction)},
	{"focus", false, func(r *reader, arg *node) action { return focus{r.textOf(arg, "focus")} }},
	{"blur", false, func(r *reader, arg *node) action { return blur{r.textOf(arg, "blur")} }},
	{"upload", false, func(r *reader, arg *node) action { return r.upload(arg) }},
	{"remove", false, func(r *reader, arg *node) action { return r.remove(arg) }},
	{"fault", false, func(r *reader, arg *node) action { return r.fault(arg) }},
	{"ping", true, plain(pingAction)},
	{"wait-for", false, func(r *reader, arg *node) action { return r.waitFor(arg) }},
	{"again", true, plain(againAction)},
	{"expect", false, func(r *reader, arg *node) action { return r.expect(arg) }},
	{"note", false, func(r *reader, arg *node) action { return note{r.textOf(arg, "note")} }},
}

// acts reports whether the step does something on the phone. What is expected of requests
// is about the last such step.
func (s step) acts() bool {
	switch s.verb {
	case "expect", "fault", "note", "ping", "wait-for":
		return false
	}
	return true
}

func verbNames() []string {
	names := make([]string, len(verbs))
	for i, v := range verbs {
		names[i] = v.name
	}
	return names
}

// step reads one step: a word, or a mapping with one key.
func (r *reader) step(n *node) (step, bool) {
	s := step{line: n.line, column: n.column, verb: n.text}
	switch {
	case n.kind == mapping && len(n.entries) == 1:
		s.verb, s.arg = n.entries[0].key, n.entries[0].value
		if s.arg.kind == null {
			s.arg = nil
		}
	case n.kind != text:
		r.refuse(n, "write a dash before each step, such as - tap: Continue", "a step must be a word or have one key")
		return s, false
	}
	for _, v := range verbs {
		if v.name != s.verb {
			continue
		}
		if s.arg == nil && !v.bare {
			r.refuse(n, "write "+s.verb+": and a value", "the step %s needs a value", s.verb)
			return s, false
		}
		if s.arg != nil && v.name != "note" {
			r.checkVariables(s.arg)
		}
		s.action = v.read(r, s.arg)
		return s, s.action != nil
	}
	r.unknown(n.line, n.column, "step", s.verb, verbNames())
	return s, false
}

// plain returns the reader of a step that is a single word.
func plain(f actionFunc) func(*reader, *node) action {
	return func(r *reader, arg *node) action {
		if arg != nil {
			r.refuse(arg, "write the word alone", "the step does not take a value")
		}
		return f
	}
}

// actionFunc is an action without a value.
type actionFunc func(ctx context.Context, r *run) error

func (f actionFunc) run(ctx context.Context, r *run) error { return f(ctx, r) }

// open opens a message, or the same one again if it says nothing.
type open struct {
	action, token, screen, data *node
	// fresh opens the same message without what the phone remembers of it.
	fresh bool
	bare  bool
}

func (r *reader) open(n *node) *open {
	if n == nil {
		return &open{bare: true}
	}
	if n.kind != mapping {
		r.refuse(n, `write open: {token: "test-${random}"}, or open alone`, "open must be a mapping, not %s", n.kind)
		return nil
	}
	r.keys(n, "key", []string{"action", "token", "screen", "data", "fresh"})
	o := &open{action: n.get("action"), token: n.get("token"), screen: n.get("screen"), data: n.get("data")}
	if o.action != nil {
		r.word(o.action, "action", string(protocol.ActionDataExchange), "navigate")
	}
	if o.data != nil && o.data.kind != mapping {
		r.refuse(o.data, "", "data must be a mapping, not %s", o.data.kind)
	}
	if (o.screen != nil || o.data != nil) && o.action != nil && o.action.text == string(protocol.ActionDataExchange) {
		r.refuse(n, "write action: navigate, or leave screen and data out", "a message with action data_exchange has neither screen nor data")
	}
	if fresh := n.get("fresh"); fresh != nil {
		o.fresh = r.truth(fresh, "fresh")
		o.bare = len(n.entries) == 1
	}
	return o
}

func (r *reader) truth(n *node, what string) bool {
	if n.kind != boolean {
		r.refuse(n, "", "%s must be true or false, not %s", what, n.kind)
	}
	return n.text == "true"
}

// fill changes inputs, in the order of the file.
type fill struct{ inputs []entry }

func (r *reader) fill(n *node) action {
	if n.kind != mapping || len(n.entries) == 0 {
		r.refuse(n, "write fill: {name: Ada}", "fill must be a mapping from inputs to values, not %s", n.what())
		return nil
	}
	for _, e := range n.entries {
		if pick := e.value.get("pick"); pick != nil {
			r.keys(e.value, "key", []string{"pick"})
			r.pick(pick)
		}
	}
	return fill{n.entries}
}

// pick checks which option a fill picks: first, last, or one by its title.
func (r *reader) pick(n *node) {
	switch {
	case n.kind == mapping:
		known, title := r.keys(n, "key", []string{"title"}), n.get("title")
		switch {
		case title != nil:
			r.checkMatchers(title)
		case known:
			r.refuse(n, "write pick: {title: Haircut}", "pick names no title")
		}
	case n.is("first"), n.is("last"):
	default:
		r.refuse(n, "write pick: first, pick: last or pick: {title: Haircut}", "pick must be first, last or a title, not %s", n)
	}
}

// tap taps the footer, a link, or an item of a list.
type tap struct {
	text         *node // what it says; nil if the others say which
	at, item, of *node
}

func (r *reader) tap(n *node) action {
	if n.scalar() {
		r.checkMatchers(n)
		return tap{text: n}
	}
	if n.kind != mapping {
		r.refuse(n, "write tap: Continue", "tap must be a text or a mapping, not %s", n.kind)
		return nil
	}
	if !r.keys(n, "key", []string{"at", "item", "of", "text"}) {
		return nil
	}
	t := tap{text: n.get("text"), at: n.get("at"), item: n.get("item"), of: n.get("of")}
	if t.text == nil && t.at == nil && t.item == nil {
		r.refuse(n, "name a text, a place (at), or an item (and, with of, its list)", "tap names nothing")
		return nil
	}
	if t.text != nil && (t.at != nil || t.item != nil) || t.at != nil && t.of != nil {
		r.refuse(n, "name a text, a place (at), or an item (and, with of, its list)", "tap names its target in two ways")
		return nil
	}
	if t.at == nil {
		r.checkMatchers(t.wanted())
	}
	return t
}

type (
	focus struct{ field string }
	blur  struct{ field string }
	note  struct{ text string }
)

// upload gives files to a picker.
type upload struct {
	field string
	files []*node
}

func (r *reader) upload(n *node) action {
	if n.kind != mapping || len(n.entries) != 1 {
		r.refuse(n, "write upload: {photos: id.jpg}", "upload must name one picker and its files")
		return nil
	}
	u := upload{field: n.entries[0].key, files: n.entries[0].value.items}
	if value := n.entries[0].value; value.scalar() {
		u.files = []*node{value}
	}
	if len(u.files) == 0 {
		r.refuse(n, "write upload: {photos: id.jpg}", "upload names no file")
		return nil
	}
	return u
}

// remove takes files out of a picker: the one of a name.
type remove struct {
	field string
	file  *node
}

func (r *reader) remove(n *node) action {
	if n.kind != mapping || len(n.entries) != 1 || !n.entries[0].value.scalar() {
		r.refuse(n, "write remove: {photos: id.jpg}", "remove must name one picker and one file")
		return nil
	}
	return remove{n.entries[0].key, n.entries[0].value}
}

func (r *reader) duration(n *node, what string) time.Duration {
	d, err := time.ParseDuration(strings.TrimSpace(n.text))
	if err != nil || d < 0 {
		r.refuse(n, "write it as 11s or 500ms", "%s must be a duration, not %s", what, n)
	}
	return d
}

// waitFor waits until the endpoint answers a ping.
type waitFor struct{ within time.Duration }

func (r *reader) waitFor(n *node) action {
	const patience = 10 * time.Second
	if n.is("endpoint") {
		return waitFor{patience}
	}
	known, within := r.keys(n, "key", []string{"endpoint"}), n.get("endpoint")
	switch {
	case within != nil:
	case !known:
		return nil
	default:
		r.refuse(n, "write wait-for: endpoint, or wait-for: {endpoint: 30s}", "wait-for waits for nothing else than the endpoint")
		return nil
	}
	return waitFor{r.duration(within, "endpoint")}
}

func (r *reader) count(n *node, what string) int {
	c, err := strconv.Atoi(n.text)
	if err != nil || n.kind != number || c < 0 {
		r.refuse(n, "write it as 1", "%s must be a whole number, not %s", what, n)
	}
	return c
}
