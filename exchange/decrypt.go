package exchange

import (
	"context"
	"crypto"
	"fmt"
	"slices"
	"sync/atomic"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// KeySource returns the private keys that may open envelopes, the active one first.
// Decrypters is called for each request, so that keys can change at run time; it must
// be cheap and safe for concurrent use, and the slice must not change afterwards.
// The log and [Exchange] name a key by its method Fingerprint() string, if it has one. Keys are
// compared with ==, so each must be of a comparable type, for example a pointer.
type KeySource interface {
	Decrypters(ctx context.Context) ([]crypto.Decrypter, error)
}

type likelyKeys struct{}

// WithLikelyKeys returns a context for [Endpoint.ServeHTTP] with a hint: the keys of this
// source are tried first. Where a URL names the phone number, that saves an RSA operation
// per other number of the Flow. Only keys of [Config.Keys] are used, so a wrong hint only
// costs time.
func WithLikelyKeys(ctx context.Context, source KeySource) context.Context {
	return context.WithValue(ctx, likelyKeys{}, source)
}

// keyring opens envelopes with the keys of a source. The envelope has no key id,
// so keys are tried in turn, beginning with the last one that fitted: while a new
// key spreads, and afterwards, that avoids a useless RSA operation.
type keyring struct {
	source KeySource
	line   *line // of the Flow, before the pool
	fitted atomic.Pointer[crypto.Decrypter]
}

func (k *keyring) open(ctx context.Context, envelope *flowcrypto.Envelope, x *record) ([]byte, *flowcrypto.Sealer, error) {
	keys, err := k.source.Decrypters(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %v", errKeys, err) //nolint:errorlint // a key source's errors are for the log
	}
	keys = hintedFirst(ctx, k.likeliestFirst(keys))
	plain, reply, err := k.line.open(ctx, envelope, keys)
	if err != nil {
		return nil, nil, err
	}
	key := &keys[reply.KeyIndex()]
	k.fitted.Store(key)
	if named, ok := (*key).(interface{ Fingerprint() string }); ok {
		x.key = named.Fingerprint()
	}
	return plain, reply, nil
}

func (k *keyring) likeliestFirst(keys []crypto.Decrypter) []crypto.Decrypter {
	fitted := k.fitted.Load()
	if fitted == nil || len(keys) < 2 || keys[0] == *fitted {
		return keys
	}
	for i, key := range keys {
		if key == *fitted {
			ordered := make([]crypto.Decrypter, 0, len(keys))
			ordered = append(ordered, key)
			ordered = append(ordered, keys[:i]...)
			return append(ordered, keys[i+1:]...)
		}
	}
	return keys // it has been dropped from the source
}

// hintedFirst moves the keys that the context hints at to the front, and keeps the order
// among them.
func hintedFirst(ctx context.Context, keys []crypto.Decrypter) []crypto.Decrypter {
	source, ok := ctx.Value(likelyKeys{}).(KeySource)
	if !ok || len(keys) < 2 {
		return keys
	}
	likely, err := source.Decrypters(ctx)
	if err != nil {
		return keys // it was only a hint
	}
	var first, rest []crypto.Decrypter
	for _, key := range keys {
		if slices.Contains(likely, key) {
			first = append(first, key)
		} else {
			rest = append(rest, key)
		}
	}
	return append(first, rest...)
}
