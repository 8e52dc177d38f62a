package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"
)

func duplicates(ctx context.Context, lab *Lab, o *outcome) error {
	return healthy(ctx, lab, o, bothTimes)
}

func resends(ctx context.Context, lab *Lab, o *outcome) error { return healthy(ctx, lab, o, again) }

func healthy(ctx context.Context, lab *Lab, o *outcome, d delivery) error {
	up, _, all, err := shared(lab, config{})
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", d, all...)
	if err != nil {
		return err
	}
	l.run(ctx, rate, lab.duration(20*time.Second))
	o.noneLost(l)
	o.handledOnce(up, 0)
	return nil
}

// storeStatus waits until the health of every replica shows a store status.
func storeStatus(all []*replica, status string) bool {
	for _, r := range all {
		if !eventually(15*time.Second, func() bool {
			_, health := r.get("/healthz")
			return strings.Contains(health, `"status":"`+status+`"`) && storeIs(health, status)
		}) {
			return false
		}
	}
	return true
}

// storeIs reports whether the store object of a health body has a status.
func storeIs(health, status string) bool {
	_, store, ok := strings.Cut(health, `"store":{`)
	store, _, _ = strings.Cut(store, "}")
	return ok && strings.Contains(store, fmt.Sprintf(`"status":%q`, status))
}

// outage runs a load while Redis is made unavailable and brought back.
func outage(ctx context.Context, lab *Lab, o *outcome, begin, end func(*redisServer) error) error {
	up, redis, all, err := shared(lab, config{})
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", again, all...)
	if err != nil {
		return err
	}
	third := lab.duration(7 * time.Second)
	l.run(ctx, rate, third)
	if err := begin(redis); err != nil {
		return err
	}
	l.run(ctx, rate, third)
	o.want(storeStatus(all, "down"), "/healthz does not show that the store is down")
	if err := end(redis); err != nil {
		return err
	}
	o.want(storeStatus(all, "ok"), "/healthz does not show that the store is back")
	before, _ := up.twice()
	differed := l.different
	l.run(ctx, rate, third)
	after, _ := up.twice()
	// Without Redis, a replica cannot see the answers of the others.
	l.different -= differed
	o.noneLost(l)
	twice, handled := up.twice()
	o.note("%d of %d handled twice, all while Redis was away", twice, handled)
	o.want(after == before, "%d handled twice after Redis was back", after-before)
	for i, r := range all {
		o.want(r.metric("flowserver_store_errors_total") > 0, "replica %d counts no store errors", i)
		o.want(r.logged(`"level":"WARN"`)+r.logged(`"level":"ERROR"`) > 0, "replica %d does not log that the store is away", i)
	}
	return nil
}

func redisStopped(ctx context.Context, lab *Lab, o *outcome) error {
	return outage(ctx, lab, o,
		func(s *redisServer) error { return s.signal(syscall.SIGSTOP) },
		func(s *redisServer) error { return s.signal(syscall.SIGCONT) })
}

func redisKilled(ctx context.Context, lab *Lab, o *outcome) error {
	return outage(ctx, lab, o,
		func(s *redisServer) error { s.kill(); return nil },
		func(s *redisServer) error { return s.launch() })
}

// refuseWrites fills Redis up, so that it refuses every write.
func refuseWrites(s *redisServer) error {
	_, err := s.cli("config", "set", "maxmemory", "1", "maxmemory-policy", "noeviction")
	return err
}

func takeWrites(s *redisServer) error {
	_, err := s.cli("config", "set", "maxmemory", "0")
	return err
}

func redisFull(ctx context.Context, lab *Lab, o *outcome) error {
	return outage(ctx, lab, o, refuseWrites, takeWrites)
}

func redisFullRefuse(ctx context.Context, lab *Lab, o *outcome) error {
	up, redis, all, err := shared(lab, config{flow: "    on_store_failure: refuse\n"})
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", bothTimes, all...)
	if err != nil {
		return err
	}
	third := lab.duration(5 * time.Second)
	l.run(ctx, rate, third)
	o.noneLost(l)
	if err := refuseWrites(redis); err != nil {
		return err
	}
	refused, err := lab.newLoad("orders", bothTimes, all...)
	if err != nil {
		return err
	}
	refused.run(ctx, rate, third)
	o.note("full: %s", refused)
	o.want(refused.statuses["503"] > 0, "nothing was refused while Redis was full")
	if err := takeWrites(redis); err != nil {
		return err
	}
	o.want(storeStatus(all, "ok"), "/healthz does not show that the store is back")
	back, err := lab.newLoad("orders", bothTimes, all...)
	if err != nil {
		return err
	}
	back.run(ctx, rate, third)
	o.noneLost(back)
	o.handledOnce(up, 0)
	return nil
}

func redisPassword(ctx context.Context, lab *Lab, o *outcome) error {
	redis, err := lab.startRedis("--requirepass", "another")
	if err != nil {
		return err
	}
	up := lab.startUpstream()
	file, err := lab.writeConfig("password.yaml", config{redisURL: redis.url(), upstream: up.url()})
	if err != nil {
		return err
	}
	r, err := lab.start(file)
	if err != nil {
		return err
	}
	l, err := lab.newLoad("orders", again, r)
	if err != nil {
		return err
	}
	l.run(ctx, rate, lab.duration(5*time.Second))
	o.noneLost(l)
	o.handledOnce(up, 0) // one replica protects itself
	o.want(storeStatus([]*replica{r}, "down"), "/healthz does not show that the store is down")
	o.want(r.logged("NOAUTH")+r.logged("password") > 0, "the log does not say that the password is wrong")
	return nil
}
