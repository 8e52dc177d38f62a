package server

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/keystore"
)

// watchEvery is how often the files of keys and certificate are read. Polling sees
// every way of changing them: files written in place, files renamed over, network
// mounts, and secrets of Kubernetes, which swap a symlink two levels up. File system
// events miss some of these, and reading a few kilobytes costs nothing.
const watchEvery = 2 * time.Second

// watch calls look until ctx ends. Each number and the certificate has a goroutine for
// it, so that a mount that hangs delays none of the others.
func watch(ctx context.Context, look func()) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			look()
		}
	}
}

// stopReading ends reads that hang, so that the end of the server does not wait for
// them.
func (s *Server) stopReading() {
	for _, n := range s.numbers {
		n.files.Close()
	}
	if s.certs != nil {
		s.certs.stopReading()
	}
}

// askAgain is how often reloading keys that have not changed asks the provider.
const askAgain = 10 * time.Second

// reload adopts the keys if all of them can be read; with evenIfSame, also if they are
// the same as the last time. A file that is only half written is broken at first, and
// is adopted when its content changes again. The active key, if it was replaced in its
// file, stays as a previous key for [keepReplaced].
func (n *Number) reload(log *slog.Logger, evenIfSame bool) {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	log = log.With(slog.String("number", n.ID))
	n.forgetReplaced(log)
	texts := readKeys(n.files, n.keys)
	now := digestKeys(texts)
	same := now == n.seen
	if same && !evenIfSame {
		return
	}
	old := n.Ring.Active().Fingerprint()
	pairs, err := parseKeys(n.rsa, texts)
	if errors.Is(err, files.ErrClosed) {
		return // the server stops
	}
	n.seen = now
	if err != nil {
		broken := "the keys cannot be reloaded, the old ones stay in use: " + err.Error()
		n.broken.Store(&broken)
		log.Error("the keys cannot be reloaded, the old ones stay in use", slog.String("fingerprint", old), slog.String("error", err.Error()))
		return
	}
	n.broken.Store(nil)
	if k := n.replaced.adopt(texts, pairs, time.Now()); k != nil {
		log.Warn("the active key was replaced in its file: it stays as a previous key in memory", slog.String("fingerprint", k.pair.Fingerprint()),
			slog.String("file", k.file), slog.Time("until", k.until), slog.String("remedy", "a restart drops it at once"))
	}
	n.Ring.Replace(pairs[0], append(pairs[1:], n.replaced.pairs()...)...)
	n.logReload(log, old)
	if same && time.Since(n.asked) < askAgain {
		return
	}
	n.asked = time.Now()
	go n.Tracker.Refresh(context.Background()) // Close ends it
}

// forgetReplaced drops the replaced keys that have been kept long enough.
func (n *Number) forgetReplaced(log *slog.Logger) {
	for _, pair := range n.replaced.expire(time.Now()) {
		pairs := slices.DeleteFunc(n.Ring.Pairs(), func(p *keystore.Pair) bool { return p.Fingerprint() == pair.Fingerprint() })
		n.Ring.Replace(pairs[0], pairs[1:]...)
		log.Info("a replaced key is no longer kept", slog.String("fingerprint", pair.Fingerprint()))
	}
}

// logReload logs what the keys are now, after old was the active one.
func (n *Number) logReload(log *slog.Logger, old string) {
	r := n.Tracker.Registration() // judged anew
	attrs := []any{
		slog.String("fingerprint", n.Ring.Active().Fingerprint()), slog.String("old_fingerprint", old), slog.Int("keys", len(n.Ring.Pairs())),
		slog.String("verdict", string(r.Verdict)),
	}
	if remedy := r.Remedy(n.ID); remedy != "" {
		attrs = append(attrs, slog.String("remedy", remedy))
	}
	if r.Verdict.Serves() {
		log.Info("keys reloaded", attrs...)
	} else {
		log.Error("keys reloaded", attrs...)
	}
}
