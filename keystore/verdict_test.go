package keystore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/keystore"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	active, previous, foreign := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem"), generate(t)
	ring := keystore.NewRing(active, previous)
	tests := []struct {
		name   string
		remote keystore.RemoteKey
		want   keystore.Verdict
	}{
		{"ours", remote(active, "VALID"), keystore.VerdictOK},
		{"ours, status in another case", remote(active, " valid\n"), keystore.VerdictOK},
		{"ours, mismatch", remote(active, "MISMATCH"), keystore.VerdictUnsigned},
		{"ours, status left out", remote(active, ""), keystore.VerdictUnsigned},
		{"ours, status that nobody documented", remote(active, "PENDING"), keystore.VerdictUnsigned},
		{"previous", remote(previous, "VALID"), keystore.VerdictPrevious},
		{"previous, mismatch", remote(previous, "MISMATCH"), keystore.VerdictUnsigned},
		{"foreign", remote(foreign, "VALID"), keystore.VerdictForeign},
		{"foreign, mismatch", remote(foreign, "MISMATCH"), keystore.VerdictForeign},
		{"none", keystore.RemoteKey{}, keystore.VerdictMissing},
		{"none, as Meta tells it", keystore.RemoteKey{PEM: " ", SignatureStatus: "MISMATCH"}, keystore.VerdictMissing},
		{"none, valid", keystore.RemoteKey{SignatureStatus: "VALID"}, keystore.VerdictMissing},
		{"junk", keystore.RemoteKey{PEM: "junk", SignatureStatus: "VALID"}, keystore.VerdictInvalid},
		{"a private key", keystore.RemoteKey{PEM: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, keystore.VerdictInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := keystore.Judge(ring, keystore.Observe(tt.remote, time.Now())); got != tt.want {
				t.Errorf("verdict %s, want %s", got, tt.want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	serves, remedies := map[keystore.Verdict]bool{}, map[keystore.Verdict]bool{}
	for _, v := range keystore.Verdicts() {
		serves[v], remedies[v] = v.Serves(), v.Remedy("main") != ""
	}
	if diff := cmp.Diff(map[keystore.Verdict]bool{
		"ok": true, "previous": true, "unknown": true, "unchecked": true,
		"unsigned": false, "foreign": false, "missing": false, "invalid": false,
	}, serves); diff != "" {
		t.Errorf("which serve (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[keystore.Verdict]bool{
		"ok": false, "unchecked": false, "previous": true, "unknown": true,
		"unsigned": true, "foreign": true, "missing": true, "invalid": true,
	}, remedies); diff != "" {
		t.Errorf("which have a remedy (-want +got):\n%s", diff)
	}
}
