package server

import (
	"slices"
	"time"

	"github.com/flowserver/flowserver/keystore"
)

// keepReplaced is how long the active key still opens envelopes after another key has
// replaced it in its file. Phones keep using the registered public key until the new one
// is registered, and for a while afterwards. A day covers a replacement that happened
// before the registration, or by mistake.
const keepReplaced = 24 * time.Hour

// replacedKeys remembers, in memory only, the keys that the file of the active key had
// before. A previous key that is replaced is not kept, because that is how a rotation
// ends. Nor is a key whose file has left the configuration.
type replacedKeys struct {
	file   string         // of the active key; empty if it is in the configuration
	active *keystore.Pair // nil at first
	kept   []replacedKey
}

type replacedKey struct {
	file  string
	pair  *keystore.Pair
	until time.Time
}

// adopt notes what the files have now, texts[i] being that of pairs[i], the active key
// first. It returns the key that has been replaced since the last time, nil if none has.
func (r *replacedKeys) adopt(texts []keyText, pairs []*keystore.Pair, now time.Time) *replacedKey {
	file, old := r.file, r.active
	r.file, r.active = texts[0].file, pairs[0]
	var replaced *replacedKey
	if old != nil && file != "" && file == r.file && !contains(pairs, old) {
		replaced = &replacedKey{file, old, now.Add(keepReplaced)}
		r.kept = append(r.kept, *replaced)
	}
	configured := func(file string) bool {
		return slices.ContainsFunc(texts, func(t keyText) bool { return t.file == file })
	}
	r.kept = slices.DeleteFunc(r.kept, func(k replacedKey) bool { return !configured(k.file) || contains(pairs, k.pair) })
	return replaced
}

// expire forgets the keys that have been kept long enough, and returns them.
func (r *replacedKeys) expire(now time.Time) (expired []*keystore.Pair) {
	r.kept = slices.DeleteFunc(r.kept, func(k replacedKey) bool {
		over := !now.Before(k.until)
		if over {
			expired = append(expired, k.pair)
		}
		return over
	})
	return expired
}

// pairs returns the keys that are kept, the one that was replaced last first.
func (r *replacedKeys) pairs() []*keystore.Pair {
	var pairs []*keystore.Pair
	for _, k := range slices.Backward(r.kept) {
		pairs = append(pairs, k.pair)
	}
	return pairs
}

func contains(pairs []*keystore.Pair, wanted *keystore.Pair) bool {
	return slices.ContainsFunc(pairs, func(p *keystore.Pair) bool { return p.Fingerprint() == wanted.Fingerprint() })
}
