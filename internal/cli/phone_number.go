package cli

import (
	"context"
	"crypto/rsa"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/server"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/registration"
)

// askProviderEvery bounds how often the page makes the phone ask the provider.
const askProviderEvery = 10 * time.Second

// registeredKeyOf returns what says whether the key that a phone encrypts with is the one that
// is registered for its number. The number is the one in the configuration whose key pair has
// that key, or the first.
func (c phoneCommand) registeredKeyOf(numbers []*server.Number, key *rsa.PublicKey) func(context.Context) phoneui.Key {
	inUse, of := keystore.Fingerprint(key), numbers[0]
	for _, n := range numbers {
		for _, pair := range n.Ring.Pairs() {
			if pair.Fingerprint() == inUse {
				of = n
			}
		}
	}
	var mu sync.Mutex
	var asked time.Time
	return func(ctx context.Context) phoneui.Key {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(asked) > askProviderEvery {
			of.Tracker.Refresh(ctx)
			asked = time.Now()
		}
		return phoneKeyOf(newNumberStatus(of, of.Tracker.Registration(), configFlag{c.NumberConfig}.remedyTarget(of.ID)), inUse)
	}
}

// phoneKeyOf says what the status of a number means for a phone that encrypts with a key.
func phoneKeyOf(s numberStatus, inUse string) phoneui.Key {
	key := phoneui.Key{
		InUse: inUse, Ours: s.Fingerprint, Verdict: string(s.Verdict), CheckedAt: s.CheckedAt,
		OK:   s.Verdict.Serves() && s.Verdict != registration.VerdictUnknown,
		Text: fmt.Sprintf("The key registered for %s is that of the endpoint.", s.Number),
	}
	switch {
	case s.Error != "":
		key.Text = fmt.Sprintf("The provider of %s could not be asked: %s", s.Number, s.Error)
	case s.Verdict == registration.VerdictUnchecked:
		key.Ours, key.Text = "", fmt.Sprintf("The configuration has no provider to ask about %s.", s.Number)
	case key.OK && s.RegisteredFingerprint != inUse:
		key.OK, key.Verdict = false, "another key"
		key.Text = fmt.Sprintf("Phones encrypt with the key registered for %s, %s. This phone was given a different one.", s.Number, s.RegisteredFingerprint)
	case s.Verdict == registration.VerdictUnknown:
		key.Text = fmt.Sprintf("It is not known which key is registered for %s: %s", s.Number, s.NextStep)
	case key.OK && s.NextStep != nothingToDo: // a previous key
		key.Text = fmt.Sprintf("The key registered for %s is a previous one of the endpoint: %s", s.Number, s.NextStep)
	case s.NextStep != nothingToDo:
		key.Text = fmt.Sprintf("Phones cannot use %s: %s", s.Number, s.NextStep)
	}
	if _, command, found := strings.Cut(s.NextStep, "run: flowserver "); found && s.Error == "" {
		key.Remedy = ourName() + " " + command
	}
	return key
}
