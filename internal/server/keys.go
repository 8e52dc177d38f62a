package server

import (
	"context"
	"crypto"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/flowserver/flowserver/crypto/backend"
	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/files"
	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/secret"
)

// keyText is the text of a private key and its passphrase at one time.
type keyText struct {
	file            string // empty if the key is in the configuration
	pem, passphrase []byte
	err             error // why a file cannot be read
}

// readKeys reads the keys of a number, the active one first. It reads them at the same
// time, so that several on a mount that hangs cost one deadline.
func readKeys(reader *files.Reader, keys []config.PrivateKey) []keyText {
	texts := make([]keyText, len(keys))
	var reads sync.WaitGroup
	for i, key := range keys {
		reads.Go(func() { texts[i] = readKey(reader, key) })
	}
	reads.Wait()
	return texts
}

func readKey(reader *files.Reader, key config.PrivateKey) keyText {
	if key.File == "" {
		return keyText{pem: key.PEM.Bytes(), passphrase: key.Passphrase.Bytes()}
	}
	file := readFile(reader, key.File)
	text := keyText{file: key.File, pem: file.data, passphrase: key.Passphrase.Bytes(), err: file.err}
	if key.PassphraseFile != "" && file.err == nil { // read again, since both change together
		passphrase := readFile(reader, key.PassphraseFile)
		if text.err = passphrase.err; text.err == nil {
			if text.passphrase, text.err = secret.Parse(passphrase.data); text.err != nil {
				text.err = fmt.Errorf("%s: %w", key.PassphraseFile, text.err)
			}
		}
	}
	return text
}

// parse parses the key and hands it to the backend that decrypts with it.
func (t keyText) parse(computing *backend.Backend) (*keystore.Pair, error) {
	if t.err != nil {
		return nil, t.err
	}
	pair, err := keystore.ParsePrivate(t.pem, t.passphrase)
	if err == nil {
		pair, err = pair.WithBackend(computing.New)
	}
	if err != nil && t.file != "" {
		err = fmt.Errorf("%s: %w", t.file, err)
	}
	return pair, err
}

// parseKeys parses all keys. The error is a list of those that cannot be used.
func parseKeys(computing *backend.Backend, texts []keyText) ([]*keystore.Pair, error) {
	var pairs []*keystore.Pair
	var problems problem.List
	for i, text := range texts {
		pair, err := text.parse(computing)
		if err != nil {
			problems.AddError(fmt.Sprintf("private_keys[%d]", i), err)
			continue
		}
		pairs = append(pairs, pair)
	}
	return pairs, problems.Err()
}

func digestKeys(texts []keyText) [sha256.Size]byte {
	var contents []content
	for _, t := range texts {
		contents = append(contents, content{data: t.pem, err: t.err}, content{data: t.passphrase})
	}
	return digest(contents...)
}

// keySource joins the keys of the numbers that a Flow serves: the active ones first,
// then the previous ones.
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
