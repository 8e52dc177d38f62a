package server

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flowserver/flowserver/internal/config"
)

const (
	logBufferSize = 256 << 10       // a thousand lines
	logRetry      = time.Second     // after a line could not be written
	logCloseLimit = 2 * time.Second // to write the rest at the end
)

// Log is a logger that never waits for its output: a pipe that nothing reads, or a
// full disk, delays no exchange. Lines pass through a buffer of [logBufferSize]; when it
// is full, they are dropped and counted, and a line says so afterwards.
type Log struct {
	*slog.Logger
	// Level can be changed later: see [Options.Level].
	Level  *slog.LevelVar
	buffer *logBuffer
}

// OpenLog returns the log that a configuration asks for, written to w; for terminal see
// [NewLogger]. Close writes what is left.
func OpenLog(cfg config.Log, w io.Writer, terminal *HumanLog) *Log {
	buffer := newLogBuffer(w, NewLogger(cfg, w, terminal).Handler())
	logger, level := NewAdjustableLogger(cfg, buffer, terminal)
	go buffer.run()
	return &Log{Logger: logger, Level: level, buffer: buffer}
}

// Dropped returns how many lines were dropped.
func (l *Log) Dropped() uint64 { return l.buffer.dropped.Load() }

// Close writes what is left, for [logCloseLimit] at most. Later lines are dropped.
func (l *Log) Close() { l.buffer.close() }

// logBuffer is the way of lines to a writer that may block or fail. Its Write does
// neither.
type logBuffer struct {
	out     io.Writer
	direct  slog.Handler  // writes to out at once
	dropped atomic.Uint64 // in all
	wake    chan struct{} // there is something to write, or there will be no more
	closing chan struct{} // closed by close
	ended   chan struct{} // closed by run

	mu        sync.Mutex
	closed    bool
	lines     []byte // that wait
	count     uint64 // of them
	lost      uint64 // that were dropped and not reported yet
	lostSince time.Time
}

func newLogBuffer(out io.Writer, direct slog.Handler) *logBuffer {
	return &logBuffer{out: out, direct: direct, wake: make(chan struct{}, 1), closing: make(chan struct{}), ended: make(chan struct{})}
}

// Write implements [io.Writer] for one record. It never fails.
func (b *logBuffer) Write(record []byte) (int, error) {
	b.mu.Lock()
	if b.closed || len(b.lines)+len(record) > logBufferSize {
		b.lose(1)
	} else {
		b.lines = append(b.lines, record...)
		b.count++
	}
	b.mu.Unlock()
	b.signal()
	return len(record), nil
}

// lose counts lines that are dropped; b.mu is locked.
func (b *logBuffer) lose(lines uint64) {
	if b.lost == 0 {
		b.lostSince = time.Now()
	}
	b.lost += lines
	b.dropped.Add(lines)
}

func (b *logBuffer) signal() {
	select {
	case b.wake <- struct{}{}:
	default: // it will wake up anyway
	}
}

// run writes lines as they come, until close.
func (b *logBuffer) run() {
	defer close(b.ended)
	var spare []byte // room for lines
	for {
		b.mu.Lock()
		lines, count, lost, since := b.lines, b.count, b.lost, b.lostSince
		b.lines, b.count, b.lost = spare[:0], 0, 0
		last := b.closed
		b.mu.Unlock()
		spare = lines
		written := b.write(lines, count)
		written = b.report(lost, since) && written
		switch {
		case last:
			return
		case written:
			<-b.wake
		default: // without a pause, a full disk would cost a whole core
			select {
			case <-b.closing:
			case <-time.After(logRetry):
			}
		}
	}
}

// write writes count lines. If that fails, they are lost.
func (b *logBuffer) write(lines []byte, count uint64) (written bool) {
	if count == 0 {
		return true
	}
	if _, err := b.out.Write(lines); err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.lose(count)
		return false
	}
	return true
}

// report writes how many lines were lost.
func (b *logBuffer) report(lost uint64, since time.Time) (written bool) {
	if lost == 0 {
		return true
	}
	r := slog.NewRecord(time.Now(), slog.LevelWarn, "log lines were dropped: the log could not be written as fast as it came, or not at all", 0)
	r.AddAttrs(slog.Uint64("lines", lost), slog.Time("since", since))
	if b.direct.Handle(context.Background(), r) == nil { // the report belongs to no request
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == 0 || since.Before(b.lostSince) {
		b.lostSince = since
	}
	b.lost += lost
	return false
}

// close writes what is left, for logCloseLimit at most. Closing again does nothing.
func (b *logBuffer) close() {
	b.mu.Lock()
	closed := b.closed
	b.closed = true
	b.mu.Unlock()
	if !closed {
		close(b.closing)
		b.signal()
	}
	select {
	case <-b.ended:
	case <-time.After(logCloseLimit): // nothing reads the log; the process ends all the same
	}
}
