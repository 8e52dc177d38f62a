package main

import "fmt"

// goal is a number to reach, in one run on one machine.
type goal struct {
	what    string
	limit   float64
	atMost  bool // the limit is the most allowed; else the least
	unit    string
	digits  int
	values  []float64 // one a round; none: not measured
	missing string    // why not
	why     string    // what explains it if it is not reached
}

// target prints the limit.
func (g goal) target() string {
	sign := "≥"
	if g.atMost {
		sign = "≤"
	}
	return fmt.Sprintf("%s %g%s", sign, g.limit, g.unit)
}

// measured prints the median and the range.
func (g goal) measured() string {
	if len(g.values) == 0 {
		return "–"
	}
	return spreadOf(g.values).text(g.digits) + g.unit
}

// reached says whether the median keeps the limit, and whether each round does.
func (g goal) reached() string {
	keeps := func(v float64) bool { return v >= g.limit }
	s := spreadOf(g.values)
	worst := s.min
	if g.atMost {
		keeps = func(v float64) bool { return v <= g.limit }
		worst = s.max
	}
	switch {
	case len(g.values) == 0:
		return "not measured: " + g.missing
	case keeps(s.median) && keeps(worst):
		return "**yes**"
	case keeps(s.median):
		return "**yes**, though not in every round"
	case g.why != "":
		return "**no**: " + g.why
	}
	return "**no**"
}

// goals holds what was measured against what we want.
func (r report) goals() []goal {
	speed, coldStart := r.measured.throughput.perSecond, r.measured.coldStart.took
	over, mem := r.measured.overload, r.measured.memory
	all := []goal{
		{
			what: "`flowserver` against `express-meta`, closed loop", limit: 1.5, unit: " ×", digits: 2,
			values: ratios(speed[pureGo], speed[expressMeta]), missing: r.missing(expressMeta), why: r.whyRSA(),
		},
		{
			what: "`flowserver-openssl` against `node-http`, closed loop", limit: 1, unit: " ×", digits: 2,
			values: ratios(speed[openSSL], speed[nodeHTTP]), missing: r.missing(openSSL, nodeHTTP),
			why: "both spend most of a request in the same operation of OpenSSL; the rest decides",
		},
		{
			what: "`flowserver-openssl` against `express-meta`, closed loop", limit: 3.8, unit: " ×", digits: 2,
			values: ratios(speed[openSSL], speed[expressMeta]), missing: r.missing(openSSL, expressMeta),
			why: "the share of a request that is the parsing of a PEM differs by machine and Node version",
		},
	}
	for _, name := range []string{pureGo, openSSL} {
		free := unbounded
		if name == openSSL {
			free = unboundedOpenSSL
		}
		all = append(all,
			goal{
				what: "`" + name + "` at twice its capacity: p99 of served requests (aim: 40 ms)", limit: 100, atMost: true, unit: " ms",
				values: over.p99[name], missing: r.missing(name),
				why: "the queue is bounded to 16 envelopes a worker: what is longer than 16 operations was spent outside of it",
			},
			goal{
				what: "`" + name + "` at twice its capacity: served, against `" + free + "`", limit: 0.8, unit: " ×", digits: 2,
				values: ratios(over.perSecond[name], over.perSecond[free]), missing: r.missing(name, free),
				why: "to refuse costs time, too: a request is read and its signature verified before",
			},
		)
	}
	for _, name := range []string{pureGo, openSSL} {
		all = append(all,
			goal{
				what: "`" + name + "`: cold start to the first answer", limit: 20, atMost: true, unit: " ms", digits: 1,
				values: coldStart[name], missing: r.missing(name),
			},
			goal{
				what: fmt.Sprintf("%#q: peak memory under load, %d connections", name, callers), limit: 20, atMost: true, unit: " MB", digits: 1,
				values: mem.load.resident[name], missing: r.missing(name), why: r.whyMemory(name),
			},
			r.idleGoal(name),
		)
	}
	return all
}

const idleConnections = 10_000 // of the goal

func (r report) idleGoal(name string) goal {
	mem := r.measured.memory
	g := goal{
		what: fmt.Sprintf("%#q: memory with %d idle connections", name, idleConnections), limit: 230, atMost: true, unit: " MB",
		values: mem.idle.resident[name], missing: r.missing(name), why: "net/http keeps two buffers and a goroutine for each connection",
	}
	if mem.connections < idleConnections {
		g.values, g.missing = nil, fmt.Sprintf("with %d connections only, %s MB", mem.connections, spreadOf(g.values).text(1))
	}
	return g
}

// missing tells why servers were not measured.
func (r report) missing(names ...string) string {
	for _, s := range r.servers {
		for _, name := range names {
			if s.name == name && s.skipped != "" {
				return name + " was skipped"
			}
		}
	}
	return "no rounds"
}

// whyRSA compares the operation that most of a request is.
func (r report) whyRSA() string {
	for _, one := range r.measured.benchmarks.all {
		if one.name == "Open" && r.measured.machine.rsa > 0 {
			return fmt.Sprintf("one envelope takes crypto/rsa %.0f µs on this CPU, and the bare operation OpenSSL, which Node has, %.0f µs",
				spreadOf(one.metrics["ns/op"]).median/1000, r.measured.machine.rsa)
		}
	}
	return ""
}

// whyMemory tells pages of the program from what it asked for.
func (r report) whyMemory(name string) string {
	rest, load := r.measured.memory.rest, r.measured.memory.load
	anonymous := spreadOf(rest.anonymous[name]).median
	return fmt.Sprintf("%.1f MB are pages of the program's file, %.1f MB it asked for at the start, "+
		"and %.1f MB came with the load: the answers of the last 15 minutes are kept against replays, up to 4 MiB of them",
		spreadOf(rest.resident[name]).median-anonymous, anonymous, spreadOf(load.anonymous[name]).median-anonymous)
}
