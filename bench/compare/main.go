// Command compare measures flowserver and its peers on one machine, in turn, and
// writes RESULTS.md, latency.svg and benchmarks.txt. See bench/README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "two minutes that prove nothing but that it works")
	out := flag.String("out", ".", "folder for RESULTS.md, latency.svg and benchmarks.txt")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	chosen := full
	if *quick {
		chosen = quickly
	}
	err := compare(ctx, chosen, *out, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

// plan says how much is measured.
type plan struct {
	name   string
	limit  time.Duration // of all of it
	warmUp time.Duration

	rounds int // closed loop
	run    time.Duration

	overloads int
	overload  time.Duration

	sweeps int
	sweep  time.Duration
	loads  []float64 // shares of a server's capacity

	coldStarts int

	memories int
	memory   time.Duration // under load
	idle     int           // connections

	benchmarks int
	benchmark  time.Duration
}

var full = plan{
	name: "full", limit: 20 * time.Minute, warmUp: 500 * time.Millisecond,
	rounds: 7, run: 2500 * time.Millisecond,
	overloads: 3, overload: 3 * time.Second,
	sweeps: 2, sweep: 2 * time.Second, loads: []float64{0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.6},
	coldStarts: 11,
	memories:   2, memory: 4 * time.Second, idle: 10_000,
	benchmarks: 6, benchmark: 200 * time.Millisecond,
}

var quickly = plan{
	name: "quick", limit: 6 * time.Minute, warmUp: 200 * time.Millisecond,
	rounds: 2, run: time.Second,
	overloads: 1, overload: 1500 * time.Millisecond,
	sweeps: 1, sweep: time.Second, loads: []float64{0.2, 0.6, 1, 1.5},
	coldStarts: 3,
	memories:   1, memory: time.Second, idle: 1000,
	benchmarks: 2, benchmark: 20 * time.Millisecond,
}

const (
	callers = 16  // of a closed loop
	conns   = 512 // of an open loop, at most
)

// bench is what all measurements share.
type bench struct {
	plan     plan
	pins     pins
	servers  []server
	supplier supplier
	progress io.Writer
	began    time.Time
}

// measured is what the report is made of.
type measured struct {
	machine    machine
	throughput *throughput
	overload   *overload
	sweep      *sweep
	coldStart  *coldStart
	memory     *memory
	benchmarks *benchmarks
}

func compare(ctx context.Context, chosen plan, out string, progress io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, chosen.limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "flowserver-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	b := &bench{plan: chosen, progress: progress, began: time.Now()}
	b.step("build")
	if b.supplier, err = newSupplier(); err != nil {
		return err
	}
	if b.servers, err = prepare(ctx, dir); err != nil {
		return err
	}
	for _, s := range b.servers {
		if s.skipped != "" {
			b.note("%s is skipped: %s", s.name, s.skipped)
		}
	}
	if b.pins, err = pin(ctx); err != nil {
		return err
	}
	debug.SetGCPercent(400) // the generator's own collections would show in the latencies
	results, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("not done within %s: %w", chosen.limit, ctx.Err())
	}
	if err := write(out, report{plan: chosen, pins: b.pins, servers: b.servers, measured: results, took: time.Since(b.began)}); err != nil {
		return err
	}
	b.step("done: " + out + "/RESULTS.md")
	return nil
}

func (b *bench) measure(ctx context.Context) (m measured, err error) {
	b.step("Go benchmarks")
	if m.benchmarks, err = b.runBenchmarks(ctx); err != nil {
		return m, err
	}
	b.step("cold start")
	if m.coldStart, err = b.measureColdStart(ctx); err != nil {
		return m, err
	}
	b.step("closed loop")
	if m.throughput, err = b.measureThroughput(ctx); err != nil {
		return m, err
	}
	capacity := m.throughput.capacity()
	b.step("twice the capacity")
	if m.overload, err = b.measureOverload(ctx, capacity); err != nil {
		return m, err
	}
	b.step("latency against offered load")
	if m.sweep, err = b.measureSweep(ctx, capacity); err != nil {
		return m, err
	}
	b.step("memory")
	if m.memory, err = b.measureMemory(ctx); err != nil {
		return m, err
	}
	m.machine = describe(ctx)
	return m, nil
}

func (b *bench) step(what string) {
	_, _ = fmt.Fprintf(b.progress, "%4.0f s  %s\n", time.Since(b.began).Seconds(), what)
}

func (b *bench) note(format string, args ...any) {
	_, _ = fmt.Fprintf(b.progress, "        "+format+"\n", args...)
}
