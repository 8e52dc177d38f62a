package exchange

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/vectortest"
)

// sameAsUnmarshal holds that what the scanner takes, encoding/json takes the same.
func sameAsUnmarshal(tb testing.TB, plain []byte) (usual bool) {
	tb.Helper()
	if !isObject(plain) {
		return false // it is not asked then
	}
	scanned, usual := scanMessage(plain)
	if !usual {
		if diff := cmp.Diff(wireMessage{}, scanned); diff != "" {
			tb.Fatalf("the scanner declines and returns something (-want +got):\n%s", diff)
		}
		return false
	}
	decoded, err := unmarshalMessage(plain)
	if err != nil {
		tb.Fatalf("the scanner takes what encoding/json refuses (%v):\n%q", err, plain)
	}
	if diff := cmp.Diff(decoded, scanned); diff != "" {
		tb.Fatalf("the scanner reads it otherwise (-encoding/json +scanner):\n%s\n%q", diff, plain)
	}
	for name, field := range map[string]json.RawMessage{"data": scanned.Data, "screen": scanned.Screen} {
		if len(field) != cap(field) {
			tb.Fatalf("an append to %s writes into what follows it", name)
		}
	}
	return true
}

func TestScanMessage(t *testing.T) {
	t.Parallel()
	read := 0
	for _, c := range vectortest.Envelopes(t) {
		if sameAsUnmarshal(t, []byte(c.Plaintext)) {
			read++
		}
	}
	if read < 5 {
		t.Errorf("the scanner takes %d of the clear texts, that is too few", read)
	}
	for plain, usual := range map[string]bool{
		`{}`:                        true,
		" {\n} ":                    true,
		`{"action":"INIT"}`:         true,
		`{"action":null,"data":{}}`: true,
		" {\t\"action\" : \"INIT\" ,\r\n\"data\" : {\"a\":[{\"b\":\"}]\\\"\\\\\"},[ ]]} , \"screen\":\"}\" } ": true,
		`{"version":-3.0e1,"data":{"version":1},"flow_token":"\"","more":[[],{}],"flow_token_signature":true}`: true,
		`{"version":3.0 ,"data":[1,2]}`:     true,
		`{"":1}`:                            true,
		`{"action":"INIT","Action":"BACK"}`: false, // encoding/json takes either case
		`{"ACTION":"INIT"}`:                 false,
		`{"action":"INIT","action":"BACK"}`: false,
		`{"\u0061ction":"INIT"}`:            false,
		`{"flow_to` + "\u212a" + `en":"x"}`: false, // the Kelvin sign folds to k
		`{"\"":1}`:                          false,
		`{"action":"INIT"`:                  false,
		`{"action":"INIT"}}`:                false,
		`{"action":"INIT",}`:                false,
		`{"action" "INIT"}`:                 false,
		`{"action":01}`:                     false,
		"{\"action\":\"\n\"}":               false,
		`{`:                                 false,
	} {
		if got := sameAsUnmarshal(t, []byte(plain)); got != usual {
			t.Errorf("%s: usual %t, want %t", plain, got, usual)
		}
	}
}

func FuzzScanMessage(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		f.Add([]byte(c.Plaintext))
	}
	f.Add([]byte(` {"version" : 3.0 ,"data":{"a":["}\"\\",{}]},"flow_token":"\\","more":[1,[]]} `))
	f.Add([]byte(`{"Action":"INIT","\u0061ction":"BACK","action":"x","action":null}`))
	f.Fuzz(func(t *testing.T, plain []byte) { sameAsUnmarshal(t, plain) })
}
