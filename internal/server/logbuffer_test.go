package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

// sink is what a log is written to. It blocks while gate has no room, and fails while
// err is set.
type sink struct {
	logged
	gate chan struct{} // nil: never blocks
	err  error
}

func (s *sink) Write(text []byte) (int, error) {
	if s.gate != nil {
		<-s.gate
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return 0, s.err
	}
	return s.text.Write(text)
}

func (s *sink) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// dropReports returns the numbers of lines that a log says were dropped.
func dropReports(t *testing.T, log string) (lines []uint64) {
	t.Helper()
	for line := range strings.Lines(log) {
		var r struct {
			Msg, Level string
			Lines      uint64
			Since      time.Time
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if strings.HasPrefix(r.Msg, "log lines were dropped") {
			if r.Level != "WARN" || r.Since.IsZero() {
				t.Errorf("got %s, want a warning with the time since when", line)
			}
			lines = append(lines, r.Lines)
		}
	}
	return lines
}

func TestLogStalled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &sink{gate: make(chan struct{})}
		log := server.OpenLog(config.Log{Format: config.LogJSON}, out, nil)
		const lines = 5000
		for i := range lines {
			log.Info("m", slog.Int("i", i), slog.String("text", strings.Repeat("x", 1000)))
		}
		dropped := log.Dropped()
		if dropped < 1000 || dropped >= lines {
			t.Fatalf("dropped %d of %d lines while nothing reads, want some thousand", dropped, lines)
		}
		close(out.gate)
		log.Close()
		var reported uint64
		for _, lines := range dropReports(t, out.String()) {
			reported += lines
		}
		if reported != dropped {
			t.Errorf("reported %d lines, want the %d that were dropped", reported, dropped)
		}
		if got := uint64(strings.Count(out.String(), `"msg":"m"`)); got != lines-dropped {
			t.Errorf("got %d lines, want the other %d", got, lines-dropped)
		}
		log.Info("late")
		if log.Dropped() != dropped+1 {
			t.Error("a line after Close is not counted as dropped")
		}
	})
}

// The end waits for a reader, but not forever.
func TestLogCloseIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &sink{gate: make(chan struct{})}
		log := server.OpenLog(config.Log{Format: config.LogJSON}, out, nil)
		log.Info("m")
		began := time.Now()
		log.Close()
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("Close took %s, want 2s", took)
		}
		close(out.gate) // for the goroutine to end
	})
}

func TestLogDiskFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := &sink{}
		out.fail(errors.New("no space left on device"))
		log := server.OpenLog(config.Log{Format: config.LogJSON}, out, nil)
		defer log.Close()
		for range 7 {
			log.Info("m")
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		if got := log.Dropped(); got != 7 {
			t.Errorf("dropped %d lines, want 7", got)
		}
		out.fail(nil)
		time.Sleep(2 * time.Second)
		if got := dropReports(t, out.String()); fmt.Sprint(got) != "[7]" {
			t.Errorf("reported %v, want 7", got)
		}
		log.Info("n")
		synctest.Wait()
		if !strings.Contains(out.String(), `"msg":"n"`) {
			t.Errorf("the log does not go on: %s", out)
		}
	})
}

// Lines are written at once, in order, in each format.
func TestLogIsWritten(t *testing.T) {
	t.Parallel()
	for format, terminal := range map[string]*server.HumanLog{`"line":%d}`: nil, "line=%d\n": {}} {
		synctest.Test(t, func(t *testing.T) {
			out := &sink{}
			log := server.OpenLog(config.Log{}, out, terminal)
			for i := range 100 {
				log.Info("m", slog.Int("line", i))
			}
			log.Debug("hidden")
			synctest.Wait()
			text, last := out.String(), -1
			for i := range 100 {
				at := strings.Index(text, fmt.Sprintf(format, i))
				if at <= last && i != 0 {
					t.Fatalf("line %d is missing or not in order", i)
				}
				last = at
			}
			if strings.Contains(text, "hidden") || log.Dropped() != 0 {
				t.Errorf("dropped %d lines, got\n%s", log.Dropped(), text)
			}
			log.Close()
			log.Close()
		})
	}
}
