package redis

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/flowserver/flowserver/store"
)

func FuzzDecodeValue(f *testing.F) {
	for _, seed := range []string{"", "\x00", "\x01", "\x01value", "\x02value", "value", "\x01\x01", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, ok, err := decodeValue(raw)
		if ok && err != nil || (len(raw) == 0 || raw[0] >= versions) != errors.Is(err, store.ErrDamaged) {
			t.Errorf("decodeValue(%x): ok %v, error %v", raw, ok, err)
		}
		if ok && !bytes.Equal(encodeValue(value), raw) {
			t.Errorf("decodeValue(%x) = %x, which encodes to %x", raw, value, encodeValue(value))
		}
		if !ok && (value != nil || len(raw) > 0 && raw[0] == formatVersion) {
			t.Errorf("decodeValue(%x) = %x, not ok", raw, value)
		}
		back, ok, err := decodeValue(encodeValue(raw))
		if err != nil || !ok || back == nil || !bytes.Equal(back, raw) {
			t.Errorf("decodeValue(encodeValue(%x)) = %x, %v", raw, back, ok)
		}
	})
}

func TestMilliseconds(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int64{
		1:                               1,
		time.Millisecond - 1:            1,
		time.Millisecond:                1,
		time.Millisecond + 1:            2,
		time.Hour:                       3_600_000,
		time.Duration(1<<63 - 1):        9_223_372_036_855,
		1500 * time.Microsecond:         2,
		2*time.Second + time.Nanosecond: 2001,
	} {
		if got := milliseconds(d); got != want {
			t.Errorf("milliseconds(%v): got %d, want %d", d, got, want)
		}
	}
}
