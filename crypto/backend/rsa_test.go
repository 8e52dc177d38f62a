//go:build !openssl

package backend_test

import (
	"testing"

	"github.com/flowserver/flowserver/internal/vectortest"
)

func TestNewIsTheKeyItself(t *testing.T) {
	t.Parallel()
	key := vectortest.Key(t, "a")
	if got := newBackend(t, key); got != key {
		t.Errorf("got a %T, want the key", got)
	}
}
