package keystore_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/secret"
)

func ExampleParsePrivate() {
	text, err := os.ReadFile("../testdata/keys/a.pkcs8.scrypt.pem")
	if err != nil {
		log.Fatal(err)
	}
	passphrase, err := secret.ReadFile("../testdata/keys/passphrase.txt")
	if err != nil {
		log.Fatal(err)
	}
	pair, err := keystore.ParsePrivate(text, passphrase)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pair.Form())
	fmt.Println(pair) // nothing secret
	// Output:
	// PKCS#8, encrypted (PBES2, scrypt)
	// keystore.Pair(e59086397718f769aaf418e333ee817ce46036ff6ec7d0d01c6c019a7e9fca8d)
}

func ExampleParsePrivate_passphrase() {
	text, err := os.ReadFile("../testdata/keys/a.pkcs1.des3.pem")
	if err != nil {
		log.Fatal(err)
	}
	_, err = keystore.ParsePrivate(text, nil)
	fmt.Println(errors.Is(err, keystore.ErrPassphrase))
	fmt.Println(strings.ReplaceAll(err.Error(), ": ", ":\n"))
	// Output:
	// true
	// private key not decrypted:
	// PKCS#1, encrypted (RFC 1423, DES-EDE3-CBC) found but no passphrase given:
	// set passphrase_file (FLOWSERVER_PASSPHRASE_FILE) next to the key's file, or give --passphrase-file
}

func ExampleGenerate() {
	pair, err := keystore.Generate()
	if err != nil {
		log.Fatal(err)
	}
	secret, err := pair.PrivatePEM([]byte("a passphrase")) // for the file of the private key, mode 0600
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(secret) > 0, len(pair.PublicPEM()) > 0) // the public one is for the provider
	// Output: true true
}

func ExampleParsePublic() {
	mangled := `"-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A` +
		`MIIBCgKCAQEAtscozA5D825iIPOKhr3ULj4DFx4J54z2RUBTklv1Oy3q4M3ZN4uXQbV9\/FDe7t\/SsGWY1mkHFCLQIbxtY860` +
		`dSqXvjwDM\/XSqxNFGW+l922elr9tJ0ytCSCvYWlKxPSF5DoMH2VQe+QeKkteJgyOIP4CO24Cetda437BeXFdEAiK+bCbp5qr` +
		`uPlBwtdyeImqeNXTqNQLLuqXOKJbkFJhF6m2nTSztBlXOeN6uieKIKR0pY9EkAPNwRjbfJT9qBT8l+SUVlkx9\/9kP940Eiqa` +
		`rLBU+dCbN5xvm2H7ZtWud+IK9ANNc9RBbDMy0hptPAbVQ47hjUqD8FO9xAw5JVOa7QIDAQAB\\n-----END PUBLIC KEY-----"`
	key, err := keystore.ParsePublic([]byte(mangled))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keystore.Fingerprint(key))

	_, err = keystore.ParsePublic([]byte(" ")) // Meta's answer for a number without a key
	fmt.Println(errors.Is(err, keystore.ErrNoPublicKey))
	// Output:
	// b72f7a90a479606b9aa208eb466b36c0c4b1d8fe0411b044a2a395b057893575
	// true
}

func ExampleRing() {
	var pairs []*keystore.Pair
	for _, file := range []string{"../testdata/keys/b.pkcs8.pem", "../testdata/keys/a.pkcs8.pem"} {
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		pair, err := keystore.ParsePrivate(text, nil)
		if err != nil {
			log.Fatal(err)
		}
		pairs = append(pairs, pair)
	}
	ring := keystore.NewRing(pairs[1])
	ring.Replace(pairs[0], pairs[1]) // rotation: the new key first, the old one stays for a while

	keys, err := ring.Decrypters(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	_, active := ring.Find(pairs[1].Fingerprint())
	fmt.Println(len(keys), active)
	// Output: 2 false
}
