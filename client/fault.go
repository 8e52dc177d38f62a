package client

import (
	"net/http"
	"slices"
	"strings"
)

// Fault spoils a request in one way and leaves the rest of it correct: later stages, in
// particular the signature, use the spoilt bytes. [Faults], [FaultNamed] and [Oversize]
// return faults. Faults of different stages can be sent together. The zero Fault spoils
// nothing, but with it, too, a request is sent only once, so that a first 421 can be
// observed.
type Fault struct {
	name  string
	stage Stage
	want  int
	doc   string
	spoil func(*draft)
}

// Name is a short name in kebab case, unique among [Faults].
func (f Fault) Name() string { return f.name }

// Doc names what is wrong with the request, for example "a GCM tag with one wrong bit".
func (f Fault) Doc() string { return f.doc }

// Stage returns the stage at which the request is spoilt.
func (f Fault) Stage() Stage { return f.stage }

// Want is the HTTP status with which a correct endpoint answers. Meta defines 421 and 432
// ("Flows error codes", July 2026); 400, 405 and 413 are flowserver's choice, because Meta
// does not define the answer to requests that it never sends.
func (f Fault) Want() int { return f.want }

// NeedsSecret reports whether the fault means something only on a signed request.
// Sending it without [Config.AppSecret] is an error.
func (f Fault) NeedsSecret() bool { return f.stage == StageSignature }

// String is the name.
func (f Fault) String() string { return f.name }

// Stage is a step in the construction of a request.
type Stage int

// The stages, in the order in which a request is constructed.
const (
	StageClear     Stage = iota + 1 // the clear text
	StageKey                        // public key, AES key, IV, and how the key is wrapped
	StageEnvelope                   // the three binary values
	StageFields                     // the three fields of the JSON
	StageBody                       // the bytes that are signed
	StageSignature                  // the signature header
	StageRequest                    // method, header and body of the HTTP request
)

func (s Stage) String() string {
	names := []string{"none", "clear text", "cryptography", "envelope", "fields", "body", "signature", "request"}
	if s < 0 || int(s) >= len(names) {
		return "unknown"
	}
	return names[s]
}

// Faults returns every fault, in the order of the stages.
func Faults() []Fault {
	return slices.Concat(clearFaults(), keyFaults(), envelopeFaults(), fieldFaults(), bodyFaults(), signatureFaults(), requestFaults())
}

// FaultNamed returns the fault of [Faults] that has the name, and whether there is one.
func FaultNamed(name string) (Fault, bool) {
	all := Faults()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.name == name })
	if i < 0 {
		return Fault{}, false
	}
	return all[i], true
}

// Oversize appends padding spaces to the body, which stays correct in every other way.
// Faults has the one with 2 MiB; flowserver's own limit is 1 MiB by default.
func Oversize(padding int) Fault {
	return Fault{"body-too-large", StageBody, http.StatusRequestEntityTooLarge, "a body over the size limit", func(d *draft) {
		d.body = append(d.body, strings.Repeat(" ", padding)...)
	}}
}
