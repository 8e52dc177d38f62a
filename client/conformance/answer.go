package conformance

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/protocol"
)

// answer is what came of a request; reply is nil if nothing came.
type answer struct {
	reply *client.Reply
	err   error
}

func (a answer) ok() bool { return a.reply != nil && a.reply.Status/100 == 2 }

// words returns the status and what is wrong with the answer, or why there is none.
// They hold nothing of the body.
func (a answer) words() string {
	switch {
	case a.reply == nil:
		return silence(a.err)
	case a.err != nil:
		return fmt.Sprintf("status %d, but %v", a.reply.Status, a.err)
	case a.reply.Reason() != "":
		return fmt.Sprintf("status %d, because %s", a.reply.Status, a.reply.Reason())
	default:
		return fmt.Sprintf("status %d", a.reply.Status)
	}
}

func (a answer) timedOut() bool {
	timeout, isNet := errors.AsType[net.Error](a.err)
	return a.reply == nil && (errors.Is(a.err, context.DeadlineExceeded) || isNet && timeout.Timeout())
}

// silence says why no answer came, without what the other side sent.
func silence(err error) string {
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return fmt.Sprintf("no TLS connection: %v", certificate.Err)
	}
	if timeout, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout() {
		return "no answer in time"
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok && operation.Op == "dial" {
		return fmt.Sprintf("no connection: %v", operation.Err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was closed without a whole answer"
	}
	return "no whole HTTP answer"
}

// usable passes if a is a 200 that a phone can open and read.
func (a answer) usable() finding {
	if a.reply == nil || a.err != nil || a.reply.Status != http.StatusOK {
		return unmet(a.words(), "status 200 with a sealed answer").general(a.reason())
	}
	return passed()
}

// active passes if a is the right answer to a ping.
func (a answer) active() finding {
	const want = `status 200 with {"data":{"status":"active"}}, sealed`
	if f := a.usable(); !f.met() {
		return f.wants(want)
	}
	if !a.reply.Active() {
		return unmet("an answer that opens, but in which data.status is not \"active\"", want).general(pingReason)
	}
	return passed()
}

// acknowledged passes if a is the right answer to an error notification.
func (a answer) acknowledged() finding {
	const want = `status 200 with {"data":{"acknowledged":true}}, sealed`
	if f := a.usable(); !f.met() {
		return f.wants(want)
	}
	if !a.reply.Acknowledged() {
		return unmet("an answer that opens, but in which data.acknowledged is not true", want)
	}
	return passed()
}

// screen passes if a phone can show a: it names a screen and has no other flaw.
// Null in data has a case for itself.
func (a answer) screen() finding {
	const want = "status 200 with a screen and a data object, sealed"
	if f := a.usable(); !f.met() {
		return f.wants(want)
	}
	for _, flaw := range a.reply.Flaws() {
		if flaw.Kind != client.FlawNull {
			return unmet("an answer that a phone cannot use: "+flaw.Text, want).general(screenReason)
		}
	}
	return passed()
}

// tokenRefused tells whether the flow token is why a is no 200.
func (a answer) tokenRefused() bool {
	return a.reply != nil && a.reply.Status == protocol.StatusTokenExpired
}

// withoutNull passes if data holds no null.
func (a answer) withoutNull() finding {
	if f := a.usable(); !f.met() {
		return skipped("there is no answer to look at")
	}
	for _, flaw := range a.reply.Flaws() {
		if flaw.Kind == client.FlawNull {
			return unmet(flaw.Text, "no null anywhere in data")
		}
	}
	return passed()
}

// refused passes if the endpoint does not take what the fault spoilt. Only a status that
// Meta defines must be met exactly.
func (a answer) refused(fault client.Fault) finding {
	want := fmt.Sprintf("status %d", fault.Want())
	exact := fault.Want() == protocol.StatusKeyMismatch || fault.Want() == protocol.StatusBadSignature
	switch {
	case a.reply == nil:
		return unmet(a.words(), want).because(silentReason)
	case a.reply.Status == fault.Want():
		return passed()
	case a.ok():
		return unmet(fmt.Sprintf("status %d: the request was taken", a.reply.Status), want)
	case exact:
		return unmet(a.words(), want)
	default:
		return passedBut(fmt.Sprintf("answered %d; flowserver's own contract has %d, Meta leaves it open", a.reply.Status, fault.Want()))
	}
}

// survived passes if the endpoint answers at all, and warns of a 5xx.
func (a answer) survived() finding {
	const want = "an answer below 500, whatever it says"
	switch {
	case a.reply == nil:
		return unmet(a.words(), want)
	case a.reply.Status >= http.StatusInternalServerError:
		return warned(a.words(), want).because(crashReason)
	default:
		return passed()
	}
}

// sameJSON compares two JSON texts by what they mean.
func sameJSON(got, want []byte) bool {
	var a, b any
	if json.Unmarshal(got, &a) != nil || json.Unmarshal(want, &b) != nil {
		return false
	}
	x, _ := json.Marshal(a) // what was decoded encodes, with sorted keys
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
