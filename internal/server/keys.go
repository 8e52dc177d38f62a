package server

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/keystore"
)

// Number is a phone number with its keys.
type Number struct {
	ID       string
	Provider string
	Ring     *keystore.Ring
}

// OpenNumbers reads the keys of all numbers and reports all that cannot be read.
func OpenNumbers(cfgs []config.Number) ([]*Number, error) {
	var numbers []*Number
	var problems []error
	for _, cfg := range cfgs {
		pairs, err := readPairs(cfg)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		numbers = append(numbers, &Number{ID: cfg.ID, Provider: cfg.Provider.Name, Ring: keystore.NewRing(pairs[0], pairs[1:]...)})
	}
	return numbers, errors.Join(problems...)
}

// readPairs reads the key pairs of a number, the active one first.
func readPairs(cfg config.Number) ([]*keystore.Pair, error) {
	var pairs []*keystore.Pair
	var problems []error
	for i, key := range cfg.PrivateKeys {
		pair, err := readPair(key)
		if err != nil {
			problems = append(problems, fmt.Errorf("number %s: private_keys[%d]: %w", cfg.ID, i, err))
			continue
		}
		pairs = append(pairs, pair)
	}
	return pairs, errors.Join(problems...)
}

func readPair(key config.PrivateKey) (*keystore.Pair, error) {
	if key.File == "" {
		return keystore.ParsePrivate(key.PEM.Bytes(), key.Passphrase.Bytes())
	}
	text, err := os.ReadFile(key.File)
	if err != nil {
		return nil, err
	}
	passphrase := key.Passphrase.Bytes()
	if key.PassphraseFile != "" { // again, as both change together
		text, err := os.ReadFile(key.PassphraseFile)
		if err != nil {
			return nil, err
		}
		passphrase = keystore.TrimPassphrase(text)
	}
	pair, err := keystore.ParsePrivate(text, passphrase)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key.File, err)
	}
	return pair, nil
}

// keySource joins the keys of the numbers that one Flow serves: the active ones
// first, then the previous ones.
type keySource []*keystore.Ring

func (s keySource) Decrypters(ctx context.Context) ([]crypto.Decrypter, error) {
	if len(s) == 1 {
		return s[0].Decrypters(ctx)
	}
	var active, previous []crypto.Decrypter
	for _, ring := range s {
		keys, err := ring.Decrypters(ctx)
		if err != nil {
			return nil, err
		}
		active = append(active, keys[0])
		previous = append(previous, keys[1:]...)
	}
	return append(active, previous...), nil
}
