package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/server"
)

// sensitiveJSON is playableJSON with a sensitive input.
var sensitiveJSON = strings.Replace(playableJSON, `"terminal": true,`, `"terminal": true, "sensitive": ["name"],`, 1)

// startPhone starts the command phone and returns the address of its page.
func startPhone(t *testing.T, p *program, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() { code <- p.Run(ctx, append([]string{"phone", "--listen", "127.0.0.1:0"}, args...)) }()
	t.Cleanup(func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("got exit code %d, want 0, and\n%s", got, &p.stderr)
		}
	})
	for {
		if found := phoneURL.FindStringSubmatch(p.stdout.String()); found != nil {
			return found[1]
		}
		select {
		case got := <-code:
			code <- got
			t.Fatalf("phone %s ended with exit code %d and\n%s", strings.Join(args, " "), got, &p.stderr)
		case <-time.After(time.Millisecond):
		}
	}
}

// submit types a name on the page and sends it.
func (c *phoneClient) submit(t *testing.T, name string) {
	t.Helper()
	events := "/api/phones/" + c.boot.Phone + "/events"
	c.do(t, http.MethodPost, events, `{"type":"input","field":"name","value":"`+name+`"}`)
	c.do(t, http.MethodPost, events, `{"type":"tap","at":"`+c.boot.View.Footer.At+`"}`)
	for !strings.Contains(c.do(t, http.MethodGet, "/api/phones/"+c.boot.Phone+"/exchanges", ""), `"n":2`) {
		time.Sleep(time.Millisecond)
	}
}

// logged reads the file of --log once it has as many lines as are expected.
func logged(t *testing.T, path string, want int) (lines []map[string]any, text string) {
	t.Helper()
	for {
		if text = readFile(t, path); strings.Count(text, "\n") >= want {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for scanner := bufio.NewScanner(strings.NewReader(text)); scanner.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, scanner.Text())
		}
		lines = append(lines, line)
	}
	return lines, text
}

// TestPhoneLog plays a screen twice, with and without --mask, and reads the log.
func TestPhoneLog(t *testing.T) {
	t.Parallel()
	const name = "Ada Lovelace"
	for _, tt := range []struct {
		name, note string
		args       []string
		masked     bool
	}{
		{"with values", "every exchange with all values, including what you type", nil, false},
		{"masked", "every exchange with its values, sensitive ones masked", []string{"--mask"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, dir := startDevPhone(t, hello(exchange.WithFlow([]byte(sensitiveJSON))))
			file := filepath.Join(t.TempDir(), "log.jsonl")
			flow := writeFile(t, filepath.Join(t.TempDir(), "flow.json"), sensitiveJSON)
			writeFile(t, file, "{\"before\":1}\n")
			p := newProgram()
			p.Flows = nil
			c := &phoneClient{url: startPhone(t, p, append([]string{"--flow-json", flow, "--dir", dir, "--log", file, "--flow", "booking"}, tt.args...)...)}
			c.load(t)
			c.submit(t, name)
			state := c.do(t, http.MethodGet, "/api/phones/"+c.boot.Phone+"/state", "")
			view := c.do(t, http.MethodGet, "/?phone="+c.boot.Phone, "")
			scenario := c.do(t, http.MethodGet, "/api/phones/"+c.boot.Phone+"/scenario", "")
			lines, text := logged(t, file, 3)
			if len(lines) != 3 || lines[0]["before"] == nil || lines[1]["action"] != "INIT" ||
				lines[2]["status"] != 200.0 || lines[2]["flow"] != "flow" || lines[2]["rules"] == nil {
				t.Errorf("got %s, want a line that was there and two exchanges with the rules that decided", text)
			}
			for what, shown := range map[string]string{"the log": text, "state": state, "the page": view, "the scenario": scenario} {
				if strings.Contains(shown, name) == tt.masked {
					t.Errorf("%s: got %s, want the name masked: %t", what, shown, tt.masked)
				}
			}
			if tt.masked {
				contains(t, "the scenario", scenario, `fill: {name: \"${name}\"}`)
			}
			contains(t, "stdout", p.stdout.String(), "  log         ", tt.note)
			terminal := p.stderr.String()
			if !regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d INIT → ASK 200 \d+\.\d m?s\n\d\d:\d\d:\d\d ASK → SUCCESS 200 \d+\.\d m?s$`).MatchString(terminal) {
				t.Errorf("got %q, want a line for each exchange", terminal)
			}
			if strings.Contains(terminal, name) {
				t.Errorf("a value is on the terminal: %s", terminal)
			}
		})
	}
}

// TestPhoneLogRefusals shows what the terminal says of what WhatsApp refuses.
func TestPhoneLogRefusals(t *testing.T) {
	t.Parallel()
	_, dir := startDevPhone(t, playable())
	flow := writeFile(t, filepath.Join(t.TempDir(), "flow.json"), strings.ReplaceAll(playableJSON, "ASK", "OTHER"))
	p := newProgram()
	p.Flows = nil
	c := &phoneClient{url: startPhone(t, p, "--flow-json", flow, "--dir", dir, "--flow", "booking")}
	c.load(t)
	for strings.Count(p.stderr.String(), "\n") < 3 {
		time.Sleep(time.Millisecond)
	}
	contains(t, "stderr", p.stderr.String(), "INIT → ASK 200 ", "\n         WhatsApp: shows an error page: ", "error notification")
}

// TestDevLog writes the exchanges of the phone of dev.
func TestDevLog(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log.jsonl")
	p := newProgram()
	p.Flows = []server.Flow{{ID: "booking", Handler: playable()}}
	r := startProgram(t, p, "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--phone-listen", "127.0.0.1:0",
		"--dir", filepath.Join(t.TempDir(), "dev"), "--log", file)
	c := &phoneClient{url: phoneURL.FindStringSubmatch(r.stdout.String())[1]}
	c.load(t)
	if lines, text := logged(t, file, 1); lines[0]["flow"] != "booking" {
		t.Errorf("got %s, want an exchange of booking", text)
	}
	contains(t, "stdout", r.stdout.String(), "every exchange with all values")
	p.run(t, 1, "phone", "--flow-json", "../../cmd/flowserver/booking.json", "--log", t.TempDir())
	contains(t, "stderr", p.stderr.String(), "--log: ")
}
