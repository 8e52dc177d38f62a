package keystore

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Verdict says what a registered public key means for us. That a key is VALID
// does not mean that it is ours: with a foreign one every request fails, and no
// status shows it.
type Verdict string

// All verdicts.
const (
	VerdictOK        Verdict = "ok"        // our active key, VALID
	VerdictPrevious  Verdict = "previous"  // a previous key of ours, VALID: works; the active one is not registered yet
	VerdictUnsigned  Verdict = "unsigned"  // a key of ours, but not VALID: clients refuse it
	VerdictForeign   Verdict = "foreign"   // a key that we have no private key for: no request can be opened
	VerdictMissing   Verdict = "missing"   // no key is registered
	VerdictInvalid   Verdict = "invalid"   // what is registered is no public key
	VerdictUnknown   Verdict = "unknown"   // never read yet
	VerdictUnchecked Verdict = "unchecked" // there is no provider to ask
)

// Verdicts returns all verdicts, the good ones first.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictOK, VerdictPrevious, VerdictUnsigned, VerdictForeign, VerdictMissing, VerdictInvalid, VerdictUnknown, VerdictUnchecked,
	}
}

// Serves tells whether a server may take traffic with this verdict. Not knowing
// is no reason to refuse it.
func (v Verdict) Serves() bool {
	switch v {
	case VerdictUnsigned, VerdictForeign, VerdictMissing, VerdictInvalid:
		return false
	default:
		return true
	}
}

// Remedy says what the operator can do about a verdict; empty if nothing need be
// done. number is the number's id in the configuration.
func (v Verdict) Remedy(number string) string {
	register := "run: flowserver keys register --number " + number
	switch v {
	case VerdictPrevious:
		return "the active key is not registered yet; when every replica has it, " + register
	case VerdictUnsigned:
		return "the key is ours but its signature is not valid, as after the number was registered anew; to have it signed again, " + register
	case VerdictForeign:
		return "another party's key, or one whose private half is not configured, is registered: add that private key to private_keys, or to replace it, " + register
	case VerdictMissing:
		return "no key is registered; " + register
	case VerdictInvalid:
		return "what is registered is no public key; to replace it, " + register
	case VerdictUnknown:
		return "the provider has not answered yet; the log says why"
	default:
		return ""
	}
}

// Observation is what a provider said about a number's key at a time. It holds
// public facts only, and can be kept: what they mean for us is judged anew
// whenever our keys change.
type Observation struct {
	// Fingerprint is that of the registered key; empty if there is none that can be
	// read.
	Fingerprint string `json:"fingerprint"`
	// Unreadable tells that something is registered which is no public key.
	Unreadable bool `json:"unreadable"`
	// SignatureStatus is Meta's, in upper case: VALID, MISMATCH, or one that nobody
	// has documented. Empty if the provider left it out.
	SignatureStatus string    `json:"signature_status"`
	At              time.Time `json:"at"`
}

const signatureValid = "VALID"

// Observe takes down what a provider said.
func Observe(remote RemoteKey, at time.Time) Observation {
	o := Observation{SignatureStatus: strings.ToUpper(strings.TrimSpace(remote.SignatureStatus)), At: at.UTC()}
	key, err := ParsePublic([]byte(remote.PEM))
	switch {
	case err == nil:
		o.Fingerprint = Fingerprint(key)
	case !errors.Is(err, ErrNoPublicKey):
		o.Unreadable = true
	}
	return o
}

// Judge compares an observation with our keys. Whether a key is registered is
// decided by the key, not by the status: Meta is known to say MISMATCH for a
// number that has none.
func Judge(ring *Ring, o Observation) Verdict {
	switch {
	case o.Unreadable:
		return VerdictInvalid
	case o.Fingerprint == "":
		return VerdictMissing
	}
	pair, active := ring.Find(o.Fingerprint)
	switch {
	case pair == nil:
		return VerdictForeign
	case o.SignatureStatus != signatureValid:
		return VerdictUnsigned
	case !active:
		return VerdictPrevious
	default:
		return VerdictOK
	}
}

// encode and decodeObservation are the cached form.
func (o Observation) encode() ([]byte, error) { return json.Marshal(o) }

func decodeObservation(text []byte) (Observation, error) {
	var o Observation
	if err := json.Unmarshal(text, &o); err != nil {
		return Observation{}, fmt.Errorf("cached registration: %w", err)
	}
	if o.At.IsZero() {
		return Observation{}, errors.New("cached registration has no time")
	}
	return o, nil
}
