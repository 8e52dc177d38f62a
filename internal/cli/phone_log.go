package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/internal/printable"
	"github.com/flowserver/flowserver/phone"
)

// exchangeLog reports the exchanges of phones: a line without values for each on the
// terminal, and all of it in a file. It is safe for concurrent use.
type exchangeLog struct {
	mu       sync.Mutex
	terminal io.Writer // nil if another log has the lines already
	style    style
	file     *os.File // nil if none is wanted
	warn     func(format string, args ...any)
}

// openExchangeLog opens the file of --log, if there is one, and adds to it.
func (c phonePage) openExchangeLog(p *Program) (*exchangeLog, error) {
	log := &exchangeLog{style: p.style(p.Stderr), warn: p.warnf}
	if c.Log == "" {
		return log, nil
	}
	var err error
	log.file, err = os.OpenFile(c.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600) // it has what users type
	if err != nil {
		return nil, fmt.Errorf("--log: %w", err)
	}
	return log, nil
}

// Close closes the file. Exchanges that end later are not written.
func (l *exchangeLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	file := l.file
	if l.file = nil; file == nil {
		return nil
	}
	return file.Close()
}

// loggedExchange is a line of the file.
type loggedExchange struct {
	Time time.Time `json:"time"`
	Flow string    `json:"flow"`
	playExchange
}

// add reports an exchange of a Flow. If the file cannot be written, it says so once and
// goes on without it.
func (l *exchangeLog) add(flow string, e phone.Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.terminal != nil {
		_, _ = io.WriteString(l.terminal, l.line(e)) // a terminal that is gone needs no line
	}
	if l.file == nil {
		return
	}
	encoder := json.NewEncoder(l.file)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(loggedExchange{time.UnixMilli(e.Began).UTC(), flow, withRules(e)}); err != nil {
		l.warn("--log: %v: the exchanges from here on are not written", err)
		_ = l.file.Close() // the error above says what is wrong
		l.file = nil
	}
}

// line returns an exchange as the log of dev shows it, without a value:
//
//	16:18:58 SLOT → DETAILS 200 2.6 ms
//
// and below it what WhatsApp does if that is not what the endpoint wants.
func (l *exchangeLog) line(e phone.Exchange) string {
	var b strings.Builder
	s := l.style
	from := e.From
	switch {
	case e.Notice:
		from = "error notification"
	case from == "":
		from = e.Action
	}
	b.WriteString(s.dim(time.UnixMilli(e.Began).Format(time.TimeOnly)) + " " + onOneLine(from))
	if e.To != "" {
		b.WriteString(s.dim(" → ") + onOneLine(e.To))
	}
	status := strconv.Itoa(e.Status)
	switch {
	case e.Status == 0:
		status = s.yellow("no answer")
	case e.Status != http.StatusOK || refusedByPhone(e):
		status = s.yellow(status)
	default:
		status = s.green(status)
	}
	b.WriteString(" " + status + s.dim(" "+milliseconds(e.Duration)))
	if e.Of != 0 && !e.Notice {
		b.WriteString(s.dim(" again"))
	}
	const continuation = "\n         "
	if refusedByPhone(e) {
		b.WriteString(continuation + s.yellow("WhatsApp: "+onOneLine(strings.TrimPrefix(e.Verdict.Text, "WhatsApp "))))
	}
	if e.Notice && !e.Acknowledged {
		b.WriteString(continuation + s.yellow("the endpoint did not acknowledge it"))
	}
	return b.String() + "\n"
}

// refusedByPhone reports whether WhatsApp does not do what the answer says.
func refusedByPhone(e phone.Exchange) bool {
	return e.Verdict.Kind == "refused" || e.Verdict.Kind == "snackbar"
}

// onOneLine returns text of another program for a line of the terminal.
func onOneLine(text string) string { return printable.Text(strings.ReplaceAll(text, "\n", " ")) }

// milliseconds writes microseconds as people compare them: 2.6 ms, 1.2 s.
func milliseconds(micros int64) string {
	if micros < 1e6 {
		return strconv.FormatFloat(float64(micros)/1e3, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(float64(micros)/1e6, 'f', 1, 64) + " s"
}
