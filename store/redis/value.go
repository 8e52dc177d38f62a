package redis

import (
	"slices"

	"github.com/flowserver/flowserver/store"
)

// formatVersion is the first byte of every value in Redis. It changes whenever the rest is
// laid out in another way.
const formatVersion = 1

// versions is how many format versions there may ever be: a first byte from it on is of no
// release.
const versions = 32

func encodeValue(value []byte) []byte {
	return slices.Concat([]byte{formatVersion}, value)
}

// decodeValue returns what encodeValue was given; ok is false for a value of another
// release. What no release wrote is [store.ErrDamaged].
func decodeValue(raw []byte) (value []byte, ok bool, err error) {
	switch {
	case len(raw) == 0 || raw[0] >= versions:
		return nil, false, store.ErrDamaged
	case raw[0] != formatVersion:
		return nil, false, nil
	}
	return raw[1:], true, nil
}
