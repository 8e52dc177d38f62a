package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/token"
)

var update = flag.Bool("update", false, "write the answers of testdata/booking.walk.txt")

// saturday is a moment whose days are mon 23 to sat 28 November.
func saturday() time.Time { return time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC) }

// phone is a client that takes only answers that booking.json allows: others have
// status 500 in tests.
type phone struct {
	t      *testing.T
	client *exchangetest.Client
}

func newPhone(t *testing.T, h exchange.Handler, token string) *phone {
	t.Helper()
	return &phone{t, exchangetest.New(t, h, exchangetest.WithToken(token))}
}

func (p *phone) init() *exchangetest.Reply {
	p.t.Helper()
	return p.check("", p.client.Init())
}

func (p *phone) submit(screen, data string) *exchangetest.Reply {
	p.t.Helper()
	return p.check(screen, p.client.Submit(screen, json.RawMessage(data)))
}

func (p *phone) back(screen string) *exchangetest.Reply {
	p.t.Helper()
	return p.check(screen, p.client.Back(screen))
}

func (p *phone) check(from string, reply *exchangetest.Reply) *exchangetest.Reply {
	p.t.Helper()
	if reply.Status != http.StatusOK && reply.Status != exchange.StatusTokenExpired {
		p.t.Errorf("answer to a request from %q: status %d (%v)", from, reply.Status, reply.Err)
	}
	return reply
}

// walkTo submits valid input until screen has been reached.
func (p *phone) walkTo(screen string) {
	p.t.Helper()
	reply := p.init()
	for _, data := range []string{
		`{"service":"beard"}`,
		`{"day":"mon","slot":"09:00"}`,
		`{"name":"Ada Lovelace","email":"ada@example.com"}`,
	} {
		if reply.Screen == screen {
			return
		}
		reply = p.submit(reply.Screen, data)
	}
	if reply.Screen != screen {
		p.t.Fatalf("walked to %s, want %s", reply.Screen, screen)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	const path = "testdata/booking.walk.txt"
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, newClient := range map[string]func(testing.TB, exchange.Handler, ...exchangetest.Option) *exchangetest.Client{
		"without network": exchangetest.New,
		"over HTTP":       exchangetest.NewServer,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &phone{t, newClient(t, newBooking(saturday, nil).Routes())}
			got := p.play(string(golden))
			if *update && name == "over HTTP" {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if *update {
				return
			}
			if diff := cmp.Diff(strings.Split(got, "\n"), strings.Split(string(golden), "\n")); diff != "" {
				t.Errorf("%s (-got +want):\n%s", path, diff)
			}
		})
	}
}

// play repeats a transcript with the answers of today.
func (p *phone) play(transcript string) string {
	p.t.Helper()
	var out bytes.Buffer
	for line := range strings.Lines(transcript) {
		if strings.HasPrefix(line, "<") {
			continue
		}
		out.WriteString(line)
		request, ok := strings.CutPrefix(strings.TrimSpace(line), "> ")
		if !ok {
			continue
		}
		var reply *exchangetest.Reply
		action, rest, _ := strings.Cut(request, " ")
		screen, data, _ := strings.Cut(rest, " ")
		switch action {
		case "init":
			reply = p.init()
		case "submit":
			reply = p.submit(screen, data)
		case "back":
			reply = p.back(screen)
		default:
			p.t.Fatalf("the transcript has an action %q", action)
		}
		fmt.Fprintf(&out, "< %d %s\n", reply.Status, reply.Clear)
	}
	return out.String()
}

// TestDoubleBooking lets two users confirm the same time at the same moment.
func TestDoubleBooking(t *testing.T) {
	t.Parallel()
	routes := newBooking(saturday, nil).Routes()
	phones := []*phone{newPhone(t, routes, "ada"), newPhone(t, routes, "grace")}
	replies := make([]*exchangetest.Reply, len(phones))
	for _, p := range phones {
		p.walkTo("CONFIRM")
	}
	var both sync.WaitGroup
	for i, p := range phones {
		both.Go(func() { replies[i] = p.submit("CONFIRM", `{"terms":true}`) })
	}
	both.Wait()

	loser := 0
	if replies[0].Completed() {
		loser = 1
	}
	if !replies[1-loser].Completed() || replies[loser].Screen != "SLOT" || replies[loser].ErrorMessage == "" {
		t.Fatalf("screens %s and %s, want SUCCESS for one and SLOT with a message for the other", replies[0].Screen, replies[1].Screen)
	}
	var shown SlotData
	if err := replies[loser].Decode(&shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Slots) != 8 || shown.Slots[0].ID != "10:00" {
		t.Errorf("times shown %v, want 10:00 to 17:00", shown.Slots)
	}
	phones[loser].submit("SLOT", `{"day":"mon","slot":"10:00"}`)
	phones[loser].submit("DETAILS", `{"name":"Grace Hopper","email":"grace@example.com"}`)
	if reply := phones[loser].submit("CONFIRM", `{"terms":true}`); !reply.Completed() {
		t.Errorf("the second try ends on screen %s (%s), want SUCCESS", reply.Screen, reply.ErrorMessage)
	}
}

func TestTakenTimeIsNotOffered(t *testing.T) {
	t.Parallel()
	b := newBooking(saturday, nil)
	p := newPhone(t, b.Routes(), "ada")
	p.walkTo("SLOT")
	for _, start := range b.diary.free("mon")[1:] {
		if _, ok := b.diary.book("grace", appointment{Start: start}); !ok {
			t.Fatalf("%s cannot be booked", start)
		}
	}

	var shown SlotData
	if err := p.submit("SLOT", `{"trigger":"day_selected","day":"mon"}`).Decode(&shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shown.Slots, []Item{{ID: "09:00", Title: "09:00"}}); diff != "" {
		t.Errorf("times shown (-got +want):\n%s", diff)
	}
	if reply := p.submit("SLOT", `{"day":"mon","slot":"10:00"}`); reply.Screen != "SLOT" || reply.ErrorMessage == "" {
		t.Errorf("taken time: screen %s with message %q, want SLOT with one", reply.Screen, reply.ErrorMessage)
	}

	b.diary.book("grace", appointment{Start: b.diary.free("mon")[0]})
	reply := p.submit("SLOT", `{"trigger":"day_selected","day":"mon"}`)
	if err := reply.Decode(&shown); err != nil {
		t.Fatal(err)
	}
	if shown.SlotsEnabled || reply.ErrorMessage == "" {
		t.Errorf("full day: slots_enabled %v with message %q, want false with one", shown.SlotsEnabled, reply.ErrorMessage)
	}
}

// TestTimePasses confirms a draft after its hour.
func TestTimePasses(t *testing.T) {
	t.Parallel()
	now := saturday()
	p := newPhone(t, newBooking(func() time.Time { return now }, nil).Routes(), "ada")
	p.walkTo("CONFIRM")
	now = now.AddDate(0, 0, 2)
	if reply := p.submit("CONFIRM", `{"terms":true}`); reply.Screen != "SLOT" || reply.ErrorMessage == "" {
		t.Errorf("screen %s with message %q, want SLOT with one", reply.Screen, reply.ErrorMessage)
	}
}

// TestOutOfOrder submits screens whose predecessors were never submitted.
func TestOutOfOrder(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reached string // the screen that the user has really come to
		request func(*phone) *exchangetest.Reply
	}{
		"a day at first": {"SERVICE", func(p *phone) *exchangetest.Reply {
			return p.submit("SLOT", `{"trigger":"day_selected","day":"mon"}`)
		}},
		"a time at first": {"SERVICE", func(p *phone) *exchangetest.Reply {
			return p.submit("SLOT", `{"day":"mon","slot":"09:00"}`)
		}},
		"invalid details at first": {"SERVICE", func(p *phone) *exchangetest.Reply { return p.submit("DETAILS", `{}`) }},
		"back at first":            {"SERVICE", func(p *phone) *exchangetest.Reply { return p.back("DETAILS") }},
		"terms at first":           {"SERVICE", func(p *phone) *exchangetest.Reply { return p.submit("CONFIRM", `{"terms":true}`) }},
		"details without a time": {"SLOT", func(p *phone) *exchangetest.Reply {
			return p.submit("DETAILS", `{"name":"Ada","email":"ada@example.com"}`)
		}},
		"terms without a time":    {"SLOT", func(p *phone) *exchangetest.Reply { return p.submit("CONFIRM", `{"terms":true}`) }},
		"terms without a name":    {"DETAILS", func(p *phone) *exchangetest.Reply { return p.submit("CONFIRM", `{"terms":true}`) }},
		"no terms without a name": {"DETAILS", func(p *phone) *exchangetest.Reply { return p.submit("CONFIRM", `{}`) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPhone(t, newBooking(saturday, nil).Routes(), "ada")
			p.walkTo(tt.reached)
			if reply := tt.request(p); reply.Screen != "SERVICE" || reply.ErrorMessage == "" {
				t.Errorf("screen %s with message %q, want SERVICE with one", reply.Screen, reply.ErrorMessage)
			}
		})
	}
}

// TestInvalidInput submits what a client of ours would never send.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ screen, data string }{
		"no service":         {"SERVICE", `{}`},
		"unknown service":    {"SERVICE", `{"service":"massage"}`},
		"service of a type":  {"SERVICE", `{"service":7}`},
		"no day":             {"SLOT", `{"trigger":"day_selected"}`},
		"unknown day":        {"SLOT", `{"trigger":"day_selected","day":"sun"}`},
		"day of a type":      {"SLOT", `{"trigger":"day_selected","day":["mon"]}`},
		"time without a day": {"SLOT", `{"slot":"09:00"}`},
		"time of no day":     {"SLOT", `{"day":"someday","slot":"09:00"}`},
		"no time":            {"SLOT", `{"day":"mon"}`},
		"unknown time":       {"SLOT", `{"day":"mon","slot":"08:30"}`},
		"placeholder":        {"SLOT", `{"day":"mon","slot":"none"}`},
		"no details":         {"DETAILS", `{}`},
		"long note":          {"DETAILS", `{"name":"Ada","email":"ada@example.com","note":"` + strings.Repeat("é", 201) + `"}`},
		"no terms":           {"CONFIRM", `{}`},
		"terms refused":      {"CONFIRM", `{"terms":false}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPhone(t, newBooking(saturday, nil).Routes(), "ada")
			p.walkTo(tt.screen)
			if reply := p.submit(tt.screen, tt.data); reply.Screen != tt.screen || reply.ErrorMessage == "" {
				t.Errorf("screen %s with message %q, want %s with one", reply.Screen, reply.ErrorMessage, tt.screen)
			}
		})
	}
}

func TestOptionalDetailsMayBeEmpty(t *testing.T) {
	t.Parallel()
	p := newPhone(t, newBooking(saturday, nil).Routes(), "ada")
	p.walkTo("DETAILS")
	if reply := p.submit("DETAILS", `{"name":"Ada","email":"ada@example.com","phone":"","note":""}`); reply.Screen != "CONFIRM" {
		t.Errorf("screen %s (%s), want CONFIRM", reply.Screen, reply.ErrorMessage)
	}
}

func TestTokenWithoutSession(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "unused"} {
		t.Run(fmt.Sprintf("%q", token), func(t *testing.T) {
			t.Parallel()
			p := newPhone(t, newBooking(saturday, nil).Routes(), token)
			for _, reply := range []*exchangetest.Reply{p.init(), p.submit("SERVICE", `{"service":"colour"}`), p.back("DETAILS")} {
				if reply.Status != exchange.StatusTokenExpired || reply.ErrorMsg == "" {
					t.Errorf("status %d with text %q, want 427 with one", reply.Status, reply.ErrorMsg)
				}
			}
		})
	}
}

// A second tap on "Confirm" gets the receipt again, and books nothing.
func TestSecondTap(t *testing.T) {
	t.Parallel()
	b := newBooking(saturday, nil)
	p := newPhone(t, b.Routes(), "ada")
	p.walkTo("CONFIRM")
	var replies [2]*exchangetest.Reply
	var taps sync.WaitGroup
	for i := range replies {
		taps.Go(func() { replies[i] = p.submit("CONFIRM", `{"terms":true}`) })
	}
	taps.Wait()
	if !replies[0].Completed() || !bytes.Equal(replies[0].Clear, replies[1].Clear) {
		t.Errorf("the first tap got %s, the second %s; want the same receipt", replies[0].Clear, replies[1].Clear)
	}
	if taken := len(b.diary.appointments); taken != 1 {
		t.Errorf("the diary has %d appointments, want 1", taken)
	}
	if reply := p.submit("SERVICE", `{"service":"beard"}`); reply.Status != exchange.StatusTokenExpired {
		t.Errorf("another request: status %d, want 427", reply.Status)
	}
}

// With a secret, the demo accepts tokens that were signed with it, and no others.
func TestSignedTokens(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("0123456789abcdef0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	signer, err := tokenSigner(file)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Mint(token.Claims{Flow: flowID, Subject: "customer-4711"})
	if err != nil {
		t.Fatal(err)
	}
	another, err := signer.Mint(token.Claims{Flow: "survey", Subject: "customer-4711"})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		token  string
		status int
	}{
		"signed":           {signed, 200},
		"for another Flow": {another, exchange.StatusTokenExpired},
		"made up":          {"demo-1", exchange.StatusTokenExpired},
		"shared":           {"unused", exchange.StatusTokenExpired},
		"none":             {"", exchange.StatusTokenExpired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply := newPhone(t, newBooking(saturday, signer).Routes(), test.token).init()
			if reply.Status != test.status || test.status != 200 && reply.ErrorMsg != wrongMessage {
				t.Errorf("status %d with text %q, want %d", reply.Status, reply.ErrorMsg, test.status)
			}
		})
	}
	if signer, err := tokenSigner(""); signer != nil || err != nil {
		t.Errorf("without a file: %v, %v; want neither a signer nor an error", signer, err)
	}
	if _, err := tokenSigner(file + ".missing"); err == nil {
		t.Error("a missing file is not an error")
	}
}
