package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/secret"
)

type keysCommands struct {
	Generate keysGenerateCommand `cmd:"" group:"Commands:" help:"Generate a key pair (RSA 2048, PKCS #8). Never overwrites a file."`
	Show     keysShowCommand     `cmd:"" group:"Commands:" help:"Show form, size, fingerprint and public key of a key file, private or public."`
	Status   keysStatusCommand   `cmd:"" group:"Commands:" help:"Ask the providers whether our keys are registered and VALID."`
	Register keysRegisterCommand `cmd:"" group:"Commands:" help:"Register a number's active public key. Asks before replacing a key that is not ours."`
}

type keysGenerateCommand struct {
	Out            string `required:"" placeholder:"FILE" help:"Write the private key to this new file, with mode 0600."`
	Public         string `placeholder:"FILE" help:"Also write the public key to this new file."`
	PassphraseFile string `placeholder:"FILE" help:"Encrypt the private key with the passphrase in this file."`
}

// Run generates the pair and prints the public key to register.
func (c keysGenerateCommand) Run(p *Program) error {
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	pair, err := c.generate(passphrase)
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "private key  %s (mode 0600; keep it secret)\n", c.Out)
	if c.Public != "" {
		fmt.Fprintf(&text, "public key   %s\n", c.Public)
	}
	fmt.Fprintf(&text, "fingerprint  %s\n\nRegister this public key for your phone number:\n\n%s", pair.Fingerprint(), pair.PublicPEM())
	_, err = io.WriteString(p.Stdout, text.String())
	return err
}

// generate writes both files, or neither.
func (c keysGenerateCommand) generate(passphrase []byte) (*keystore.Pair, error) {
	pair, err := generateKey(c.Out, passphrase)
	if err != nil || c.Public == "" {
		return pair, err
	}
	if err := writeNew(c.Public, pair.PublicPEM(), 0o644); err != nil {
		return nil, errors.Join(err, os.Remove(c.Out)) // it was new, and nothing uses it yet
	}
	return pair, nil
}

// generateKey makes a key pair in a new file that only its owner can read.
func generateKey(path string, passphrase []byte) (*keystore.Pair, error) {
	pair, err := keystore.Generate()
	if err != nil {
		return nil, err
	}
	text, err := pair.PrivatePEM(passphrase)
	if err != nil {
		return nil, err
	}
	if err := writeNew(path, text, 0o600); err != nil {
		return nil, err
	}
	return pair, nil
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, content []byte, mode os.FileMode) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return hint(err, "nothing was overwritten: choose another file, or move this one away")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(content)
	return err
}

type keysShowCommand struct {
	File           string `arg:"" help:"File with a private or public key."`
	PassphraseFile string `placeholder:"FILE" help:"File with the passphrase of an encrypted private key."`
}

// Run shows a private key's public side, or a public key.
func (c keysShowCommand) Run(p *Program) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	key, publicErr := keystore.ParsePublic(text)
	if publicErr == nil {
		return c.show(p, "public key", key.Size()*8, keystore.Fingerprint(key), keystore.EncodePublic(key))
	}
	pair, err := keystore.ParsePrivate(text, passphrase)
	if errors.Is(err, keystore.ErrPublicGiven) {
		return fmt.Errorf("%s: %w", c.File, publicErr)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", c.File, err)
		if !errors.Is(publicErr, keystore.ErrPrivateKey) {
			err = hint(err, "keys show accepts public keys, too")
		}
		return err
	}
	return c.show(p, "private key, "+pair.Form(), pair.Bits(), pair.Fingerprint(), pair.PublicPEM())
}

func (c keysShowCommand) show(p *Program, form string, bits int, fingerprint string, public []byte) error {
	_, err := fmt.Fprintf(p.Stdout, "form         %s\nsize         RSA %d\nfingerprint  %s\n\n%s", form, bits, fingerprint, public)
	return err
}

// readPassphrase reads a passphrase file; no file means no passphrase.
func readPassphrase(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	passphrase, err := secret.ReadFile(path)
	if errors.Is(err, secret.ErrEmpty) {
		return nil, hint(fmt.Errorf("passphrase file %s is empty", path), "write the passphrase on its first line, or omit --passphrase-file for a key without one")
	}
	return passphrase, err
}
