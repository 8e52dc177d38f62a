package server

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/keystore"
)

// keyText is a private key and its passphrase as they were at one time.
type keyText struct {
	file            string // empty if the key stands in the configuration
	pem, passphrase []byte
	err             error // why a file cannot be read
}

// readKeys reads the keys of a number, the active one first.
func readKeys(keys []config.PrivateKey) []keyText {
	var texts []keyText
	for _, key := range keys {
		texts = append(texts, readKey(key))
	}
	return texts
}

func readKey(key config.PrivateKey) keyText {
	if key.File == "" {
		return keyText{pem: key.PEM.Bytes(), passphrase: key.Passphrase.Bytes()}
	}
	text := keyText{file: key.File, passphrase: key.Passphrase.Bytes()}
	if text.pem, text.err = os.ReadFile(key.File); text.err != nil {
		return text
	}
	if key.PassphraseFile != "" { // again, as both change together
		var passphrase []byte
		passphrase, text.err = os.ReadFile(key.PassphraseFile)
		text.passphrase = keystore.TrimPassphrase(passphrase)
	}
	return text
}

// parse reads the key and hands it to what the program was built to decrypt with.
func (t keyText) parse() (*keystore.Pair, error) {
	if t.err != nil {
		return nil, t.err
	}
	pair, err := keystore.ParsePrivate(t.pem, t.passphrase)
	if err == nil {
		pair, err = pair.WithBackend(backend.New)
	}
	if err != nil && t.file != "" {
		err = fmt.Errorf("%s: %w", t.file, err)
	}
	return pair, err
}

// parseKeys reports all keys that are none.
func parseKeys(texts []keyText) ([]*keystore.Pair, error) {
	var pairs []*keystore.Pair
	var problems []error
	for i, text := range texts {
		pair, err := text.parse()
		if err != nil {
			problems = append(problems, fmt.Errorf("private_keys[%d]: %w", i, err))
			continue
		}
		pairs = append(pairs, pair)
	}
	return pairs, errors.Join(problems...)
}

// digest changes when a text does, and gives none of it away.
func digest(texts []keyText) [sha256.Size]byte {
	h := sha256.New()
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d %s %d %s %v\n", len(t.pem), t.pem, len(t.passphrase), t.passphrase, t.err) // a hash takes everything
	}
	return [sha256.Size]byte(h.Sum(nil))
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
