package exchange

import (
	"context"
	"crypto"
	"fmt"
	"sync/atomic"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// KeySource holds the private keys that may open envelopes, the active one first.
// It is asked for each request, so that keys can change under way; it must be
// cheap and safe for concurrent use, and nobody changes the slice it returns.
// A key that has a method Fingerprint() string is named by it in the log. Keys are
// compared with ==, so each must be of a comparable type; a pointer is.
type KeySource interface {
	Decrypters(ctx context.Context) ([]crypto.Decrypter, error)
}

// keyring opens envelopes with the keys of a source. The envelope has no key id,
// so keys are tried in turn, the last one that fitted first: while a new key
// spreads, and after, that spares the wasted RSA operation.
type keyring struct {
	source KeySource
	pool   *Pool // nil: in the caller's goroutine, without a bound
	fitted atomic.Pointer[crypto.Decrypter]
}

func (k *keyring) open(ctx context.Context, envelope *flowcrypto.Envelope, x *record) ([]byte, *flowcrypto.Sealer, error) {
	keys, err := k.source.Decrypters(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %v", errKeys, err) //nolint:errorlint // a key source's errors are for the log
	}
	keys = k.likeliestFirst(keys)
	plain, reply, err := k.openWith(ctx, envelope, keys)
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

func (k *keyring) openWith(ctx context.Context, envelope *flowcrypto.Envelope, keys []crypto.Decrypter) ([]byte, *flowcrypto.Sealer, error) {
	if k.pool == nil {
		return flowcrypto.Open(envelope, keys...)
	}
	return k.pool.open(ctx, envelope, keys)
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
