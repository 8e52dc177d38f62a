package client

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"slices"
	"strings"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/keystore"
)

const (
	aesKeySize = 16 // AES-128
	ivSize     = 16 // not GCM's usual 12
	tagSize    = 16
)

// Request is a sealed message, ready for [Client.Do]. What is exported is what
// goes over the wire and may be changed; the AES key and IV stay inside and print
// nothing.
type Request struct {
	Method string
	Header http.Header
	Body   []byte

	seal        func() seal   // of the answer; a function prints no key
	fingerprint string        // of the public key that the AES key is encrypted with
	sealing     time.Duration // how long it took to seal
}

// draft is a request in the making. Each stage leaves its result in a field, where
// a [Fault] of that stage may change it.
type draft struct {
	url string // of the endpoint

	plaintext []byte // StageClear

	publicKey *rsa.PublicKey // StageKey
	key, iv   []byte
	wrap      func(publicKey *rsa.PublicKey, key []byte) ([]byte, error)

	envelope  flowcrypto.Envelope // StageEnvelope
	fields    fields              // StageFields
	body      []byte              // StageBody
	secret    []byte
	signature string   // StageSignature
	request   *Request // StageRequest
}

// fields is the envelope as JSON. They hold strings; a fault may put anything
// there, or nil to leave a field out.
type fields struct {
	FlowData any `json:"encrypted_flow_data,omitempty"`
	AESKey   any `json:"encrypted_aes_key,omitempty"`
	IV       any `json:"initial_vector,omitempty"`
}

// Seal encrypts and signs plaintext under a fresh AES key and IV, without sending
// it. It fails if two faults spoil the same stage, if a fault spoils the signature
// and there is no app secret, or if the public key cannot encrypt.
func (c *Client) Seal(plaintext []byte, faults ...Fault) (*Request, error) {
	start := time.Now()
	spoilt, err := c.byStage(faults)
	if err != nil {
		return nil, err
	}
	d := &draft{url: c.cfg.URL, plaintext: slices.Clone(plaintext), secret: c.cfg.AppSecret}
	at := func(stage Stage) {
		if fault, found := spoilt[stage]; found {
			fault.spoil(d)
		}
	}

	at(StageClear)

	d.publicKey, d.wrap = c.publicKey.Load(), wrapOAEP(sha256.New, nil)
	d.key, d.iv = random(aesKeySize), random(ivSize)
	at(StageKey)

	expected, err := newSeal(d.key, d.iv)
	if err != nil {
		return nil, err
	}
	if err := d.seal(expected.gcm); err != nil {
		return nil, err
	}
	at(StageEnvelope)

	d.fields = fields{encode(d.envelope.EncryptedFlowData), encode(d.envelope.EncryptedAESKey), encode(d.envelope.InitialVector)}
	at(StageFields)

	if d.body, err = d.fields.marshal(); err != nil {
		return nil, err
	}
	at(StageBody)

	if c.cfg.signed() {
		d.signature = flowcrypto.Sign(d.body, d.secret)
	}
	at(StageSignature)

	d.request = &Request{
		Method: http.MethodPost, Header: d.header(), Body: d.body,
		seal: func() seal { return expected }, fingerprint: keystore.Fingerprint(d.publicKey),
	}
	if c.cfg.MediaOrigin != "" && c.cfg.local() {
		d.request.Header.Set(mediaOriginHeader, c.cfg.MediaOrigin)
	}
	at(StageRequest)
	d.request.sealing = time.Since(start)
	return d.request, nil
}

// byStage checks that the faults can be sent together.
func (c *Client) byStage(faults []Fault) (map[Stage]Fault, error) {
	spoilt := make(map[Stage]Fault)
	for _, fault := range faults {
		if fault.spoil == nil { // the zero Fault
			continue
		}
		if other, found := spoilt[fault.stage]; found {
			return nil, fmt.Errorf("faults %s and %s spoil the same stage: send one of them", other, fault)
		}
		if fault.NeedsSecret() && !c.cfg.signed() {
			return nil, fmt.Errorf("fault %s spoils the signature: set AppSecret", fault)
		}
		spoilt[fault.stage] = fault
	}
	return spoilt, nil
}

// maxWraps bounds how often a key is wrapped. RSA without padding returns the same bytes
// each time, so that another attempt does not help.
const maxWraps = 16

// seal encrypts the clear text and wraps the key. It wraps again until the base64
// text holds a slash, as all but one in 200 do: without one, an endpoint that
// checks the signature over re-serialised JSON would pass by luck.
func (d *draft) seal(gcm cipher.AEAD) error {
	var wrapped []byte
	for i := 0; i < maxWraps && !strings.Contains(encode(wrapped), "/"); i++ {
		var err error
		if wrapped, err = d.wrap(d.publicKey, d.key); err != nil {
			return fmt.Errorf("encrypt the AES key with the public key: %w", err)
		}
	}
	d.envelope = flowcrypto.Envelope{
		EncryptedFlowData: gcm.Seal(nil, d.iv, d.plaintext, nil),
		EncryptedAESKey:   wrapped,
		InitialVector:     d.iv,
	}
	return nil
}

// marshal escapes slashes, as the bodies that Meta posts do: the signature covers
// bytes that [json.Marshal] would not give.
func (f fields) marshal() ([]byte, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode the envelope: %w", err)
	}
	return bytes.ReplaceAll(body, []byte("/"), []byte(`\/`)), nil
}

func (d *draft) header() http.Header {
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", userAgent)
	if d.signature != "" {
		header.Set(flowcrypto.SignatureHeader, d.signature)
	}
	return header
}

// wrapOAEP encrypts with RSA-OAEP, newHash serving for the label and for MGF1.
func wrapOAEP(newHash func() hash.Hash, label []byte) func(*rsa.PublicKey, []byte) ([]byte, error) {
	return func(publicKey *rsa.PublicKey, key []byte) ([]byte, error) {
		return rsa.EncryptOAEP(newHash(), rand.Reader, publicKey, key, label)
	}
}

// newSeal sets up AES-GCM for a request and its answer.
func newSeal(key, iv []byte) (seal, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return seal{}, fmt.Errorf("set up AES: %w", err)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return seal{}, fmt.Errorf("set up AES-GCM with a 16-byte IV (GODEBUG=fips140=only forbids it): %w", err)
	}
	return seal{key, block, gcm, iv}, nil
}

func inverted(iv []byte) []byte {
	out := make([]byte, len(iv))
	for i, b := range iv {
		out[i] = ^b
	}
	return out
}

func reversed(b []byte) []byte {
	out := bytes.Clone(b)
	slices.Reverse(out)
	return out
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
