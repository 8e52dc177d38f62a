package registration_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/registration"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	active, previous, foreign := testPair(t, "a.pkcs8.pem"), testPair(t, "b.pkcs8.pem"), generate(t)
	ring := keystore.NewRing(active, previous)
	tests := []struct {
		name   string
		remote registration.RemoteKey
		want   registration.Verdict
	}{
		{"ours", remote(active, "VALID"), registration.VerdictOK},
		{"ours, status in another case", remote(active, " valid\n"), registration.VerdictOK},
		{"ours, mismatch", remote(active, "MISMATCH"), registration.VerdictUnsigned},
		{"ours, status left out", remote(active, ""), registration.VerdictUnsigned},
		{"ours, status that nobody documented", remote(active, "PENDING"), registration.VerdictUnsigned},
		{"previous", remote(previous, "VALID"), registration.VerdictPrevious},
		{"previous, mismatch", remote(previous, "MISMATCH"), registration.VerdictUnsigned},
		{"foreign", remote(foreign, "VALID"), registration.VerdictForeign},
		{"foreign, mismatch", remote(foreign, "MISMATCH"), registration.VerdictForeign},
		{"none", registration.RemoteKey{}, registration.VerdictMissing},
		{"none, as Meta tells it", registration.RemoteKey{PEM: " ", SignatureStatus: "MISMATCH"}, registration.VerdictMissing},
		{"not shown", registration.RemoteKey{SignatureStatus: "VALID"}, registration.VerdictUnknown},
		{"not shown, a space", registration.RemoteKey{PEM: " ", SignatureStatus: "valid"}, registration.VerdictUnknown},
		{"junk", registration.RemoteKey{PEM: "junk", SignatureStatus: "VALID"}, registration.VerdictInvalid},
		{"a private key", registration.RemoteKey{PEM: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}, registration.VerdictInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := registration.Judge(ring, registration.Observe(tt.remote, time.Now())); got != tt.want {
				t.Errorf("verdict %s, want %s", got, tt.want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	serves, remedies := map[registration.Verdict]bool{}, map[registration.Verdict]bool{}
	for _, v := range registration.Verdicts() {
		serves[v], remedies[v] = v.Serves(), v.Remedy("main") != ""
	}
	if diff := cmp.Diff(map[registration.Verdict]bool{
		"ok": true, "previous": true, "unknown": true, "unchecked": true,
		"unsigned": false, "foreign": false, "missing": false, "invalid": false,
	}, serves); diff != "" {
		t.Errorf("which serve (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[registration.Verdict]bool{
		"ok": false, "unchecked": false, "previous": true, "unknown": true,
		"unsigned": true, "foreign": true, "missing": true, "invalid": true,
	}, remedies); diff != "" {
		t.Errorf("which have a remedy (-want +got):\n%s", diff)
	}
}

// A registered key whose plus signs became blanks is named as such; other text is not.
func TestLostPlus(t *testing.T) {
	t.Parallel()
	ours := remote(testPair(t, "a.pkcs8.pem"), "VALID")
	for name, c := range map[string]struct {
		pem  string
		want bool
	}{
		"curl --data":    {strings.ReplaceAll(ours.PEM, "+", " "), true},
		"no line breaks": {strings.ReplaceAll(strings.ReplaceAll(ours.PEM, "+", " "), "\n", ""), true},
		"junk":           {"a b c", false},
		"cut":            {ours.PEM[:100], false},
		"as it was":      {ours.PEM, false},
	} {
		o := registration.Observe(registration.RemoteKey{PEM: c.pem, SignatureStatus: "VALID"}, time.Now())
		r := registration.Registration{Verdict: registration.VerdictInvalid, Observation: o}
		if o.LostPlus != c.want || strings.Contains(r.Remedy("main"), "each + in it has become a blank") != c.want {
			t.Errorf("%s: %+v, remedy %q; want lost plus signs: %t", name, o, r.Remedy("main"), c.want)
		}
	}
}

// A status that is not MISMATCH is not said to be a signature that is not valid.
func TestUnknownStatus(t *testing.T) {
	t.Parallel()
	const register = "run: flowserver keys register --number main"
	for status, want := range map[string]string{
		"MISMATCH": "its signature is not valid",
		"PENDING":  "the provider reports PENDING of its signature instead of VALID",
		"":         "the provider reports no status of its signature instead of VALID",
	} {
		r := registration.Registration{Verdict: registration.VerdictUnsigned, Observation: registration.Observation{SignatureStatus: status}}
		if got := r.Remedy("main"); !strings.Contains(got, want) || !strings.HasSuffix(got, register) {
			t.Errorf("%q: got %q, want %q and %q", status, got, want, register)
		}
	}
}
