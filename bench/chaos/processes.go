package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

func replicaKilled(ctx context.Context, lab *Lab, o *outcome) error {
	up, _, all, err := shared(lab, config{})
	if err != nil {
		return err
	}
	up.delay.Store(int64(50 * time.Millisecond))
	l, err := lab.newLoad("orders", retried, all...)
	if err != nil {
		return err
	}
	duration := lab.duration(15 * time.Second)
	var inFlight int
	var group sync.WaitGroup
	group.Go(func() {
		time.Sleep(duration / 3)
		all[0].kill()
		up.mu.Lock()
		for _, n := range up.running {
			inFlight += n
		}
		up.mu.Unlock()
	})
	l.run(ctx, rate, duration)
	group.Wait()
	o.noneLost(l)
	o.note("%d ran anywhere when the replica was killed", inFlight)
	o.handledOnce(up, inFlight)
	return nil
}

func replicaDrained(ctx context.Context, lab *Lab, o *outcome) error {
	up, _, all, err := shared(lab, config{})
	if err != nil {
		return err
	}
	up.delay.Store(int64(300 * time.Millisecond))
	l, err := lab.newLoad("orders", retried, all...)
	if err != nil {
		return err
	}
	duration := lab.duration(10 * time.Second)
	var group sync.WaitGroup
	var drained time.Duration
	var drainErr error
	group.Go(func() {
		time.Sleep(duration / 3)
		drained, drainErr = all[0].terminate(ctx)
	})
	l.run(ctx, rate, duration)
	group.Wait()
	if drainErr != nil {
		return drainErr
	}
	o.noneLost(l)
	o.note("drained in %s", drained.Round(time.Millisecond))
	o.handledOnce(up, 0)
	return nil
}

func logStalled(ctx context.Context, lab *Lab, o *outcome) error {
	_, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	resume := r.stopReading()
	defer resume()
	l.run(ctx, 4*rate, max(lab.duration(10*time.Second), 8*time.Second)) // more lines than the pipe and the buffer hold
	o.noneLost(l)
	dropped := r.metric("flowserver_log_dropped_total")
	o.note("%.0f log lines dropped", dropped)
	o.want(dropped > 0, "no dropped line is counted")
	resume()
	o.want(eventually(10*time.Second, func() bool { return r.logged("dropped") > 0 }), "the log does not say afterwards that lines were dropped")
	return nil
}

func strangersLog(ctx context.Context, lab *Lab, o *outcome) error {
	_, r, _, err := lone(lab, config{})
	if err != nil {
		return err
	}
	seconds := max(lab.duration(5*time.Second), 2*time.Second)
	refused := hammer(ctx, 8, seconds, func(client *http.Client) (int, error) {
		return post(ctx, client, r.url("orders"), strings.NewReader("{}"), "")
	})
	time.Sleep(1500 * time.Millisecond) // for the summary of the last second
	lines := r.logged("signature")      // in the reason of each line, and in the summaries
	o.note("%d refused with 432 in %s, %d log lines", refused[432], seconds, lines)
	o.want(refused[432] > 1000, "only %d were refused", refused[432])
	o.want(lines <= 13*int(seconds/time.Second+2), "%d log lines for strangers in %s", lines, seconds)
	return nil
}

func hungUpstream(ctx context.Context, lab *Lab, o *outcome) error {
	up, r, l, err := lone(lab, config{flow: "    max_in_flight: 200\n"}, "GOMEMLIMIT=200MiB")
	if err != nil {
		return err
	}
	up.delay.Store(int64(time.Minute))
	l.run(ctx, 3*rate, lab.duration(5*time.Second))
	o.note("hung: %s", l)
	up.delay.Store(0)
	after, err := lab.newLoad("orders", onceOnly, r)
	if err != nil {
		return err
	}
	after.run(ctx, rate, 2*time.Second)
	o.noneLost(after)
	return memory(r, o)
}

func overload(ctx context.Context, lab *Lab, o *outcome) error {
	_, r, l, err := lone(lab, config{})
	if err != nil {
		return err
	}
	l.run(ctx, 3000, lab.duration(10*time.Second))
	o.note("overload: %s", l)
	o.want(l.wrong == 0, "%d answers for somebody else", l.wrong)
	after, err := lab.newLoad("orders", onceOnly, r)
	if err != nil {
		return err
	}
	after.run(ctx, rate, 2*time.Second)
	o.noneLost(after)
	return nil
}

func tornConfiguration(ctx context.Context, lab *Lab, o *outcome) error {
	up := lab.startUpstream()
	file, err := lab.writeConfig("torn.yaml", config{upstream: up.url()})
	if err != nil {
		return err
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	// the demo of the program has this id: without its upstream, the flow must not become the demo
	whole = []byte(strings.ReplaceAll(string(whole), "id: orders", "id: booking"))
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		return err
	}
	r, err := lab.start(file)
	if err != nil {
		return err
	}
	cut, _, found := strings.Cut(string(whole), "    upstream:")
	if !found {
		return os.ErrInvalid
	}
	if err := os.WriteFile(file, []byte(cut), 0o600); err != nil {
		return err
	}
	if err := r.signal(syscall.SIGHUP); err != nil {
		return err
	}
	o.want(eventually(5*time.Second, func() bool { return r.logged("reload") > 0 }), "the log does not say that the reload was refused")
	l, err := lab.newLoad("booking", onceOnly, r)
	if err != nil {
		return err
	}
	l.run(ctx, rate, 2*time.Second)
	o.noneLost(l)
	o.note("a file without its upstream was refused")
	return nil
}

func keyFIFO(ctx context.Context, lab *Lab, o *outcome) error {
	if _, err := lab.writeKey("fifo.pem", lab.key); err != nil {
		return err
	}
	_, r, l, err := lone(lab, config{keyFile: "fifo.pem"})
	if err != nil {
		return err
	}
	path := filepath.Join(lab.dir, "fifo.pem")
	if err := os.Remove(path); err != nil {
		return err
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // more than one look of the watcher
	l.run(ctx, rate, time.Second)
	o.noneLost(l)
	if err := os.Remove(path); err != nil {
		return err
	}
	limit, cancel := context.WithTimeout(ctx, 25*time.Second)
	defer cancel()
	took, err := r.terminate(limit)
	o.want(err == nil, "%v", err)
	o.note("ended %s after SIGTERM", took.Round(time.Millisecond))
	return nil
}
