package client

import (
	"crypto/cipher"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/client/mistake"
)

// An endpoint that keeps key or IV in a global variable seals with those of another request.
func TestAnswerOfOtherRequest(t *testing.T) {
	t.Parallel()
	newRequest := func() *Request {
		s, err := newSeal(random(aesKeySize), random(ivSize))
		if err != nil {
			t.Fatal(err)
		}
		return &Request{seal: func() seal { return s }}
	}
	var sent sentSeals
	first := newRequest()
	sent.add(first)
	for range 3 * maxSent {
		sent.add(newRequest())
	}
	last := newRequest()
	sent.add(last)
	stranger := newRequest()
	text := []byte(`{"screen":"A","data":{}}`)
	sealed := func(key, iv *Request) []byte {
		gcm, err := cipher.NewGCMWithNonceSize(key.seal().block, ivSize)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(encode(gcm.Seal(nil, inverted(iv.seal().iv), text, nil)))
	}
	ofOther := []mistake.ID{mistake.AnswerOfOther}
	for name, c := range map[string]struct {
		body []byte
		want []mistake.ID
	}{
		"first key":     {sealed(first, last), ofOther},
		"first IV":      {sealed(last, first), ofOther},
		"first request": {sealed(first, first), ofOther},
		"strange key":   {sealed(stranger, last), nil},
		"strange IV":    {sealed(last, stranger), nil},
		"clear":         {text, []mistake.ID{mistake.AnswerClear}},
	} {
		r := Reply{Status: 200, Body: c.body}
		err := sent.explain(r.read(last.seal().open), last, c.body)
		if diff := cmp.Diff(c.want, Mistakes(err)); diff != "" || !errors.Is(err, ErrUndecryptable) {
			t.Errorf("%s: got %v, mistakes (-want +got):\n%s", name, err, diff)
		}
	}
	r := Reply{Status: 200, Body: sealed(last, last)}
	if err := sent.explain(r.read(last.seal().open), last, r.Body); err != nil {
		t.Errorf("got %v, want no error for the right answer", err)
	}
	if len(sent.all) != maxSent {
		t.Errorf("got %d requests in memory, want %d", len(sent.all), maxSent)
	}
}
