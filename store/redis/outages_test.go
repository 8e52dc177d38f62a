package redis_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store"
	"github.com/flowserver/flowserver/store/redis"
)

type watched interface {
	store.Store
	Outages() []store.Outage
}

// Each refusal is logged when it begins, and when it has been quiet and a write succeeded.
func TestOutages(t *testing.T) {
	t.Parallel()
	for text, kind := range map[string]store.FailureKind{
		"OOM command not allowed when used memory > 'maxmemory'.":                          store.Full,
		"ERR Error running script (call to f_0): @user_script:9: -OOM command not allowed": store.Full,
		"NOAUTH Authentication required.":                                                  store.Unauthorized,
		"WRONGPASS invalid username-password pair or user is disabled.":                    store.Unauthorized,
		"NOPERM this user has no permissions to run the 'eval' command":                    store.Unauthorized,
		"READONLY You can't write against a read only replica.":                            store.ReadOnly,
		"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to":  store.ReadOnly,
		"CLUSTERDOWN The cluster is down":                                                  store.Cluster,
		"LOADING Redis is loading the dataset in memory":                                   store.Loading,
		"ERR something new":      store.Other,
		"MOVED 3999 127.0.0.1:1": store.Cluster,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			s := open(t, "redis://"+m.Addr(), redis.Options{Timeout: patient.Timeout}).(watched)
			m.SetError(text)
			for range 3 {
				err := s.Put(t.Context(), "k", nil, time.Hour)
				wantUnavailable(t, err)
				if got := store.KindOf(err); got != kind {
					t.Fatalf("kind: got %q, want %q", got, kind)
				}
			}
			all := s.Outages()
			if len(all) != 1 || all[0].Kind != kind || all[0].Failures != 3 || all[0].Meaning == "" || time.Since(all[0].Since) > time.Minute {
				t.Errorf("outages: %+v; want one of the kind %q with 3 failures", all, kind)
			}
		})
	}
}

// TestRedis_Full fills a real Redis, and gives it memory again.
func TestRedis_Full(t *testing.T) { //nolint:paralleltest // go-redis has one logger for the process
	url, server := storetest.StartRedis(t, "maxmemory 1", "maxmemory-policy noeviction")
	var log lockedBuffer
	s := open(t, url, redis.Options{Timeout: patient.Timeout, Logger: slog.New(slog.NewJSONHandler(&log, nil))}).(watched)
	for range 3 {
		_, err := s.CompareAndSwap(t.Context(), "k", nil, []byte("v"), time.Hour)
		if wantUnavailable(t, err); store.KindOf(err) != store.Full {
			t.Fatalf("kind: got %q (%v), want %q", store.KindOf(err), err, store.Full)
		}
	}
	must(t, s.Ping(t.Context())) // which says nothing of writes
	if all := s.Outages(); len(all) != 1 || all[0].Kind != store.Full {
		t.Errorf("outages: %+v; want that it is full", all)
	}
	server.Config("maxmemory", "0")
	storetest.Eventually(t, func() bool {
		must(t, s.Put(t.Context(), "k", []byte("v"), time.Hour))
		return len(s.Outages()) == 0
	})
	for line, want := range map[string]int{`"level":"WARN","msg":"redis is full`: 1, `"level":"INFO","msg":"redis works again","kind":"full","lasted_seconds":`: 1} {
		if got := strings.Count(log.String(), line); got != want {
			t.Errorf("lines with %s: got %d, want %d in %s", line, got, want, log.String())
		}
	}
}

func TestRedis_EvictionPolicy(t *testing.T) {
	t.Parallel()
	url, server := storetest.StartRedis(t, "maxmemory-policy allkeys-lru")
	s := open(t, url, patient)
	for _, step := range []struct{ name, value, want string }{
		{"maxmemory", "0", ""}, {"maxmemory", "100mb", "allkeys-lru"}, {"maxmemory-policy", "noeviction", ""}, {"maxmemory-policy", "volatile-ttl", "volatile-ttl"},
	} {
		server.Config(step.name, step.value)
		policy, err := s.(interface {
			EvictionPolicy(context.Context) (string, error)
		}).EvictionPolicy(t.Context())
		if policy != step.want || err != nil {
			t.Errorf("%s %s: got %q, error %v; want %q", step.name, step.value, policy, err, step.want)
		}
	}
}
