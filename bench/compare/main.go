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
	"path/filepath"
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

	connections []int // of further closed loops
	short       int   // rounds of each of these
	shortRun    time.Duration

	overloads int
	overload  time.Duration

	sweeps int
	sweep  time.Duration
	rates  []float64 // requests a second that are offered

	coldStarts int

	memories int
	memory   time.Duration // under load
	idle     int           // connections

	benchmarks int
	benchmark  time.Duration
	kernels    int // rounds of the RSA operation alone
}

var full = plan{
	name: "full", limit: 15 * time.Minute, warmUp: 300 * time.Millisecond,
	rounds: 5, run: 2 * time.Second,
	connections: []int{1, 2, 4, 8, 32, 64}, short: 2, shortRun: time.Second,
	overloads: 2, overload: 3 * time.Second,
	sweeps: 2, sweep: 1500 * time.Millisecond, rates: []float64{300, 900, 1500, 2500, 3500, 5000},
	coldStarts: 11,
	memories:   1, memory: 3 * time.Second, idle: 10_000,
	benchmarks: 4, benchmark: 100 * time.Millisecond, kernels: 5,
}

var quickly = plan{
	name: "quick", limit: 6 * time.Minute, warmUp: 200 * time.Millisecond,
	rounds: 2, run: time.Second,
	connections: []int{1, 4}, short: 1, shortRun: 500 * time.Millisecond,
	overloads: 1, overload: 1500 * time.Millisecond,
	sweeps: 1, sweep: time.Second, rates: []float64{300, 1500},
	coldStarts: 3,
	memories:   1, memory: time.Second, idle: 1000,
	benchmarks: 2, benchmark: 20 * time.Millisecond, kernels: 2,
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
	kernel     *kernel
	throughput *throughput
	others     []*throughput // with other numbers of connections
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
	written, err := filepath.Abs(filepath.Join(out, "RESULTS.md"))
	b.step("wrote " + written + ", latency.svg and benchmarks.txt")
	return err
}

func (b *bench) measure(ctx context.Context) (m measured, err error) {
	b.step("Go benchmarks")
	if m.benchmarks, err = b.runBenchmarks(ctx); err != nil {
		return m, err
	}
	b.step("the RSA operation alone")
	if m.kernel, err = b.measureKernel(ctx); err != nil {
		return m, err
	}
	b.step("cold start")
	if m.coldStart, err = b.measureColdStart(ctx); err != nil {
		return m, err
	}
	b.step("closed loop")
	if m.throughput, err = b.measureThroughput(ctx, callers, b.plan.rounds, b.plan.run); err != nil {
		return m, err
	}
	for _, n := range b.plan.connections {
		other, err := b.measureThroughput(ctx, n, b.plan.short, b.plan.shortRun)
		if err != nil {
			return m, err
		}
		m.others = append(m.others, other)
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
