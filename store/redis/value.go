package redis

import "slices"

// formatVersion is the first byte of every value in Redis. It changes whenever the rest is
// laid out in another way.
const formatVersion = 1

func encodeValue(value []byte) []byte {
	return slices.Concat([]byte{formatVersion}, value)
}

// decodeValue returns what encodeValue was given; ok is false for anything that it did not
// make.
func decodeValue(raw []byte) (value []byte, ok bool) {
	if len(raw) == 0 || raw[0] != formatVersion {
		return nil, false
	}
	return raw[1:], true
}
