package diagnosis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/client/mistake"
	"github.com/flowserver/flowserver/protocol"
)

// ping is Meta's health check ("Implementing Endpoints for Flows", June 28, 2026).
var ping = []byte(`{"version":"3.0","action":"ping"}`)

// Explain finds the cause of an answer to a sound request. Where the answer does not say
// enough, it sends up to 70 health checks, one after the other, which have no effect
// on a right endpoint. It returns nil where [Read] does without an error, and if a
// sound health check is answered well: the cause then lies in the message that was sent.
func Explain(ctx context.Context, c *client.Client, reply *client.Reply, err error) *Cause {
	if unsigned(c, reply) {
		return Unsigned()
	}
	seen := Read(reply, err)
	if seen == nil || reply == nil || seen.Known() && reply.Status/100 == 2 {
		return seen
	}
	again := send(ctx, c)
	switch {
	case again.reply == nil:
		return seen
	case again.usable():
		if reply.Status == http.StatusOK {
			return seen
		}
		return nil
	case seen.Known():
		return seen
	case constant(reply, again.reply):
		return OfMistake(mistake.AnswerConstant, "two requests got the same bytes")
	case len(client.Mistakes(again.err)) > 0: // the text of a health check is known, which proves more
		return Read(again.reply, again.err)
	}
	if found := probe(ctx, c, again); found != nil {
		return found
	}
	return byElimination(c, again, seen)
}

// constant reports whether two requests got the same bytes, which may be a sealed answer.
func constant(one, other *client.Reply) bool {
	return one.Status == http.StatusOK && other.Status == http.StatusOK && LooksSealed(one.Body) && bytes.Equal(one.Body, other.Body)
}

// LooksSealed reports whether a body is long enough for a sealed answer, and not an error
// message in JSON. Two requests that get the same such body have not been sealed for.
func LooksSealed(body []byte) bool {
	const shortest = 16 // the GCM tag alone
	return len(body) >= shortest && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
}

// attempt is an answer to a health check.
type attempt struct {
	reply *client.Reply
	err   error
}

func send(ctx context.Context, c *client.Client, faults ...client.Fault) attempt {
	request, err := c.Seal(ping, faults...)
	if err != nil {
		return attempt{err: err}
	}
	reply, err := c.Do(ctx, request)
	return attempt{reply, err}
}

func (a attempt) usable() bool {
	return a.reply != nil && a.reply.Status == http.StatusOK && a.err == nil
}

// status is 0 if no answer came.
func (a attempt) status() int {
	if a.reply == nil {
		return 0
	}
	return a.reply.Status
}

// probe sends what endpoints with one mistake expect. Sound is the answer to a sound
// health check, which was refused. It ends if one of them gets no answer: endpoints that
// make mistakes may also go down.
func probe(ctx context.Context, c *client.Client, sound attempt) *Cause {
	for _, guess := range guesses(c, sound.status()) {
		guessed := send(ctx, c, guess.Fault)
		switch {
		case guessed.reply == nil:
			return nil
		case accepted(sound, guessed):
			return OfMistake(guess.Mistake, fmt.Sprintf("a health check made in this way is accepted, and a correct one has status %d", sound.status()))
		}
	}
	return nil
}

// guesses are those that a status leaves open, the likely ones first.
func guesses(c *client.Client, status int) []client.Guess {
	var ofSignature, ofOpening []client.Guess
	for _, guess := range client.Guesses() {
		switch {
		case !guess.OfSignature():
			ofOpening = append(ofOpening, guess)
		case c.Signed():
			ofSignature = append(ofSignature, guess)
		}
	}
	switch status {
	case protocol.StatusBadSignature:
		return ofSignature
	case protocol.StatusKeyMismatch:
		return ofOpening
	case http.StatusUnauthorized, http.StatusForbidden:
		return slices.Concat(ofSignature, ofOpening)
	}
	return slices.Concat(ofOpening, ofSignature)
}

// accepted reports whether an endpoint that refused a sound request let another one
// pass the step that refused.
func accepted(sound, guessed attempt) bool {
	switch {
	case guessed.usable():
		return true
	case guessed.status() == http.StatusOK:
		return sound.status() != http.StatusOK // an answer of CBC to a request of CBC does not open
	case sound.status() == protocol.StatusBadSignature:
		// What comes after the signature may have mistakes, too.
		return slices.Contains([]int{protocol.StatusKeyMismatch, protocol.StatusTokenExpired}, guessed.status())
	}
	return false
}

// sealedElsewhere reports whether an answer to a health check that does not open has the
// size of the right text and a tag. No IV under the key of the request gives such an
// answer: package client would have found [mistake.IVOther].
func sealedElsewhere(a attempt) bool {
	return errors.Is(a.err, client.ErrUndecryptable) && a.reply.HasActiveSize()
}

// byElimination names what is left when all guesses are wrong and the status has a
// meaning in the protocol.
func byElimination(c *client.Client, sound attempt, seen *Cause) *Cause {
	switch sound.status() {
	case http.StatusOK:
		if sealedElsewhere(sound) {
			return OfMistake(mistake.AnswerOtherKey,
				"the answer has the size of a sealed answer to a health check, and under the AES key of the request no IV explains it")
		}
	case protocol.StatusKeyMismatch:
		return OfMistake(mistake.OtherKey, "the status is 421, also for requests that known mistakes of decrypting would open")
	case protocol.StatusBadSignature:
		if c.Signed() {
			return OfMistake(mistake.OtherSecret, "the status is 432, also for signatures that known mistakes would accept")
		}
	}
	return seen
}
