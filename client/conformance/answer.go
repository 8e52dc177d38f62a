package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/diagnosis"
	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/protocol"
)

// answer is what came of a request; reply is nil if nothing came.
type answer struct {
	reply *client.Reply
	err   error

	repeated bool // another request had this answer, and it does not open
}

func (a answer) ok() bool { return a.reply != nil && a.reply.Status/100 == 2 }

// words returns the status and what is wrong with the answer, or why there is none.
// They hold nothing of the body.
func (a answer) words() string {
	switch {
	case a.reply == nil:
		return diagnosis.Silence(a.err)
	case a.err != nil:
		return fmt.Sprintf("status %d, but %v", a.reply.Status, a.err)
	case a.reply.Reason() != "":
		return fmt.Sprintf("status %d, because %s", a.reply.Status, a.reply.Reason())
	default:
		return fmt.Sprintf("status %d", a.reply.Status)
	}
}

func (a answer) timedOut() bool { return a.reply == nil && diagnosis.TimedOut(a.err) }

// usable passes if a is a 200 that a phone can open and read.
func (a answer) usable() finding {
	if a.reply == nil || a.err != nil || a.reply.Status != http.StatusOK {
		return unmet(a.words(), "status 200 with a sealed answer").saying(a.reason()).by(a.cause())
	}
	return passed()
}

// cause is what the answer itself says. A refusal of one request among others says nothing
// about the endpoint as a whole, but for the limit of their rate.
func (a answer) cause() *diagnosis.Cause {
	switch {
	case a.reply != nil && a.reply.Status/100 != 2 && !a.rateLimited():
		return nil
	case a.repeated:
		return diagnosis.OfMistake(mistake.AnswerConstant, "two requests got the same bytes")
	}
	return diagnosis.Read(a.reply, a.err)
}

func (a answer) rateLimited() bool {
	return a.reply != nil && a.reply.Status == http.StatusTooManyRequests
}

// active passes if a is the right answer to a ping.
func (a answer) active() finding {
	const want = `status 200 with {"data":{"status":"active"}}, sealed`
	if f := a.usable(); !f.met() {
		return f.wants(want)
	}
	if !a.reply.Active() {
		return unmet(`an answer that opens, but in which data.status is not "active"`, want).
			saying(pingReason).by(diagnosis.OfMistake(mistake.PingOther, "the answer opens"))
	}
	return passed()
}

// acknowledged passes if a is the right answer to an error notification.
func (a answer) acknowledged() finding {
	const want = `status 200 with {"data":{"acknowledged":true}}, sealed`
	f := a.usable().wants(want)
	if f.met() && !a.reply.Acknowledged() {
		f = unmet("an answer that opens, but in which data.acknowledged is not true", want)
	}
	unopened := a.reply != nil && a.reply.Status == http.StatusOK && a.err != nil // its seal is wrong, whatever it says
	f.general = !f.met() && !unopened && !a.rateLimited()
	return f
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
			return unmet("an answer that a phone cannot use: "+flaw.Text, want).saying(screenReason).by(&diagnosis.Cause{
				ID: "answer-" + string(flaw.Kind), Text: "a phone cannot use the answer: " + flaw.Text,
			})
		}
	}
	return passed()
}

// tokenRefused reports whether a is not a 200 because of the flow token.
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

// refused passes if the endpoint does not accept what the fault spoilt. Only a status
// that Meta defines must be met exactly.
func (a answer) refused(fault client.Fault) finding {
	want := fmt.Sprintf("status %d", fault.Want())
	switch {
	case a.reply == nil:
		f := unmet(a.words(), want).because(silentReason)
		f.wrong = fault.Doc() + " gets no answer"
		return f
	case a.reply.Status == fault.Want():
		return passed()
	case a.ok() && !a.inClear():
		f := unmet(fmt.Sprintf("status %d: the request was accepted", a.reply.Status), want)
		f.wrong, f.general = fault.Doc()+" is accepted", true
		if fault.Name() == "bad-tag" {
			f.cause = diagnosis.OfMistake(mistake.TagIgnored, "a request with a wrong tag is accepted")
		}
		return f
	case a.rateLimited():
		return skipped("the endpoint limits the rate of requests (status 429)")
	case fault.Want() == protocol.StatusBadSignature:
		return unmet(a.words(), want).by(a.otherStatus(mistake.SignatureStatus))
	case fault.Want() == protocol.StatusKeyMismatch:
		return unmet(a.words(), want).by(a.otherStatus(mistake.UndecryptedStatus))
	default:
		return passedBut(fmt.Sprintf("answered %d; flowserver's own contract has %d, Meta leaves it open", a.reply.Status, fault.Want()))
	}
}

// inClear reports whether a is an error message with status 200: a body that is not
// sealed, to a request that would have a sealed answer if it was accepted.
func (a answer) inClear() bool { return a.reply.Clear == nil && len(a.reply.Body) > 0 }

// otherStatus is a mistake in the status of a.
func (a answer) otherStatus(id mistake.ID) *diagnosis.Cause {
	cause := diagnosis.OfMistake(id, "")
	cause.Text += fmt.Sprintf(": it is %d", a.reply.Status)
	return cause
}

// survived passes if the endpoint answers at all, and warns of a 5xx.
func (a answer) survived() finding {
	const want = "an answer below 500, whatever it says"
	switch {
	case a.reply == nil:
		return unmet(a.words(), want)
	case a.reply.Status >= http.StatusInternalServerError:
		f := warned(a.words(), want).because(crashReason)
		f.wrong = fmt.Sprintf("hostile input is answered with status %d", a.reply.Status)
		return f
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
