package crypto

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/vectortest"
)

// sameAsJSON holds that what the scanner takes, encoding/json takes the same.
func sameAsJSON(tb testing.TB, body []byte) (usual bool) {
	tb.Helper()
	scanned, usual := scanEnvelope(body)
	if !usual {
		return false
	}
	decoded, err := decodeEnvelope(body)
	if err != nil {
		tb.Fatalf("the scanner takes what encoding/json refuses (%v):\n%q", err, body)
	}
	if diff := cmp.Diff(decoded, scanned); diff != "" {
		tb.Fatalf("the scanner reads it otherwise (-encoding/json +scanner):\n%s\n%q", diff, body)
	}
	return true
}

func TestScanEnvelope(t *testing.T) {
	t.Parallel()
	for _, c := range vectortest.Envelopes(t) {
		if usual := sameAsJSON(t, []byte(c.Body)); !usual && c.Expect == vectortest.OK && c.Name != "extra-envelope-key" {
			t.Errorf("%s: the scanner leaves a usual envelope to encoding/json", c.Name)
		}
	}
	const iv, key, data = `"initial_vector":"AAAA"`, `"encrypted_aes_key":"AA\/A"`, `"encrypted_flow_data":"AA/+"`
	for body, usual := range map[string]bool{
		"{" + data + "," + key + "," + iv + "}":                               true,
		" {\t" + iv + " ,\n" + key + "\r, " + data + " } \n":                  true,
		"{" + data + "," + key + "}":                                          false,
		"{" + data + "," + key + "," + iv + ",}":                              false,
		"{" + data + "," + key + "," + iv + "}}":                              false,
		"{" + data + "," + key + "," + iv + "} x":                             false,
		"{" + data + "," + key + "," + iv + "," + iv + "}":                    false,
		"{" + data + "," + key + "," + iv + `,"more":"AAAA"}`:                 false,
		"{" + data + "," + key + `,"initial_vector":"AA\nAA"}`:                false,
		"{" + data + "," + key + `,"initial_vector":"AA\u0041A"}`:             false,
		"{" + data + "," + key + `,"initial_vector":"AAAA\"}`:                 false,
		"{" + data + "," + key + "," + `"initial_vector":"AA` + "\n" + `AA"}`: false,
		"{" + data + "," + key + `,"initial_vector":7}`:                       false,
		"{" + data + "," + key + `,"Initial_vector":"AAAA"}`:                  false,
		"{" + data + "," + key + `,"initial_vector":"AAB="}`:                  false,
		"": false, "{": false, "{}": false, `{"initial_vector`: false, `{"initial_vector":"AAAA"`: false, `["initial_vector"]`: false,
	} {
		if got := sameAsJSON(t, []byte(body)); got != usual {
			t.Errorf("%s: usual %t, want %t", body, got, usual)
		}
	}
}

func FuzzScanEnvelope(f *testing.F) {
	for _, c := range vectortest.Envelopes(f) {
		f.Add([]byte(c.Body))
	}
	f.Add([]byte(`{"encrypted_flow_data":"AA\\/A","encrypted_aes_key":"AAAA","initial_vector":"AAAA"}`))
	f.Fuzz(func(t *testing.T, body []byte) { sameAsJSON(t, body) })
}
