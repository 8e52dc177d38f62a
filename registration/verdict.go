package registration

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/flowserver/flowserver/keystore"
)

// Verdict is what a registered public key means for us. VALID does not mean that the key
// is ours: with a foreign key every request fails, and the status does not show it.
type Verdict string

// All verdicts.
const (
	VerdictOK        Verdict = "ok"        // our active key, VALID
	VerdictPrevious  Verdict = "previous"  // a previous key of ours, VALID: works; the active one is not registered yet
	VerdictUnsigned  Verdict = "unsigned"  // a key of ours, but not VALID: clients refuse it
	VerdictForeign   Verdict = "foreign"   // a key for which we do not have the private key: no request can be decrypted
	VerdictMissing   Verdict = "missing"   // no key is registered
	VerdictInvalid   Verdict = "invalid"   // what is registered is not a public key
	VerdictUnknown   Verdict = "unknown"   // not read yet, or VALID without the key, which cannot be compared
	VerdictUnchecked Verdict = "unchecked" // there is no provider to ask
)

// Verdicts returns all verdicts, the good ones first.
func Verdicts() []Verdict {
	return []Verdict{
		VerdictOK, VerdictPrevious, VerdictUnsigned, VerdictForeign, VerdictMissing, VerdictInvalid, VerdictUnknown, VerdictUnchecked,
	}
}

// Serves reports whether a server may receive traffic with this verdict. An unknown
// registration is not a reason to refuse traffic.
func (v Verdict) Serves() bool {
	switch v {
	case VerdictUnsigned, VerdictForeign, VerdictMissing, VerdictInvalid:
		return false
	default:
		return true
	}
}

// Remedy returns what the operator can do about a verdict; empty if nothing needs to be
// done. number is the number's id in the configuration.
func (v Verdict) Remedy(number string) string {
	register := register(number)
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
		return "what is registered is not a public key; to replace it, " + register
	case VerdictUnknown:
		return "the provider has not answered yet; the log says why"
	default:
		return ""
	}
}

func register(number string) string { return "run: flowserver keys register --number " + number }

// Observation is what a provider reported about a number's key at a certain time. It
// consists of public facts and can be stored: [Judge] decides later what they mean for
// us.
type Observation struct {
	// Fingerprint is that of the registered key; empty if no readable key is
	// registered.
	Fingerprint string `json:"fingerprint"`
	// Unreadable means that the registered text is not a public key.
	Unreadable bool `json:"unreadable"`
	// LostPlus means that it would be one if each blank in it were a +, so it was
	// probably sent without being encoded for a form.
	LostPlus bool `json:"lost_plus,omitempty"`
	// SignatureStatus is Meta's status in upper case: VALID, MISMATCH, or an undocumented
	// one. Empty if the provider omitted it.
	SignatureStatus string `json:"signature_status"`
	// At is the time of the provider's answer.
	At time.Time `json:"at"`
}

const (
	signatureValid    = "VALID"
	signatureMismatch = "MISMATCH"
)

// Observe returns the observation of a key read at the given time.
func Observe(remote RemoteKey, at time.Time) Observation {
	o := Observation{SignatureStatus: strings.ToUpper(strings.TrimSpace(remote.SignatureStatus)), At: at.UTC()}
	key, err := keystore.ParsePublic([]byte(remote.PEM))
	switch {
	case err == nil:
		o.Fingerprint = keystore.Fingerprint(key)
	case !errors.Is(err, keystore.ErrNoPublicKey):
		o.Unreadable, o.LostPlus = true, errors.Is(err, keystore.ErrLostPlus)
	}
	return o
}

// hidden reports whether a key must be registered although the provider does not show it,
// because only a key has a valid signature (Meta's samples of the read leave the key out;
// Business Encryption API reference, v23.0).
func (o Observation) hidden() bool {
	return o.Fingerprint == "" && !o.Unreadable && o.SignatureStatus == signatureValid
}

// Judge compares an observation with our keys. Whether a key is registered depends on the
// key, not on the status: Meta returns MISMATCH for a number without a key.
func Judge(ring *keystore.Ring, o Observation) Verdict {
	switch {
	case o.Unreadable:
		return VerdictInvalid
	case o.hidden():
		return VerdictUnknown
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

// cachedObservation is the stored form of an observation, with the question that it answers.
type cachedObservation struct {
	Question string `json:"question"`
	Observation
}

func (o Observation) encode(question string) ([]byte, error) {
	return json.Marshal(cachedObservation{question, o})
}

// decodeObservation returns an error unless text is an answer to the question.
func decodeObservation(text []byte, question string) (Observation, error) {
	var c cachedObservation
	if err := json.Unmarshal(text, &c); err != nil {
		return Observation{}, fmt.Errorf("cached registration: %w", err)
	}
	switch {
	case c.Question != question:
		return Observation{}, errors.New("cached registration answers another question")
	case c.At.IsZero():
		return Observation{}, errors.New("cached registration has no time")
	}
	return c.Observation, nil
}
