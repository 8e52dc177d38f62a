package redis

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/store"
)

// quiet is how long after its last failure a refusal is over at the earliest. A Redis
// that is about full refuses one write and accepts the next one.
const quiet = 2 * time.Second

// outages knows which kinds of failures last, and logs when each begins and ends.
type outages struct {
	log *slog.Logger

	mu   sync.Mutex
	open map[store.FailureKind]*outage
}

type outage struct {
	store.Outage
	last time.Time
}

// meanings says what each kind of failure is to an operator.
var meanings = map[store.FailureKind]string{
	store.Unreachable:  "redis does not answer",
	store.Full:         "redis is full and refuses to write: give it more memory",
	store.Unauthorized: "redis refuses the password or the user: check redis_url",
	store.ReadOnly:     "redis does not accept writes: it is a replica, or cannot save to disk",
	store.Cluster:      "the redis cluster cannot be used: check its state, and that redis_url names a cluster",
	store.Loading:      "redis is starting",
	store.Other:        "redis refuses a command",
}

// failed notes a failure.
func (o *outages) failed(ctx context.Context, failure *store.UnavailableError) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	known := o.open[failure.Kind]
	if known == nil {
		if o.open == nil {
			o.open = make(map[store.FailureKind]*outage)
		}
		known = &outage{Outage: store.Outage{Kind: failure.Kind, Meaning: meanings[failure.Kind], Since: now}}
		o.open[failure.Kind] = known
		o.log.LogAttrs(ctx, slog.LevelWarn, known.Meaning, //nolint:sloglint // one of a short list
			slog.String("kind", string(failure.Kind)), slog.String("error", failure.Cause))
	}
	known.last = now
	known.Failures++
}

// again notes another failure of a kind that lasts, if it does.
func (o *outages) again(kind store.FailureKind) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if known := o.open[kind]; known != nil {
		known.last = time.Now()
		known.Failures++
	}
}

// answered ends that Redis does not answer.
func (o *outages) answered(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end(ctx, store.Unreachable)
}

// wrote notes a value that was written, which ends every refusal that is quiet.
func (o *outages) wrote(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for kind, known := range o.open {
		if time.Since(known.last) >= quiet {
			o.end(ctx, kind)
		}
	}
}

func (o *outages) end(ctx context.Context, kind store.FailureKind) {
	known := o.open[kind]
	if known == nil {
		return
	}
	delete(o.open, kind)
	o.log.LogAttrs(ctx, slog.LevelInfo, "redis works again", slog.String("kind", string(kind)),
		slog.Float64("lasted_seconds", time.Since(known.Since).Seconds()), slog.Int("failures", known.Failures))
}

func (o *outages) list() []store.Outage {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []store.Outage
	for _, known := range o.open {
		all = append(all, known.Outage)
	}
	slices.SortFunc(all, func(a, b store.Outage) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return all
}

// refusals are the first words of Redis's errors.
var refusals = []struct {
	word string
	kind store.FailureKind
}{
	{"OOM", store.Full},
	{"NOAUTH", store.Unauthorized},
	{"WRONGPASS", store.Unauthorized},
	{"NOPERM", store.Unauthorized},
	{"ERR invalid password", store.Unauthorized},
	{"ERR AUTH", store.Unauthorized},
	{"READONLY", store.ReadOnly},
	{"MISCONF", store.ReadOnly},
	{"NOREPLICAS", store.ReadOnly},
	{"MOVED", store.Cluster},
	{"ASK", store.Cluster},
	{"CLUSTERDOWN", store.Cluster},
	{"TRYAGAIN", store.Cluster},
	{"CROSSSLOT", store.Cluster},
	{"LOADING", store.Loading},
	{"MASTERDOWN", store.Loading},
}

// kindOfReply classifies an error that Redis answered. Redis 6 puts the error of a
// command in a script after a hyphen.
func kindOfReply(text string) store.FailureKind {
	for _, known := range refusals {
		if strings.HasPrefix(text, known.word) || strings.Contains(text, "-"+known.word+" ") {
			return known.kind
		}
	}
	return store.Other
}
