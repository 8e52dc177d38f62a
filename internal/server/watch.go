package server

import (
	"context"
	"log/slog"
	"time"
)

// watchEvery is how often the files of keys and certificate are read. Polling sees
// every way of changing them: files written in place, files renamed over, network
// mounts, and secrets of Kubernetes, which swap a symlink two levels up. File system
// events miss some of these, and reading a few kilobytes costs nothing.
const watchEvery = 2 * time.Second

// watchFiles adopts changed key files and a changed certificate until ctx ends.
func (s *Server) watchFiles(ctx context.Context) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, n := range s.numbers {
				n.reload(s.log, false) //nolint:contextcheck // what it asks the provider outlives no tracker
			}
			if s.certs != nil {
				s.certs.look(false)
			}
		}
	}
}

// reload adopts the keys if all of them can be read; with evenIfSame, also if they are
// the same as the last time. A file that is only half written is broken at first, and
// is adopted when its content changes again.
func (n *Number) reload(log *slog.Logger, evenIfSame bool) {
	n.reloading.Lock()
	defer n.reloading.Unlock()
	texts := readKeys(n.keys)
	now := digestKeys(texts)
	if now == n.seen && !evenIfSame {
		return
	}
	n.seen = now
	log = log.With(slog.String("number", n.ID))
	old := n.Ring.Active().Fingerprint()
	pairs, err := parseKeys(texts)
	if err != nil {
		broken := "the keys cannot be reloaded, the old ones stay in use: " + err.Error()
		n.broken.Store(&broken)
		log.Error("the keys cannot be reloaded, the old ones stay in use", slog.String("fingerprint", old), slog.String("error", err.Error()))
		return
	}
	n.broken.Store(nil)
	n.Ring.Replace(pairs[0], pairs[1:]...)
	r := n.Tracker.Registration() // judged anew
	attrs := []any{
		slog.String("fingerprint", pairs[0].Fingerprint()), slog.String("old_fingerprint", old), slog.Int("keys", len(n.Ring.Pairs())),
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
	go n.Tracker.Refresh(context.Background()) // a manual change, so not rate-limited; Close ends it
}
