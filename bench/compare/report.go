package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// report is RESULTS.md.
type report struct {
	plan     plan
	pins     pins
	servers  []server
	measured measured
	took     time.Duration
}

func write(folder string, r report) error {
	picture, err := r.plot()
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"RESULTS.md": r.markdown(), "latency.svg": picture, "benchmarks.txt": r.measured.benchmarks.text} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil { //nolint:gosec // G306: for everybody to read
			return err
		}
	}
	return nil
}

func (r report) markdown() []byte {
	var out bytes.Buffer
	say := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	say("# Results\n\nMade by `bench/run`; [README.md](README.md) explains how to read them. Numbers are medians of")
	say("alternated rounds with their range, `median [min..max]`. Only ratios within one run compare.")
	if r.plan.name != full.name {
		say("\n**This is a %s run: its numbers prove nothing.**", r.plan.name)
	}
	r.writeGoals(say)
	r.writeMachine(say)
	r.writeKernel(say)
	r.writeThroughput(say)
	r.writeConnections(say)
	r.writeOverload(say)
	r.writeSweep(say)
	r.writeStarts(say)
	r.writeMemory(say)
	r.writeBenchmarks(say)
	r.writeCommands(say)
	return out.Bytes()
}

type sayFunc func(format string, args ...any)

// table says a Markdown table.
func (say sayFunc) table(header []string, rows [][]string) {
	say("\n| %s |\n|%s", strings.Join(header, " | "), strings.Repeat("---|", len(header)))
	for _, row := range rows {
		say("| %s |", strings.Join(row, " | "))
	}
}

// each makes a row for every server that was measured.
func (r report) each(overload bool, row func(s server) []string) [][]string {
	var rows [][]string
	for _, s := range r.servers {
		if s.skipped == "" && (overload || !s.overloadOnly) {
			rows = append(rows, append([]string{"`" + s.name + "`"}, row(s)...))
		}
	}
	return rows
}

func (r report) writeGoals(say sayFunc) {
	say("\n## Goals")
	var rows [][]string
	for _, g := range r.goals() {
		rows = append(rows, []string{g.what, g.target(), g.measured(), g.reached()})
	}
	say.table([]string{"goal", "", "measured", "reached"}, rows)
}

func (r report) writeMachine(say sayFunc) {
	m := r.measured.machine
	say("\n## Machine\n")
	say("- CPU: %s, %d cores, of use for RSA:%s", m.cpu, m.cores, m.flags)
	say("- memory: %s; kernel: %s", m.memory, m.kernel)
	say("- Go %s; Node %s with OpenSSL %s; the system has %s", strings.TrimPrefix(m.golang, "go"), m.node, m.nodeSSL, m.openssl)
	if m.rsa > 0 {
		say("- one RSA-2048 private operation by `openssl speed`: %.0f µs", m.rsa)
	}
	say("- commit: %s; %s run of %s; %s", m.commit, r.plan.name, r.took.Round(time.Second), r.pins)
	say("\nServers:\n")
	for _, s := range r.servers {
		if s.skipped != "" {
			say("- `%s`: %s. **Skipped**: %s", s.name, s.about, s.skipped)
			continue
		}
		say("- `%s`: %s", s.name, s.about)
	}
}

// ratioText prints paired ratios, or a dash if there are none.
func ratioText(ours, theirs []float64) string {
	paired := ratios(ours, theirs)
	if len(paired) == 0 {
		return "–"
	}
	return spreadOf(paired).text(2)
}

func (r report) writeOverload(say sayFunc) {
	o, capacity := r.measured.overload, r.measured.throughput.capacity()
	say("\n## Twice the capacity\n\nPoisson arrivals at %d times what the server did in the closed loop, up to %d connections;", overloadFactor, conns)
	say("%d rounds of %s. Latency counts from the scheduled arrival. Without a bound it is the length of the", r.plan.overloads, r.plan.overload)
	say("run that limits the latency, nothing else. Goodput is what was served in time, against the server's own closed loop.")
	say.table([]string{"server", "offered/s", "served/s", "goodput", "p50 ms", "p99 ms", "refused %", "no answer %"}, r.each(true, func(s server) []string {
		return []string{
			fmt.Sprintf("%.0f", o.offered[s.name]), spreadOf(o.perSecond[s.name]).text(0),
			fmt.Sprintf("%.2f", spreadOf(o.perSecond[s.name]).median/capacity[s.name]),
			spreadOf(o.p50[s.name]).text(0), spreadOf(o.p99[s.name]).text(0),
			spreadOf(o.refused[s.name]).text(0), spreadOf(o.noReply[s.name]).text(0),
		}
	}))
}

func (r report) writeSweep(say sayFunc) {
	say("\n## Latency against offered load\n\n![p50 and p99 against requests a second](latency.svg)\n")
	say("p50 / p99 in ms at requests a second that are offered to all; Poisson arrivals, up to %d connections, %d rounds of %s. (n %%): refused.",
		conns, r.plan.sweeps, r.plan.sweep)
	say("A server is not offered more than %d times what it did in the closed loop.", tooMuch)
	header := []string{"server"}
	for _, rate := range r.plan.rates {
		header = append(header, fmt.Sprintf("%.0f/s", rate))
	}
	say.table(header, r.each(false, func(s server) []string {
		var cells []string
		for _, rate := range r.plan.rates {
			cells = append(cells, r.measured.sweep.cell(s.name, rate))
		}
		return cells
	}))
}

// cell is the latency of a server at a rate, a dash if it was not measured.
func (w *sweep) cell(name string, rate float64) string {
	i := slices.IndexFunc(w.points[name], func(p point) bool { return p.rate == rate })
	if i < 0 {
		return "–"
	}
	p := w.points[name][i]
	text := fmt.Sprintf("%.1f / %.1f", spreadOf(p.p50).median, spreadOf(p.p99).median)
	if refused := spreadOf(p.refused).median; refused >= 1 {
		text += fmt.Sprintf(" (%.0f %%)", refused)
	}
	return text
}

func (r report) writeStarts(say sayFunc) {
	took := r.measured.coldStart.took
	say("\n## Cold start\n\nFrom the start of the process to its first right answer, in ms; %d rounds. The program is in the", r.plan.coldStarts)
	say("page cache; the start of `taskset` is included.")
	say.table([]string{"server", "ms", "of `node-http`", "of `express-meta`"}, r.each(false, func(s server) []string {
		return []string{spreadOf(took[s.name]).text(1), ratioText(took[s.name], took[nodeHTTP]), ratioText(took[s.name], took[expressMeta])}
	}))
}

func (r report) writeMemory(say sayFunc) {
	m := r.measured.memory
	say("\n## Memory\n\nResident, in MB of 10⁶ bytes; in brackets anonymous / proportional share (Pss). The rest are pages of")
	say("the program's file. At rest: a second after the first answer. Under load: the peak (VmHWM) of a closed loop of")
	say("%d connections and %s. Idle: with %d connections that have sent one message each. %d rounds. What the kernel",
		callers, r.plan.memory, m.connections, r.plan.memories)
	say("holds for sockets is not in it.")
	usage := func(u usages, name string) string {
		return fmt.Sprintf("%s (%.1f / %.1f)", spreadOf(u.resident[name]).text(1), spreadOf(u.anonymous[name]).median, spreadOf(u.share[name]).median)
	}
	say.table([]string{"server", "at rest", "under load", "idle connections", "KB a connection"}, r.each(false, func(s server) []string {
		each := (spreadOf(m.idle.resident[s.name]).median - spreadOf(m.rest.resident[s.name]).median) * 1000 / float64(m.connections)
		return []string{usage(m.rest, s.name), usage(m.load, s.name), usage(m.idle, s.name), fmt.Sprintf("%.1f", each)}
	}))
}

func (r report) writeBenchmarks(say sayFunc) {
	say("\n## Go benchmarks\n\nMedians; all rounds are in [benchmarks.txt](benchmarks.txt), for benchstat.")
	var rows [][]string
	for _, one := range r.measured.benchmarks.all {
		rows = append(rows, []string{
			one.name, fmt.Sprintf("%.2f", spreadOf(one.metrics["ns/op"]).median/1000),
			fmt.Sprintf("%.0f", spreadOf(one.metrics["B/op"]).median), fmt.Sprintf("%.0f", spreadOf(one.metrics["allocs/op"]).median),
		})
	}
	say.table([]string{"benchmark", "µs/op", "B/op", "allocs/op"}, rows)
}

func (r report) writeCommands(say sayFunc) {
	say("\n## Commands\n\n```sh\nbench/run%s\ncd bench", map[bool]string{true: "", false: " -quick"}[r.plan.name == full.name])
	for _, s := range r.servers {
		if _, ours := goPrograms[s.name]; ours {
			cgo, args := goBuild(s.name, s.name)
			say("%s go %s", cgo, strings.ReplaceAll(strings.Join(args, " "), "-ldflags=-s -w", "-ldflags='-s -w'"))
		}
	}
	for _, s := range r.servers {
		if s.name == nodeHTTP || s.name == expressMeta {
			say("%s   # %s", strings.Join(append(r.pins.server(), s.command...), " "), s.name)
		}
	}
	say("%s\n```", strings.ReplaceAll(strings.Join((&bench{plan: r.plan, pins: r.pins}).benchmarkCommand(), " "), "^$", "'^$'"))
}
