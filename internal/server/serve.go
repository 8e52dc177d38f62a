package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/flowserver/flowserver/internal/problem"
)

// requireValidKeys asks about the keys of all numbers and returns a list of those
// numbers that cannot serve.
func (s *Server) requireValidKeys(ctx context.Context) error {
	var checks sync.WaitGroup
	for _, n := range s.numbers {
		checks.Go(func() { n.check(ctx) })
	}
	checks.Wait()
	var problems problem.List
	for _, n := range s.numbers {
		if r := n.state(); !r.serves() {
			problems.Add("require_valid_key: number "+n.ID, fmt.Sprintf("%s: our key has the fingerprint %s, the registered one %s: %s",
				r.Verdict, n.Ring.Active().Fingerprint(), cmp.Or(r.Observation.Fingerprint, "none"), r.Remedy(n.ID)), "")
		}
	}
	return problems.Err()
}

// Serve serves until ctx ends, then drains: readiness turns off, no new
// connection is taken, exchanges in flight finish, and the admin listener, which
// tells all this, closes last. Meanwhile registrations are kept fresh, key files
// and certificate are watched. The error is nil after a clean drain.
func (s *Server) Serve(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	serve := func(server *http.Server, l net.Listener) func() error {
		return func() error {
			run := server.Serve
			if server.TLSConfig != nil {
				run = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
			}
			if err := run(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		}
	}
	run := func(work func(context.Context)) {
		group.Go(func() error { work(ctx); return nil })
	}
	group.Go(serve(s.public, s.publicListener))
	group.Go(serve(s.admin, s.adminListener))
	s.log.Info("serving", slog.String("listen", s.PublicAddr().String()), slog.String("admin", s.AdminAddr().String()),
		slog.String("version", s.version), slog.String("backend", s.RSA().Name))
	for _, n := range s.numbers {
		run(n.keepFresh)
		run(func(ctx context.Context) { watch(ctx, func() { n.reload(s.log, false) }) }) //nolint:contextcheck // what it asks the provider outlives no tracker
	}
	if s.certs != nil {
		run(func(ctx context.Context) { watch(ctx, func() { s.certs.look(false) }) })
	}
	run(s.watch.run)
	group.Go(func() error {
		<-ctx.Done()
		s.stopReading()
		return s.drain(context.WithoutCancel(ctx))
	})
	err := errors.Join(group.Wait(), s.Close())
	s.log.Info("stopped")
	return err
}

func (s *Server) drain(ctx context.Context) error {
	s.draining.Store(true)
	limit := bodyTimeout + s.longestTimeout() + writeSlack
	s.log.Info("draining: exchanges in flight finish, a second signal stops at once", slog.Float64("at_most_seconds", limit.Seconds()))
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := s.public.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("drain: exchanges were still in flight after %s: %w", limit, err)
	}
	return errors.Join(err, s.admin.Shutdown(ctx))
}
