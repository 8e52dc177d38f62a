package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

// memory is what a server's process holds, in MB of 10^6 bytes, by name and round.
type memory struct {
	rest, load, idle usages
	connections      int // of idle
}

// usages are resident pages; of them the anonymous ones, which the program asked for,
// while the others are pages of files that it runs; and the proportional share (Pss).
type usages struct{ resident, anonymous, share map[string][]float64 }

func newUsages() usages {
	return usages{map[string][]float64{}, map[string][]float64{}, map[string][]float64{}}
}

func (b *bench) measureMemory(ctx context.Context) (*memory, error) {
	m := &memory{newUsages(), newUsages(), newUsages(), b.plan.idle}
	limit, err := openFiles()
	if err != nil {
		return nil, err
	}
	if most := limit - 200; m.connections > most {
		m.connections = most
		b.note("only %d connections: the limit of open files is %d", most, limit)
	}
	if err := b.supplier.Prepare(max(m.connections, int(5000*b.plan.memory.Seconds()))); err != nil {
		return nil, err
	}
	return m, b.inTurn(ctx, b.plan.memories, b.measurable(false), func(s server) error {
		if err := b.memoryUnderLoad(ctx, s, m); err != nil {
			return err
		}
		return b.memoryIdle(ctx, s, m)
	})
}

// memoryUnderLoad measures at rest, a second after the first answer, and then the
// peak since the start, as the kernel keeps it, after a closed loop.
func (b *bench) memoryUnderLoad(ctx context.Context, s server, m *memory) error {
	p, err := b.start(ctx, s, callers)
	if err != nil {
		return err
	}
	defer p.stop()
	time.Sleep(time.Second)
	if err := m.rest.read(p, "VmRSS"); err != nil {
		return err
	}
	if err := p.Closed(ctx, callers, b.plan.memory).Err(false); err != nil {
		return err
	}
	return m.load.read(p, "VmHWM")
}

// memoryIdle opens many connections, sends one message on each, and leaves them open.
func (b *bench) memoryIdle(ctx context.Context, s server, m *memory) error {
	p, err := b.start(ctx, s, 1)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.Hold(ctx, m.connections); err != nil {
		return err
	}
	time.Sleep(time.Second)
	open, err := sockets(p.pid())
	if err != nil {
		return err
	}
	if open < m.connections {
		return fmt.Errorf("only %d of %d connections are still open", open, m.connections)
	}
	b.note("%-18s %d idle connections", s.name, open)
	return m.idle.read(p, "VmRSS")
}

// read reads the memory of a process; resident is the line of /proc/PID/status to take.
func (u usages) read(p *process, resident string) error {
	for _, one := range []struct {
		into       map[string][]float64
		file, name string
	}{
		{u.resident, "status", resident},
		{u.anonymous, "status", "RssAnon"},
		{u.share, "smaps_rollup", "Pss"},
	} {
		kilobytes, err := procField(p.pid(), one.file, one.name)
		if err != nil {
			return err
		}
		one.into[p.server.name] = append(one.into[p.server.name], kilobytes*1024/1e6)
	}
	return nil
}

// procField reads a line "name: number" of a file of a process.
func procField(pid int, file, name string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, name+":"); found {
			return strconv.ParseFloat(strings.Fields(rest)[0], 64)
		}
	}
	return 0, fmt.Errorf("/proc/%d/%s has no %s", pid, file, name)
}

// cpuTime returns how much CPU time a process has had, in the steps of 10 ms that Linux
// counts in, to which each of two readings adds one at most.
func (p *process) cpuTime() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid()))
	if err != nil {
		return 0, err
	}
	return parseCPUTime(string(text))
}

// parseCPUTime reads utime and stime, the 14th and 15th fields of /proc/PID/stat. The second
// field is a name in parentheses, which may have spaces.
func parseCPUTime(stat string) (time.Duration, error) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on all that Go runs on
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat has no CPU times: %q", stat)
	}
	var total time.Duration
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		total += time.Duration(ticks) * tick
	}
	return total, nil
}

// sockets counts the open sockets of a process.
func sockets(pid int) (int, error) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	files, err := os.ReadDir(folder)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, file := range files {
		if target, err := os.Readlink(folder + "/" + file.Name()); err == nil && strings.HasPrefix(target, "socket:") { // else just closed
			n++
		}
	}
	return n, nil
}

// openFiles is how many files a process of ours may have open. Go and Node raise
// their own limit up to the hard one.
func openFiles() (int, error) {
	text, err := os.ReadFile("/proc/self/limits")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "Max open files"); found {
			hard := strings.Fields(rest)[1]
			if hard == "unlimited" {
				return math.MaxInt, nil
			}
			return strconv.Atoi(hard)
		}
	}
	return 0, errors.New("/proc/self/limits does not tell how many files may be open")
}
