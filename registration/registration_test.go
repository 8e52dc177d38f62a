package registration_test

import (
	"os"
	"testing"

	"github.com/flowserver/flowserver/keystore"
)

func generate(tb testing.TB) *keystore.Pair {
	tb.Helper()
	pair, err := keystore.Generate()
	if err != nil {
		tb.Fatal(err)
	}
	return pair
}

// testPair reads a key pair of testdata/keys.
func testPair(tb testing.TB, file string) *keystore.Pair {
	tb.Helper()
	text, err := os.ReadFile("../testdata/keys/" + file)
	if err != nil {
		tb.Fatal(err)
	}
	pair, err := keystore.ParsePrivate(text, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return pair
}
